"""The structure of an AsyncAPI 3.0 document, as far as ours uses it, as a JSON Schema; and its rules about references.

Written after the specification (asyncapi.com, 3.0.0). Stricter in one thing: what we do not use is not allowed, so that a
misspelt member is seen.
"""
NAME = r"^[A-Za-z0-9_\-.]+$"
EXTENSION = {"^x-": True}


def thing(properties, required=(), **more):
    """An object of these members and no others, but extensions."""
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False,
            "patternProperties": EXTENSION, **more}


def table(of):
    return {"type": "object", "patternProperties": {NAME: of}, "additionalProperties": False}


def link(pattern):
    """A reference and nothing else."""
    return {"type": "object", "properties": {"$ref": {"type": "string", "pattern": pattern}}, "required": ["$ref"],
            "additionalProperties": False}


TEXT = {"type": "string", "minLength": 1}
MEMBER = link(r"^#/channels/[^/]+/messages/[^/]+$")
BINDINGS = thing({"ws": thing({"method": {"enum": ["GET", "POST"]}, "query": {"type": "object"},
                               "headers": {"type": "object"}, "bindingVersion": {"const": "0.1.0"}})})
SCHEMA = thing({"schemaFormat": TEXT, "schema": {"type": "object"}}, ["schemaFormat", "schema"])
EXAMPLE = thing({"name": TEXT, "summary": TEXT, "payload": {"type": "object"}, "headers": {"type": "object"}},
                anyOf=[{"required": ["payload"]}, {"required": ["headers"]}])
MESSAGE = thing({"name": TEXT, "title": TEXT, "summary": TEXT, "description": TEXT, "contentType": TEXT,
                 "payload": SCHEMA, "examples": {"type": "array", "items": EXAMPLE, "minItems": 1}},
                ["name", "title", "summary", "payload"])
PARAMETER = thing({"description": TEXT, "default": TEXT, "enum": {"type": "array", "items": TEXT},
                   "examples": {"type": "array", "items": TEXT}, "location": TEXT})
CHANNEL = thing({"address": {"type": ["string", "null"]}, "title": TEXT, "summary": TEXT, "description": TEXT,
                 "messages": table(link(r"^#/components/messages/[^/]+$")), "parameters": table(PARAMETER),
                 "servers": {"type": "array", "items": link(r"^#/servers/[^/]+$")}, "bindings": BINDINGS},
                ["address", "messages"])
MEMBERS = {"type": "array", "items": MEMBER, "minItems": 1, "uniqueItems": True}
REPLY = thing({"channel": link(r"^#/channels/[^/]+$"), "messages": MEMBERS}, ["channel", "messages"])
OPERATION = thing({"action": {"enum": ["send", "receive"]}, "channel": link(r"^#/channels/[^/]+$"), "title": TEXT,
                   "summary": TEXT, "description": TEXT, "messages": MEMBERS, "reply": REPLY},
                  ["action", "channel"])
VARIABLE = thing({"default": TEXT, "description": TEXT, "enum": {"type": "array", "items": TEXT},
                  "examples": {"type": "array", "items": TEXT}})
SERVER = thing({"host": TEXT, "protocol": {"enum": ["ws", "wss"]}, "pathname": TEXT, "title": TEXT, "description": TEXT,
                "variables": table(VARIABLE)}, ["host", "protocol"])
INFO = thing({"title": TEXT, "version": {"type": "string", "pattern": r"^\d+\.\d+\.\d+$"}, "description": TEXT,
              "license": thing({"name": TEXT, "url": TEXT}, ["name"])}, ["title", "version"])
DOCUMENT = thing({"asyncapi": {"const": "3.0.0"}, "id": TEXT, "info": INFO, "defaultContentType": TEXT,
                  "servers": table(SERVER), "channels": table(CHANNEL), "operations": table(OPERATION),
                  "components": thing({"messages": table(MESSAGE), "schemas": table({"type": "object"})})},
                 ["asyncapi", "info", "channels", "operations"])


def relations(document):
    """Complaints about what no schema can say."""
    for name, operation in document["operations"].items():
        places = [("", operation), ("reply: ", operation["reply"])] if "reply" in operation else [("", operation)]
        for where, part in places:
            channel = part["channel"]["$ref"]
            for member in part.get("messages", ()):
                if not member["$ref"].startswith(f"{channel}/messages/"):
                    yield f"operations: {name}: {where}{member['$ref']} is no message of {channel}"
    for name, channel in document["channels"].items():
        inside = {part.partition("}")[0] for part in (channel["address"] or "").split("{")[1:]}
        if inside != set(channel.get("parameters", {})):
            yield f"channels: {name}: the parameters are not those of its address"
    spoken = {member["$ref"] for operation in document["operations"].values()
              for part in (operation, operation.get("reply", {})) for member in part.get("messages", ())}
    for name, channel in document["channels"].items():
        for message in channel["messages"]:
            if name in ("json", "protobuf") and f"#/channels/{name}/messages/{message}" not in spoken:
                # An event is spoken of where its own channel is.
                target = channel["messages"][message]["$ref"]
                if not any(other["messages"].get(key, {}).get("$ref") == target and
                           f"#/channels/{place}/messages/{key}" in spoken
                           for place, other in document["channels"].items() for key in other["messages"]):
                    yield f"channels: {name}: no operation has {message}"
    offered = {member["$ref"].rpartition("/")[2] for channel in document["channels"].values()
               for member in channel["messages"].values()}
    for name in document["components"]["messages"]:
        if name not in offered:
            yield f"components: {name} is a message of no channel"
