"""The server is killed in the middle of a question, comes back, and nothing that was acknowledged is lost."""

import asyncio
import os
import random
import signal
import time

import aiohttp
from checker import check_answers, check_log, everyone_has
from Rig.api import Api, choice, key
from Rig.crowd import token_of
from Rig.database import Database
from Rig.demo import Demo
from Rig.live import LiveClient, Lost, ProtocolError

POINTS = ("before_commit", "after_commit", "after_publish")
#: Students answer within this time (s); the server dies in it.
SPREAD = 1.5
#: One in so many students also writes a message.
TALKERS = 25
#: How long (s) a client tries again before the test has failed.
PATIENCE = 60.0


class Student:
    """One student at one question: answers once, and sends again under the same key until there is an answer."""

    def __init__(self, http: aiohttp.ClientSession, user: dict, lesson: dict, chance: random.Random):
        self.user = user
        self.lesson = lesson
        self.live = LiveClient(http, "", user["token"])
        self.sent = {"key": key(), "answer": chance.choice(lesson["options"]), "result": None}
        self.message = None
        if user["id"] % TALKERS == 0:
            self.message = {"channel": f"chat:{lesson['class']}", "key": key(), "text": f"I am {user['name']}",
                            "result": None}
        self.delay = chance.random() * SPREAD

    @property
    def channels(self) -> list[str]:
        return [f"quiz:{self.lesson['class']}", f"chat:{self.lesson['class']}"]

    async def join(self, url: str) -> None:
        """Connects and subscribes, again and again while the server is away."""
        self.live.url = url
        limit = time.monotonic() + PATIENCE
        while True:
            try:
                await self.live.connect()
                for channel in self.channels:
                    await self.live.subscribe(channel)
                return
            except Lost:
                await self.live.close()
            except ProtocolError as error:
                if error.code not in (100, 111):
                    raise
                await self.live.close()
            if time.monotonic() > limit:
                raise TimeoutError(f"{self.user['name']} does not get in")
            await asyncio.sleep(0.1)

    async def take_part(self) -> bool:
        """Sends what has no answer yet; whether everything has one now."""
        try:
            if self.message and self.message["result"] is None:
                self.message["result"] = await self._call(
                    "chat.send", {"key": self.message["key"], "text": self.message["text"]})
            if self.sent["result"] is None:
                self.sent["result"] = await self._call("quiz.answer", {
                    "key": self.sent["key"], "run": self.lesson["run"], "question": self.lesson["question"],
                    "answer": self.sent["answer"]})
        except Lost:
            return False
        return True

    async def _call(self, method: str, data: dict) -> dict:
        while True:
            result = await self.live.rpc(method, {"class": self.lesson["class"], **data})
            if result.get("status") != "refused" or not result.get("retry_after_ms"):
                return result
            await asyncio.sleep(result["retry_after_ms"] / 1000)


def begin(demo: Demo, number: int) -> dict:
    """A new class with an open question; made while the server is well."""
    teacher = Api(demo.base, demo.first["users"]["instructor"])
    course = demo.ready["course_id"]
    quiz = teacher.make_quiz(course, f"Crash {number}", [choice("Still there?", ["Yes", "No", "Perhaps"], 0)])
    lesson = teacher.begin_class(course, f"Crash {number}")
    question = quiz["questions"][0]
    return {"class": lesson["id"], "quiz": quiz["id"], "question": question["id"], "run": 0,
            "options": [answer["id"] for answer in question["answers"]]}


async def open_question(demo: Demo, lesson: dict) -> None:
    """Lets the instructor open the question."""
    async with aiohttp.ClientSession() as http:
        instructor = demo.first["users"]["instructor"]
        live = LiveClient(http, demo.ready["ws_url"], token_of(demo, instructor, "instructor"))
        await live.connect()
        result = await live.rpc("quiz.open", {
            "class": lesson["class"], "key": key(), "quiz": lesson["quiz"], "question": lesson["question"]})
        if result.get("status") != "recorded":
            raise RuntimeError(f"the question was not opened: {result}")
        lesson["run"] = result["run"]
        await live.close()


async def crash(demo: Demo, database: Database, users: list[dict], point: str, seed: int) -> list[str]:
    """A SIGKILL at `point`, at a pass that `seed` chooses: early or late; what the judge finds wrong.

    How often a point is passed depends on the machine: a pass that never came is tried again, earlier.
    """
    passes = round(2 ** random.Random(f"{point}/{seed}").uniform(0, 6.5))
    while True:
        wrong, was_reached = await crash_once(demo, database, users, f"{point}:{passes}", seed)
        if wrong or was_reached or passes == 1:
            return wrong if was_reached or wrong else [f"{point} is never passed"]
        passes = max(1, passes // 4)


async def crash_once(
    demo: Demo, database: Database, users: list[dict], fault: str, seed: int
) -> tuple[list[str], bool]:
    """One class, one question, one SIGKILL; the findings, and whether the fault's point was reached."""
    chance = random.Random(f"{fault}/{seed}")
    lesson = await asyncio.to_thread(begin, demo, seed)
    await open_question(demo, lesson)
    await asyncio.to_thread(demo.stop)
    await asyncio.to_thread(demo.start, fault=fault)
    connector = aiohttp.TCPConnector(limit=0, force_close=True)
    async with aiohttp.ClientSession(connector=connector) as http:
        students = [Student(http, user, lesson, chance) for user in users]
        for group in range(0, len(students), 100):
            await asyncio.gather(*(student.join(demo.ready["ws_url"]) for student in students[group:group + 100]))

        async def answer(student: Student) -> bool:
            await asyncio.sleep(student.delay)
            return await student.take_part()

        done = await asyncio.gather(*(answer(student) for student in students))
        acknowledged = sum(done)
        was_reached = demo.process.poll() is not None or not all(done)
        if not was_reached:
            os.kill(demo.pid, signal.SIGKILL)
        code = await asyncio.to_thread(demo.wait_for_death, 20)
        if code != -signal.SIGKILL:
            return [f"the server ended with {code}, not by the fault"], was_reached
        await asyncio.gather(*(student.live.close() for student in students))
        await asyncio.to_thread(demo.start)
        for group in range(0, len(students), 100):
            await asyncio.gather(*(student.join(demo.ready["ws_url"]) for student in students[group:group + 100]))
        again = await asyncio.gather(*(student.take_part() for student in students))
        wrong = [f"{again.count(False)} students got no answer after the restart"] if not all(again) else []
        messages = [student.message for student in students if student.message]
        channel = f"chat:{lesson['class']}"
        top = len(messages)
        limit = time.monotonic() + 20
        while everyone_has([student.live for student in students], channel, top) and time.monotonic() < limit:
            await asyncio.sleep(0.05)
        clients = [student.live for student in students]
        wrong += everyone_has(clients, channel, top)
        told = {student.user["id"]: student.sent for student in students}
        wrong += await asyncio.to_thread(check_answers, database, demo.first["id"], lesson["run"], told)
        wrong += await asyncio.to_thread(
            check_log, database, demo.first["id"], students[0].channels, clients, messages)
        await asyncio.gather(*(client.close() for client in clients))
    print(f"  {fault} seed {seed}: {acknowledged} of {len(users)} acknowledged before "
          f"{'the fault' if was_reached else 'a kill (the fault was not reached)'}, {len(wrong)} findings", flush=True)
    return wrong, was_reached


async def check_gradebook(demo: Demo, database: Database, users: list[dict]) -> list[str]:
    """A question that everybody answers is revealed: each answer has its score in the gradebook."""
    lesson = await asyncio.to_thread(begin, demo, 0)
    await open_question(demo, lesson)
    chance = random.Random(0)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        students = [Student(http, user, lesson, chance) for user in users]
        for group in range(0, len(students), 100):
            await asyncio.gather(*(student.join(demo.ready["ws_url"]) for student in students[group:group + 100]))
        if not all(await asyncio.gather(*(student.take_part() for student in students))):
            return ["somebody's answer was lost without a fault"]
        instructor = demo.first["users"]["instructor"]
        live = LiveClient(http, demo.ready["ws_url"], token_of(demo, instructor, "instructor"))
        await live.connect()
        for method in ("quiz.close", "quiz.reveal"):
            result = await live.rpc(method, {"class": lesson["class"], "key": key(), "run": lesson["run"]})
            if result.get("status") != "recorded":
                return [f"{method}: {result}"]
        await asyncio.gather(live.close(), *(student.live.close() for student in students))
    right = lesson["options"][0]
    wanted = {student.user["id"]: 1.0 if student.sent["answer"] == right else 0.0 for student in students}
    return await asyncio.to_thread(_compare_grades, demo, lesson, wanted)


def _compare_grades(demo: Demo, lesson: dict, wanted: dict[int, float]) -> list[str]:
    teacher = Api(demo.base, demo.first["users"]["instructor"])
    course = demo.ready["course_id"]
    assignments = teacher.get(f"/api/v1/courses/{course}/assignments?per_page=100")
    assignment = next(item["id"] for item in assignments if item["quiz_id"] == lesson["quiz"])
    found: dict[int, float] = {}
    ids = list(wanted)
    for start in range(0, len(ids), 100):
        chosen = "&".join(f"student_ids[]={user}" for user in ids[start:start + 100])
        for item in teacher.get(
                f"/api/v1/courses/{course}/students/submissions?{chosen}&assignment_ids[]={assignment}&per_page=100"):
            found[item["user_id"]] = item["score"]
    return [f"user {user}: {score} points expected, the gradebook has {found.get(user)}"
            for user, score in wanted.items() if found.get(user) != score]
