"""Jobs that do nothing, through one worker, beside what Postgres alone makes of the same statements."""

import copy
import re
import statistics
import time

from Rig.database import Database
from Rig.demo import Demo
from Rig.worker import Worker
from tools import spread, table

CONFIG = "roles: [web]\nlog: {requests: false}\n"
#: Jobs of one institution; a worker that has so many slots claims half as many at a time, as pgbench does.
JOBS, SLOTS, BATCH = 100_000, 200, 100
#: A worker has a claim and a completion under way at most, so pgbench has as many clients.
CLIENTS = 2
#: Postgres alone is compared with; less than half of it would say that the worker itself is in the way.
TARGET = 0.5

FILL = """
    TRUNCATE job_heads CASCADE;
    SELECT set_config('cohort.institution', :'institution', true);
    SELECT count(*) FROM job_enqueue(
        array_fill('test.empty'::text, ARRAY[:jobs]), array_fill(NULL::text, ARRAY[:jobs]),
        array_fill('null'::jsonb, ARRAY[:jobs]), array_fill(NULL::timestamptz, ARRAY[:jobs]));
"""
#: What a worker sends for each batch: JobStatements.claim, load and complete.
SCRIPT = """
SELECT coalesce(array_agg(id), '{{}}') AS ids, coalesce(array_agg(fence), '{{}}') AS fences
    FROM job_claim('bench', ARRAY['test.empty'], ARRAY[{batch}], ARRAY[0], ARRAY[0], 30000, {batch}, 100) \\gset
BEGIN;
SELECT set_config('cohort.institution', '{institution}', true);
SELECT count(j.payload), count(p.id)
    FROM jobs j LEFT JOIN progresses p ON p.institution_id = j.institution_id AND p.job_id = j.id
    WHERE j.institution_id = {institution} AND j.id = ANY (:ids::bigint[]);
COMMIT;
BEGIN;
SELECT set_config('cohort.institution', '{institution}', true);
SELECT job_complete(:ids::bigint[], :fences::bigint[]);
COMMIT;
"""
DONE = "SELECT count(*) FILTER (WHERE state = 'completed') AS done, max(attempt) AS attempts FROM job_heads"
#: From the first completion on, so that when the worker woke up does not count.
RATE = """
    WITH done AS (SELECT finished_at AS at FROM job_heads WHERE state = 'completed'),
        first AS (SELECT min(at) AS at FROM done)
    SELECT count(*) FILTER (WHERE done.at > first.at) / extract(epoch FROM max(done.at) - first.at) AS rate
    FROM done, first GROUP BY first.at
"""


def measure(program, folder, reps: int) -> dict:
    """All repetitions, both ways interleaved: jobs a second."""
    found: dict = {"worker": [], "postgres": [], "flaws": []}
    with Demo(program, config=CONFIG) as demo:
        database = Database(demo)
        for repetition in range(reps):
            print(f"jobs, repetition {repetition + 1} of {reps}", flush=True)
            found["postgres"].append(_alone(demo, database, folder))
            found["flaws"] += _check(database, "Postgres alone")
            found["worker"].append(_worker(demo, database))
            found["flaws"] += _check(database, "the worker")
    return found


def _fill(demo: Demo, database: Database) -> None:
    database.run(FILL, institution=demo.first["id"], jobs=JOBS)


def _alone(demo: Demo, database: Database, folder) -> float:
    _fill(demo, database)
    script = folder / "jobs.sql"
    script.write_text(SCRIPT.format(institution=demo.first["id"], batch=BATCH))
    script.chmod(0o644)
    folder.chmod(0o755)
    # With the server's role, which row-level security binds.
    application = copy.copy(database)
    application.user = "cohort_app"
    done = application.tool(
        "pgbench", "-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "1", "-t", str(JOBS // BATCH // CLIENTS),
        "-f", str(script))
    rate = re.search(r"^tps = ([\d.]+)", done, re.M)
    if rate is None:
        raise RuntimeError(f"pgbench: {done[-300:]}")
    return float(rate.group(1)) * BATCH


def _worker(demo: Demo, database: Database) -> float:
    with Worker(demo, database, "bench", jobs_slots=SLOTS) as worker:
        _fill(demo, database)
        while database.rows(DONE)[0]["done"] < JOBS:
            if worker.process.poll() is not None:
                raise RuntimeError(worker.tail())
            time.sleep(0.5)  # counting them costs a processor that the worker needs
    return float(database.rows(RATE)[0]["rate"])


def _check(database: Database, who: str) -> list[str]:
    row = database.rows(DONE)[0]
    if row["done"] == JOBS and row["attempts"] == 1:
        return []
    return [f"{who}: {row['done']} of {JOBS} jobs done, {row['attempts']} attempts"]


def flaws(found: dict) -> list[str]:
    """Jobs that were not done, or twice."""
    return found["flaws"]


def report(found: dict) -> str:
    """The table that is printed."""
    ratios = [ours / theirs for ours, theirs in zip(found["worker"], found["postgres"])]
    rows = [["one worker, jobs that do nothing", spread(found["worker"], 0)],
            [f"Postgres alone: the same statements, {CLIENTS} × {BATCH} at a time", spread(found["postgres"], 0)],
            [f"ratio (target: at least {TARGET})", spread(ratios)]]
    verdict = "met" if statistics.median(ratios) >= TARGET else "MISSED"
    return (f"## Jobs a second, {JOBS:,} of one institution, claimed, loaded and completed\n\n"
            + table(["", "jobs/s"], rows) + f"\n\nThe target is {verdict}.")
