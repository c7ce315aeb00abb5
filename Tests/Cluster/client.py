"""One person in a class, as a stock client behaves: stays connected, resumes, sends again; and records what it sees."""

import asyncio
import random
import time

import aiohttp
from history import Client, Count, Event, Lost, Sent, Subscribed, Up, digest
from Rig.api import key
from Rig.live import LiveClient, ProtocolError
from Rig.live import Lost as Gone

#: Pauses before reconnecting: a random part of these (s), doubled each time.
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
#: How long (s) a command may take before it is sent again, and connecting before it is tried elsewhere.
PATIENCE, CONNECTING = 8.0, 3.0
#: The protocol's temporary errors.
TEMPORARY = (100, 111)


class Recorder(LiveClient):
    """A live client that writes down everything that a checker may ask about, instead of judging it."""

    def __init__(self, http: aiohttp.ClientSession, token: str, record: Client):
        super().__init__(http, "", token)
        self.record = record

    def _subscribed(self, channel: str, before: tuple[str, int] | None, reply: dict) -> None:
        data = reply.get("data")
        entry = Subscribed(
            time.monotonic(), channel, reply.get("epoch", ""), reply.get("offset", 0),
            was_recovering=bool(reply.get("was_recovering")), recovered=bool(reply.get("recovered")),
            jumped=data is not None)
        self.record.seen.append(entry)
        if isinstance(data, dict) and "here" in data:
            self.record.seen.append(Count(entry.at, data["here"]))
        if before and entry.recovered and not entry.jumped:
            self.positions[channel] = before
        else:
            self.positions[channel] = (entry.epoch, entry.offset)
        for publication in reply.get("publications", []):
            self._published(channel, publication)

    def _published(self, channel: str, publication: dict) -> None:
        offset, data = publication.get("offset"), publication.get("data") or {}
        if offset:
            # Whatever comes is written down as it comes; a position never goes back.
            epoch, before = self.positions.get(channel, ("", 0))
            self.positions[channel] = (epoch, max(before, offset))
            self.record.seen.append(
                Event(time.monotonic(), channel, offset, data.get("id"), data.get("type", ""), digest(data)))
        elif data.get("type") == "class.count":
            self.record.seen.append(Count(time.monotonic(), data["here"]))

    def _unsubscribed(self, channel: str, code: int) -> None:
        # Simplest of what the protocol allows: come in again, and recover everything.
        if self._socket is not None and code >= 2500:
            asyncio.get_running_loop().create_task(self._socket.close())


class Person:
    """One client of a class: `stay` runs until `leave`, whatever happens to the servers."""

    def __init__(
        self, http: aiohttp.ClientSession, name: str, user: dict, places: list[tuple[str, str]], lesson: int,
        chance: random.Random,
    ):
        self.record = Client(name, user["id"])
        self.live = Recorder(http, user["token"], self.record)
        self.user = user
        self.lesson = lesson
        self.chance = chance
        #: Where it may connect: `(node's name, URL)`; the first that works is stayed with.
        self.places = places
        self.channels = [f"{kind}:{lesson}" for kind in ("class", "chat", "board", "quiz")]
        self.up = asyncio.Event()
        self.place = 0
        self.refused: str | None = None
        self.sent: list[Sent] = []
        self._task: asyncio.Task | None = None
        self._leaving = False

    @property
    def node(self) -> str:
        return self.places[self.place][0]

    def begin(self) -> None:
        self._task = asyncio.create_task(self._stay())

    async def _stay(self) -> None:
        failures = 0
        while not self._leaving:
            try:
                await asyncio.wait_for(self._come_in(), CONNECTING * 3)
            except (Gone, TimeoutError):
                await self.live.close()
            except ProtocolError as error:
                await self.live.close()
                if error.code not in TEMPORARY:
                    self.refused = f"{self.record.name} at {self.node}: {error}"
                    return
            else:
                failures = 0
                self.record.seen.append(Up(time.monotonic(), self.node))
                self.up.set()
                await self.live.lost.wait()
                self.up.clear()
                if self._leaving:
                    return
                code = self.live.closed[0]
                self.record.seen.append(Lost(time.monotonic(), self.node, code))
                await self.live.close()
                if 3500 <= code < 4000 or 4500 <= code < 5000:
                    self.refused = f"{self.record.name} at {self.node} was told not to come back: {code}"
                    return
            await asyncio.sleep(self.chance.random() * min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** failures))
            failures += 1
            # Who knows several nodes tries another one; who knows the balancer alone has nowhere else to go.
            self.place = (self.place + 1) % len(self.places)

    async def _come_in(self) -> None:
        self.live.url = self.places[self.place][1]
        await asyncio.wait_for(self.live.connect(), CONNECTING)
        # One after the other in one go, as stock clients do: the answers come in the same order.
        await asyncio.gather(*(self.live.subscribe(channel) for channel in self.channels))

    async def send(self, method: str, channel: str, data: dict, content: object = None) -> Sent:
        """Sends a change, again and again under the same key until it is answered; what became of it."""
        one = Sent(self.record.name, self.user["id"], method, channel, key(), time.monotonic(), content)
        self.sent.append(one)
        body = {"class": self.lesson, "key": one.key, **data}
        while not self._leaving:
            await self.up.wait()
            try:
                result = await self.live.rpc(method, body, limit=PATIENCE)
            except Gone:
                # Either the connection is gone, or the answer did not come: both mean to ask again.
                await asyncio.sleep(0.05)
                continue
            except ProtocolError as error:
                if error.code not in TEMPORARY:
                    one.result = {"status": "error", "code": error.code}
                    break
                await asyncio.sleep(0.1 + self.chance.random() * 0.3)
                continue
            if result.get("status") == "refused" and result.get("retry_after_ms"):
                await asyncio.sleep(result["retry_after_ms"] / 1000)
                continue
            one.result = result
            break
        one.answered = time.monotonic() if one.result else None
        return one

    def depart(self) -> None:
        """Will not come back from now on; what it has stays open until the other side ends it."""
        self._leaving = True
        self.record.stays = False

    async def leave(self) -> None:
        """Closes the connection and ends."""
        self._leaving = True
        await self.live.close()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
