"""Answers acknowledged after their commit, beside what Postgres alone makes of the same statements."""

import asyncio
import re
import subprocess
import urllib.request

import aiohttp
from fanout import port_of
from Rig.api import Api, choice, key
from Rig.crowd import gather, token_of
from Rig.database import Database
from Rig.demo import ROOT, Demo
from Rig.live import LiveClient
from tools import load

STATEMENTS = ROOT / "Sources" / "Features" / "Assessment" / "Answers" / "AnswerStatements.swift"

#: Stands for the server's statements: the same text, as functions, because pgbench cannot make arrays.
FUNCTIONS = """
    CREATE OR REPLACE FUNCTION bench_lock(bigint, bigint[]) RETURNS SETOF bigint LANGUAGE sql AS $f$ {lockRuns} $f$;
    CREATE OR REPLACE FUNCTION bench_record(
        bigint, bigint[], bigint[], bigint[], bigint[], uuid[], bigint[], bigint[], jsonb[], text[], float8[],
        boolean[], bigint) RETURNS void LANGUAGE sql AS $f$ {record} $f$;
    CREATE OR REPLACE FUNCTION bench_verdicts(
        bigint, bigint[], bigint[], bigint[], bigint[], uuid[], bigint[], bigint[], boolean[], bigint)
        RETURNS SETOF record LANGUAGE sql AS $f$ {verdicts} $f$;
    CREATE TABLE bench_users AS
        SELECT array_agg(id ORDER BY id) AS ids FROM (SELECT user_id AS id FROM enrollments
        WHERE course_id = {course} AND type = 'StudentEnrollment' ORDER BY user_id LIMIT {batch}) e;
    CREATE OR REPLACE FUNCTION bench_fill(anyelement) RETURNS anyarray LANGUAGE sql IMMUTABLE
        AS $f$ SELECT array_fill($1, ARRAY[{batch}]) $f$;
"""
SCRIPT = """
BEGIN;
SELECT set_config('cohort.institution', '{institution}', true);
SELECT bench_lock({institution}, ARRAY[{run}]::bigint[]);
SELECT array_agg(gen_random_uuid()) AS keys, (extract(epoch FROM clock_timestamp()) * 1e6)::bigint AS moment
    FROM generate_series(1, {batch}) \\gset
SELECT bench_record({institution}, bench_fill({run}::bigint), ids, bench_fill(:moment::bigint),
    bench_fill({lesson}::bigint), ':keys'::uuid[], bench_fill(1::bigint), bench_fill({opened}::bigint),
    bench_fill('{answer}'::jsonb), bench_fill('{answer}'::text), bench_fill(1::float8), bench_fill(true), 2000)
    FROM bench_users;
SELECT count(*) FROM bench_users, bench_verdicts({institution}, bench_fill({run}::bigint), ids,
    bench_fill(:moment::bigint), bench_fill({lesson}::bigint), ':keys'::uuid[], bench_fill(1::bigint),
    bench_fill({opened}::bigint), bench_fill(true), 2000)
    AS v (place bigint, verdict text, id bigint, run bigint, sequence bigint, at bigint, answer jsonb);
COMMIT;
"""


def prepare(demo: Demo, members: int) -> dict:
    """Members, and a class with a question whose answers may be changed until it closes, so that each may send many."""
    database = Database(demo)
    users = gather(demo, database, members)
    teacher = Api(demo.base, demo.first["users"]["instructor"])
    course = demo.ready["course_id"]
    quiz = teacher.make_quiz(course, "Bench", [choice("How fast?", ["Fast", "Slow"], 0)])
    lesson = teacher.begin_class(course, "Bench")
    question = quiz["questions"][0]
    opened = asyncio.run(_open(demo, lesson["id"], quiz["id"], question["id"]))
    return {"users": users, "class": lesson["id"], "course": course, "question": question["id"],
            "answer": question["answers"][0]["id"], "run": opened["run"], "opened": opened["at"], "database": database}


async def _open(demo: Demo, lesson: int, quiz: int, question: int) -> dict:
    async with aiohttp.ClientSession() as http:
        live = LiveClient(
            http, demo.ready["ws_url"], token_of(demo, demo.first["users"]["instructor"], "instructor"))
        await live.connect()
        result = await live.rpc("quiz.open", {
            "class": lesson, "key": key(), "quiz": quiz, "question": question, "answer_change": "until_close"})
        await live.close()
    if result.get("status") != "recorded":
        raise RuntimeError(f"the question was not opened: {result}")
    return result


def answers(programs: dict, demo: Demo, scene: dict, folder, seconds: float) -> dict:
    """Every member has one answer on its way at any time; what was acknowledged, and what the database got."""
    tokens = folder / "members"
    tokens.write_text("".join(f"{user['token']} {user['id']}\n" for user in scene["users"]))
    count = "SELECT count(*) AS n FROM quiz_answers WHERE run_id = :run"
    before = scene["database"].rows(count, run=scene["run"])[0]["n"]
    batches = _metric(demo, "batches")
    found = load(programs, port_of(demo), demo.pid, [
        "echo", "-n", str(len(scene["users"])), "--duration", str(seconds), "--warmup", "0", "--settle", "0.5",
        "--path", "/connection/websocket", "--tokens", str(tokens), "--reply-any",
        "--subscribe", '{"id":1,"connect":{"token":"%TOKEN%"}}', "--await", '"connect"',
        "--publish-template",
        f'{{"id":%SEQ%,"rpc":{{"method":"quiz.answer","data":{{"class":{scene["class"]},"key":"%UUID%",'
        f'"run":{scene["run"]},"question":{scene["question"]},"answer":{scene["answer"]},"sequence":%NUM%}}}}}}'])
    found["rows"] = scene["database"].rows(count, run=scene["run"])[0]["n"] - before
    after = _metric(demo, "batches")
    found["batch"] = found["rows"] / (after - batches) if batches is not None and after and after > batches else None
    if found["rows"] != found["delivered"]:
        found["flaw"] = f"{found['delivered']} acknowledged, {found['rows']} rows"
    return found


def _metric(demo: Demo, word: str) -> float | None:
    """The sum of the intake's counter whose name has `word` in it, or None."""
    with urllib.request.urlopen(f"{demo.base}/metrics", timeout=10) as answer:
        text = answer.read().decode()
    found = re.findall(rf"^cohort_answer_{word}_total(?:{{[^}}]*}})? (\S+)$", text, re.M)
    return sum(map(float, found)) if found else None


def postgres_alone(scene: dict, demo: Demo, folder, batch: int, seconds: float) -> float:
    """Rows a second that Postgres takes with one batch of the same statements at a time, in the same database."""
    source = STATEMENTS.read_text()
    texts = {name: re.search(rf'static let {name}: Statement = """\n(.*?)\n\s*"""', source, re.S).group(1)
             for name in ("lockRuns", "record", "verdicts")}
    database = scene["database"]
    values = {"institution": demo.first["id"], "run": scene["run"], "lesson": scene["class"], "batch": batch,
              "opened": scene["opened"], "answer": scene["answer"], "course": scene["course"]}
    database.run("DROP TABLE IF EXISTS bench_users;" + FUNCTIONS.format(**texts, **values))
    script = folder / "batch.sql"
    script.write_text(SCRIPT.format(**values))
    script.chmod(0o644)
    folder.chmod(0o755)
    done = database.tool("pgbench", "-n", "-c", "1", "-T", str(max(1, round(seconds))), "-f", str(script))
    rate = re.search(r"^tps = ([\d.]+)", done, re.M)
    if rate is None:
        raise RuntimeError(f"pgbench: {done[-300:]}")
    return float(rate.group(1)) * batch


def disk_write(folder) -> str:
    """How long one durable write of 8 kB takes on this disk, as `pg_test_fsync` says; empty when it is not there."""
    binary = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True).stdout.strip()
    try:
        done = subprocess.run([f"{binary}/pg_test_fsync", "-s", "1", "-f", str(folder / "fsync")],
                              capture_output=True, text=True, timeout=60)
    except OSError:
        return ""
    found = re.search(r"fdatasync\s+([\d.]+) ops/sec\s+(\d+) usecs/op", done.stdout)
    return f"{found.group(2)} µs" if found else ""
