#!/usr/bin/env python3
"""Runs make's targets in lanes beside each other, and shows each one's output in one piece.

    side_by_side.py [--seconds SECONDS] "TARGET TARGET ..." "TARGET ..."

Each argument is a lane, whose targets run one after the other. The output of the target that began first is shown as it
comes, the others' when it is their turn. What fails ends everything, and its last lines stand at the end; so does the time, and
what hangs is named. Exits with the status of what failed, or with 124.
"""
import argparse
import os
import selectors
import signal
import subprocess
import sys
import time


class Run:
    """One target: its process, what of its output was not shown yet, and the end of it."""

    def __init__(self, target: str, lane: int):
        self.target, self.lane, self.began, self.held, self.status = target, lane, time.monotonic(), [], None
        self.tail = b""
        self.process = subprocess.Popen(
            ["make", "--no-print-directory", target], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, start_new_session=True)

    def end(self) -> None:
        """Ends what still runs of it: itself, and what it started, gets a moment to tidy up."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.process.pid, number)
                self.process.wait(10)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                pass


def show(data: bytes) -> None:
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def main() -> int:
    parser = argparse.ArgumentParser(description="run make's targets in lanes beside each other")
    parser.add_argument("--seconds", type=float, default=3600, help="after which all must have ended")
    parser.add_argument("lanes", nargs="+", help="a lane's targets, separated by spaces")
    options = parser.parse_args()

    lanes = [lane.split() for lane in options.lanes]
    until = time.monotonic() + options.seconds
    ready, runs, shown, done = selectors.DefaultSelector(), [], None, []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda received, _: sys.exit(128 + received))

    def begin(lane: int) -> None:
        if lanes[lane]:
            run = Run(lanes[lane].pop(0), lane)
            runs.append(run)
            ready.register(run.process.stdout, selectors.EVENT_READ, run)

    def turn() -> None:
        """Hands the floor on: what has ended is shown at once, the first that still runs as it goes on."""
        nonlocal shown
        while runs and (runs[0].status is not None or runs[0] is not shown):
            run = runs[0]
            if run is not shown:
                show(f"\n== {run.target}\n".encode() + b"".join(run.held))
                shown = run
            if run.status is not None:
                show(f"== {run.target}: passed\n".encode())
                runs.pop(0)

    try:
        for lane in range(len(lanes)):
            begin(lane)
        while turn() or runs:
            for key, _ in ready.select(max(0, until - time.monotonic())):
                run, data = key.data, os.read(key.fd, 65536)
                if data:
                    run.tail = (run.tail + data)[-6_000:]
                    show(data) if run is shown else run.held.append(data)
                    continue
                ready.unregister(run.process.stdout)
                run.status = run.process.wait()
                done.append(f"{run.target} {time.monotonic() - run.began:.0f} s")
                if run.status != 0:
                    runs.sort(key=lambda other: other is run)  # what failed is shown last
                    return run.status
                begin(run.lane)
            if time.monotonic() >= until:
                return 124
        print("\nside by side: " + ", ".join(done))
        return 0
    finally:
        for run in runs:
            if run.status is None:
                run.end()
            if run is not shown:
                show(f"\n== {run.target}\n".encode() + b"".join(run.held))
            how = "did not end in time, or was ended" if run.status is None else "passed" if run.status == 0 else f"exit {run.status}"
            show(f"== {run.target}: {how}\n".encode())
        for run in runs:
            if run.status:
                show(f"\nthe end of {run.target}:\n".encode() + run.tail[run.tail.find(b"\n") + 1:])


if __name__ == "__main__":
    sys.exit(main())
