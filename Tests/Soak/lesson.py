"""One lesson of a soak: students who come and go, talk, draw and point, until its time is up and all are gone."""

import asyncio
import random
import time
import uuid

import aiohttp
from Rig.api import Api, key
from Rig.crowd import token_of
from Rig.demo import Demo
from Rig.live import LiveClient, Lost, ProtocolError

#: How long (s) a student stays before leaving, and stays away, at most.
STAY, AWAY = 12.0, 4.0
#: Seconds between two things that a student does, on average.
PACE = 1.5
CHANNELS = ("class", "chat", "board", "quiz")


class Tally:
    """What was done, and what was wrong."""

    def __init__(self):
        self.joins = self.lost = self.messages = self.strokes = self.signals = 0
        self.refused: dict[str, int] = {}
        self.wrong: list[str] = []

    def refuse(self, why: object) -> None:
        self.refused[str(why)] = self.refused.get(str(why), 0) + 1


class Lesson:
    """A class of its own, which is over when it ends; so nothing of it has to be kept."""

    def __init__(self, demo: Demo, students: list[dict], http: aiohttp.ClientSession, tally: Tally, seed: int):
        self.demo = demo
        self.students = students
        self.http = http
        self.tally = tally
        self.chance = random.Random(seed)
        self.teacher = Api(demo.base, demo.first["users"]["instructor"])
        self.id = 0

    async def begin(self) -> None:
        """Starts the class; everybody may draw."""
        lesson = await asyncio.to_thread(self.teacher.begin_class, self.demo.ready["course_id"], "Soak")
        self.id = lesson["id"]
        live = LiveClient(self.http, self._address(), token_of(self.demo, self.demo.first["users"]["instructor"], "instructor"))
        await live.connect()
        await live.rpc("board.allow", {"class": self.id, "key": key(), "draw": "all"})
        await live.close()

    async def run(self, seconds: float) -> None:
        """Lets everybody come and go until the time is up."""
        end = time.monotonic() + seconds
        await asyncio.gather(*(self._student(user, end) for user in self.students))
        await asyncio.to_thread(self.teacher.post, f"/api/v1/live_classes/{self.id}/end")

    def _address(self) -> str:
        """One node or another: there is no telling which, as behind a balancer."""
        nodes = self.demo.ready.get("nodes") or [self.demo.ready]
        return self.chance.choice(nodes)["base_url"].replace("http", "ws", 1) + "/connection/websocket"

    async def _student(self, user: dict, end: float) -> None:
        """Comes back with what was seen before, so that it shows whether all of it is told."""
        client = LiveClient(self.http, self._address(), user["token"])
        await asyncio.sleep(self.chance.uniform(0, AWAY))
        while time.monotonic() < end:
            client.url = self._address()
            try:
                await client.connect()
                self.tally.joins += 1
                for channel in CHANNELS:
                    await client.subscribe(f"{channel}:{self.id}")
                await client.subscribe(f"personal:#{user['id']}")
                until = min(end, time.monotonic() + self.chance.uniform(1, STAY))
                while time.monotonic() < until and not client.lost.is_set():
                    await self._act(client)
                    await asyncio.sleep(self.chance.expovariate(1 / PACE))
            except Lost:
                self.tally.lost += 1
            except ProtocolError as error:
                self.tally.refuse(error)
            await client.close()
            await asyncio.sleep(self.chance.uniform(0, AWAY))
        self.tally.wrong += client.gaps

    async def _act(self, client: LiveClient) -> None:
        dice = self.chance.random()
        if dice < 0.4:
            result = await client.rpc("chat.send", {
                "class": self.id, "key": key(), "text": f"something to say, at length: {'yes and no ' * self.chance.randrange(1, 20)}"})
            self.tally.messages += result.get("status") == "recorded"
        elif dice < 0.7:
            element = {"id": uuid.uuid4().hex[:16], "kind": "pen", "color": "#2f6fed", "size": 3,
                       "points": [round(self.chance.random() * 500, 1) for _ in range(40)]}
            for part in range(4):
                await client.signal({"type": "board.stroke.live", "class": self.id,
                                     "stroke": element | {"points": element["points"][part * 10:part * 10 + 10]}})
                self.tally.signals += 1
                await asyncio.sleep(0.05)
            result = await client.rpc("board.apply", {
                "class": self.id, "key": key(), "ops": [{"op": "add", "element": element}]})
            self.tally.strokes += result.get("status") == "recorded"
        else:
            await client.signal({"type": "board.cursor", "class": self.id, "x": self.chance.uniform(0, 1600), "y": 9.5})
            self.tally.signals += 1
            return
        if result.get("status") == "refused":
            self.tally.refuse(result.get("reason"))
