#!/usr/bin/env python3
"""Several nodes, one class: whatever breaks, every acknowledged event reaches everybody once and in one order.

    cluster.py [--cohort PATH] [--faults kill-node,kill-redis,…] [--seeds 3] [--first-seed 1] [--clients 300]
               [--nodes 3]

Every finding is printed with its fault and seed; the last line counts what passed and failed, and the exit status says
so too.
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

from lesson import Lesson  # noqa: E402
from Rig.demo import locate  # noqa: E402
from stage import Stage, stage  # noqa: E402
from trouble import TROUBLES  # noqa: E402

#: Faults that need a stage of their own, and what is different there.
SPECIAL = {"skewed-clock": {"skewed": "node-2"}, "move-slot": {"with_cluster": True}}


async def attempt(one: Stage, fault: str, seed: int) -> bool:
    """Runs one trial and says how it went."""
    started = time.monotonic()
    try:
        wrong = await Lesson(one, fault, seed).run()
    except Exception:  # noqa: BLE001 - a trial that breaks has failed, and the next one shall still run
        wrong = [traceback.format_exc()]
    print(f"{'FAILED' if wrong else 'passed'}: {fault}, seed {seed}: nothing is lost, invented or out of order "
          f"({time.monotonic() - started:.1f} s)", flush=True)
    for line in wrong[:20]:
        print(f"    {line}", flush=True)
    if len(wrong) > 20:
        print(f"    and {len(wrong) - 20} more", flush=True)
    return not wrong


def perform(options, faults: list[str], **special) -> tuple[int, int]:
    """Tries some faults on one stage; how many trials passed and failed."""
    passed = failed = 0
    if not faults:
        return 0, 0
    try:
        with stage(locate(options.cohort), options.nodes, options.clients - 1, **special) as one:
            for fault in faults:
                for seed in range(options.first_seed, options.first_seed + options.seeds):
                    if asyncio.run(attempt(one, fault, seed)):
                        passed += 1
                        continue
                    failed += 1
                    if one.demo.process is None or one.demo.process.poll() is not None:
                        raise RuntimeError(f"the demo is gone:\n{one.demo.tail()}")
    except RuntimeError as error:
        print(f"FAILED: {', '.join(faults)} cannot go on: {error}", flush=True)
        failed += 1
    return passed, failed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cohort")
    parser.add_argument("--faults", default=",".join(TROUBLES))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--clients", type=int, default=300)
    parser.add_argument("--nodes", type=int, default=3)
    options = parser.parse_args()
    faults = options.faults.split(",")
    unknown = [fault for fault in faults if fault not in TROUBLES]
    if unknown:
        parser.error(f"there is no fault {unknown[0]}; there are {', '.join(TROUBLES)}")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    results = [perform(options, [fault for fault in faults if fault not in SPECIAL])]
    results += [perform(options, [fault], **SPECIAL[fault]) for fault in faults if fault in SPECIAL]
    passed, failed = (sum(numbers) for numbers in zip(*results, strict=True))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
