#!/usr/bin/env python3
"""Ten minutes of a school's day on two nodes, and then nobody: what the server takes must be what it took before.

    soak.py [--cohort PATH] [--minutes 10] [--students 150] [--lesson 60] [--seed 1]

Students come, talk, draw and go, in lessons that begin and end; beside them clients that read slowly or never, send a byte
a second, and cut their handshakes. A first lesson fills what is filled once. Then everybody leaves, and the figures are
noted; after the soak everybody leaves again. The exit status says whether memory, descriptors, timers and sessions have
returned, and whether anybody missed something.
"""

import argparse
import asyncio
import contextlib
import pathlib
import sys
import tempfile
import time

sys.dont_write_bytecode = True
TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "Benchmarks")]

import aiohttp  # noqa: E402
from hostile import Hostile  # noqa: E402
from lesson import Lesson, Tally  # noqa: E402
from Rig.crowd import gather  # noqa: E402
from Rig.database import Database  # noqa: E402
from Rig.demo import Demo, locate  # noqa: E402
from tools import build, metric, quiet, table  # noqa: E402

CONFIG = "loops: 1\nlog: {requests: false}\n"
#: What may be more at the end than after the warm-up, on each node: a part of the memory and MiB of it, descriptors, timers.
#: Connections to Postgres and Redis come and go; a timer may be under way.
MEMORY_PART, MEMORY_MIB, DESCRIPTORS, TIMERS = 0.10, 12.0, 4, 4
#: How long (s) what is kept for a while is waited for: people 15 s, channels 20 s, cancelled timers one turn of the wheel,
#: the pauses of those who went without a word 35 s.
REST = 60
#: Seconds between two rows of the table.
STEP = 20
#: Who disturbs, each for this long (s) in turn, and on each node.
TURN = 10
TROUBLE = {
    "slow": ("slow", "--clients", "20", "--rate", "2000"),
    "mute": ("mute", "--clients", "20", "--rate", "10"),
    "aborts": ("aborts", "--rate", "300"),
    "trickle": ("trickle", "--clients", "50"),
    "lies": ("lies", "--rate", "50"),
}
#: The figures by what they are called in the table.
FIGURES = {"resident MiB": "cohort_process_resident_bytes", "descriptors": "cohort_process_open_descriptors",
           "timers": "cohort_loop_timers", "sessions": "cohort_live_connections", "sockets": "cohort_socket_open"}


class Soak:
    """The nodes, who is there, and what was seen of both."""

    def __init__(self, demo: Demo, programs: dict, folder: pathlib.Path, options):
        self.demo, self.programs, self.options = demo, programs, options
        self.tally = Tally()
        self.rows: list[list[str]] = []
        self.began = time.monotonic()
        users = gather(demo, Database(demo), options.students + 40)
        self.students, others = users[:options.students], users[options.students:]
        self.tokens = folder / "tokens"
        self.tokens.write_text("".join(f"{user['token']} {user['id']}\n" for user in others))
        self.seed = options.seed
        self.disturbed: dict[str, int] = {}

    def figures(self) -> list[dict[str, float]]:
        """What each node says of itself."""
        found = [{name: metric(node["base_url"], key) for name, key in FIGURES.items()} for node in self.demo.ready["nodes"]]
        return [one | {"resident MiB": one["resident MiB"] / (1 << 20)} for one in found]

    async def note(self, what: str) -> list[dict[str, float]]:
        """One row of the table."""
        found = await asyncio.to_thread(self.figures)
        tally = self.tally
        row = [f"{time.monotonic() - self.began:.0f}", what]
        row += [" / ".join(f"{one[name]:.0f}" for one in found) for name in FIGURES]
        row += [f"{tally.joins:,}", f"{tally.messages:,}", f"{tally.strokes:,}", f"{tally.signals:,}"]
        self.rows.append(row)
        print("  " + "  ".join(row), flush=True)
        return found

    async def lessons(self, seconds: float, what: str) -> None:
        """One lesson after the other, with trouble beside them, until the time is up."""
        end = time.monotonic() + seconds
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
            while (left := end - time.monotonic()) > 5:
                self.seed += 1
                lesson = Lesson(self.demo, self.students, http, self.tally, self.seed)
                await lesson.begin()
                watch = asyncio.create_task(self._watch(what))
                trouble = asyncio.create_task(asyncio.to_thread(self._disturb, lesson.id, min(left, self.options.lesson)))
                await lesson.run(min(left, self.options.lesson))
                await trouble
                watch.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await watch

    async def _watch(self, what: str) -> None:
        while True:
            await asyncio.sleep(STEP)
            await self.note(what)

    def _disturb(self, lesson: int, seconds: float) -> None:
        """One kind of trouble after the other, on both nodes."""
        end, kinds = time.monotonic() + seconds - TURN, list(TROUBLE)
        number = self.seed
        while time.monotonic() < end:
            kind = kinds[number % len(kinds)]
            node = self.demo.ready["nodes"][number % len(self.demo.ready["nodes"])]
            number += 1
            mode, *arguments = TROUBLE[kind]
            hostile = Hostile(self.programs, int(node["base_url"].rsplit(":", 1)[1]), self.tokens, f"chat:{lesson}", mode,
                              *arguments)
            with hostile:
                time.sleep(min(TURN, max(1, end - time.monotonic())))
            self.disturbed[kind] = self.disturbed.get(kind, 0) + hostile.found.get("opened", 0)
            if hostile.found.get("gaps"):
                self.tally.wrong.append(f"slow readers: {hostile.found['gaps']} offsets that do not follow")

    async def rest(self, what: str) -> list[dict[str, float]]:
        """Nobody is there for a while; the least figures of its end, since jobs go on."""
        await asyncio.sleep(REST)
        found = await self.note(what)
        for _ in range(3):
            await asyncio.sleep(2)
            again = await asyncio.to_thread(self.figures)
            found = [{name: min(one[name], other[name]) for name in FIGURES} for one, other in zip(found, again)]
        return found


def judge(before: list[dict], after: list[dict], tally: Tally) -> list[str]:
    """What has not returned, and what was wrong."""
    wrong = list(tally.wrong)
    for place, (one, other) in enumerate(zip(before, after)):
        bounds = {"resident MiB": one["resident MiB"] * (1 + MEMORY_PART) + MEMORY_MIB,
                  "descriptors": one["descriptors"] + DESCRIPTORS, "timers": one["timers"] + TIMERS, "sessions": 0,
                  "sockets": one["sockets"] + DESCRIPTORS}
        wrong += [f"node {place + 1}: {name} {one[name]:.0f} before, {other[name]:.0f} after, {most:.0f} allowed"
                  for name, most in bounds.items() if other[name] > most]
    if not tally.messages or not tally.strokes or not tally.joins:
        wrong.append("nobody said, drew or joined anything")
    return wrong


async def soak(demo: Demo, programs: dict, folder: pathlib.Path, options) -> tuple[Soak, list[str]]:
    """The warm-up, the soak, and what is wrong afterwards."""
    run = Soak(demo, programs, folder, options)
    await run.note("nobody yet")
    # Each kind of trouble has its turn on each node, so that what is made once is made.
    await run.lessons(max(60, 2 * len(TROUBLE) * TURN + 20), "warm-up")
    before = await run.rest("nobody after the warm-up")
    await run.lessons(options.minutes * 60, "soak")
    after = await run.rest("nobody after the soak")
    return run, judge(before, after, run.tally)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cohort")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--students", type=int, default=150)
    parser.add_argument("--lesson", type=float, default=60, help="seconds of a lesson")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    program = locate(options.cohort)
    programs = build(peers=False)
    quiet()
    with tempfile.TemporaryDirectory(prefix="cohort-soak-") as folder, Demo(program, config=CONFIG, nodes=2) as demo:
        run, wrong = asyncio.run(soak(demo, programs, pathlib.Path(folder), options))
    head = ["s", "", *FIGURES, "joins", "messages", "strokes", "signals"]
    print(f"\n## Two nodes, {options.students} students, seed {options.seed}; figures of the first / the second node\n")
    print(table(head, run.rows))
    print(f"\nConnections of those who disturb: {run.disturbed}; {run.tally.lost} students' connections were lost, refused: "
          f"{run.tally.refused or 'nothing'}")
    print("\n" + ("All of it has returned, and nobody missed anything." if not wrong else "WRONG:\n" + "\n".join(wrong)))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
