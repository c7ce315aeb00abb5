"""A Redis of a test's own on the loopback: one server, or three masters of a cluster; killed and started at will."""

import pathlib
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time


def free_port() -> int:
    """A port that nobody listens at, below those that the kernel takes for outgoing connections."""
    first = int(pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    for _ in range(1000):
        port = random.randrange(10_000, max(11_000, first))
        if port in _given:
            continue
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        _given.add(port)
        return port
    raise RuntimeError("no free port")


_given: set[int] = set()


class Redis:
    """One server; `with Redis() as redis:` starts and stops it. It keeps nothing when it ends."""

    def __init__(self, *, is_cluster: bool = False):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="cohort-redis-"))
        self.port = free_port()
        self.bus = free_port() if is_cluster else 0
        self.process: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    def __enter__(self) -> "Redis":
        return self.start()

    def __exit__(self, *_) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _program(self) -> str:
        found = shutil.which("redis-server")
        if found:
            return found
        # In Debian's redis-tools the server goes by another name, and is the server when it is called so.
        tools = shutil.which("redis-check-rdb")
        if tools is None:
            raise RuntimeError("Redis is not installed (Debian: apt-get install redis-tools)")
        link = self.folder / "redis-server"
        if not link.is_symlink():
            link.symlink_to(tools)
        return str(link)

    def start(self) -> "Redis":
        """Starts the server, empty, and waits until it answers."""
        for left in ("nodes.conf", "dump.rdb"):
            (self.folder / left).unlink(missing_ok=True)
        command = [self._program(), "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir",
                   str(self.folder), "--logfile", str(self.folder / "redis.log")]
        if self.bus:
            command += ["--cluster-enabled", "yes", "--cluster-port", str(self.bus), "--cluster-node-timeout", "2000"]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        limit = time.monotonic() + 20
        while True:
            try:
                if self.ask("PING") == "PONG":
                    return self
            except RuntimeError:
                if time.monotonic() > limit or self.process.poll() is not None:
                    raise
            time.sleep(0.01)

    def kill(self) -> None:
        """Ends the server at once, as a crash would."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None

    def ask(self, *words: str) -> str:
        """One command; its answer as redis-cli prints it."""
        done = subprocess.run(["redis-cli", "-p", str(self.port), *words], capture_output=True, text=True, timeout=10,
                              check=False)
        answer = done.stdout.strip()
        if done.returncode != 0 or answer.startswith(("ERR", "(error)", "CLUSTERDOWN", "MOVED")):
            raise RuntimeError(f"redis {' '.join(words)}: {done.stderr.strip() or answer}")
        return answer


class RedisCluster:
    """Three masters, each with a third of the slots."""

    SLOTS = 16384

    def __init__(self):
        self.masters = [Redis(is_cluster=True) for _ in range(3)]

    @property
    def url(self) -> str:
        places = ",".join(f"127.0.0.1:{master.port}" for master in self.masters)
        return f"redis://{places}?cluster=true"

    def __enter__(self) -> "RedisCluster":
        try:
            return self._form()
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_) -> None:
        for master in self.masters:
            master.__exit__()

    def _form(self) -> "RedisCluster":
        for number, master in enumerate(self.masters):
            master.start()
            first, last = number * self.SLOTS // 3, (number + 1) * self.SLOTS // 3 - 1
            master.ask("CLUSTER", "ADDSLOTSRANGE", str(first), str(last))
            master.ask("CLUSTER", "SET-CONFIG-EPOCH", str(number + 1))
        for other in self.masters[1:]:
            self.masters[0].ask("CLUSTER", "MEET", "127.0.0.1", str(other.port), str(other.bus))
        limit = time.monotonic() + 30
        for master in self.masters:
            while True:
                info = master.ask("CLUSTER", "INFO")
                if "cluster_state:ok" in info and "cluster_known_nodes:3" in info:
                    break
                if time.monotonic() > limit:
                    raise RuntimeError(f"the Redis servers do not form a cluster: {info}")
                time.sleep(0.05)
        return self

    def topics(self) -> list[tuple[int, str]]:
        """Sharded channels that somebody listens to: which master has them, and their names."""
        return [(number, name) for number, master in enumerate(self.masters)
                for name in master.ask("PUBSUB", "SHARDCHANNELS").splitlines() if name]

    def move(self, source: int, target: int, slot: int) -> None:
        """Moves one slot from master to master, as an operator's resharding does; it holds no keys."""
        ids = [master.ask("CLUSTER", "MYID") for master in self.masters]
        self.masters[target].ask("CLUSTER", "SETSLOT", str(slot), "IMPORTING", ids[source])
        self.masters[source].ask("CLUSTER", "SETSLOT", str(slot), "MIGRATING", ids[target])
        time.sleep(0.2)
        for number in (target, source, 3 - source - target):
            self.masters[number].ask("CLUSTER", "SETSLOT", str(slot), "NODE", ids[target])
