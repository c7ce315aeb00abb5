#!/usr/bin/env python3
"""What must hold when things go wrong: answers count once, crashes lose nothing, institutions stay apart.

    faults.py [--cohort PATH] [--students 300] [--seeds 3] [--first-seed 1] [--only judge,once,repeat,throttle,walls,grades,crash]

Every finding is printed with its seed; the last line counts what passed and failed, and the exit status says so too.
"""

import argparse
import asyncio
import pathlib
import resource
import sys
import time
import traceback

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

import judge  # noqa: E402
import once  # noqa: E402
import repeat  # noqa: E402
import throttle  # noqa: E402
import walls  # noqa: E402
from crash import POINTS, check_gradebook, crash  # noqa: E402
from Rig.crowd import gather  # noqa: E402
from Rig.database import Database  # noqa: E402
from Rig.demo import Demo, locate  # noqa: E402

PARTS = ("judge", "once", "repeat", "throttle", "walls", "grades", "crash")
CONFIG = "live:\n  commands-per-second: 1000\n  command-burst: 10000\nlog:\n  requests: false\n"


def trials(options, demo: Demo, database: Database) -> list[tuple[str, object]]:
    """Everything to be tried: a sentence and what to await."""
    parts = options.only.split(",")
    users = gather(demo, database, options.students) if {"crash", "grades"} & set(parts) else []
    found: list[tuple[str, object]] = []
    if "judge" in parts:
        found.append(("the judge finds what there is to find, and nothing else",
                      lambda: judge.judge_is_just(demo, database)))
    if "once" in parts:
        found.append((f"the same answer {once.TIMES} times at once counts once",
                      lambda: once.same_answer(demo, database)))
        found.append((f"of {once.TIMES} rival answers one stands", lambda: once.rival_answers(demo, database)))
    if "repeat" in parts:
        found.append(("a POST whose process dies after its commit is done once",
                      lambda: asyncio.to_thread(repeat.repeated_post, demo, database)))
    if "throttle" in parts:
        found.append((f"of {throttle.TIMES} slow requests of one token {throttle.ROOM} are done, and nobody else waits for them",
                      lambda: throttle.many_slow_requests(demo, database)))
    if "walls" in parts:
        found.append(("no route crosses the border of an institution", lambda: walls.rest_walk(demo)))
        found.append(("no channel and no method crosses it", lambda: walls.live_walk(demo)))
    if "grades" in parts:
        found.append((f"{len(users)} answers are in the gradebook after the reveal",
                      lambda: check_gradebook(demo, database, users)))
    if "crash" in parts:
        for seed in range(options.first_seed, options.first_seed + options.seeds):
            for point in POINTS:
                found.append((f"SIGKILL at {point}, seed {seed}, loses nothing and invents nothing",
                              lambda point=point, seed=seed: crash(demo, database, users, point, seed)))
    return found


async def attempt(sentence: str, trial) -> bool:
    """Runs one trial and says how it went."""
    started = time.monotonic()
    try:
        wrong = await trial()
    except Exception:  # noqa: BLE001 - a trial that breaks has failed, and the next one shall still run
        wrong = [traceback.format_exc()]
    print(f"{'FAILED' if wrong else 'passed'}: {sentence} ({time.monotonic() - started:.1f} s)", flush=True)
    for line in wrong[:20]:
        print(f"    {line}", flush=True)
    if len(wrong) > 20:
        print(f"    and {len(wrong) - 20} more", flush=True)
    return not wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cohort")
    parser.add_argument("--students", type=int, default=300)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--only", default=",".join(PARTS))
    options = parser.parse_args()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    passed = failed = 0
    with Demo(locate(options.cohort), config=CONFIG) as demo:
        database = Database(demo)
        for sentence, trial in trials(options, demo, database):
            if asyncio.run(attempt(sentence, trial)):
                passed += 1
            else:
                failed += 1
                if demo.process is None or demo.process.poll() is not None:
                    print(demo.tail(), flush=True)
                    demo.start()
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
