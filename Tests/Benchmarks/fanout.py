"""Fan-out, memory and joins: our server through the whole protocol, beside peers that send bare frames."""

import json
import subprocess
import urllib.parse

from Rig.api import Api
from Rig.crowd import gather
from Rig.database import Database
from Rig.demo import Demo
from tools import CPUS, load, peer, wait_for_rest

CONFIG = """
namespaces: ["bench:stream:100:300"]
live:
  commands-per-second: 1000000
  command-burst: 1000000
log:
  requests: false
"""
#: One room of members, one of whom publishes 200 bytes; `in flight`: messages that nobody waits for.
LOADS = {
    "1,000 members, 1 in flight": ["fanout", "-n", "1000", "--window", "1"],
    "1,000 members, 16 in flight": ["fanout", "-n", "1000", "--window", "16"],
    "10,000 members, 16 in flight": ["fanout", "-n", "10000", "--window", "16"],
}
PEERS = {
    "prototype (bare frames)": ("dispatch-prototype", "{port} 1"),
    "SwiftNIO, ordinary": ("nio-broadcast", "{port} 1 frame"),
    "SwiftNIO, careful": ("nio-broadcast", "{port} 1 batch"),
}
OURS = "Cohort"
LIMIT = "send() alone"


def port_of(demo: Demo) -> int:
    return urllib.parse.urlparse(demo.base).port


def our_demo(program) -> Demo:
    """Our server as the peers run: on CPU 0, with one loop, without a log line per request."""
    return Demo(program, config=CONFIG, pinned=0 if CPUS > 1 else None)


def protocol(token: str, channel: str) -> list[str]:
    """What makes the generator speak our protocol: connect, subscribe, publish."""
    hello = json.dumps({"id": 1, "connect": {"token": token}}) + "\n" + json.dumps(
        {"id": 2, "subscribe": {"channel": channel}})
    publish = (f'{{"id":3,"publish":{{"channel":"{channel}","data":'
               '{"u":"%UUID%","t":%TS%,"s":%SEQ%,"p":%PUB%,"x":"%PAD%"}}}')
    # The envelope of a command is longer than that of a push; the data itself is 200 bytes, as with the peers.
    return ["--path", "/connection/websocket", "--multi", "--subscribe", hello, "--await", '"subscribe"',
            "--publish-template", publish, "-s", str(200 + len(publish.split('{"u"')[0]) + 2)]


def fan_out(programs: dict, program, which: str, seconds: float) -> dict[str, dict]:
    """One repetition of one load: every server once; the measurements by name."""
    arguments = [*LOADS[which], "--duration", str(seconds), "--warmup", "0.5", "--settle", "0.3"]
    found = {}
    with our_demo(program) as demo:
        token = Api(demo.base, demo.first["users"]["students"][0]).live_token()
        found[OURS] = load(programs, port_of(demo), demo.pid, [*arguments, *protocol(token, "bench:1")])
    for name, (binary, options) in PEERS.items():
        if binary in programs:
            with peer(programs[binary], options) as (port, pid):
                found[name] = load(programs, port, pid, [*arguments, "-s", "200"])
    members = LOADS[which][2]
    done = subprocess.run([programs["limit"], "-n", members, "-s", "204", "send"], capture_output=True, text=True,
                          timeout=60, check=True)
    found[LIMIT] = {"server_us": json.loads(done.stdout)["writer_cpu_ns"] / 1000}
    return found


def idle(programs: dict, demo: Demo, count: int, folder, port: int | None = None, more: tuple = ()) -> dict:
    """Members of one class, each another student with the five channels of a class, then silent for ten seconds; `more` is for wsload."""
    tokens = folder / "tokens"
    users = gather(demo, Database(demo), count)
    tokens.write_text("".join(f"{user['token']} {user['id']}\n" for user in users))
    wait_for_rest(demo.pid)
    return load(programs, port or port_of(demo), demo.pid, [
        "idle", *more, "-n", str(count), "--duration", "1", "--settle", "10", *member(demo, tokens)])


def member(demo: Demo, tokens) -> list[str]:
    """What makes the generator's connections members of the demo's class, each by a token of its own."""
    lesson = demo.ready["class_id"]
    commands = ['{"id":1,"connect":{"token":"%TOKEN%"}}']
    commands += [f'{{"id":{number},"subscribe":{{"channel":"{name}:{lesson}"}}}}'
                 for number, name in enumerate(("class", "chat", "board", "quiz"), 2)]
    commands.append('{"id":6,"subscribe":{"channel":"personal:#%USER%"}}')
    return ["--path", "/connection/websocket", "--tokens", str(tokens), "--multi", "--subscribe", "\n".join(commands),
            "--await", '"id":6,"subscribe"', "--connect-concurrency", "64"]
