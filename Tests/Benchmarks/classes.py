"""A hundred classes of a hundred at a steady rate: how late the slowest deliveries are, beside careful SwiftNIO."""

from fanout import OURS, PEERS, our_demo, port_of, protocol
from Rig.api import Api
from tools import load, peer, spread, table
from verdict import Verdicts

CLASSES, MEMBERS = 100, 100
#: Messages a second in each class: 40,000 deliveries a second in all.
RATE = 4
NIO = "SwiftNIO, careful"
#: What p99 may be, in ms.
MOST = 5.0


def measure(programs: dict, program, reps: int, seconds: float) -> dict:
    """All repetitions, interleaved."""
    found: dict = {}
    arguments = ["fanout", "-n", str(CLASSES * MEMBERS), "--rooms", str(CLASSES), "-p", str(CLASSES), "--rate", str(RATE),
                 "--duration", str(seconds * 3), "--warmup", "1", "--settle", "0.5"]
    for repetition in range(reps):
        print(f"classes, repetition {repetition + 1} of {reps}", flush=True)
        with our_demo(program) as demo:
            token = Api(demo.base, demo.first["users"]["students"][0]).live_token()
            found.setdefault(OURS, []).append(load(programs, port_of(demo), demo.pid, [
                *arguments, "--offsets", *protocol(token, "bench:%ROOM%")]))
        if PEERS[NIO][0] in programs:
            with peer(programs[PEERS[NIO][0]], PEERS[NIO][1]) as (port, pid):
                found.setdefault(NIO, []).append(load(programs, port, pid, [*arguments, "-s", "200", "--path", "/r%ROOM%"]))
    return found


def _verdicts(found: dict) -> Verdicts:
    verdicts = Verdicts()
    verdicts.add("p99 of a delivery", [one["p99_us"] / 1000 for one in found[OURS]], MOST, " ms")
    return verdicts


def flaws(found: dict) -> list[str]:
    """What was lost, and what is missed."""
    return [f"{name}: {one['flaw']}" for name, ones in found.items() for one in ones if "flaw" in one
            ] + _verdicts(found).missed


def report(found: dict) -> str:
    """The tables that are printed."""
    rows = [[name, spread([one["server_us"] for one in ones]), spread([one["per_s"] for one in ones], 0),
             *(spread([one[f"{part}_us"] / 1000 for one in ones]) for part in ("p50", "p95", "p99", "p999"))]
            for name, ones in found.items()]
    return (f"## {CLASSES} classes of {MEMBERS}, {RATE} messages of 200 bytes a second in each\n\n"
            + table(["server", "CPU µs per delivery", "deliveries/s", "p50 ms", "p95 ms", "p99 ms", "p99.9 ms"], rows)
            + "\n\n" + _verdicts(found).table())
