"""An import of 50,000 enrolments from the student information system, and what the API is like beside it."""

import contextlib
import http.client
import json
import pathlib
import threading
import time
import urllib.parse

from Rig.demo import Demo
from tools import spread, table

COURSES, USERS, PER_COURSE = 500, 10_000, 100
PATH = "/api/v1/accounts/self/sis_imports"
#: Seconds in which an import has to be over.
LIMIT = 300
IDLE_SECONDS = 5


def people() -> str:
    """The users of the import."""
    rows = [f"B{n},bench{n}@bench.example,Bench Number {n},bench{n}@bench.example,active" for n in range(USERS)]
    return "\n".join(["user_id,login_id,full_name,email,status", *rows, ""])


def courses() -> str:
    """Its courses."""
    rows = [f"K{n},BEN-{n},Bench course {n},published" for n in range(COURSES)]
    return "\n".join(["course_id,short_name,long_name,status", *rows, ""])


def enrollments() -> str:
    """Each course with a hundred students, each student in five courses."""
    rows = [f"K{course},B{(course * PER_COURSE + seat) % USERS},student,active"
            for course in range(COURSES) for seat in range(PER_COURSE)]
    return "\n".join(["course_id,user_id,role,status", *rows, ""])


class Client:
    """One connection of the institution's admin."""

    def __init__(self, demo):
        self.host = urllib.parse.urlsplit(demo.ready["base_url"]).netloc
        self.token = demo.first["users"]["admin"]["api_token"]
        self.connection = http.client.HTTPConnection(self.host, timeout=60)

    def ask(self, method: str, path: str, body: str | None = None) -> dict | list:
        """A request's answer."""
        headers = {"Authorization": f"Bearer {self.token}"}
        if body is not None:
            headers["Content-Type"] = "text/csv"
        self.connection.request(method, path, body.encode() if body is not None else None, headers)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{method} {path}: {answer.status} {text[:300]!r}")
        return json.loads(text)

    def bring(self, text: str) -> tuple[dict, float]:
        """An import once it is over, and the seconds that it took from the request on."""
        begun = time.monotonic()
        made = self.ask("POST", PATH, text)["id"]
        while True:
            found = self.ask("GET", f"{PATH}/{made}")
            took = time.monotonic() - begun
            if found["workflow_state"] not in ("created", "importing", "cleanup_batch"):
                return found, took
            if took > LIMIT:
                raise RuntimeError(f"the import is not over after {LIMIT} s: {found['progress']} %")
            time.sleep(0.05)


@contextlib.contextmanager
def reading(demo):
    """Lists fifty courses over and over, a hundred times a second at most; gives the list of the seconds that each took."""
    times, over, client = [], threading.Event(), Client(demo)

    def read():
        while not over.is_set():
            begun = time.monotonic()
            client.ask("GET", "/api/v1/courses?per_page=50")
            times.append(time.monotonic() - begun)
            over.wait(max(0.0, 0.01 - times[-1]))

    thread = threading.Thread(target=read)
    thread.start()
    try:
        yield times
    finally:
        over.set()
        thread.join()


def p99(times: list[float]) -> float:
    """In milliseconds."""
    return 1000 * sorted(times)[int(0.99 * len(times))] if times else 0.0


def measure(program: pathlib.Path, reps: int) -> list[dict]:
    """A fresh server for each repetition."""
    found = []
    for repetition in range(reps):
        print(f"sis: repetition {repetition + 1} of {reps}", flush=True)
        with Demo(program) as demo:
            client = Client(demo)
            users, users_took = client.bring(people())
            client.bring(courses())
            with reading(demo) as idle:
                time.sleep(IDLE_SECONDS)
            with reading(demo) as busy:
                done, took = client.bring(enrollments())
            again, again_took = client.bring(enrollments())
            wanted = COURSES * PER_COURSE
            one = {"seconds": took, "again": again_took, "users": users_took, "idle_p99": p99(idle), "busy_p99": p99(busy),
                   "requests": len(busy)}
            counts = [done["statistics"]["Enrollment"]["created"], again["statistics"]["Enrollment"]["unchanged"],
                      users["statistics"]["User"]["created"]]
            if counts != [wanted, wanted, USERS] or again["statistics"]["total_state_changes"]:
                one["flaw"] = f"created, unchanged, users: {counts}"
            found.append(one)
    return found


def flaws(found: list[dict]) -> list[str]:
    """What was wrong."""
    return [f"sis: {one['flaw']}" for one in found if "flaw" in one]


def report(found: list[dict]) -> str:
    """The table that is printed."""
    head = ["50,000 enrolments, s", "the same again, s", "10,000 new users, s",
            "p99 of fifty courses beside it, ms", "p99 idle, ms"]
    columns = [("seconds", 1), ("again", 1), ("users", 1), ("busy_p99", 1), ("idle_p99", 1)]
    return "## An import from the student information system\n\n" + table(
        head, [[spread([one[name] for one in found], digits) for name, digits in columns]])
