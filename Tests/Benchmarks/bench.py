#!/usr/bin/env python3
"""One interleaved run of everything that has a number: fan-out, memory, joins, durable answers.

    bench.py [--only PART,…] [--cohort PATH] [--reps 3] [--json FILE] [--seconds 1.5] [--idle 10000] [--members 1000]
             [--rate-seconds 20] [--returning 4000] [--class 90000] [--attack-seconds 6] [--attacks burst,…]

Loopback only, bounded in time (about forty minutes after the first build; README.md has the parts and what each takes),
everything that it starts it stops. What is measured is the CPU time of the server's process, from /proc, in ticks of 10 ms.
"""

import argparse
import json
import os
import pathlib
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

import catalogue  # noqa: E402
import classes  # noqa: E402
import commit_first  # noqa: E402
import deflate  # noqa: E402
import durable  # noqa: E402
import enrollments  # noqa: E402
import fanout  # noqa: E402
import jobs  # noqa: E402
import joins  # noqa: E402
import large_class  # noqa: E402
import large_room  # noqa: E402
import nodes  # noqa: E402
import recoveries  # noqa: E402
import silent  # noqa: E402
import sis  # noqa: E402
import tls  # noqa: E402
import victim  # noqa: E402
from Rig.demo import ROOT, Demo, locate  # noqa: E402
from tools import CPUS, build, quiet, spread, table  # noqa: E402
from verdict import Verdicts, ratios  # noqa: E402

#: What a delivery may cost, times the prototype's and that of careful SwiftNIO, by messages in flight.
COSTS = {"1 in flight": (1.15, 0.75), "16 in flight": (1.5, 0.5)}

#: Answers in one transaction of Postgres alone; with 1,000 members the server comes to about 500 by itself.
BATCHES = (100, 500)


def machine() -> str:
    """What this was measured on, in one line."""
    info = pathlib.Path("/proc/cpuinfo").read_text()
    model = next((line.split(":", 1)[1].strip() for line in info.splitlines() if line.startswith("model name")), "?")
    return f"{CPUS} CPUs of {model}, Linux {os.uname().release}, load {os.getloadavg()[0]:.1f} at the start"


def measure(options, program, programs: dict, folder: pathlib.Path) -> dict:
    """All repetitions, interleaved; lists of measurements by part and name."""
    found: dict = {"fanout": {name: {} for name in fanout.LOADS}, "idle": [], "answers": [], "postgres": {}}
    for repetition in range(options.reps):
        print(f"repetition {repetition + 1} of {options.reps}", flush=True)
        for name in fanout.LOADS:
            for server, one in fanout.fan_out(programs, program, name, options.seconds).items():
                found["fanout"][name].setdefault(server, []).append(one)
        with fanout.our_demo(program) as demo:
            found["idle"].append(fanout.idle(programs, demo, options.idle, folder))
        # Both CPUs: the server and Postgres share the work, as on a small machine.
        with Demo(program, config=fanout.CONFIG) as demo:
            scene = durable.prepare(demo, options.members)
            one = durable.answers(programs, demo, scene, folder, options.seconds)
            found["answers"].append(one)
            for batch in BATCHES:
                rate = durable.postgres_alone(scene, demo, folder, batch, options.seconds)
                found["postgres"].setdefault(batch, []).append(rate)
    return found


def verdicts(found: dict) -> Verdicts:
    """What a delivery costs beside the peers."""
    judged = Verdicts()
    for name, by in found["fanout"].items():
        costs = {server: [one["server_us"] for one in ones] for server, ones in by.items()}
        allowed = COSTS[name.split(", ")[1]]
        for server, most in zip(("prototype (bare frames)", "SwiftNIO, careful"), allowed):
            if server in costs:
                judged.add(f"CPU per delivery, times that of {server}: {name}", ratios(costs[fanout.OURS], costs[server]), most)
    return judged


def report(found: dict, options) -> str:
    """The tables that are printed."""
    parts = ["## Fan-out: server CPU µs per delivered message of 200 bytes, one loop on one CPU\n"]
    servers = [fanout.LIMIT, *fanout.PEERS, fanout.OURS]
    rows = []
    for server in servers:
        cells = [spread([one["server_us"] for one in found["fanout"][name].get(server, [])]) for name in fanout.LOADS]
        rows.append([server, *cells])
    parts.append(table(["server", *fanout.LOADS], rows))
    judged = verdicts(found)
    parts.append("\n" + judged.table())
    late = [[server, *(spread([one["comp_p50_us"] / 1000 for one in found["fanout"][name].get(server, [])], 1)
                       for name in fanout.LOADS)] for server in servers[1:]]
    parts.append("\n## Until the last member has it: ms, median of the messages\n")
    parts.append(table(["server", *fanout.LOADS], late))
    idle = found["idle"]
    parts.append(f"\n## {options.idle:,} silent members of one class, each subscribed to its five channels\n")
    parts.append(table(["resident bytes per session", "idle CPU %", "joins/s", "server CPU µs per join"], [[
        spread([one["rss_per_conn"] for one in idle], 0), spread([one["idle_cpu_pct"] for one in idle]),
        spread([one["conn_per_s"] for one in idle], 0), spread([one["conn_cpu_us"] for one in idle], 0)]]))
    answers = found["answers"]
    parts.append(f"\n## Durable answers: {options.members:,} members, one on its way each, all CPUs shared\n")
    rows = [["acknowledged by Cohort", spread([one["per_s"] for one in answers], 0),
             spread([one["p50_us"] / 1000 for one in answers], 1), spread([one["p99_us"] / 1000 for one in answers], 1),
             spread([one["batch"] for one in answers if one["batch"]], 0)]]
    rows += [[f"Postgres alone, the same statements, {batch} a batch", spread(rates, 0), "–", "–", str(batch)]
             for batch, rates in sorted(found["postgres"].items())]
    parts.append(table(["", "answers/s", "p50 ms", "p99 ms", "answers a batch"], rows))
    flaws = [f"{where}: {one['flaw']}" for where, ones in [
        *((f"{load}, {server}", ones) for load, by in found["fanout"].items() for server, ones in by.items()),
        ("idle", idle), ("answers", answers)] for one in ones if "flaw" in one] + judged.missed
    parts.append("\nNo message was lost, doubled or out of order." if not flaws else "\nFLAWS:\n" + "\n".join(flaws))
    return "\n".join(parts)


def server(options, program, programs: dict, folder: pathlib.Path) -> tuple[dict, str]:
    """One node, beside its peers and limits: what was found, and its tables."""
    found = measure(options, program, programs, folder)
    disk = durable.disk_write(folder)
    return found, f"{report(found, options)}\n\nA durable write of 8 kB: {disk or 'not measured'}."


def apart(module, found: dict) -> tuple[dict, str]:
    """The tables of a part that is a module of its own, with what was wrong."""
    wrong = module.flaws(found)
    said = "FLAWS:\n" + "\n".join(wrong) if wrong else "Nothing was lost, doubled or out of order."
    return found, f"{module.report(found)}\n\n{said}"


#: The parts by name, in the order of their run.
PARTS = {
    "server": server,
    "room": lambda options, program, programs, folder: apart(
        large_room, large_room.measure(programs, program, folder, options.reps, options.seconds)),
    "classes": lambda options, program, programs, folder: apart(
        classes, classes.measure(programs, program, options.reps, options.seconds)),
    "joins": lambda options, program, programs, folder: apart(
        joins, joins.measure(programs, program, folder, options.reps, options.idle)),
    "silent": lambda options, program, programs, folder: apart(silent, silent.measure(programs, program, folder)),
    "chat": lambda options, program, programs, folder: apart(
        commit_first, commit_first.measure(programs, program, folder, options.reps, options.seconds)),
    "deflate": lambda options, program, programs, folder: apart(
        deflate, deflate.measure(programs, program, options.reps, options.seconds)),
    "victim": lambda options, program, programs, folder: apart(
        victim, victim.measure(programs, program, folder, options.reps, options.attack_seconds, options.attacks)),
    "nodes": lambda options, program, programs, folder: apart(
        nodes, nodes.measure(programs, program, folder, options.reps, options.rate_seconds)),
    "recoveries": lambda options, program, programs, folder: apart(
        recoveries, recoveries.measure(programs, program, folder, options.reps, options.returning)),
    "jobs": lambda options, program, programs, folder: apart(
        jobs, jobs.measure(program, folder, options.reps)),
    "sis": lambda options, program, programs, folder: apart(sis, sis.measure(program, options.reps)),
    "catalogue": lambda options, program, programs, folder: apart(
        catalogue, catalogue.measure(program, folder, options.reps)),
    "enrollments": lambda options, program, programs, folder: apart(
        enrollments, enrollments.measure(program, folder, options.reps)),
    "tls": lambda options, program, programs, folder: apart(
        tls, tls.measure(programs, program, folder, options.reps, options.seconds, options.idle)),
    "class": lambda options, program, programs, folder: apart(
        large_class, large_class.measure(programs, program, folder, options.most)),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(PARTS), help="parts, with commas between them")
    parser.add_argument("--cohort", help="the program; the release build by default")
    parser.add_argument("--reps", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1.5)
    parser.add_argument("--idle", type=int, default=10_000)
    parser.add_argument("--members", type=int, default=1000)
    parser.add_argument("--rate-seconds", type=float, default=nodes.SECONDS)
    parser.add_argument("--returning", type=int, default=4000)
    parser.add_argument("--class", type=int, default=large_class.NODES * large_class.MEMBERS_PER_NODE, dest="most")
    parser.add_argument("--attack-seconds", type=float, default=6.0)
    parser.add_argument("--attacks", default="", help="single attacks, with commas between them")
    parser.add_argument("--json", help="a file for every single measurement")
    options = parser.parse_args()
    wanted = options.only.split(",")
    if set(wanted) - set(PARTS):
        parser.error(f"--only knows {', '.join(PARTS)}")
    # What is measured is what is run: never the newest build, which may be one for tests.
    program = locate(options.cohort or str(ROOT / ".build" / "release" / "cohort"))
    programs = build(peers=bool({"server", "room", "classes"} & set(wanted)))
    quiet()
    started = time.monotonic()
    place = machine()
    found, texts = {}, []
    with tempfile.TemporaryDirectory(prefix="cohort-bench-") as folder:
        for name in (name for name in PARTS if name in wanted):
            found[name], text = PARTS[name](options, program, programs, pathlib.Path(folder))
            texts.append(text)
    print(f"\n# {program}\n\n{place}; median (least–most) of {options.reps}; {time.monotonic() - started:.0f} s\n")
    print("\n\n".join(texts))
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(found))
    return 1 if "FLAWS" in "".join(texts) else 0


if __name__ == "__main__":
    sys.exit(main())
