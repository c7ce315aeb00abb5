"""Sessions that come back and are told what they missed: from the node's ring, as a snapshot, and from Postgres."""

import asyncio
import json

import aiohttp
from fanout import port_of
from nodes import CONNECT, PACE, chat
from Rig.crowd import gather
from Rig.database import Database
from Rig.demo import Demo
from Rig.live import LiveClient
from tools import generate, load, spread, table

CONFIG = """
loops: 1
live: {admissions-per-second: 1000000}
log: {requests: false}
"""
#: Students; each has a personal channel with as many events, of which a node keeps the last 512 at hand.
PEOPLE, EVENTS = 200, 1000
#: Messages in the chat, and how many of them a session has missed that finds them all at hand.
MESSAGES, MISSED = 600, 100
#: Sessions that are on their way back at a time.
AT_ONCE = 64

JOIN, RING, SNAPSHOT, POSTGRES = (
    "a join that recovers nothing", f"{MISSED} messages, from the ring",
    "the chat's snapshot, for whoever is far behind", f"{EVENTS:,} events, three quarters from Postgres")
FILL = """
    INSERT INTO live_channels (institution_id, name, top)
    SELECT :institution, 'personal:#' || u.id, :events FROM users u JOIN people p ON p.id = u.person_id
    WHERE p.login LIKE 'crowd-%@faults.example' AND u.institution_id = :institution;
    INSERT INTO live_events (institution_id, channel, seq, author, method, key, digest, at, body)
    SELECT c.institution_id, c.name, n, 1, 'member.mute', gen_random_uuid(), 0, n,
        json_build_object('type', 'member.muted', 'at', n, 'seconds', 0, 'reason', repeat('x', 60))
    FROM live_channels c, generate_series(1, :events) n
    WHERE c.institution_id = :institution AND c.name LIKE 'personal:#%' ORDER BY c.name, n;
    ANALYZE;
"""


class Scene:
    """A node, a chat with messages in it, and students with long personal channels."""

    def __init__(self, demo: Demo, programs: dict, folder):
        self.demo = demo
        self.programs = programs
        self.lesson = demo.ready["class_id"]
        database = Database(demo)
        users = gather(demo, database, PEOPLE)
        database.run(FILL, institution=demo.first["id"], events=EVENTS)
        self.tokens = folder / "returning"
        self.tokens.write_text("".join(f"{user['token']} {user['id']}\n" for user in users))
        said = generate(programs, [
            "fanout", "--port", str(port_of(demo)), "-n", str(PEOPLE), "-p", str(PEOPLE - 1), "--warmup", "0",
            "--rate", str(PACE), "--duration", str(MESSAGES / PACE / PEOPLE + 0.5), *chat(self.lesson, self.tokens),
            "--apart", CONNECT])
        self.epoch, self.top = asyncio.run(self._stand(users[0]["token"]))
        if "flaw" in said or self.top < MESSAGES:
            raise RuntimeError(f"the chat has {self.top} messages: {said.get('flaw')}")
        # The node loads each channel once, whoever comes first; that is not what is measured.
        self.recover(JOIN, 2 * PEOPLE)

    async def _stand(self, token: str) -> tuple[str, int]:
        """The log's epoch, and the offset of the chat's newest message."""
        async with aiohttp.ClientSession() as http:
            client = LiveClient(http, self.demo.ready["ws_url"], token)
            await client.connect()
            reply = await client.subscribe(f"chat:{self.lesson}")
            await client.close()
        return reply["epoch"], reply["offset"]

    def recover(self, what: str, count: int) -> dict:
        """So many sessions, one after the other on each of a few places, until each has been told everything."""
        channel = f"chat:{self.lesson}" if what in (RING, SNAPSHOT) else "personal:#%USER%"
        place = {"recover": True, "epoch": self.epoch}
        last = self.top if what in (RING, SNAPSHOT) else EVENTS
        since = {RING: last - MISSED, POSTGRES: 0}.get(what, last)
        if what == JOIN:
            place = {}
        elif what == SNAPSHOT:
            place["offset"] = 1
        elif since:
            place["offset"] = since
        hello = CONNECT + "\n" + json.dumps({"id": 2, "subscribe": {"channel": channel} | place})
        return load(self.programs, port_of(self.demo), self.demo.pid, [
            "idle", "-n", str(count), "--duration", "0.1", "--settle", "0", "--multi", "--recover", f"{since}:{last}",
            "--path", "/connection/websocket", "--tokens", str(self.tokens), "--subscribe", hello,
            "--await", '"messages":[' if what == SNAPSHOT else '"id":2,"subscribe"',
            "--connect-concurrency", str(AT_ONCE), "--connect-limit", "60"])


def measure(programs: dict, program, folder, reps: int, count: int) -> dict:
    """All repetitions, the ways interleaved."""
    counts = {JOIN: count, RING: count, SNAPSHOT: count, POSTGRES: max(1, count // 4)}
    found: dict = {name: [] for name in counts}
    with Demo(program, config=CONFIG) as demo:
        scene = Scene(demo, programs, folder)
        for repetition in range(reps):
            print(f"recoveries, repetition {repetition + 1} of {reps}", flush=True)
            for name, number in counts.items():
                found[name].append(scene.recover(name, number))
    return found


def flaws(found: dict) -> list[str]:
    """What was lost, doubled or out of order."""
    return [f"{name}: {single['flaw']}" for name, ones in found.items() for single in ones if "flaw" in single]


def report(found: dict) -> str:
    """The table that is printed."""
    rows = [[name, spread([one["conn_per_s"] for one in ones], 0), spread([one["conn_cpu_us"] for one in ones], 0),
             spread([one["join_p50_us"] / 1000 for one in ones], 1),
             spread([one["join_p99_us"] / 1000 for one in ones], 1)] for name, ones in found.items()]
    return (f"## Sessions that come back to one node with one loop, {AT_ONCE} at a time: from a new socket to the last "
            "event\n\n" + table(["", "sessions/s", "node CPU µs each", "p50 ms", "p99 ms"], rows))
