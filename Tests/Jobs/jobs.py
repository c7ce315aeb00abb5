#!/usr/bin/env python3
"""Workers are killed, stopped and frozen in the middle of jobs, and every job's effect happens exactly once.

    jobs.py [--cohort PATH] [--jobs 120]

Each job's effect is a row. Two workers, processes of their own, stand beside a demo's private Postgres; the demo itself
does no jobs. Every finding is printed; the exit status says whether there was one. About half a minute.
"""

import argparse
import json
import pathlib
import signal
import sys
import threading
import time
import zipfile

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from Rig.api import Api  # noqa: E402
from Rig.database import Database  # noqa: E402
from Rig.demo import Demo, locate  # noqa: E402
from Rig.worker import Worker  # noqa: E402

#: Seconds after which a silent worker's jobs are others'.
LEASE = 2
#: Workers look for lost leases once a second; the rest is for a busy machine.
TAKEOVER = LEASE + 1 + 2
SLOTS = 4
SETUP = """
    CREATE TABLE job_test_effects (institution_id bigint NOT NULL, text text NOT NULL, at timestamptz DEFAULT now());
    GRANT INSERT ON job_test_effects TO cohort_app;
"""


class Stage:
    """A demo's database with jobs in it, and what is known of them."""

    def __init__(self, demo: Demo):
        self.demo = demo
        self.database = Database(demo)
        self.database.run(SETUP)
        self.wrong: list[str] = []

    def worker(self, name: str, **settings: object) -> Worker:
        return Worker(self.demo, self.database, name, **{
            "jobs_lease_seconds": LEASE, "jobs_slots": SLOTS, "drain_limit_seconds": 1, **settings})

    def enqueue(self, prefix: str, count: int, hold_ms: int) -> None:
        """Adds `count` jobs to each of two institutions, whose names begin with `prefix`."""
        for institution in (self.demo.first["id"], self.demo.second["id"]):
            self.database.run(f"""
                SELECT set_config('cohort.institution', '{institution}', true);
                SELECT count(*) FROM job_enqueue(
                    (SELECT array_agg('test.effect'::text) FROM generate_series(1, {count})),
                    (SELECT array_agg('{prefix}-' || n) FROM generate_series(1, {count}) n),
                    (SELECT array_agg(jsonb_build_object('text', '{prefix}-' || n, 'hold_ms', {hold_ms}))
                        FROM generate_series(1, {count}) n),
                    (SELECT array_agg(NULL::timestamptz) FROM generate_series(1, {count})));
            """)

    def heads(self, condition: str) -> list[dict]:
        return self.database.rows(
            f"SELECT h.* FROM job_heads h JOIN jobs j USING (institution_id, id) WHERE {condition}")

    def until(self, what: str, limit: float, condition) -> float:
        """Waits until something is so; how long that took."""
        started = time.monotonic()
        while not condition():
            if time.monotonic() - started > limit:
                self.wrong.append(f"{what}: not within {limit:.0f} s")
                return limit
            time.sleep(0.05)
        return time.monotonic() - started

    def all_done(self, prefix: str) -> bool:
        return not self.heads(f"j.unique_key LIKE '{prefix}-%' AND h.state <> 'completed'")

    def check(self, prefix: str, count: int) -> None:
        """Every effect is there, and once."""
        rows = self.database.rows(
            f"SELECT institution_id, text, count(*) FROM job_test_effects WHERE text LIKE '{prefix}-%' GROUP BY 1, 2")
        twice = [row for row in rows if row["count"] != 1]
        if twice:
            self.wrong.append(f"{len(twice)} effects of {prefix} happened more than once, such as {twice[0]}")
        if len(rows) != 2 * count:
            self.wrong.append(f"{len(rows)} of {2 * count} effects of {prefix} happened")

    def held_by(self, name: str) -> list[dict]:
        return self.heads(f"h.state = 'running' AND h.worker LIKE '{name}-%'")


def killed(stage: Stage, count: int) -> None:
    """SIGKILL: the other worker takes the jobs over within the lease."""
    with stage.worker("ann") as ann, stage.worker("bob"):
        stage.enqueue("kill", count, 150)
        stage.until("both work", 10, lambda: len(stage.held_by("ann")) == SLOTS and stage.held_by("bob"))
        ann.kill()
        orphans = {(row["id"], row["fence"]) for row in stage.held_by("ann")}
        if not orphans:
            stage.wrong.append("nothing was under way when the worker was killed")
        took = stage.until(
            "orphans are taken over", TAKEOVER,
            lambda: not orphans & {(row["id"], row["fence"]) for row in stage.heads("h.state = 'running'")})
        stage.until("the rest is done", 60, lambda: stage.all_done("kill"))
        stage.check("kill", count)
        again = {row["id"] for row in stage.heads("j.unique_key LIKE 'kill-%' AND h.attempt > 1")}
        if again != {identity for identity, _ in orphans}:
            stage.wrong.append(f"{len(again)} jobs were tried again, {len(orphans)} were orphans")
        print(f"  {len(orphans)} orphans of a killed worker were taken over in {took:.1f} s", flush=True)


def frozen(stage: Stage) -> None:
    """SIGSTOP for longer than the lease: the late worker comes back, and cannot commit."""
    with stage.worker("cyd") as cyd:
        stage.enqueue("freeze", SLOTS // 2, 700)
        stage.until("it works", 10, lambda: len(stage.held_by("cyd")) == SLOTS)
        cyd.signal(signal.SIGSTOP)
        with stage.worker("dot"):
            stage.until("the other does all of it", 20, lambda: stage.all_done("freeze"))
            cyd.signal(signal.SIGCONT)
            stage.until(
                "the late worker finds out", 20,
                lambda: f'cohort_jobs_total{{kind="test.effect",outcome="lost"}} {SLOTS}' in cyd.metrics())
    stage.check("freeze", SLOTS // 2)
    print(f"  {SLOTS} late commits were refused", flush=True)


def stopped(stage: Stage) -> None:
    """SIGTERM: what does not end in time is given back at once, long before its lease ends."""
    with stage.worker("eve", jobs_lease_seconds=600) as eve:
        stage.enqueue("stop", 1, 3000)
        stage.until("it works", 10, lambda: len(stage.held_by("eve")) == 2)
        eve.signal(signal.SIGTERM)
        with stage.worker("fay"):
            took = stage.until("the other has it", 10, lambda: len(stage.held_by("fay")) == 2)
            if eve.wait(20) != 0:
                stage.wrong.append("the worker did not end well")
            stage.until("all is done", 20, lambda: stage.all_done("stop"))
    stage.check("stop", 1)
    if any(row["attempt"] != 1 for row in stage.heads("j.unique_key LIKE 'stop-%'")):
        stage.wrong.append("an attempt that was given back has counted")
    print(f"  jobs of a worker that was told to stop were another's after {took:.1f} s", flush=True)


def exported(stage: Stage) -> None:
    """SIGKILL in the middle of an institution's export: another worker makes it whole, and nothing of the first try is left."""
    demo, database = stage.demo, stage.database
    folder = demo.folder / "exports"
    folder.mkdir()
    api = Api(demo.base, demo.first["users"]["admin"])
    reports = "/api/v1/accounts/self/reports/institution_export"
    unfinished = f"export-{demo.first['id']}-"

    def parts() -> list[str]:
        return [path.name for path in (folder / "incoming").iterdir() if path.name.startswith(unfinished)]

    with stage.worker("gil", content_folder=folder) as gil, stage.worker("hal", content_folder=folder) as hal:
        # The export waits for this table when it has read others.
        held = threading.Thread(target=database.session, args=(
            "BEGIN; LOCK TABLE modules IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(3); COMMIT;",))
        held.start()
        waits = "SELECT 1 FROM pg_locks WHERE relation = 'modules'::regclass AND {}"
        stage.until("the table is held", 10, lambda: database.rows(waits.format("granted AND mode LIKE 'AccessEx%'")))
        report = api.post(reports)
        path = f"{reports}/{report['id']}"
        stage.until("the export waits", 10, lambda: database.rows(waits.format("NOT granted")))
        first = stage.heads("h.kind = 'privacy.report'")[0]
        # Both may have taken it: whoever has it is killed.
        (gil if first["worker"].startswith("gil-") else hal).kill()
        left = parts()
        if not left or (folder / "incoming" / left[0]).stat().st_size == 0:
            stage.wrong.append(f"nothing was written when the worker was killed: {left}")
        stage.until("the other makes it", 30, lambda: api.get(path)["status"] == "complete")
        held.join()
        if parts():
            stage.wrong.append(f"left over: {parts()}")
        again = stage.heads("h.kind = 'privacy.report'")[0]
        if again["attempt"] != 2 or again["fence"] <= first["fence"]:
            stage.wrong.append(f"the export was not made by a second attempt: {again}")
        digest = database.rows("SELECT sha256 FROM artifacts")
        files = [path for path in folder.rglob("*") if path.is_file()]
        if len(digest) != 1 or len(files) != 1:
            stage.wrong.append(f"{len(digest)} exports and {len(files)} files")
        with zipfile.ZipFile(files[0]) as archive:
            manifest = json.loads(archive.read("manifest.json"))
            broken = archive.testzip()
        rows = {table["table"]: table["rows"] for table in manifest["tables"]}
        there = database.rows(f"SELECT count(*) FROM users WHERE institution_id = {demo.first['id']}")[0]["count"]
        if broken or rows.get("users") != there or "modules" not in rows:
            stage.wrong.append(f"the export is not whole: {broken}, {rows.get('users')} of {there} users")
    print("  an export whose worker was killed was made whole by another", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cohort")
    parser.add_argument("--jobs", type=int, default=120)
    options = parser.parse_args()
    started = time.monotonic()
    with Demo(locate(options.cohort), config="roles: [web]\nlog:\n  requests: false\n") as demo:
        stage = Stage(demo)
        killed(stage, options.jobs // 2)
        frozen(stage)
        stopped(stage)
        exported(stage)
        dead = stage.heads("h.state = 'dead'")
        if dead:
            stage.wrong.append(f"{len(dead)} dead letters, such as {dead[0]}")
    for line in stage.wrong:
        print(f"  WRONG: {line}", flush=True)
    print(f"{'FAILED' if stage.wrong else 'passed'}: every effect exactly once ({time.monotonic() - started:.0f} s)")
    return 1 if stage.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
