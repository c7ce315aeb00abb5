"""A server of our own for a test: `cohort demo` on a free port, in its own folder, stopped by whoever started it."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
START_LIMIT = 90.0
STOP_LIMIT = 30.0


def locate(given: str | None) -> pathlib.Path:
    """The program to test: the one that was named, else the newest build."""
    builds = [ROOT / ".build" / kind / "cohort" for kind in ("release", "debug")]
    candidates = [pathlib.Path(given)] if given else builds
    built = [candidate for candidate in candidates if candidate.is_file()]
    if built:
        return max(built, key=lambda one: one.stat().st_mtime).resolve()
    raise SystemExit(f"no program at {' or '.join(map(str, candidates))}: build it, or name it with --cohort")


class Demo:
    """One demo server; `with Demo(program) as demo:` starts and stops it. Its folder outlives a `kill`.

    With `nodes` it is several processes behind a balancer; `variables` are set for single ones of them, by name.
    """

    def __init__(
        self, program: pathlib.Path, *, data_dir: str | None = None, config: str | None = None,
        pinned: int | None = None, web_root: pathlib.Path = ROOT / "web-static", nodes: int = 1,
        variables: dict[str, dict[str, str]] | None = None, hooks: bool = True,
    ):
        self.program = program
        self.own_folder = data_dir is None
        self.folder = pathlib.Path(data_dir or tempfile.mkdtemp(prefix="cohort-"))
        self.config = config
        self.pinned = pinned
        #: The pages of this tree, also when the program was built elsewhere.
        self.web_root = web_root
        self.nodes = nodes
        self.variables = variables or {}
        #: Whether tests may look behind the curtain (`--test-endpoints`).
        self.hooks = hooks
        self.ready: dict = {}
        self.process: subprocess.Popen | None = None
        self.log = self.folder / "server.log"

    def __enter__(self) -> "Demo":
        try:
            return self.start()
        except BaseException:
            self.remove()
            raise

    def __exit__(self, *_) -> None:
        self.remove()

    def start(self, *, fault: str | None = None) -> "Demo":
        """Starts the server and waits until it serves; `fault` names where it will end itself, as `before_commit:3`."""
        self.folder.mkdir(parents=True, exist_ok=True)
        ready_file = self.folder / "ready.json"
        ready_file.unlink(missing_ok=True)
        command = [str(self.program), "demo", "--port", "0", "--data-dir", str(self.folder / "data"),
                   "--ready-file", str(ready_file), "--web-root", str(self.web_root)]
        if self.hooks:
            command.append("--test-endpoints")
        if self.nodes > 1:
            command += ["--nodes", str(self.nodes)]
        if self.config is not None:
            path = self.folder / "config.yaml"
            path.write_text(self.config)
            command += ["--config", str(path)]
        if self.pinned is not None:
            command = ["taskset", "-c", str(self.pinned), *command]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("COHORT_")}
        if fault:
            environment["COHORT_FAULT_POINT"] = fault
        if self.variables:
            environment["COHORT_TEST_NODE_VARIABLES"] = json.dumps(self.variables)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment)
        limit = time.monotonic() + START_LIMIT
        while not ready_file.exists():
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended with {self.process.returncode}:\n{self.tail()}")
            if time.monotonic() > limit:
                self.stop()
                raise RuntimeError(f"the server was not ready after {START_LIMIT:.0f} s:\n{self.tail()}")
            time.sleep(0.02)
        self.refresh()
        return self

    def refresh(self) -> dict:
        """Reads the ready file again: several nodes have other process numbers after a restart."""
        self.ready = json.loads((self.folder / "ready.json").read_text())
        return self.ready

    def node(self, name: str) -> dict:
        """One of several nodes, as it is now; it has no `pid` while it is away."""
        return next(node for node in self.refresh()["nodes"] if node["name"] == name)

    def stop(self) -> None:
        """Ends the server as an operator would; by force when it does not go."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOP_LIMIT)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None

    def wait_for_death(self, limit: float) -> int:
        """Waits until the server has ended by itself; its return code."""
        assert self.process is not None
        code = self.process.wait(limit)
        self.process = None
        return code

    def remove(self) -> None:
        """Stops the server and its database, and takes their folders away."""
        self.stop()
        self._await_database_end()
        if not self.own_folder:
            return
        # Under root the database lies where its own account can reach it, behind a link.
        for link in (self.folder / "data").glob("*"):
            if link.is_symlink() and str(link.readlink()).startswith("/var/lib/cohort-private-"):
                shutil.rmtree(link.readlink(), ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _await_database_end(self) -> None:
        """Postgres ends with its server, also with one that was killed; nothing may be removed before."""
        note = self.folder / "data" / "postgres" / "data" / "postmaster.pid"
        limit = time.monotonic() + 15
        while note.exists() and time.monotonic() < limit:
            time.sleep(0.05)

    def tail(self, lines: int = 30) -> str:
        """The last lines that the server said."""
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    @property
    def base(self) -> str:
        return self.ready["base_url"]

    @property
    def pid(self) -> int:
        return self.ready["pid"]

    @property
    def first(self) -> dict:
        """The institution that owns the demo's course, class and quiz."""
        return self.ready["institutions"][0]

    @property
    def second(self) -> dict:
        """Another institution, which must see nothing of the first."""
        return self.ready["institutions"][1]
