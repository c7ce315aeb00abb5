#!/usr/bin/env python3
"""Checks protocol/live/asyncapi.json: its structure, its references, and that it says what the rest of the protocol says.

- every golden example is the example of one message and fits it, and every message has an example;
- methods, events, signals, snapshots and results are those of the schemas, commands, replies and pushes those of client.proto;
- error codes, close codes and unsubscribe codes are those of the server's sources and of README.md, both ways.

Ends with status 1 and one line per complaint.
"""
import json
import pathlib
import re
import sys

import jsonschema
import referencing
import referencing.exceptions

import asyncapi_rules

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIVE = ROOT / "protocol" / "live"
SOURCES = ROOT / "Sources" / "Wire" / "LiveProtocol"
BASE = "https://cohort.example/protocol/live/"
# Only the reply to a command greets: the server pushes no `connect`.
UNSAID = {"connect"}
# What carries others in the schemas' definitions.
CARRIERS = {"change", "log_event", "ephemeral_event", "stroke"}
CODES = {"error_code": "ProtocolErrorCode", "disconnect_code": "DisconnectCode", "unsubscribe_code": "UnsubscribeCode"}


def load(path):
    return json.loads(path.read_text(encoding="utf-8"))


def references(value, path=""):
    """All references in a document, with where they stand."""
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield path, value["$ref"]
        for name, part in value.items():
            yield from references(part, f"{path}/{name}")
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from references(part, f"{path}/{number}")


def at(document, pointer):
    """What a JSON pointer finds; raises LookupError."""
    for part in filter(None, pointer.split("/")):
        part = part.replace("~1", "/").replace("~0", "~")
        document = document[int(part)] if isinstance(document, list) else document[part]
    return document


class Check:
    def __init__(self):
        self.complaints = []
        self.document = load(LIVE / "asyncapi.json")
        self.messages = self.document["components"]["messages"]
        self.files = {path.name: load(path) for path in sorted((LIVE / "schemas").glob("*.json"))}
        self.examples = {path.name: load(path) for path in sorted((LIVE / "examples").glob("*.json"))}
        resources = [(schema["$id"], referencing.Resource.from_contents(schema)) for schema in self.files.values()]
        own = referencing.Resource(contents=self.document, specification=referencing.jsonschema.DRAFT202012)
        self.registry = referencing.Registry().with_resources([*resources, (BASE + "asyncapi.json", own)])

    def say(self, complaint):
        self.complaints.append(complaint)

    def same(self, what, ours, theirs, whose):
        for name in sorted(set(ours) - set(theirs), key=str):
            self.say(f"{what}: {name} is not in {whose}")
        for name in sorted(set(theirs) - set(ours), key=str):
            self.say(f"{what}: {name} is in {whose} only")

    def structure(self):
        validator = jsonschema.Draft202012Validator(asyncapi_rules.DOCUMENT)
        found = [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(self.document)]
        self.complaints += found or asyncapi_rules.relations(self.document)
        for path, reference in references(self.document):
            file, _, pointer = reference.partition("#")
            try:
                if not file:
                    at(self.document, pointer)
                elif not (LIVE / file).is_file():
                    raise LookupError
                elif file.endswith(".json"):
                    at(load(LIVE / file), pointer)
            except (LookupError, ValueError, TypeError):
                self.say(f"{path}: {reference} leads nowhere")

    def payloads(self):
        """Every example fits its message, and every golden one stands at exactly one."""
        places = {}
        for name, message in self.messages.items():
            if not message["payload"]["schemaFormat"].startswith("application/schema+json"):
                continue
            schema = {"$ref": f"{BASE}asyncapi.json#/components/messages/{name}/payload/schema"}
            jsonschema.Draft202012Validator.check_schema(message["payload"]["schema"])
            validator = jsonschema.Draft202012Validator(schema, registry=self.registry)
            if not message.get("examples"):
                self.say(f"{name} has no example")
            for example in message.get("examples", ()):
                payload, reference = example["payload"], example["payload"].get("$ref")
                if reference:
                    file = reference.removeprefix("examples/").removesuffix("#/frame")
                    if file not in self.examples:
                        self.say(f"{name}: {reference} is no example's frame")
                        continue
                    places.setdefault(file, []).append(name)
                    payload = self.examples[file]["frame"]
                    self.direction(name, file)
                for error in validator.iter_errors(payload):
                    self.say(f"{name}: {example['name']}: {error.json_path}: {error.message[:200]}")
        for file in self.examples:
            if len(places.get(file, ())) != 1:
                self.say(f"examples/{file} is the example of {places.get(file, 'no message')}")

    def direction(self, name, file):
        """Who says it, and where, must be as the document has it."""
        example = self.examples[file]
        said = "client" if name.split(".")[0] in ("command", "call", "signal") else "server"
        if example["direction"] != said:
            self.say(f"{name}: {file} is said by the {example['direction']}")
        namespace = example["frame"].get("push", {}).get("channel", "").partition(":")[0]
        channel = self.document["channels"].get(namespace)
        if name.startswith("event.") and (channel is None or not any(
                member["$ref"].endswith(f"/{name}") for member in channel["messages"].values())):
            self.say(f"{name}: {file} comes in {namespace}, which has no such message")

    def named(self, prefix):
        return {name.removeprefix(prefix) for name in self.messages if name.startswith(prefix)}

    def catalogue(self):
        for prefix, file in (("call.", "rpc-call.json"), ("event.", "event.json"), ("signal.", "signal.json"),
                             ("snapshot.", "snapshot.json"), ("result.", "rpc-result.json")):
            self.same(prefix + "…", self.named(prefix), set(self.files[file]["$defs"]) - CARRIERS, file)
        proto = (LIVE / "client.proto").read_text(encoding="utf-8")
        fields = {}
        for kind in ("Command", "Reply", "Push"):
            body = re.search(rf"^message {kind} \{{(.*?)^\}}", proto, re.M | re.S).group(1)
            fields[kind] = set(re.findall(r"^\s+\w+ (\w+) = \d+;", body, re.M)) - {"id", "channel"}
        calls = ({"rpc"} if self.named("call.") else set()) | ({"send"} if self.named("signal.") else set())
        self.same("command.…", (self.named("command.") - {"pong"}) | calls, fields["Command"], "client.proto")
        replies = self.named("reply.") | ({"rpc"} if self.named("result.") else set()) | {"error", "push"}
        self.same("reply.…", replies, fields["Reply"], "client.proto")
        self.same("push.…", self.named("push."), fields["Push"] - UNSAID, "client.proto")
        version = re.search(r"^## (\d+\.\d+\.\d+)", (LIVE / "CHANGELOG.md").read_text(encoding="utf-8"), re.M).group(1)
        if self.document["info"]["version"] != version:
            self.say(f"info: the version is not CHANGELOG.md's {version}")

    def codes(self):
        text = (LIVE / "README.md").read_text(encoding="utf-8")
        told = {
            "error_code": dict(re.findall(r"^\| (1\d\d) \| ([a-z ]+[a-z])", text, re.M)),
            "disconnect_code": dict(re.findall(r"\| (3\d\d\d) \| ([a-z ]+[a-z])", text)),
            "unsubscribe_code": dict.fromkeys(re.findall(r"\b(2\d\d\d) \(", text.partition("A push `unsubscribe`")[2])),
        }
        for name, type_name in CODES.items():
            source = (SOURCES / f"{type_name}.swift").read_text(encoding="utf-8")
            numbers = dict(re.findall(r"static let `?(\w+)`? = \w+\(rawValue: (\d+)\)", source))
            known = {numbers[case]: said for case, said in re.findall(r'\(\.(\w+), "([^"]+)"\)', source)}
            self.same(f"{type_name}.swift: known", known, numbers.values(), "its constants")
            ours = {str(one["const"]): one["title"] for one in self.document["components"]["schemas"][name]["oneOf"]}
            self.same(name, ours.items(), known.items(), f"{type_name}.swift")
            if name == "unsubscribe_code":
                self.same(name, ours, set(told[name]) | set(re.findall(r"with (2\d\d\d)\b", text)), "README.md")
            else:
                self.same(name, ours.items(), told[name].items(), "README.md")


def main():
    check = Check()
    check.structure()
    if not check.complaints:
        check.payloads()
        check.catalogue()
        check.codes()
    for complaint in check.complaints:
        print(f"live/asyncapi.json: {complaint}", file=sys.stderr)
    print(f"live/asyncapi.json: {len(check.messages)} messages, {len(check.document['operations'])} operations, "
          f"{len(check.examples)} golden examples; {len(check.complaints)} complaints")
    return 1 if check.complaints else 0


if __name__ == "__main__":
    sys.exit(main())
