"""Is the judge any good? What it must find is put in front of it, one thing at a time."""

import asyncio
import copy
import random

import aiohttp
from checker import check_answers, check_log
from crash import Student, begin, open_question
from Rig.crowd import token_of
from Rig.database import Database
from Rig.demo import Demo

#: What is done to the database, by name; each must be found.
TAMPERING = {
    "a lost answer": "DELETE FROM quiz_answers WHERE run_id = :run AND user_id = :user",
    "an answer that was changed": "UPDATE quiz_answers SET answer = '0' WHERE run_id = :run AND user_id = :user",
    "an answer under another key":
        "UPDATE quiz_answers SET key = gen_random_uuid() WHERE run_id = :run AND user_id = :user",
    "an answer that nobody sent":
        "UPDATE quiz_answers SET user_id = :user + 1000000 WHERE run_id = :run AND user_id = :user",
    "another time of receipt": "UPDATE quiz_answers SET received_at = 1 WHERE run_id = :run AND user_id = :user",
    "a message that was lost": "DELETE FROM live_events WHERE channel = :'chat' AND seq = 1",
    "a message with other words":
        "UPDATE live_events SET body = replace(body, 'I am', 'You are') WHERE channel = :'chat' AND seq = 1",
}


async def judge_is_just(demo: Demo, database: Database) -> list[str]:
    """A run without faults has no findings, and each kind of harm has."""
    lesson = await asyncio.to_thread(begin, demo, 4)
    await open_question(demo, lesson)
    chat = f"chat:{lesson['class']}"
    async with aiohttp.ClientSession() as http:
        users = [{**user, "token": token_of(demo, user)} for user in demo.first["users"]["students"][5:10]]
        students = [Student(http, user, lesson, random.Random(1)) for user in users]
        students[0].message = {"channel": chat, "key": students[1].sent["key"], "text": "I am here", "result": None}
        for student in students:
            await student.join(demo.ready["ws_url"])
        for student in students:
            await student.take_part()
        while any(student.live.positions[chat][1] < 1 for student in students):
            await asyncio.sleep(0.01)
        clients = [student.live for student in students]
        told = {student.user["id"]: student.sent for student in students}
        messages = [students[0].message]

        def findings() -> list[str]:
            return check_answers(database, demo.first["id"], lesson["run"], told) + check_log(
                database, demo.first["id"], students[0].channels, clients, messages)

        wrong = [f"found without a cause: {line}" for line in findings()]
        for harm, sql in TAMPERING.items():
            database.run(f"CREATE TABLE kept_answers AS SELECT * FROM quiz_answers WHERE run_id = {lesson['run']};"
                         f"CREATE TABLE kept_events AS SELECT * FROM live_events WHERE channel = '{chat}';")
            database.run(sql, run=lesson["run"], user=users[2]["id"], chat=chat)
            if not findings():
                wrong.append(f"not found: {harm}")
            database.run(f"DELETE FROM quiz_answers WHERE run_id = {lesson['run']};"
                         f"DELETE FROM live_events WHERE channel = '{chat}';"
                         "INSERT INTO quiz_answers SELECT * FROM kept_answers;"
                         "INSERT INTO live_events SELECT * FROM kept_events; DROP TABLE kept_answers, kept_events;")
        for harm, spoil in (("an event that does not exist", lambda one: one.seen.append((chat, 99, {"type": "x"}))),
                            ("an offset that was left out", lambda one: one.gaps.append("3 came after 1"))):
            before = copy.copy(clients[0].seen), copy.copy(clients[0].gaps)
            spoil(clients[0])
            if not findings():
                wrong.append(f"not found: {harm}")
            clients[0].seen, clients[0].gaps = before
        await asyncio.gather(*(client.close() for client in clients))
    return wrong
