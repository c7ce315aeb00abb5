"""Reads a demo server's private database from outside, with psql, past the server and its row-level security."""

import json
import os
import pathlib
import pwd
import shutil
import subprocess

from .demo import Demo


class Database:
    """The database of a demo. `rows` reads, `run` changes; both are for tests only."""

    def __init__(self, demo: Demo):
        told = demo.ready.get("database", {})
        socket = next((demo.folder / "data").rglob(".s.PGSQL.*[0-9]"), None)
        if not told and socket is None:
            raise RuntimeError(f"no database socket below {demo.folder}")
        self.host = told.get("socket_dir") or str(socket.parent)
        self.port = str(told.get("port") or socket.name.rsplit(".", 1)[1])
        self.name = told.get("name", "cohort")
        self.owner = pwd.getpwuid(os.stat(self.host).st_uid).pw_name
        self.user = told.get("superuser", self.owner)
        self.psql = shutil.which("psql") or self._newest_psql()

    @staticmethod
    def _newest_psql() -> str:
        found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/psql"))
        if not found:
            raise RuntimeError("psql is not installed")
        return str(found[-1])

    def run(self, sql: str, **variables: object) -> str:
        """Runs a script in one transaction; its output without headings."""
        arguments = [part for name, value in variables.items() for part in ("-v", f"{name}={value}")]
        return self._call([self.psql, *arguments, "-XqAt", "-v", "ON_ERROR_STOP=1", "-1", "-f", "-"], sql)

    def session(self, script: str) -> str:
        """Runs a script that begins and ends its transactions itself; its output without headings."""
        return self._call([self.psql, "-XqAt", "-v", "ON_ERROR_STOP=1", "-f", "-"], script)

    def tool(self, name: str, *arguments: str) -> str:
        """Runs another of Postgres' own programs against this database; what it printed."""
        program = shutil.which(name) or str(pathlib.Path(self.psql).resolve().parent / name)
        return self._call([program, *arguments])

    def _call(self, command: list[str], text: str = "") -> str:
        command = [*command, "-h", self.host, "-p", self.port, "-U", self.user, *(
            ["-d", self.name] if "psql" in command[0] else [self.name])]
        if os.geteuid() == 0 and self.owner != "root":
            command = ["setpriv", f"--reuid={self.owner}", f"--regid={self.owner}", "--clear-groups", *command]
        done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=120, cwd="/")
        if done.returncode != 0:
            raise RuntimeError(f"{pathlib.Path(command[0]).name}: {done.stderr.strip()}")
        return done.stdout

    def rows(self, query: str, **variables: object) -> list[dict]:
        """The rows of one query, each as a dictionary."""
        output = self.run(f"SELECT coalesce(json_agg(r), '[]') FROM ({query}) r;", **variables)
        return json.loads(output)
