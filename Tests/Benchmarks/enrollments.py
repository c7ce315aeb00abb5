"""A hundred of ten thousand enrolments over REST, beside psql with the same query and its JSON."""

import copy
import http.client
import pathlib
import re
import resource
import statistics
import urllib.parse

from Rig.database import Database
from Rig.demo import ROOT, Demo
from tools import CPUS, cpu_seconds, spread, table

STUDENTS, PER_PAGE = 10_000, 100
CONFIG = "loops: 1\nlog: {requests: false}\n"
#: Requests of a repetition: about a second of CPU, in ticks of 10 ms.
REQUESTS = 1000
#: CPU of the server and of its Postgres, over that of psql and of its Postgres.
TARGET = 1.5

FILL = """
    SELECT set_config('cohort.institution', :'institution', true);
    WITH new AS (
        INSERT INTO people (login) SELECT 'roll-' || n || '@bench.example' FROM generate_series(1, :students) n
        RETURNING id),
    users AS (
        INSERT INTO users (institution_id, person_id, name, sortable_name, short_name)
        SELECT :institution, id, 'Student Number ' || id, 'Number ' || id || ', Student', 'Student ' || id FROM new
        RETURNING id)
    INSERT INTO enrollments (institution_id, course_id, section_id, user_id, type)
    SELECT :institution, :course, (SELECT min(id) FROM sections WHERE course_id = :course), id, 'StudentEnrollment'
    FROM users;
"""


def query() -> str:
    """The server's own statement, from its source, as one JSON text."""
    folder = ROOT / "Sources" / "Features" / "Courses" / "Enrollments"
    record = (folder / "EnrollmentRecord.swift").read_text()
    columns = re.search(r'static let columns = """\n(.*?)"""', record, re.S)[1]
    tables = re.search(r'static let tables = """\n(.*?)"""', record, re.S)[1]
    queries = (folder / "EnrollmentQueries.swift").read_text()
    text = re.search(r'static let ofCourse = Statement\(\s*"""\n\s*\\\(record\)\n(.*?)"""', queries, re.S)[1]
    return f"SELECT json_agg(r) FROM (SELECT {columns} {tables} {text}) r"


def _postgres(demo: Demo) -> float:
    """CPU seconds of all processes of the demo's Postgres, those that have ended included."""
    note = demo.folder / "data" / "postgres" / "data" / "postmaster.pid"
    first = int(note.read_text().split()[0])
    children = pathlib.Path(f"/proc/{first}/task/{first}/children").read_text().split()
    return cpu_seconds(first, ended=True) + sum(cpu_seconds(int(child)) for child in children)


def _ask(demo: Demo, path: str, token: str) -> None:
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(demo.base).netloc, timeout=30)
    for _ in range(REQUESTS):
        connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200 or body.count(b'"course_section_id"') != PER_PAGE:
            raise RuntimeError(f"{answer.status}: {body[:200]!r}")
    connection.close()


def measure(program: pathlib.Path, folder: pathlib.Path, reps: int) -> dict:
    """All repetitions, both ways in turn: CPU ms per page."""
    found: dict = {"cohort": [], "psql": []}
    with Demo(program, config=CONFIG, pinned=0 if CPUS > 1 else None) as demo:
        database = Database(demo)
        course, institution = demo.ready["course_id"], demo.first["id"]
        database.run(FILL, institution=institution, course=course, students=STUDENTS)
        database.tool("vacuumdb", "-z")
        application = copy.copy(database)
        application.user = "cohort_app"
        values = (f"{institution}, {course}, '{{StudentEnrollment}}', '{{active,invited}}', NULL, NULL, 0, {PER_PAGE + 1}, 0")
        types = "bigint, bigint, text[], text[], bigint[], bigint[], bigint, bigint, bigint"
        turn = f"BEGIN; SELECT set_config('cohort.institution', '{institution}', true); EXECUTE page ({values}); COMMIT;\n"
        script = f"PREPARE page ({types}) AS {query()};\n" + REQUESTS * turn
        token = demo.first["users"]["instructor"]["api_token"]
        path = f"/api/v1/courses/{course}/enrollments?per_page={PER_PAGE}&type[]=StudentEnrollment"
        _ask(demo, path, token)
        for repetition in range(reps):
            print(f"enrollments: repetition {repetition + 1} of {reps}", flush=True)
            before = (cpu_seconds(demo.pid), _postgres(demo))
            _ask(demo, path, token)
            found["cohort"].append(_cost(cpu_seconds(demo.pid) - before[0], _postgres(demo) - before[1]))
            before = (_children(), _postgres(demo))
            pages = application.session(script)
            found["psql"].append(_cost(_children() - before[0], _postgres(demo) - before[1]))
            if pages.count('"section_id"') < REQUESTS * PER_PAGE:
                raise RuntimeError(f"psql: {pages[:300]}")
    return found


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _cost(client: float, postgres: float) -> dict:
    return {"own": 1000 * client / REQUESTS, "postgres": 1000 * postgres / REQUESTS,
            "all": 1000 * (client + postgres) / REQUESTS}


def flaws(found: dict) -> list[str]:
    """A page that is not whole ends the run already."""
    return []


def report(found: dict) -> str:
    """The table that is printed."""
    columns = ("own", "postgres", "all")
    names = {"cohort": "Cohort: authorised, paged, as Canvas has it", "psql": "psql: the same query, its rows as JSON"}
    rows = [[names[name], *(spread([one[column] for one in found[name]]) for column in columns)] for name in names]
    ratios = {column: [ours[column] / theirs[column] for ours, theirs in zip(found["cohort"], found["psql"])
                       if theirs[column]] for column in columns}
    rows.append([f"ratio (target: at most {TARGET} of all)", *(spread(ratios[column]) for column in columns)])
    verdict = "met" if statistics.median(ratios["all"]) <= TARGET else "MISSED"
    return (f"## A page of {PER_PAGE} of {STUDENTS:,} enrolments: CPU ms\n\n"
            + table(["", "its own process", "Postgres", "together"], rows) + f"\n\nThe target is {verdict}.")
