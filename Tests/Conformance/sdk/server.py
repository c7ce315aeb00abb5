"""A node of plain channels of our own, and what its clients need."""

import asyncio
import base64
import hashlib
import hmac
import json
import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
import uuid

from centrifuge import Client

from Rig.demo import ROOT
from Rig.redis import free_port

#: Beyond this a test hangs.
LIMIT = 20.0
SECRET = "secret"
#: What an app's own server shows.
KEY = "0123456789abcdef0123456789abcdef"


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


class PlainServer:
    """`cohort serve` with a file of settings; `with PlainServer(program, config=…) as server:` starts and stops it."""

    def __init__(self, program: pathlib.Path, *, port: int, config: pathlib.Path, flags: list[str] | None = None):
        self.program, self.config, self.flags = program, config, flags or []
        self.port = port if port and is_free(port) else free_port()
        self.log = tempfile.TemporaryFile("w+b")
        self.process: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/connection/websocket"

    def __enter__(self) -> "PlainServer":
        environment = {name: value for name, value in os.environ.items() if not name.startswith("COHORT_")}
        command = [str(self.program), "serve", "--config", str(self.config), f"--listen-port={self.port}", *self.flags]
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, env=environment)
        until = time.monotonic() + 30
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > until:
                tail = self.tail()
                self.__exit__()
                raise RuntimeError(f"the server does not serve:\n{tail}")
            time.sleep(0.02)
        return self

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=1) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def call(self, name: str, body, key: str | None = KEY) -> tuple[int, dict]:
        """What an app's server does by HTTP: the status, and what is answered."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/api/{name}", data, {"Content-Type": "application/json"})
        if key is not None:
            request.add_header("X-API-Key", key)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as problem:
            return problem.code, json.loads(problem.read() or b"{}")

    def tail(self) -> str:
        self.log.seek(0)
        return self.log.read().decode(errors="replace")[-4000:]

    def __exit__(self, *_) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()


def _part(value: dict) -> bytes:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=")


def token(user: str | None, channel: str | None = None, *, secret: str = SECRET, algorithm: str = "HS256", **claims) -> str:
    """A token of an app's server: of a connection, or of a subscription to `channel`."""
    named = {"sub": user, "channel": channel}
    payload = {name: value for name, value in named.items() if value is not None} | claims
    text = _part({"typ": "JWT", "alg": algorithm}) + b"." + _part(payload)
    mark = base64.urlsafe_b64encode(hmac.new(secret.encode(), text, hashlib.sha256).digest()).rstrip(b"=")
    return (text + b"." + mark).decode()


class Events:
    """Notes what the SDK tells, by kind, and waits for it."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, object]] = []
        self._news = asyncio.Event()

    def listen(self, events, names: str) -> None:
        for name in names.split():
            setattr(events, f"on_{name}", self._noter(name))

    def _noter(self, name: str):
        async def note(context) -> None:
            self.seen.append((name, context))
            self._news.set()

        return note

    def of(self, name: str) -> list:
        return [context for kind, context in self.seen if kind == name]

    async def count(self, name: str, number: int = 1) -> list:
        """Waits until so many of a kind were told; all of that kind."""
        while len(self.of(name)) < number:
            self._news.clear()
            await asyncio.wait_for(self._news.wait(), LIMIT)
        return self.of(name)


CLIENT_EVENTS = "connecting connected disconnected error subscribed subscribing unsubscribed publication join leave"
CHANNEL_EVENTS = "subscribing subscribed unsubscribed publication join leave error"


class Person:
    """One user's client with everything that it was told; `async with Person(server, binary) as ada:` connects it."""

    def __init__(self, server: PlainServer, binary: bool, user: str | None = None, *, claims: dict | None = None, **options):
        self.server, self.binary = server, binary
        self.user = user or "u" + uuid.uuid4().hex
        self.events = Events()

        async def get_token() -> str:
            return token(self.user, **(claims or {}))

        options.setdefault("get_token", get_token)
        self.client = Client(server.url, use_protobuf=binary, min_reconnect_delay=0.02, max_reconnect_delay=0.1, **options)
        self.events.listen(self.client.events, CLIENT_EVENTS)

    async def __aenter__(self) -> "Person":
        await self.client.connect()
        await self.client.ready(LIMIT)
        return self

    async def __aexit__(self, *_) -> None:
        await self.client.disconnect()

    @property
    def name(self) -> str:
        """The connection's name."""
        return self.events.of("connected")[-1].client

    def data(self, value):
        """A value as this form of the SDK takes it, and hands it out."""
        return json.dumps(value).encode() if self.binary else value

    def listen(self, channel: str, *, claims: dict | None = None, **options):
        """A subscription that is not begun yet, and its events."""

        async def get_token(of: str) -> str:
            return token(self.user, of, **(claims or {}))

        options.setdefault("get_token", get_token)
        subscription = self.client.new_subscription(
            channel, min_resubscribe_delay=0.02, max_resubscribe_delay=0.1, **options)
        events = Events()
        events.listen(subscription.events, CHANNEL_EVENTS)
        return subscription, events

    async def subscribe(self, channel: str, **options):
        """A subscription that has begun, and its events."""
        subscription, events = self.listen(channel, **options)
        await subscription.subscribe()
        await subscription.ready(LIMIT)
        return subscription, events


def channel(prefix: str = "c") -> str:
    """A channel that nobody else uses."""
    return prefix + uuid.uuid4().hex


def run(test) -> None:
    """Runs a test's body, within the limit."""
    asyncio.run(asyncio.wait_for(test, 3 * LIMIT))
