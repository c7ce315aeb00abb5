"""Checks protocol/rest: the description is sound OpenAPI, every example fits it, every answer it promises has one.

Needs the packages `jsonschema` and `openapi-spec-validator`. Used by check_examples.py.
"""
import json
import pathlib
import re
import urllib.parse

import jsonschema
import openapi_spec_validator
import referencing
from referencing.jsonschema import DRAFT202012

ROOT = pathlib.Path(__file__).resolve().parents[2] / "protocol" / "rest"
URI = "urn:cohort:rest"
METHODS = {"get", "put", "post", "delete", "patch", "head", "options"}
# Headers that belong to HTTP itself rather than to an operation.
COMMON_HEADERS = {"content-type", "accept", "host", "origin", "connection", "sec-websocket-key",
                  "sec-websocket-version", "sec-websocket-accept", "upgrade", "x-request-id"}
JSON = "application/json"


def strict(schema):
    """The same schema, but refusing members that it does not name: clients ignore them, our examples have none."""
    if isinstance(schema, list):
        return [strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: value if name in ("examples", "enum", "const") else strict(value) for name, value in schema.items()}
    if "properties" in schema and schema.get("type") == "object":
        made.setdefault("additionalProperties", False)
    return made


class Contract:
    """protocol/rest/openapi.json, ready to check requests and answers against."""

    def __init__(self):
        self.document = json.loads((ROOT / "openapi.json").read_text(encoding="utf-8"))
        contents = strict(self.document)
        resource = referencing.Resource(contents=contents, specification=DRAFT202012)
        self.registry = referencing.Registry().with_resource(URI, resource)
        self.operations = {}
        for path, item in self.document["paths"].items():
            pattern = re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(path)))
            for method in METHODS & set(item):
                parameters = [*item.get("parameters", ()), *item[method].get("parameters", ())]
                self.operations[method.upper(), path] = (pattern, item[method], list(map(self.resolve, parameters)))

    def resolve(self, value):
        """What a reference within the document leads to; anything else is itself."""
        while isinstance(value, dict) and "$ref" in value:
            place = self.document
            for name in value["$ref"].removeprefix("#/").split("/"):
                place = place[name]
            value = place
        return value

    def find(self, method, path):
        """The operation that a request names, with its parameters and what the path says; None without one."""
        found = [(template, operation, parameters, match.groupdict())
                 for (wanted, template), (pattern, operation, parameters) in self.operations.items()
                 if wanted == method and (match := pattern.fullmatch(path))]
        # A path without parameters goes before one with them, as OpenAPI says and as the server does.
        return min(found, key=lambda one: [part.startswith("{") for part in one[0].split("/")], default=None)

    def faults(self, value, schema):
        """What is wrong with a value, as sentences. References in `schema` are the document's own."""
        text = json.dumps(strict(schema)).replace('"#/components/', f'"{URI}#/components/')
        validator = jsonschema.Draft202012Validator(
            json.loads(text), registry=self.registry, format_checker=jsonschema.FormatChecker())
        found = [jsonschema.exceptions.best_match([error]) for error in validator.iter_errors(value)]
        return [f"{error.json_path}: {error.message[:300]}" for error in found]

    def response_faults(self, operation, status, headers, body):
        """What is wrong with an answer; `body` is a value for JSON, else a text, or None."""
        response = operation["responses"].get(str(status)) or operation["responses"]["default"]
        response = self.resolve(response)
        faults = []
        declared = {name.lower(): self.resolve(header) for name, header in response.get("headers", {}).items()}
        given = {name.lower(): value for name, value in headers.items()}
        for name, value in given.items():
            if name in declared:
                schema = declared[name]["schema"]
                typed = int(value) if schema.get("type") == "integer" and value.isdigit() else value
                faults += [f"header {name}: {fault}" for fault in self.faults(typed, schema)]
        content = response.get("content", {})
        media = given.get("content-type", JSON).split(";")[0]
        if not content:
            return faults + ([] if body is None else ["a body where there is none"])
        if media not in content:
            return faults + [f"the content type {media} is not among {', '.join(content)}"]
        return faults + [f"body: {fault}" for fault in self.faults(body, content[media]["schema"])]


def typed(text, schema):
    """A parameter's text as the value that its schema may mean."""
    return int(text) if re.fullmatch(r"[0-9]+", text) and "pattern" not in schema else text


def form_value(text):
    """A form's items as an object, brackets understood; what looks like a number is one."""
    root = {}
    for name, value in urllib.parse.parse_qsl(text, keep_blank_values=True):
        keys = re.findall(r"[^\[\]]+|(?<=\[)(?=\])", name)
        place = root
        for key, following in zip(keys, [*keys[1:], None]):
            inner = [] if following == "" else {}
            if isinstance(place, list):
                if following is None:
                    place.append(typed(value, {}))
                elif not place or following in place[-1]:
                    place.append(inner)
                place = place[-1]
            elif following is None:
                place[key] = typed(value, {})
            else:
                place = place.setdefault(key, inner)
    return root


def request_faults(contract, request, parameters, operation, path_values, accepted):
    """What is wrong with an example's request; bodies of refused requests are wrong on purpose."""
    faults = []
    target = urllib.parse.urlsplit(request["path"])
    query = {}
    for name, value in urllib.parse.parse_qsl(target.query):
        query.setdefault(name, []).append(value)
    headers = {name.lower(): value for name, value in request.get("headers", {}).items()}
    known = {(parameter["in"], parameter["name"].lower()): parameter for parameter in parameters}
    given = [("path", name, [value]) for name, value in path_values.items()]
    given += [("query", name, values) for name, values in query.items()]
    given += [("header", name, [value]) for name, value in headers.items()]
    schemes = contract.document["components"]["securitySchemes"]
    present = set()
    for scheme, about in schemes.items():
        if about["type"] == "http" and headers.get("authorization", "").startswith("Bearer "):
            present.add(scheme)
        elif about.get("in") == "header" and about["name"].lower() in headers:
            present.add(scheme)
        elif about.get("in") == "cookie" and f"{about['name']}=" in headers.get("cookie", ""):
            present.add(scheme)
    own = COMMON_HEADERS | {"authorization", "cookie"} | {about.get("name", "").lower() for about in schemes.values()}
    for place, name, values in given:
        if place == "header" and name in own:
            continue
        parameter = known.get((place, name.lower()))
        if parameter is None:
            faults.append(f"there is no parameter {name} in the {place}")
            continue
        schema = contract.resolve(parameter["schema"])
        several = [typed(value, contract.resolve(schema.get("items", schema))) for value in values]
        value = several if schema.get("type") == "array" else several[-1]
        if accepted:
            faults += [f"{place} {name}: {fault}" for fault in contract.faults(value, schema)]
    alternatives = operation.get("security", [])
    if accepted and alternatives and not any(set(one) <= present for one in alternatives):
        faults.append("the credentials are not what the operation wants")
    if "form" in request or "body" in request:
        content = operation.get("requestBody", {}).get("content", {})
        media = "application/x-www-form-urlencoded" if "form" in request else JSON
        if media not in content:
            faults.append(f"no body of {media} is taken")
        elif accepted:
            value = form_value(request["form"]) if "form" in request else request["body"]
            faults += [f"request body: {fault}" for fault in contract.faults(value, content[media]["schema"])]
    elif accepted and operation.get("requestBody", {}).get("required"):
        faults.append("the body is missing")
    return faults


def check():
    """All complaints, and how many examples there are."""
    contract = Contract()
    complaints = []
    try:
        openapi_spec_validator.validate(contract.document)
    except Exception as error:  # The validator has several kinds of error, without a common one.
        complaints.append(f"openapi.json: {str(error)[:500]}")
    shown = set()
    examples = sorted((ROOT / "examples").glob("*.json"))
    for path in examples:
        example = json.loads(path.read_text(encoding="utf-8"))
        request, response = example["request"], example["response"]
        found = contract.find(request["method"], urllib.parse.urlsplit(request["path"]).path)
        if found is None:
            complaints.append(f"{path.name}: no operation is {request['method']} {request['path']}")
            continue
        template, operation, parameters, values = found
        status = response["status"]
        shown.add((request["method"], template, str(status)))
        accepted = status < 400 or response.get("body", {}).get("status") == "refused"
        faults = request_faults(contract, request, parameters, operation, values, accepted)
        faults += contract.response_faults(
            operation, status, response.get("headers", {}), response.get("body"))
        complaints += [f"{path.name}: {fault}" for fault in faults]

    for (method, template), (_, operation, _) in contract.operations.items():
        for status in operation["responses"]:
            is_promise = status.isdigit() and (int(status) < 400 or status == "409")
            if is_promise and (method, template, status) not in shown:
                complaints.append(f"{method} {template}: {status} has no example")
    prose = (ROOT / "README.md").read_text(encoding="utf-8")
    for code in contract.document["components"]["schemas"]["ErrorCode"]["x-extensible-enum"]:
        if f"`{code}`" not in prose:
            complaints.append(f"README.md: the code {code} is not explained")
    return complaints, len(examples)
