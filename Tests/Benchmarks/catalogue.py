"""A student's twenty courses from what is kept, beside nginx with the same bytes as a file."""

import contextlib
import http.client
import pathlib
import re
import shutil
import statistics
import subprocess
import time
import urllib.parse

from Rig.api import Api
from Rig.database import Database
from Rig.demo import Demo
from tools import CPUS, cpu_seconds, free_port, spread, table

COURSES = 20
PATH = "/api/v1/courses?per_page=50"
CONFIG = "loops: 1\nlog: {requests: false}\n"
#: Connections at full load; at half load as many as make the rate, each with a pause between its requests.
CONNECTIONS, PAUSE_MS = 32, 10
#: Requests a second, of what nginx answers.
TARGET = 0.8

#: One worker as the server has one loop, and nothing that the server does not do either.
NGINX = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/nginx.log; {user}
events {{ worker_connections 4096; }}
http {{
    access_log off; sendfile on; tcp_nopush on; tcp_nodelay on; keepalive_requests 100000000; keepalive_timeout 60s;
    open_file_cache max=10; open_file_cache_valid 60s;
    default_type application/json;
    client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
    uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    server {{ listen 127.0.0.1:{port}; root {folder}; location = /courses {{ try_files /courses.json =404; }} }}
}}
"""


def student_of(demo: Demo) -> dict:
    """A student who is enrolled in so many courses."""
    admin = Api(demo.base, demo.first["users"]["admin"])
    student = demo.first["users"]["students"][0]
    for number in range(COURSES - len(Api(demo.base, student).get(PATH))):
        course = admin.post("/api/v1/accounts/self/courses", {
            "course": {"name": f"Course number {number}", "course_code": f"BENCH-{number}"}, "offer": True})
        admin.post(f"/api/v1/courses/{course['id']}/enrollments", {"enrollment": {
            "user_id": student["id"], "type": "StudentEnrollment", "enrollment_state": "active"}})
    return student


@contextlib.contextmanager
def nginx(folder: pathlib.Path, body: bytes):
    """An nginx on CPU 0 that serves these bytes; gives its URL and its worker's pid."""
    folder.chmod(0o755)
    (folder / "courses.json").write_bytes(body)
    port = free_port()
    settings = folder / "nginx.conf"
    settings.write_text(NGINX.format(folder=folder, port=port, user="user root;" if _is_root() else ""))
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    command = [program, "-p", str(folder), "-c", str(settings), "-e", str(folder / "nginx.log")]
    if CPUS > 1:
        command = ["taskset", "-c", "0", *command]
    with subprocess.Popen(command) as process:
        try:
            url = f"http://127.0.0.1:{port}/courses"
            limit = time.monotonic() + 10
            while True:
                with contextlib.suppress(OSError):
                    if _get(url, {})[1] == body:
                        break
                if time.monotonic() > limit:
                    raise RuntimeError(f"nginx does not serve: {(folder / 'nginx.log').read_text()[-300:]}")
                time.sleep(0.05)
            children = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
            yield url, int(children[0])
        finally:
            process.terminate()
            process.wait(10)


def _is_root() -> bool:
    return pathlib.Path("/proc/self").stat().st_uid == 0


def _get(url: str, headers: dict) -> tuple[int, bytes]:
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    try:
        connection.request("GET", f"{parts.path}?{parts.query}", headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def _wrk(url: str, pid: int, token: str, seconds: float, connections: int, script: pathlib.Path | None = None) -> dict:
    """One run of wrk on CPU 1: requests a second, 99th percentile in ms, the server's CPU µs per request."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds:.0f}s", "--latency", "-H", f"Authorization: Bearer {token}"]
    if script:
        command += ["-s", str(script)]
    if CPUS > 1:
        command = ["taskset", "-c", "1", *command]
    before = cpu_seconds(pid)
    done = subprocess.run([*command, url], capture_output=True, text=True, timeout=seconds + 60, check=True).stdout
    used = cpu_seconds(pid) - before
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", done)[1])
    late, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", done).groups()
    count = int(re.search(r"(\d+) requests in", done)[1])
    one = {"rate": rate, "p99_ms": float(late) * {"us": 0.001, "ms": 1, "s": 1000}[unit], "cpu_us": 1e6 * used / count}
    if complaint := re.search(r"(Non-2xx.*|Socket errors.*)", done):
        one["flaw"] = complaint[0]
    return one


def _settle(database: Database, quiet: float = 3, limit: float = 60) -> None:
    """Waits until what followed from making the demo is done: the index is fed on the processor that is measured."""
    busy = """SELECT (SELECT count(*) FROM search_outbox) + (SELECT count(*) FROM job_heads
        WHERE state = 'running' OR state = 'available' AND run_at < now() + interval '5 seconds') AS busy"""
    end, since = time.monotonic() + limit, time.monotonic()
    while time.monotonic() - since < quiet:
        if time.monotonic() > end:
            raise RuntimeError("the demo does not come to rest")
        if database.rows(busy)[0]["busy"]:
            since = time.monotonic()
        time.sleep(0.2)


def measure(program: pathlib.Path, folder: pathlib.Path, reps: int, seconds: float = 3) -> dict:
    """All repetitions, both servers in turn: at full load, then at half of what nginx answers."""
    found: dict = {"cohort": [], "nginx": [], "cohort at half": [], "nginx at half": []}
    script = folder / "pause.lua"
    script.write_text(f"function delay() return {PAUSE_MS} end\n")
    with Demo(program, config=CONFIG, pinned=0 if CPUS > 1 else None) as demo:
        token = student_of(demo)["api_token"]
        _settle(Database(demo))
        url = demo.base + PATH
        status, body = _get(url, {"Authorization": f"Bearer {token}"})
        if status != 200:
            raise RuntimeError(f"the courses cannot be listed: {status}")
        found["bytes"] = len(body)
        with nginx(folder, body) as (file, worker):
            servers = {"nginx": (file, worker), "cohort": (url, demo.pid)}
            for repetition in range(reps):
                print(f"catalogue: repetition {repetition + 1} of {reps}", flush=True)
                for name, (place, pid) in servers.items():
                    # The first moment reads what is to be kept.
                    _get(place, {"Authorization": f"Bearer {token}"})
                    found[name].append(_wrk(place, pid, token, seconds, CONNECTIONS))
                half = found["nginx"][-1]["rate"] / 2
                for name, (place, pid) in servers.items():
                    _get(place, {"Authorization": f"Bearer {token}"})
                    many = max(1, round(half * PAUSE_MS / 1000))
                    found[f"{name} at half"].append(_wrk(place, pid, token, seconds, many, script))
            same = _get(url, {"Authorization": f"Bearer {token}"})[1] == body
            found["flaws"] = [] if same else ["the courses have changed meanwhile"]
    return found


def flaws(found: dict) -> list[str]:
    """Answers that were none."""
    return found["flaws"] + [f"{name}: {one['flaw']}" for name, ones in found.items()
                             if name not in ("flaws", "bytes") for one in ones if "flaw" in one]


def report(found: dict) -> str:
    """The table that is printed."""
    rows = [[name, spread([one["rate"] for one in found[name]], 0), spread([one["cpu_us"] for one in found[name]], 1),
             spread([one["p99_ms"] for one in found[name]], 2),
             spread([one["rate"] for one in found[f"{name} at half"]], 0),
             spread([one["p99_ms"] for one in found[f"{name} at half"]], 2)] for name in ("nginx", "cohort")]
    ratios = [ours["rate"] / theirs["rate"] for ours, theirs in zip(found["cohort"], found["nginx"])]
    rows.append([f"ratio (target: at least {TARGET})", spread(ratios), "", "", "", ""])
    verdict = "met" if statistics.median(ratios) >= TARGET else "MISSED"
    return (f"## A student's {COURSES} courses, {found['bytes']:,} bytes, {CONNECTIONS} connections of wrk, one CPU each\n\n"
            + table(["", "requests/s", "CPU µs per request", "p99 ms", "at half of nginx's load, requests/s", "p99 ms there"],
                    rows) + f"\n\nThe target is {verdict}.")
