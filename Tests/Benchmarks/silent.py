"""Members who say nothing: what their pings cost, and that they cost nothing else, whatever their number."""

import json
import signal
import statistics
import subprocess
import time

from fanout import CONFIG, member, port_of, protocol
from Rig.api import Api
from Rig.crowd import gather
from Rig.database import Database
from Rig.demo import Demo
from tools import CPUS, cpu_seconds, load, metric, spread, table
from verdict import Verdicts
from victim import Memory

#: The last is below the 20,000 descriptors that a process may have.
COUNTS = (2000, 6000, 18_000)
#: Seconds between two pings, over which CPU is counted: each session is pinged once.
PERIOD = 25
#: Seconds over which CPU is counted where nobody is pinged.
PLAIN = 10
#: Seconds that a crowd may take to join, and for its joining to be over and done with.
JOINING, SETTLE = 110, 5
#: The class beside them.
MEMBERS, ROUNDS = 100, 3
#: What is allowed: % of a core for the last of `COUNTS`; what a delivery may cost beside the last, times that beside the
#: first; and how much of a core 10,000 more sessions may take that are not pinged.
PINGED, SLOPE, UNPINGED = 2.0, 1.15, 0.1


class Crowd:
    """`with Crowd(…)` so many are there and say nothing; afterwards `found` has what the generator saw."""

    def __init__(self, programs: dict, demo: Demo, tokens, count: int):
        pinned = ["--cpus", "1"] if CPUS > 1 else []
        self.demo, self.count = demo, count
        self.found: dict = {}
        self.command = [str(programs["wsload"]), "idle", "-n", str(count), "--duration", "240", "--settle", "0",
                        *member(demo, tokens), "--port", str(port_of(demo)), "--pid", str(demo.pid), *pinned]

    def __enter__(self) -> "Crowd":
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        end = time.monotonic() + JOINING
        while metric(self.demo.base, "cohort_live_connections") < self.count and time.monotonic() < end:
            time.sleep(0.2)
        time.sleep(SETTLE)
        return self

    def __exit__(self, *_) -> None:
        self.process.send_signal(signal.SIGUSR1)
        try:
            out, _ = self.process.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.terminate()
            raise
        if out.strip():
            self.found = json.loads(out.strip().splitlines()[-1])
        end = time.monotonic() + 30
        while metric(self.demo.base, "cohort_live_connections") > 0 and time.monotonic() < end:
            time.sleep(0.2)


def busy(demo: Demo, seconds: float) -> float:
    """The server's share of a core, in %."""
    before, began = cpu_seconds(demo.pid), time.monotonic()
    time.sleep(seconds)
    return (cpu_seconds(demo.pid) - before) / (time.monotonic() - began) * 100


def measure(programs: dict, program, folder) -> dict:
    """With pings and without, each number of sessions once."""
    found: dict = {"pinged": [], "plain": []}
    for name, steps in found.items():
        config = CONFIG if name == "pinged" else CONFIG.replace("live:\n", "live:\n  ping-seconds: 0\n")
        with Demo(program, config=config, pinned=0 if CPUS > 1 else None) as demo:
            tokens = folder / "silent"
            users = gather(demo, Database(demo), max(COUNTS))
            tokens.write_text("".join(f"{user['token']} {user['id']}\n" for user in users))
            token = Api(demo.base, demo.first["users"]["students"][0]).live_token()
            time.sleep(SETTLE)
            nobody = busy(demo, PLAIN)
            for count in COUNTS:
                print(f"silent members, {name}: {count:,}", flush=True)
                with Crowd(programs, demo, tokens, count) as crowd:
                    step = {"count": count, "nobody": nobody, "resident": Memory(demo.pid).resident,
                            "busy": busy(demo, PERIOD if name == "pinged" else PLAIN)}
                    step["rooms"] = [load(programs, port_of(demo), demo.pid, [
                        "fanout", "-n", str(MEMBERS), "--window", "1", "--duration", "2", "--warmup", "0.5", "--settle", "0.3",
                        "--offsets", *protocol(token, "bench:1")]) for _ in range(ROUNDS if name == "pinged" else 0)]
                steps.append(step | {"crowd": crowd.found})
    return found


def _cost(step: dict) -> float:
    return statistics.median(one["server_us"] for one in step["rooms"])


def _slope(found: dict) -> float:
    """% of a core for 10,000 more sessions that are not pinged."""
    first, last = found["plain"][0], found["plain"][-1]
    return (last["busy"] - first["busy"]) / (last["count"] - first["count"]) * 10_000


def _verdicts(found: dict) -> Verdicts:
    verdicts, (first, *_, last) = Verdicts(), found["pinged"]
    verdicts.add(f"{last['count']:,} sessions with pings each {PERIOD} s: % of a core", [last["busy"]], PINGED)
    verdicts.add(f"a delivery in a class of {MEMBERS} beside {last['count']:,}, times that beside {first['count']:,}",
                 [_cost(last) / _cost(first)], SLOPE)
    verdicts.add("10,000 sessions more, without pings: % of a core", [_slope(found)], UNPINGED)
    return verdicts


def flaws(found: dict) -> list[str]:
    """Who did not stay, what was lost, and what is missed."""
    wrong = []
    for name, steps in found.items():
        for step in steps:
            crowd = step["crowd"]
            if crowd.get("connected") != step["count"] or crowd.get("closed"):
                wrong.append(f"of {step['count']:,} silent members ({name}) {crowd.get('connected')} came, "
                             f"{crowd.get('closed')} were closed")
            wrong += [f"the class beside {step['count']:,}: {one['flaw']}" for one in step["rooms"] if "flaw" in one]
    return wrong + _verdicts(found).missed


def report(found: dict) -> str:
    """The tables that are printed."""
    rows = []
    for pinged, plain in zip(found["pinged"], found["plain"]):
        rows.append([
            f"{pinged['count']:,}", f"{pinged['busy']:.2f}", f"{plain['busy']:.2f}",
            f"{(pinged['busy'] - plain['busy']) / 100 * PERIOD / pinged['count'] * 1e6:.1f}",
            f"{pinged['resident'] / 2**20:,.0f}", spread([one["server_us"] for one in pinged["rooms"]]),
            spread([one["comp_p50_us"] / 1000 for one in pinged["rooms"]])])
    return (f"## Silent members of one class, each in its five channels; without any {found['pinged'][0]['nobody']:.2f} % of a core\n\n"
            + table(["sessions", f"% of a core, pinged each {PERIOD} s", "% of a core, never pinged", "CPU µs of a ping and its answer",
                     "resident MiB", f"CPU µs per delivery in a class of {MEMBERS} beside them", "until all of it have a message, ms"], rows)
            + "\n\n" + _verdicts(found).table())
