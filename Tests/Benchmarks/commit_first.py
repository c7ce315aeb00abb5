"""Chat that is committed before anybody is told, beside the same messages in a channel that keeps nothing."""

import json

from fanout import port_of
from Rig.crowd import gather
from Rig.database import Database
from Rig.demo import Demo
from tools import generate, spread, table
from verdict import Verdicts

#: One loop, and Postgres beside it: both have both CPUs, as on a small machine.
CONFIG = """
loops: 1
namespaces: ["cursor:ephemeral"]
log: {requests: false}
"""
MEMBERS = 1000
#: Members who write, and how much each does a second: fewer than the five that a class takes of one.
WRITERS, PACE = 20, 2.5
CHAT, EPHEMERAL = "chat, committed first", "ephemeral"
#: What may be added, in ms.
P50, P99 = 3.0, 15.0


def arguments(kind: str, lesson: int) -> list[str]:
    """The same 200 bytes of text in either kind."""
    text = "%NUM% stamp %TS% number %SEQ% from %PUB% %PAD%"
    channel = f"chat:{lesson}" if kind == CHAT else "cursor:1"
    if kind == CHAT:
        message = f'{{"id":3,"rpc":{{"method":"chat.send","data":{{"class":{lesson},"key":"%UUID%","text":"{text}"}}}}}}'
    else:
        message = f'{{"id":3,"publish":{{"channel":"{channel}","data":{{"key":"%UUID%","text":"{text}"}}}}}}'
    hello = '{"id":1,"connect":{"token":"%TOKEN%"}}\n' + json.dumps({"id": 2, "subscribe": {"channel": channel}})
    return ["--subscribe", hello, "--await", '"id":2,"subscribe"', "--publish-template", message,
            "-s", str(200 + len(message.split("%NUM%")[0]))] + (["--offsets"] if kind == CHAT else [])


def measure(programs: dict, program, folder, reps: int, seconds: float) -> dict:
    """All repetitions on one server, the kinds in turn."""
    found: dict = {EPHEMERAL: [], CHAT: []}
    with Demo(program, config=CONFIG) as demo:
        tokens = folder / "writers"
        tokens.write_text("".join(f"{user['token']} {user['id']}\n" for user in gather(demo, Database(demo), MEMBERS)))
        for repetition in range(reps):
            print(f"chat, repetition {repetition + 1} of {reps}", flush=True)
            for kind, ones in found.items():
                ones.append(generate(programs, [
                    "fanout", "-n", str(MEMBERS), "-p", str(WRITERS), "--rate", str(PACE), "--warmup", "2", "--settle", "1",
                    "--duration", str(max(6, seconds * 4)), "--path", "/connection/websocket", "--multi",
                    "--tokens", str(tokens), *arguments(kind, demo.ready["class_id"]), "--port", str(port_of(demo)),
                    "--pid", str(demo.pid)]))
    return found


def _added(found: dict, part: str) -> list[float]:
    """One by one, since the kinds are interleaved."""
    return [(chat[f"{part}_us"] - plain[f"{part}_us"]) / 1000 for chat, plain in zip(found[CHAT], found[EPHEMERAL])]


def _verdicts(found: dict) -> Verdicts:
    verdicts = Verdicts()
    verdicts.add("added by the commit, p50", _added(found, "p50"), P50, " ms")
    verdicts.add("added by the commit, p99", _added(found, "p99"), P99, " ms")
    return verdicts


def flaws(found: dict) -> list[str]:
    """What was lost, and what is missed."""
    return [f"{kind}: {one['flaw']}" for kind, ones in found.items() for one in ones if "flaw" in one
            ] + _verdicts(found).missed


def report(found: dict) -> str:
    """The tables that are printed."""
    rows = [[kind, *(spread([one[f"{part}_us"] / 1000 for one in ones], 1) for part in ("p50", "p99")),
             *(spread([one[f"comp_{part}_us"] / 1000 for one in ones], 1) for part in ("p50", "p99")),
             spread([one["sent"] / one["secs"] for one in ones], 0)] for kind, ones in found.items()]
    return (f"## A class of {MEMBERS:,}, {WRITERS * PACE:.0f} messages of 200 bytes a second by {WRITERS} members; one loop\n\n"
            + table(["", "p50 ms", "p99 ms", "last member: p50 ms", "p99 ms", "messages/s"], rows)
            + "\n\n" + _verdicts(found).table())
