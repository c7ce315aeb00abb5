"""Workers of our own beside a demo's database: `cohort serve --roles worker`, each a process that can be killed."""

import os
import pathlib
import signal
import subprocess
import time
import urllib.parse
import urllib.request

from .database import Database
from .demo import ROOT, Demo
from .redis import free_port

START_LIMIT = 30.0


class Worker:
    """One worker process; `with Worker(…) as worker:` starts it, and ends it whatever happens."""

    def __init__(self, demo: Demo, database: Database, name: str, **settings: object):
        self.demo = demo
        self.name = name
        self.log = demo.folder / f"{name}.log"
        self.port = free_port()
        host = urllib.parse.quote(database.host, safe="")
        self.url = f"postgres://cohort_app@{host}:{database.port}/{database.name}"
        self.settings = {"node-name": name, "roles": "worker", "listen-port": self.port, **{
            key.replace("_", "-"): value for key, value in settings.items()}}
        self.process: subprocess.Popen | None = None

    def __enter__(self) -> "Worker":
        return self.start()

    def __exit__(self, *_) -> None:
        self.kill()

    def start(self) -> "Worker":
        """Starts the process and waits until it works."""
        command = [str(self.demo.program), "serve", "--test-endpoints"]
        for key, value in self.settings.items():
            command += [f"--{key}", str(value)]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("COHORT_")}
        environment["COHORT_DATABASE_URL"] = self.url
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment)
        limit = time.monotonic() + START_LIMIT
        while not self.answers("/readyz"):
            if self.process.poll() is not None or time.monotonic() > limit:
                self.kill()
                raise RuntimeError(f"{self.name} did not start:\n{self.tail()}")
            time.sleep(0.02)
        return self

    def answers(self, path: str) -> bool:
        """Whether it answers a request for `path` with 200."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=2) as answer:
                return answer.status == 200
        except OSError:
            return False

    def metrics(self) -> str:
        """What it tells Prometheus."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=5) as answer:
            return answer.read().decode()

    def signal(self, number: int) -> None:
        """Sends it a signal."""
        self.process.send_signal(number)

    def wait(self, limit: float) -> int:
        """Waits until it has ended; its return code."""
        return self.process.wait(limit)

    def kill(self) -> None:
        """Ends it at once."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    def tail(self, lines: int = 20) -> str:
        """The last lines that it said."""
        path = pathlib.Path(self.log)
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:]) if path.exists() else ""
