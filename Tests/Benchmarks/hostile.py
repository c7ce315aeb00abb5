"""The program of clients that mean harm, or are only slow, beside something that is measured."""

import json
import pathlib
import select
import subprocess
import time

from tools import CPUS

#: How long (s) all of them may take to be under way; a server that keeps some out for good is measured nevertheless.
PATIENCE = 6


class Hostile:
    """`with Hostile(…) as hostile:` the harm is under way; afterwards `found` has what it was."""

    def __init__(self, programs: dict, port: int, tokens: pathlib.Path, channel: str, mode: str, *arguments: str):
        # Less processor than who measures, who has nice -10: the attackers take what the class leaves of their CPU.
        nice = ["nice", "-n", "10"]
        pinned = ["--cpu", "1"] if CPUS > 1 else []
        self.command = [*nice, str(programs["hostile"]), mode, "--port", str(port), "--tokens", str(tokens),
                        "--channel", channel, *pinned, *arguments]
        self.is_ready = False
        self.found: dict = {}

    def __enter__(self) -> "Hostile":
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, text=True)
        reader = self.process.stdout
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and not self.is_ready:
            if select.select([reader], [], [], 0.1)[0]:
                line = reader.readline()
                if not line:
                    raise RuntimeError(f"hostile ended with {self.process.wait(5)}")
                self.is_ready = line.strip() == "ready"
        return self

    def __exit__(self, *_) -> None:
        self.process.terminate()
        try:
            out, _ = self.process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        lines = [line for line in out.splitlines() if line.startswith("{")]
        if lines:
            self.found = json.loads(lines[-1])
