"""The scenario's steps with centrifuge-python, in either form of the protocol."""

import asyncio
import itertools
import json

from centrifuge import CentrifugeError, Client, ClientEventHandler, SubscriptionEventHandler
from centrifuge.exceptions import ReplyError


class _ClientEvents(ClientEventHandler):
    def __init__(self) -> None:
        self.settled = asyncio.Event()
        self.code = None

    async def on_connected(self, ctx) -> None:
        self.settled.set()

    async def on_disconnected(self, ctx) -> None:
        self.code = ctx.code
        self.settled.set()


class _ChannelEvents(SubscriptionEventHandler):
    def __init__(self) -> None:
        self.settled = asyncio.Event()
        self.last = None
        self.code = None
        self.events: list[dict] = []

    async def on_subscribed(self, ctx) -> None:
        self.last = ctx
        self.settled.set()

    async def on_unsubscribed(self, ctx) -> None:
        self.code = ctx.code
        self.settled.set()

    async def on_publication(self, ctx) -> None:
        self.events.append(ctx.pub.data)


class PythonClient:
    """Drives one client per name."""

    #: Whether the clients speak Protobuf.
    is_binary = False

    def __init__(self, ready: dict) -> None:
        # With several nodes, a connection after the other goes to the next of them.
        self._urls = itertools.cycle([node["ws_url"] for node in ready.get("nodes", [])] or [ready["ws_url"]])
        self._clients: dict[str, Client] = {}
        self._channels: dict[tuple[str, str], _ChannelEvents] = {}

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_) -> None:
        for client in self._clients.values():
            await client.disconnect()

    async def connect(self, who: str, token: str, limit: float) -> dict:
        client = self._clients[who] = Client(
            next(self._urls), events=_ClientEvents(), token=token, name="scenario", use_protobuf=self.is_binary)
        await client.connect()
        await self._settle(client.events.settled, limit)
        code = client.events.code or 0
        # An error in the connect reply is final as well unless it is temporary; it then stands as the code.
        terminal = client.state.value == "disconnected" and code not in (0,)
        return {"state": client.state.value, "terminal": terminal}

    async def subscribe(self, who: str, channel: str, limit: float) -> dict:
        events = self._channels[who, channel] = _ChannelEvents()
        subscription = self._clients[who].new_subscription(channel, events=events)
        await subscription.subscribe()
        await self._settle(events.settled, limit)
        recovering = events.last.was_recovering if events.last else None
        return {"state": subscription.state.value, "code": events.code, "recovering": recovering}

    async def unsubscribe(self, who: str, channel: str) -> dict:
        subscription = self._clients[who].get_subscription(channel)
        await subscription.unsubscribe()
        return {"state": subscription.state.value}

    async def rpc(self, who: str, method: str, data: dict) -> dict:
        try:
            given = json.dumps(data).encode() if self.is_binary else data
            return {"data": self._read((await self._clients[who].rpc(method, given)).data)}
        except ReplyError as error:
            return {"error": error.code}
        except CentrifugeError as error:
            return {"error": type(error).__name__}

    async def disconnect(self, who: str) -> dict:
        await self._clients[who].disconnect()
        return {"state": self._clients[who].state.value}

    async def reconnect(self, who: str, channel: str, limit: float) -> dict:
        events = self._channels[who, channel]
        events.settled.clear()
        # The package offers no way to come back elsewhere, as a balancer would have it.
        self._clients[who]._address = next(self._urls)
        await self._clients[who].connect()
        await self._settle(events.settled, limit)
        return {
            "state": self._clients[who].state.value, "recovering": events.last.was_recovering, "recovered": events.last.recovered,
        }

    async def events(self, who: str, channel: str) -> list[dict]:
        return [self._read(event) for event in self._channels[who, channel].events]

    def _read(self, data):
        """What the application said: in the binary form its bytes, which are JSON."""
        return json.loads(data) if self.is_binary else data

    @staticmethod
    async def _settle(event: asyncio.Event, limit: float) -> None:
        try:
            await asyncio.wait_for(event.wait(), limit)
        except asyncio.TimeoutError:
            pass  # The step's expectation says what is missing.


class BinaryClient(PythonClient):
    """The same with Protobuf."""

    is_binary = True
