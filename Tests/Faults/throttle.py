"""Many slow requests of one token at once: it is told to wait, and nobody else is."""

import asyncio
import time

import aiohttp
from Rig.database import Database
from Rig.demo import Demo

TIMES = 40
#: What a bucket holds of requests that are under way: 700 units, 50 each (`RequestBudget.Limits`).
ROOM = 14
WAIT = 20


async def many_slow_requests(demo: Demo, database: Database) -> list[str]:
    """Requests that wait for a table's lock; those that there is room for are answered in the end, the others 429 at once."""
    greedy, other = demo.first["users"]["students"][:2]
    path = f"{demo.base}/api/v1/courses/{demo.ready['course_id']}/modules"
    me = f"{demo.base}/api/v1/users/self"
    locked = asyncio.create_task(asyncio.to_thread(
        database.session, "BEGIN; LOCK TABLE modules IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(3); COMMIT;"))
    limit = time.monotonic() + WAIT
    held = ("SELECT 1 FROM pg_locks WHERE relation = 'modules'::regclass AND mode = 'AccessExclusiveLock' AND granted")
    while not await asyncio.to_thread(database.rows, held):
        if time.monotonic() > limit:
            return ["the lock was not taken"]
    wrong = []
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as http:

        async def ask(user: dict, url: str) -> tuple[int, dict, str]:
            headers = {"Authorization": f"Bearer {user['api_token']}"}
            async with http.get(url, headers=headers) as answer:
                return answer.status, dict(answer.headers), await answer.text()

        asked = [asyncio.create_task(ask(greedy, path)) for _ in range(TIMES)]
        refused: list[tuple[int, dict, str]] = []
        for next_one in asyncio.as_completed(asked, timeout=WAIT):
            refused.append(await next_one)
            if len(refused) == TIMES - ROOM:
                break
        if locked.done():
            wrong.append("the lock was over before the refusals had come")
        asked_at = time.monotonic()
        # Half of the database's connections at most wait for the lock: others have the rest.
        meanwhile = await ask(other, me)
        print(f"  somebody else was answered after {time.monotonic() - asked_at:.2f} s", flush=True)
        if locked.done():
            wrong.append("somebody else was answered when the lock was over, not before")
        if meanwhile[0] != 200:
            wrong.append(f"somebody else got {meanwhile[0]} meanwhile")
        answers = await asyncio.gather(*asked)
        await locked
        statuses = [status for status, _, _ in answers]
        if statuses.count(200) != ROOM or statuses.count(429) != TIMES - ROOM:
            wrong.append(f"{statuses.count(200)} were answered and {statuses.count(429)} refused: {set(statuses)}")
        for status, headers, text in refused:
            if status != 429 or int(headers.get("Retry-After", "0")) < 1:
                wrong.append(f"refused by {status} with Retry-After {headers.get('Retry-After')}")
            if headers.get("X-Rate-Limit-Remaining") != "0.0" or "Rate Limit Exceeded" not in text:
                wrong.append(f"refused with {headers.get('X-Rate-Limit-Remaining')} left: {text[:200]}")
        # What waits costs while it waits: soon after, there is room again.
        again = await ask(greedy, path)
        if again[0] != 200 or float(again[1].get("X-Rate-Limit-Remaining", "0")) <= 0:
            wrong.append(f"afterwards: {again[0]}, {again[1].get('X-Rate-Limit-Remaining')} left")
    return wrong
