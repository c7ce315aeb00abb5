"""One class under one fault: people come in everywhere, talk, draw and answer, something breaks, and all is told."""

import asyncio
import collections
import random
import time
import uuid

import aiohttp
import checker
from client import Person
from history import Answer, History, Row, digest
from Rig.api import Api, choice
from Rig.crowd import token_of
from stage import Stage, resume
from trouble import TROUBLES

#: Changes that all people together make in a second, besides answers.
PACE = 10.0
#: How long (s) it goes well before the fault at least, and after it.
BEFORE, AFTER = 2.0, 3.0
#: People of the node that is killed who do not come back.
QUITTERS = 3
#: How soon (s) counts must be right: in health, and after a fault.
COUNT_IN_HEALTH, COUNT_AFTER_FAULT = 2.0, 30.0
#: How soon (s) whoever was cut off must be back, and which share of them; faults that do not cut off have no limit.
RESUMED = {"kill-node": 5.0, "rolling": 5.0, "deafen-node": 5.0}
SHARE = 0.999
#: Connections in a second while nodes are restarted one after the other; a drain spreads its closings, 2 ms for each.
RECONNECTS = 500
#: How long (s) whatever is still under way may take in the end.
PATIENCE = 30.0


def content_of(body: dict) -> object:
    """What somebody sent for an event, as it is noted when it is sent."""
    if body.get("type") == "board.applied":
        return body["ops"][0]["element"]["id"]
    return body.get("text")


class Lesson:
    """A class with its people, from coming in to the last word."""

    def __init__(self, stage: Stage, fault: str, seed: int):
        self.stage = stage
        self.fault = fault
        self.seed = seed
        self.chance = random.Random(f"{fault}/{seed}")
        self.target = self.chance.choice(stage.names)
        self.people: list[Person] = []
        self.tasks: set[asyncio.Task] = set()
        self.wrong: list[str] = []

    async def run(self) -> list[str]:
        """Everything from the first to the last; what is wrong."""
        await self.stage.ready()
        await asyncio.to_thread(self._prepare)
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0, force_close=True)) as http:
            self._invite(http)
            try:
                await self._come_in()
                await self._open()
                talking = asyncio.create_task(self._talk())
                try:
                    fault = await self._break()
                    await asyncio.sleep(AFTER)
                finally:
                    talking.cancel()
                    await asyncio.to_thread(resume, self.stage)
                await self._finish()
                await self._settle(fault.ended)
                history = await asyncio.to_thread(self._history, fault)
            finally:
                for task in self.tasks:
                    task.cancel()
                await asyncio.gather(*(person.leave() for person in self.people))
        return self.wrong + self._judge(history)

    # Before

    def _prepare(self) -> None:
        demo = self.stage.demo
        teacher = Api(demo.base, demo.first["users"]["instructor"])
        course, title = demo.ready["course_id"], f"{self.fault} {self.seed}"
        self.quiz = teacher.make_quiz(course, title, [choice("Still there?", ["Yes", "No", "Perhaps"], 0)])
        self.question = self.quiz["questions"][0]
        self.options = [answer["id"] for answer in self.question["answers"]]
        self.id = teacher.begin_class(course, title)["id"]

    def _invite(self, http: aiohttp.ClientSession) -> None:
        """A quarter of them know the balancer alone; the others know all nodes, and begin with different ones."""
        demo = self.stage.demo
        nodes = [(name, self.stage.address(name)) for name in self.stage.names]
        balancer = [("balancer", demo.ready["ws_url"])]
        teacher = demo.first["users"]["instructor"]
        everybody = [{**teacher, "token": token_of(demo, teacher, "instructor")}, *self.stage.users]
        for index, user in enumerate(everybody):
            start = index % (len(nodes) + 1)
            places = balancer if start == len(nodes) else nodes[start:] + nodes[:start]
            name = f"student-{index}" if index else "instructor"
            self.people.append(Person(
                http, name, user, places, self.id, random.Random(f"{self.fault}/{self.seed}/{index}")))

    @property
    def students(self) -> list[Person]:
        return self.people[1:]

    @property
    def present(self) -> list[Person]:
        return [person for person in self.people if person.record.stays]

    async def _come_in(self) -> None:
        for first in range(0, len(self.people), 50):
            group = self.people[first:first + 50]
            for person in group:
                person.begin()
            try:
                await asyncio.wait_for(asyncio.gather(*(person.up.wait() for person in group)), PATIENCE)
            except TimeoutError:
                refused = [person.refused for person in group if person.refused]
                raise RuntimeError(f"not everybody gets in: {refused[:3]}") from None
        since = time.monotonic()
        while time.monotonic() < since + 2 * COUNT_IN_HEALTH and self._counts(since, COUNT_IN_HEALTH):
            await asyncio.sleep(0.1)
        self.wrong += [f"in health: {line}" for line in self._counts(since, COUNT_IN_HEALTH)]

    def _counts(self, since: float, limit: float) -> list[str]:
        history = History([person.record for person in self.people], [], {}, [])
        return checker.counts_settle(history, len(self.present), since, limit)

    async def _open(self) -> None:
        """The instructor lets everybody draw, and opens the question."""
        teacher = self.people[0]
        allowed = await teacher.send("board.allow", f"class:{self.id}", {"draw": "all"})
        opened = await teacher.send(
            "quiz.open", f"quiz:{self.id}", {"quiz": self.quiz["id"], "question": self.question["id"]})
        for one in (allowed, opened):
            if not one.is_acknowledged:
                raise RuntimeError(f"{one.method}: {one.result}")
        self.run_id = opened.result["run"]

    # Meanwhile

    def _do(self, work) -> None:
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _talk(self) -> None:
        """Everybody answers at a moment of their own; in between some talk and some draw."""
        waiting = self.students[:]
        self.chance.shuffle(waiting)
        # The answers last as long as what is planned, so that the fault falls among them.
        pace = len(waiting) / (BEFORE + AFTER + 6)
        number = 0
        while True:
            answering = bool(waiting) and self.chance.random() < pace / (pace + PACE)
            await asyncio.sleep(self.chance.expovariate(pace + PACE if waiting else PACE))
            number += 1
            if answering:
                person = waiting.pop()
                if person.record.stays:
                    self._answer(person)
                continue
            person = self.chance.choice(self.present)
            if self.chance.random() < 0.6:
                text = f"{number}: {person.record.name} says something"
                self._do(person.send("chat.send", f"chat:{self.id}", {"text": text}, text))
            else:
                self._draw(person)

    def _answer(self, person: Person) -> None:
        answer = self.chance.choice(self.options)
        data = {"run": self.run_id, "question": self.question["id"], "answer": answer}
        self._do(person.send("quiz.answer", "", data, answer))

    def _draw(self, person: Person) -> None:
        element = {"id": uuid.uuid4().hex[:16], "kind": "pen", "color": "#2f6fed", "size": 3,
                   "points": [round(self.chance.random() * 500, 1) for _ in range(8)]}
        self._do(person.send(
            "board.apply", f"board:{self.id}", {"ops": [{"op": "add", "element": element}]}, element["id"]))

    async def _break(self):
        await asyncio.sleep(BEFORE + self.chance.random() * 2)
        if self.fault == "kill-node":
            there = [person for person in self.students if person.node == self.target]
            for person in self.chance.sample(there, min(QUITTERS, len(there))):
                person.depart()
        return await TROUBLES[self.fault](self.stage, self.target, self.chance)

    # After

    async def _finish(self) -> None:
        """Waits until everything that was sent has its answer."""
        limit = time.monotonic() + PATIENCE
        while self.tasks and time.monotonic() < limit:
            await asyncio.sleep(0.05)
        if self.tasks:
            self.wrong.append(f"{len(self.tasks)} changes had no answer {PATIENCE:.0f} s later")
        self.wrong += [person.refused for person in self.people if person.refused]
        odd = collections.Counter(
            f"{one.method}: {one.result}" for person in self.people for one in person.sent
            if one.result and not one.is_acknowledged)
        self.wrong += [f"{count} times {what}" for what, count in odd.most_common(3)]

    async def _settle(self, since: float) -> None:
        """Waits, within limits, until everybody is there, has everything, and knows how many are here."""
        tops = await asyncio.to_thread(self._tops)
        limit = time.monotonic() + PATIENCE

        def is_settled() -> bool:
            return all(person.up.is_set() and all(
                checker.last_offset(person.record, channel) in (None, top) for channel, top in tops.items())
                for person in self.present)

        while time.monotonic() < limit and not is_settled():
            await asyncio.sleep(0.2)
        while time.monotonic() < since + COUNT_AFTER_FAULT and self._counts(since, COUNT_AFTER_FAULT):
            await asyncio.sleep(0.2)
        self.wrong += [f"after the fault: {line}" for line in self._counts(since, COUNT_AFTER_FAULT)]

    @property
    def _channels(self) -> list[str]:
        return self.people[0].channels

    def _tops(self) -> dict[str, int]:
        rows = self.stage.database.rows(
            "SELECT channel, max(seq) AS top FROM live_events WHERE institution_id = :institution "
            "AND channel = ANY(string_to_array(:'channels', ' ')) GROUP BY channel",
            institution=self.stage.demo.first["id"], channels=" ".join(self._channels))
        return {row["channel"]: row["top"] for row in rows}

    def _history(self, fault) -> History:
        institution = self.stage.demo.first["id"]
        log: dict[str, list[Row]] = {channel: [] for channel in self._channels}
        for row in self.stage.database.rows(
                "SELECT channel, seq, key, body::json AS body FROM live_events WHERE institution_id = :institution "
                "AND channel = ANY(string_to_array(:'channels', ' ')) ORDER BY channel, seq",
                institution=institution, channels=" ".join(self._channels)):
            log[row["channel"]].append(Row(
                row["seq"], row["key"], digest(row["body"]), row["body"].get("type", ""), content_of(row["body"])))
        answers = [Answer(row["user_id"], row["key"], row["answer"]) for row in self.stage.database.rows(
            "SELECT user_id, key, answer FROM quiz_answers WHERE institution_id = :institution AND run_id = :run",
            institution=institution, run=self.run_id)]
        return History([person.record for person in self.people],
                       [one for person in self.people for one in person.sent], log, answers, fault)

    def _judge(self, history: History) -> list[str]:
        fault = history.fault
        wrong = checker.check(history)
        wrong += checker.resumed_in_time(history, fault, RESUMED.get(fault.name, float("inf")), SHARE)
        most = checker.reconnects_per_second(history, fault.began, fault.ended + 5)
        if fault.name == "rolling" and most > RECONNECTS:
            wrong.append(f"{most} connections were made within one second, {RECONNECTS} may be")
        self._report(history, most)
        return wrong

    def _report(self, history: History, most: int) -> None:
        fault = history.fault
        away = sorted(time for _, time in checker.outages(history, fault.began, fault.ended))
        late = checker.delays(history)
        acknowledged = sum(one.is_acknowledged for one in history.sent)
        print(f"  {fault.name} {self.seed}, {fault.node or 'all'}, {fault.ended - fault.began:.1f} s: "
              f"{acknowledged} of {len(history.sent)} acknowledged, {len(away)} cut off"
              + (f" (back after {away[len(away) // 2]:.2f} s, the last {away[-1]:.2f} s, {most}/s)" if away else "")
              + (f", told to all after {late[len(late) // 2] * 1000:.0f} ms, the last {late[-1] * 1000:.0f} ms"
                 if late else ""), flush=True)
