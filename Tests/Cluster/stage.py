"""Where a trial takes place: nodes, their Postgres and their Redis, and what can be done to them from outside."""

import asyncio
import contextlib
import dataclasses
import glob
import os
import pathlib
import signal
import time
import urllib.error
import urllib.request

from Rig.crowd import gather
from Rig.database import Database
from Rig.demo import Demo
from Rig.redis import Redis, RedisCluster
from Rig.wire import Wire

CONFIG = """
loops: 2
database: {pool: 3}
live: {commands-per-second: 1000, command-burst: 10000}
log: {requests: false}
"""
#: How far the clock of a node with a wrong clock is ahead (s).
SKEW = 300
#: How long (s) a node may take until it is back.
BACK = 60.0


@dataclasses.dataclass
class Stage:
    """A running demo of several nodes with a crowd of people enrolled in its course."""

    demo: Demo
    database: Database
    users: list[dict]
    redis: Redis | RedisCluster
    wires: dict[str, Wire]
    skewed: str | None = None

    @property
    def names(self) -> list[str]:
        return [node["name"] for node in self.demo.ready["nodes"]]

    def address(self, name: str) -> str:
        return next(node["ws_url"] for node in self.demo.ready["nodes"] if node["name"] == name)

    def signal(self, name: str, number: int) -> int:
        """Sends a signal to a node; its process number."""
        pid = self.demo.node(name).get("pid")
        if not pid:
            raise RuntimeError(f"{name} is not there")
        os.kill(pid, number)
        return pid

    async def back(self, name: str, before: int) -> None:
        """Waits until a node is there again as another process, and ready."""
        limit = time.monotonic() + BACK
        while True:
            node = self.demo.node(name)
            if node.get("pid") not in (None, before) and await asyncio.to_thread(_is_ready, node["base_url"]):
                return
            if time.monotonic() > limit:
                raise RuntimeError(f"{name} was not back after {BACK:.0f} s:\n{self.tail(name)}")
            await asyncio.sleep(0.1)

    async def ready(self) -> None:
        """Waits until all nodes take sessions: what was harmed before may still be getting well."""
        for name in self.names:
            await self.until(name, lambda ready, live: ready, "takes sessions")

    async def until(self, name: str, condition, what: str) -> None:
        """Waits until a node's readiness and the number of its live sessions are as they shall be."""
        limit = time.monotonic() + BACK
        base = self.demo.node(name)["base_url"]
        while True:
            ready = await asyncio.to_thread(_is_ready, base)
            live = await asyncio.to_thread(_connections, base)
            if condition(ready, live):
                return
            if time.monotonic() > limit:
                raise RuntimeError(
                    f"{name} never {what}: ready {ready}, {live} sessions\n{self.tail(name)}")
            await asyncio.sleep(0.2)

    def backends(self) -> list[int]:
        """Postgres' processes that work for the nodes."""
        return [row["pid"] for row in self.database.rows(
            "SELECT pid FROM pg_stat_activity WHERE usename = 'cohort_app' ORDER BY pid")]

    def tail(self, name: str, lines: int = 8) -> str:
        path = self.demo.folder / "data" / f"{name}.log"
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:]) if path.exists() else ""


def _is_ready(base: str) -> bool:
    try:
        with urllib.request.urlopen(base + "/readyz", timeout=2) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def _connections(base: str) -> int:
    with urllib.request.urlopen(base + "/metrics", timeout=5) as answer:
        for line in answer.read().decode().splitlines():
            if line.startswith("cohort_live_connections "):
                return int(float(line.split()[1]))
    raise RuntimeError(f"{base} does not tell how many sessions it has")


def clock_library() -> str:
    """What makes a program believe in another time: Debian's package faketime."""
    found = sorted(glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1"))
    if not found:
        raise RuntimeError("faketime is not installed (Debian: apt-get install faketime)")
    return found[0]


@contextlib.contextmanager
def stage(program: pathlib.Path, count: int, students: int, *, with_cluster=False, skewed: str | None = None):
    """Starts everything, and takes it away again."""
    with contextlib.ExitStack() as all_of_it:
        names = [f"node-{number + 1}" for number in range(count)]
        redis = all_of_it.enter_context(RedisCluster() if with_cluster else Redis())
        wires: dict[str, Wire] = {}
        variables: dict[str, dict[str, str]] = {"*": {"COHORT_REDIS_URL": redis.url}}
        if not with_cluster:
            # In a cluster the servers tell where to connect, past any wire.
            for name in names:
                wires[name] = all_of_it.enter_context(Wire(redis.port))
                variables[name] = {"COHORT_REDIS_URL": f"redis://127.0.0.1:{wires[name].port}"}
        if skewed:
            variables.setdefault(skewed, {}).update({
                "LD_PRELOAD": clock_library(), "FAKETIME": f"+{SKEW}s", "FAKETIME_DONT_FAKE_MONOTONIC": "1"})
        demo = all_of_it.enter_context(Demo(program, config=CONFIG, nodes=count, variables=variables))
        database = Database(demo)
        yield Stage(demo, database, gather(demo, database, students), redis, wires, skewed)


def resume(one: Stage) -> None:
    """Lets suspended nodes go on and mends wires, whatever has happened."""
    for wire in one.wires.values():
        wire.mend()
    for node in one.demo.refresh()["nodes"]:
        if node.get("pid"):
            with contextlib.suppress(ProcessLookupError):
                os.kill(node["pid"], signal.SIGCONT)
