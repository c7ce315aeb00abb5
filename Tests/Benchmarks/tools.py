"""What every measurement uses: built tools, peers that are started and stopped, one run of the load generator."""

import atexit
import contextlib
import json
import os
import pathlib
import re
import resource
import shlex
import signal
import socket
import statistics
import subprocess
import time
import urllib.request

from Rig.demo import ROOT

HERE = pathlib.Path(__file__).resolve().parent
BUILT = ROOT / ".build" / "bench"
#: The server has CPU 0 for itself, the generator CPU 1, where there are two.
CPUS = len(os.sched_getaffinity(0))


def build(peers: bool = True) -> dict[str, pathlib.Path]:
    """Builds the generator, the limit and the peers below .build/bench; the programs by name."""
    BUILT.mkdir(parents=True, exist_ok=True)
    programs = {}
    for name in ("wsload", "hostile", "limit", "tlslimit"):
        source, program = HERE / f"{name}.c", BUILT / name
        newest = max(path.stat().st_mtime for path in [source, *HERE.glob("*.h")])
        if not program.exists() or program.stat().st_mtime < newest:
            subprocess.run(["cc", "-O2", "-o", program, source, "-lssl", "-lcrypto", "-lz"], check=True)
        programs[name] = program
    for name in ("dispatch-prototype", "nio-broadcast") if peers else ():
        print(f"  building {name} …", flush=True)
        folder = BUILT / name
        done = subprocess.run(
            ["swift", "build", "-c", "release", "--package-path", HERE / "peers" / name, "--build-path", folder],
            capture_output=True, text=True)
        if done.returncode != 0:
            print(f"  {name} does not build and is left out: {done.stderr.strip()[-300:]}", flush=True)
            continue
        programs[name] = folder / "release" / name
    return programs


#: Whether the kernel shares processors out among sessions instead of among processes.
AUTOGROUPS = pathlib.Path("/proc/sys/kernel/sched_autogroup_enabled")


def quiet() -> None:
    """As many descriptors as allowed, and more processor than other work here, for all that is started, alike.

    Each backend of Postgres is a session of its own. Where processors are shared out among sessions, one that has done
    little waits for hundreds of milliseconds beside a busy loop on the same processor: so that is off meanwhile, as it
    should be on a machine with a database.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    try:
        if AUTOGROUPS.read_text().strip() == "1":
            AUTOGROUPS.write_text("0")
            atexit.register(AUTOGROUPS.write_text, "1")
        os.setpriority(os.PRIO_PROCESS, 0, -10)
    except OSError as error:
        print(f"the processors are shared with all other work ({error}): expect outliers", flush=True)


def free_port() -> int:
    """A port that nobody listens at just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def peer(program: pathlib.Path, arguments: str):
    """Runs a peer program on CPU 0; gives (port, pid)."""
    port = free_port()
    command = [str(program), *shlex.split(arguments.format(port=port))]
    if CPUS > 1:
        command = ["taskset", "-c", "0", *command]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        limit = time.monotonic() + 10
        while True:
            if process.poll() is not None or time.monotonic() > limit:
                raise RuntimeError(f"{program.name} did not start")
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.02)
        yield port, process.pid
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def load(programs: dict, port: int, pid: int, arguments: list[str]) -> dict:
    """One run of the load generator, on CPU 1; what it measured."""
    pinned = ["--cpus", "1"] if CPUS > 1 else []
    return generate(programs, [*arguments, "--port", str(port), "--pid", str(pid), *pinned])


def generate(programs: dict, arguments: list[str], limit: float = 120) -> dict:
    """One run of the load generator as it is told; what it measured. It is ended after `limit` seconds."""
    command = [str(programs["wsload"]), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            out, complaints = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            # It ends its workers when it is asked to.
            process.terminate()
            raise
    if not out.strip():
        raise RuntimeError(f"wsload: {complaints.strip()[-300:]}")
    found = json.loads(out.strip().splitlines()[-1])
    names = {"failed": "did not connect", "missing": "missing", "dup": "twice", "ooo": "out of order",
             "gaps": "offsets that do not follow", "refused": "refused", "closed": "closed"}
    if any(found[name] for name in names):
        found["flaw"] = ", ".join(f"{found[name]} {text}" for name, text in names.items() if found[name])
    return found


def cpu_seconds(pid: int, ended: bool = False) -> float:
    """CPU time of a process so far, in ticks of 10 ms; with that of its children that have ended, if asked for."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return sum(map(int, fields[11:15 if ended else 13])) / os.sysconf("SC_CLK_TCK")


def resident(pid: int) -> int:
    """Bytes of a process that are in memory."""
    return int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def wait_for_rest(pid: int, rest: float = 4, limit: float = 30) -> None:
    """Returns when a process has needed no more memory for a while: what it does after its start is done."""
    begun = since = time.monotonic()
    known = resident(pid)
    while time.monotonic() - since < rest and time.monotonic() - begun < limit:
        time.sleep(0.1)
        now = resident(pid)
        if now > known + 65536:
            known, since = now, time.monotonic()


def metric(base: str, name: str) -> float:
    """One of a server's metrics, summed over its labels."""
    with urllib.request.urlopen(f"{base}/metrics", timeout=10) as answer:
        text = answer.read().decode()
    found = re.findall(rf"^{name}(?:{{[^}}]*}})? (\S+)$", text, re.M)
    if not found:
        raise RuntimeError(f"{base} has no metric {name}")
    return sum(map(float, found))


def spread(values: list[float], digits: int = 2) -> str:
    """A median and its range, as `1.02 (0.98–1.10)`."""
    if not values:
        return "–"
    low, middle, high = min(values), statistics.median(values), max(values)
    return f"{middle:,.{digits}f} ({low:,.{digits}f}–{high:,.{digits}f})"


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])
