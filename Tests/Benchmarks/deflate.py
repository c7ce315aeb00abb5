"""permessage-deflate: what a message costs that is compressed once for all of a class, and what it saves on the wire."""

import json
import random

from fanout import our_demo, port_of, protocol
from Rig.api import Api
from tools import load, spread, table
from verdict import Verdicts, ratios

MEMBERS = 1000
#: Bytes of the message, which is JSON as an app would send it.
SIZE = 2048
LOADS = {"1 in flight": ["--window", "1"], "20 messages/s": ["--rate", "20"]}
PLAIN, PACKED = "as it is", "permessage-deflate"
#: What a delivery may cost, and how long it may be, times the plain one.
CPU, BYTES = 1.3, 0.35

#: Of which text is made: words of a lesson, the first ones more often, as in a language (Zipf).
WORDS = ("the of and to in a is that for it as with on be by this are or from at which an not we can have question answer "
         "board class lesson student teacher page chapter triangle angle proof because number example please look read "
         "write think energy force mass water light cell history river century parliament function variable equation "
         "derivative integral vector matrix probability experiment observe measure compare explain describe homework "
         "Friday tomorrow before after every other together against between without through another while").split()


def message(seed: int = 7) -> str:
    """A template of about `SIZE` bytes: a page of a class's chat in the form of its events, by a dozen speakers."""
    dice = random.Random(seed)

    def words(count: int) -> str:
        return " ".join(dice.choices(WORDS, weights=[1 / (place + 2) for place in range(len(WORDS))], k=count))

    speakers = [{"id": 4000 + dice.randrange(1000), "name": words(2).title(), "role": "student"} for _ in range(12)]
    events: list[dict] = []
    at = 1_790_000_000_000
    while len(json.dumps(events, separators=(",", ":"))) < SIZE - 130:
        at += dice.randrange(500, 20_000)
        events.append({"type": "chat.message", "id": 311 + len(events), "at": at, "by": dice.choice(speakers),
                       "text": words(dice.randrange(3, 16)).capitalize() + dice.choice(".?!")})
    return '{"u":"%UUID%","t":%TS%,"s":%SEQ%,"p":%PUB%,"messages":' + json.dumps(events, separators=(",", ":")) + "}"


def measure(programs: dict, program, reps: int, seconds: float) -> dict:
    """All repetitions, both ways in turn on one server."""
    found: dict = {name: {PLAIN: [], PACKED: []} for name in LOADS}
    data = message()
    for repetition in range(reps):
        print(f"permessage-deflate, repetition {repetition + 1} of {reps}", flush=True)
        with our_demo(program) as demo:
            token = Api(demo.base, demo.first["users"]["students"][0]).live_token()
            spoken = protocol(token, "bench:1")
            place = spoken.index("--publish-template") + 1
            spoken[place] = f'{{"id":3,"publish":{{"channel":"bench:1","data":{data}}}}}'
            for name, pace in LOADS.items():
                for way, more in ((PLAIN, []), (PACKED, ["--deflate"])):
                    found[name][way].append(load(programs, port_of(demo), demo.pid, [
                        "fanout", "-n", str(MEMBERS), *pace, "--duration", str(seconds * 2), "--warmup", "0.5", "--settle", "0.3",
                        "--offsets", *more, *spoken]))
    return found


def _bytes(ones: list[dict]) -> list[float]:
    return [one["wire"] / max(1, one["delivered"]) for one in ones]


def _verdicts(found: dict) -> Verdicts:
    verdicts = Verdicts()
    for name, by in found.items():
        verdicts.add(f"CPU per delivery, times the plain one's: {name}", ratios(
            [one["server_us"] for one in by[PACKED]], [one["server_us"] for one in by[PLAIN]]), CPU)
    for name, by in found.items():
        verdicts.add(f"bytes on the wire, times the plain ones: {name}", ratios(_bytes(by[PACKED]), _bytes(by[PLAIN])), BYTES)
    return verdicts


def flaws(found: dict) -> list[str]:
    """What was lost or not compressed, and what is missed."""
    wrong = []
    for name, by in found.items():
        wrong += [f"{way}, {name}: {one['flaw']}" for way, ones in by.items() for one in ones if "flaw" in one]
        wrong += [f"{name}: {one['packed']:,} messages were compressed, of {one['delivered']:,}"
                  for one in by[PACKED] if one["packed"] < one["delivered"]]
    return wrong + _verdicts(found).missed


def report(found: dict) -> str:
    """The tables that are printed."""
    rows = [[f"{way}, {name}", spread([one["server_us"] for one in ones]), spread(_bytes(ones), 0),
             *(spread([one[f"comp_{part}_us"] / 1000 for one in ones], 1) for part in ("p50", "p99"))]
            for name, by in found.items() for way, ones in by.items()]
    return (f"## {MEMBERS:,} receivers of a JSON message of {len(message()):,} bytes\n\n"
            + table(["", "CPU µs per delivery", "bytes on the wire of each", "until all have it: ms, p50", "ms, p99"], rows)
            + "\n\n" + _verdicts(found).table())
