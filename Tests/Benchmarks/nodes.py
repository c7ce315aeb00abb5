"""Two nodes: how much later a member elsewhere has it, what Redis does for that, and what it costs each node."""

import json
import threading
import time

from fanout import protocol
from redis_watch import RedisWatch, Stopped
from Rig.crowd import gather
from Rig.database import Database
from Rig.demo import Demo
from tools import generate, metric, spread, table

CONFIG = """
loops: 1
namespaces: ["cursor:ephemeral"]
live: {commands-per-second: 1000000, command-burst: 1000000}
log: {requests: false}
"""
#: Publications a second that are measured, and for how long (s).
RATE, SECONDS = 1000, 20.0
#: Messages a second of one member; a class takes five in the long run.
PACE = 4
#: The highest rates that are tried: ephemeral publications in flight, chat messages a second.
WINDOW, TOP_RATE = 64, 4000
#: Members on each node that receive.
RECEIVERS = 2
#: How long (s) Redis is stopped to see whether the node goes on sending.
STOP = 0.2

EPHEMERAL, LOG = "ephemeral", "chat (log)"
MOST = {EPHEMERAL: f"{WINDOW} in flight", LOG: f"{TOP_RATE:,}/s"}


class Pair:
    """Two running nodes with a class between them."""

    def __init__(self, demo: Demo, programs: dict, folder):
        self.demo = demo
        self.programs = programs
        self.nodes = demo.ready["nodes"]
        users = gather(demo, Database(demo), TOP_RATE // PACE + 2 * RECEIVERS)
        self.token = users[0]["token"]
        self.tokens = folder / "pair"
        self.tokens.write_text("".join(f"{user['token']} {user['id']}\n" for user in users))

    def load(self, kind: str, seconds: float, rate: int | None) -> dict:
        """Publications on the first node, at a rate or as fast as it goes; receivers on both."""
        publishers = (rate or 0) // PACE if kind == LOG else 0
        ports = [port_of_node(node) for node in self.nodes]
        arguments = ["fanout", "-n", str(publishers + 2 * RECEIVERS), "--warmup", "0", "--settle", "1",
                     "--duration", str(seconds), "--drain", "10", "--multi",
                     "--port", f"{ports[0]}:{publishers + RECEIVERS}", "--port", f"{ports[1]}:{RECEIVERS}"]
        for pid in (*(node["pid"] for node in self.nodes), self.demo.ready["redis_pid"]):
            arguments += ["--pid", str(pid)]
        if kind == EPHEMERAL:
            arguments += protocol(self.token, "cursor:1")
            arguments += ["--rate", str(rate)] if rate else ["--window", str(WINDOW)]
        else:
            arguments += [*chat(self.demo.ready["class_id"], self.tokens), "-p", str(publishers), "--rate", str(PACE),
                          "--apart", CONNECT]
        return generate(self.programs, arguments, seconds + 60)


def port_of_node(node: dict) -> int:
    """Where a node listens."""
    return int(node["base_url"].rsplit(":", 1)[1])


CONNECT = '{"id":1,"connect":{"token":"%TOKEN%"}}'


def chat(lesson: int, tokens) -> list[str]:
    """What makes the generator take part in a class's chat: receivers subscribe, publishers send 200 bytes."""
    hello = CONNECT + "\n" + json.dumps({"id": 2, "subscribe": {"channel": f"chat:{lesson}"}})
    message = (f'{{"id":3,"rpc":{{"method":"chat.send","data":{{"class":{lesson},"key":"%UUID%","text":"'
               '%NUM% stamp %TS% number %SEQ% from %PUB% %PAD%"}}}')
    return ["--path", "/connection/websocket", "--multi", "--offsets", "--tokens", str(tokens), "--subscribe", hello,
            "--await", '"id":2,"subscribe"', "--publish-template", message,
            "-s", str(200 + len(message.split("%NUM%")[0]))]


def one(pair: Pair, kind: str, seconds: float) -> dict:
    """One repetition of one kind: at the fixed rate with Redis watched, with Redis stopped once, and at most."""
    watch = RedisWatch(pair.demo.ready["redis_url"])
    trips = _trips(pair)
    before = watch.counts()
    found = pair.load(kind, seconds, RATE)
    after = watch.counts()
    count, total = (now - then for now, then in zip(_trips(pair), trips))
    sent = max(1, found["sent"])
    found["publish"] = (after["PUBLISH"] - before["PUBLISH"]) / sent
    found["others_per_s"] = (after["others"] - before["others"]) / max(0.001, after["at"] - before["at"])
    found["reads"] = (after["reads"] - before["reads"]) / sent
    found["trip_us"] = total / max(1, count) * 1e6
    found["stopped"] = stopped(pair, kind, watch)
    found["most"] = pair.load(kind, max(2.0, seconds / 4), TOP_RATE if kind == LOG else None)
    watch.close()
    return found


def stopped(pair: Pair, kind: str, watch: RedisWatch) -> dict:
    """What arrives at Redis while it is stopped: a node that waited for each reply would have sent one publication."""
    result: dict = {}
    worker = threading.Thread(target=lambda: result.update(pair.load(kind, 3.0, RATE)))
    worker.start()
    time.sleep(2.5)
    before = watch.counts()
    with Stopped(pair.demo.ready["redis_pid"]):
        time.sleep(STOP)
    time.sleep(0.005)
    after = watch.counts()
    worker.join()
    found = {"publish": after["PUBLISH"] - before["PUBLISH"], "reads": after["reads"] - before["reads"]}
    return found | ({"flaw": result["flaw"]} if "flaw" in result else {})


def _trips(pair: Pair) -> tuple[float, float]:
    """How many round trips to Redis both nodes have made, and their sum in seconds."""
    name = "cohort_redis_round_trip_seconds"
    return tuple(sum(metric(node["base_url"], f"{name}_{part}") for node in pair.nodes) for part in ("count", "sum"))


def measure(programs: dict, program, folder, reps: int, seconds: float = SECONDS) -> dict:
    """All repetitions, the kinds interleaved."""
    found: dict = {EPHEMERAL: [], LOG: []}
    with Demo(program, config=CONFIG, nodes=2) as demo:
        pair = Pair(demo, programs, folder)
        for repetition in range(reps):
            print(f"two nodes, repetition {repetition + 1} of {reps}", flush=True)
            for kind, ones in found.items():
                ones.append(one(pair, kind, seconds))
    return found


def flaws(found: dict) -> list[str]:
    """What was lost, doubled or out of order."""
    return [f"two nodes, {kind}, {what}: {part['flaw']}" for kind, ones in found.items() for single in ones
            for what, part in ((f"{RATE:,}/s", single), ("Redis stopped", single["stopped"]), ("most", single["most"]))
            if "flaw" in part]


def report(found: dict) -> str:
    """The tables that are printed."""
    def column(ones: list[dict], name: str, scale: float = 1, digits: int = 2) -> str:
        return spread([single[name] / scale for single in ones], digits)

    def cpu(ones: list[dict], place: int) -> str:
        return spread([single["cpu"][place] * 1e6 / max(1, single["sent"]) for single in ones], 0)

    parts = [f"## Two nodes, {RATE:,} publications/s on one: how much later a member on the other has them, ms\n"]
    parts.append(table(
        ["", "p50 (target 2)", "p99 (target 10)", "most", "there before here", "until it is here, p50"],
        [[kind, column(ones, "extra_p50_us", 1000), column(ones, "extra_p99_us", 1000),
          column(ones, "extra_max_us", 1000), column(ones, "early", 1, 0), column(ones, "p50_us", 1000)]
         for kind, ones in found.items()]))
    parts.append("\n## The same: what Redis does for a publication\n")
    parts.append(table(
        ["", "PUBLISH per publication", "other commands/s", "network reads per publication", "round trip ms",
         "round trips in flight", f"publications, reads while stopped for {STOP * 1000:.0f} ms"],
        [[kind, column(ones, "publish", 1, 3), column(ones, "others_per_s", 1, 1), column(ones, "reads", 1, 3),
          column(ones, "trip_us", 1000),
          spread([single["trip_us"] / 1e6 * single["sent"] / max(0.001, single["secs"]) for single in ones]),
          "; ".join(f"{single['stopped']['publish']}, {single['stopped']['reads']}" for single in ones)]
         for kind, ones in found.items()]))
    parts.append("\n## CPU µs per publication\n")
    rows = []
    for kind, ones in found.items():
        for what, some in ((f"{RATE:,}/s", ones), (MOST[kind], [single["most"] for single in ones])):
            rate = spread([single["sent"] / max(0.001, single["secs"]) for single in some], 0)
            rows.append([f"{kind}, {what}", rate, *(cpu(some, place) for place in range(3))])
    parts.append(table(["", "publications/s", "node that publishes", "node that receives", "Redis"], rows))
    return "\n".join(parts)
