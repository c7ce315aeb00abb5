#!/usr/bin/env python3
"""Checks protocol: schemas are sound, every example fits its schemas, every definition has an example.

This file checks protocol/live, rest_examples.py protocol/rest. Needs the packages `jsonschema` (4.18 or later) and
`openapi-spec-validator`. Ends with status 1 and one line per complaint.
"""
import json
import pathlib
import sys

import jsonschema
import referencing

import rest_examples

ROOT = pathlib.Path(__file__).resolve().parents[2] / "protocol" / "live"
# Definitions that every change shares or that only carry others; they are covered by those.
COMMON = {"event.json": {"log_event", "ephemeral_event", "stroke"}, "rpc-call.json": {"change"},
          "rpc-result.json": {"change"}}
WALKED = ["event.json", "rpc-call.json", "rpc-result.json", "signal.json", "snapshot.json"]


def load(path):
    return json.loads(path.read_text(encoding="utf-8"))


def data_of(frame):
    """The application's data inside of a frame."""
    if "push" in frame:
        return frame["push"]["pub"]["data"]
    kind = next(name for name in frame if name != "id")
    return frame[kind]["data"]


def check_live():
    """All complaints about protocol/live, and how many examples and schemas there are."""
    complaints = []
    schemas = {path.name: load(path) for path in sorted((ROOT / "schemas").glob("*.json"))}
    registry = referencing.Registry()
    for schema in schemas.values():
        jsonschema.Draft202012Validator.check_schema(schema)
        registry = registry.with_resource(schema["$id"], referencing.Resource.from_contents(schema))

    def check(name, schema, value):
        file, _, fragment = schema.removeprefix("schemas/").partition("#")
        reference = schemas[file]["$id"] + (f"#{fragment}" if fragment else "")
        # Clients must ignore what they do not know; our own examples hold nothing unknown.
        strict = {"$ref": reference, "unevaluatedProperties": False}
        validator = jsonschema.Draft202012Validator(strict, registry=registry)
        for error in validator.iter_errors(value):
            complaints.append(f"{name}: {schema}: {error.json_path}: {error.message}")

    used, kinds = set(), {"command.json": set(), "reply.json": set(), "push.json": set()}
    examples = sorted((ROOT / "examples").glob("*.json"))
    for path in examples:
        example = load(path)
        frame, schema = example["frame"], example["schema"]
        check(path.name, schema, frame)
        members = frame.get("push", frame)
        kinds[schema.removeprefix("schemas/")] |= set(members)
        wanted = "client" if schema == "schemas/command.json" else "server"
        if example["direction"] != wanted:
            complaints.append(f"{path.name}: the direction must be {wanted}")
        if "data_schema" in example:
            used.add(example["data_schema"].removeprefix("schemas/"))
            check(path.name, example["data_schema"], data_of(frame))

    for file in WALKED:
        for name in schemas[file]["$defs"]:
            if name not in COMMON.get(file, ()) and f"{file}#/$defs/{name}" not in used:
                complaints.append(f"{file}: {name} has no example")
    for file, seen in kinds.items():
        properties = schemas[file]["properties"]
        names = set(properties.get("push", {}).get("properties", properties))
        # Only the reply to a connect command is a greeting in practice.
        for name in names - seen - ({"connect"} if file == "push.json" else set()):
            complaints.append(f"{file}: {name} has no example")

    return complaints, len(examples), len(schemas)


def main():
    live, live_examples, schemas = check_live()
    rest, exchanges = rest_examples.check()
    for complaint in [f"live/{text}" for text in live] + [f"rest/{text}" for text in rest]:
        print(complaint, file=sys.stderr)
    print(f"live: {live_examples} examples, {schemas} schemas; rest: {exchanges} examples; "
          f"{len(live) + len(rest)} complaints")
    return 1 if live or rest else 0


if __name__ == "__main__":
    sys.exit(main())
