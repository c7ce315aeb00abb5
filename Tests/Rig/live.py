"""A live client for tests: it speaks the protocol, keeps a log of what it saw, and judges nothing."""

import asyncio
import base64
import hashlib
import hmac
import itertools
import json
import time
from collections.abc import Callable

import aiohttp


def live_token(secret: str, institution: int, user: dict, role: str | None = None, *, lifetime: int = 3600) -> str:
    """A token as the server would make it (JWT, HS256), for users that have no other way in."""
    def part(value: object) -> bytes:
        return base64.urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode()).rstrip(b"=")

    claims = {"sub": str(user["id"]), "exp": int(time.time()) + lifetime, "institution": institution,
              "name": user["name"]}
    if role:
        claims["role"] = role
    head = part({"alg": "HS256", "typ": "JWT"}) + b"." + part(claims)
    seal = base64.urlsafe_b64encode(hmac.new(secret.encode(), head, hashlib.sha256).digest()).rstrip(b"=")
    return (head + b"." + seal).decode()


class Lost(Exception):
    """The connection is gone; whether what was sent was heard is not known."""


class ProtocolError(Exception):
    """The server answered with an error: `code` and `message`."""

    def __init__(self, error: dict):
        super().__init__(f"{error.get('code')} {error.get('message')}")
        self.code = error.get("code")
        self.message = error.get("message")


class LiveClient:
    """One connection at a time; positions and what was seen outlive it, as in a browser.

    `seen` holds `(channel, offset, data)` of every publication with an offset, in the order of arrival. `gaps` names
    what a subscriber must never see: an offset that does not follow the one before.
    """

    def __init__(self, http: aiohttp.ClientSession, url: str, token: str):
        self.http = http
        self.url = url
        self.token = token
        self.positions: dict[str, tuple[str, int]] = {}
        self.seen: list[tuple[str, int, dict]] = []
        self.signals: list[tuple[str, dict]] = []
        self.gaps: list[str] = []
        self.closed: tuple[int, str] | None = None
        #: Set while there is no connection.
        self.lost = asyncio.Event()
        #: How long (s) the server may be silent before it counts as gone; its pings come more often than that.
        self.silence: float | None = None
        #: Subscriptions that the server ended and that may be made again: `(channel, code)`.
        self.ended: list[tuple[str, int]] = []
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._reader: asyncio.Task | None = None
        # Replies are taken in the order of the frame, before the pushes behind them: hence the hook beside each future.
        self._waiting: dict[int, tuple[asyncio.Future, Callable[[dict], None] | None]] = {}
        self._ids = itertools.count(1)

    async def connect(self) -> dict:
        """Opens the connection and introduces itself; the connect reply."""
        self.closed = None
        try:
            self._socket = await self.http.ws_connect(self.url, max_msg_size=0, autoping=True)
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise Lost(str(error)) from error
        self.lost.clear()
        self._reader = asyncio.create_task(self._read(self._socket))
        reply = await self.command("connect", {"token": self.token})
        if reply.get("ping"):
            # As stock clients do: a ping that is ten seconds late does not come.
            self.silence = reply["ping"] + 10
        return reply

    async def command(
        self, kind: str, body: dict, *, limit: float = 30, taken: Callable[[dict], None] | None = None
    ) -> dict:
        """Sends a command; its reply. Raises `ProtocolError`, or `Lost` when there is no answer."""
        if self._socket is None or self._socket.closed:
            raise Lost("not connected")
        number = next(self._ids)
        future = asyncio.get_running_loop().create_future()
        self._waiting[number] = (future, taken)
        try:
            await self._socket.send_str(json.dumps({"id": number, kind: body}, ensure_ascii=False))
            return await asyncio.wait_for(future, limit)
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise Lost(f"{kind}: {error!r}") from error
        finally:
            self._waiting.pop(number, None)

    async def rpc(self, method: str, data: dict, *, limit: float = 30) -> dict:
        """Calls a method; its result."""
        return (await self.command("rpc", {"method": method, "data": data}, limit=limit)).get("data", {})

    async def signal(self, data: dict) -> None:
        """Says what nobody answers."""
        if self._socket is None or self._socket.closed:
            raise Lost("not connected")
        try:
            await self._socket.send_str(json.dumps({"send": {"data": data}}))
        except (aiohttp.ClientError, OSError) as error:
            raise Lost(f"send: {error!r}") from error

    async def subscribe(self, channel: str) -> dict:
        """Subscribes, from where this client was when it has been there before; the subscribe reply."""
        body: dict = {"channel": channel}
        before = self.positions.get(channel)
        if before:
            body |= {"recover": True, "epoch": before[0], "offset": before[1]}
        return await self.command("subscribe", body, taken=lambda reply: self._subscribed(channel, before, reply))

    def _subscribed(self, channel: str, before: tuple[str, int] | None, reply: dict) -> None:
        epoch, offset = reply.get("epoch", ""), reply.get("offset", 0)
        publications = reply.get("publications", [])
        if before and before[0] == epoch and reply.get("recovered") and "data" not in reply:
            self.positions[channel] = before
            for publication in publications:
                self._published(channel, publication)
        else:
            if before and before[0] == epoch and offset < before[1]:
                self.gaps.append(f"{channel}: the server went back from {before[1]} to {offset}")
            self.positions[channel] = (epoch, offset)

    def _unsubscribed(self, channel: str, code: int) -> None:
        """Called when the server has ended a subscription; for those who come back."""

    def _published(self, channel: str, publication: dict) -> None:
        offset = publication.get("offset")
        if not offset:
            self.signals.append((channel, publication.get("data")))
            return
        epoch, before = self.positions.get(channel, ("", 0))
        if offset != before + 1:
            self.gaps.append(f"{channel}: {offset} came after {before}")
        self.positions[channel] = (epoch, offset)
        self.seen.append((channel, offset, publication.get("data")))

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        try:
            while True:
                message = await socket.receive(self.silence)
                if message.type is aiohttp.WSMsgType.TEXT:
                    for line in message.data.split("\n"):
                        await self._take(socket, json.loads(line))
                elif message.type is not aiohttp.WSMsgType.BINARY:
                    break
        except (TimeoutError, aiohttp.ClientError, OSError):
            pass  # The close code says how it ended.
        finally:
            self.closed = (socket.close_code or 1006, "")
            self.lost.set()
            for future, _ in self._waiting.values():
                if not future.done():
                    future.set_exception(Lost("the connection was lost"))

    async def _take(self, socket: aiohttp.ClientWebSocketResponse, reply: dict) -> None:
        if not reply:
            await socket.send_str("{}")
        elif "push" in reply:
            push = reply["push"]
            if "pub" in push:
                self._published(push["channel"], push["pub"])
            elif "unsubscribe" in push:
                self.ended.append((push["channel"], push["unsubscribe"].get("code", 0)))
                self._unsubscribed(push["channel"], push["unsubscribe"].get("code", 0))
        elif "id" in reply:
            future, taken = self._waiting.get(reply["id"], (None, None))
            if future is None or future.done():
                return
            if "error" in reply:
                future.set_exception(ProtocolError(reply["error"]))
                return
            body = next((value for name, value in reply.items() if name != "id"), {})
            if taken:
                taken(body)
            future.set_result(body)

    async def close(self) -> None:
        """Leaves; positions stay."""
        if self._socket is not None:
            await self._socket.close()
        if self._reader is not None:
            await asyncio.gather(self._reader, return_exceptions=True)
        self._socket = None
