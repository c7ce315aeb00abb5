"""The same answer, sent many times at once by every way in, counts once."""

import asyncio

import aiohttp
from crash import begin, open_question
from Rig.api import key
from Rig.database import Database
from Rig.demo import Demo
from Rig.live import LiveClient

TIMES = 50


async def send_everywhere(demo: Demo, lesson: dict, student: dict, attempts: list[dict]) -> list[dict]:
    """Sends attempts at once, over five sockets and by REST in turn; the results in the same order."""
    headers = {"Authorization": f"Bearer {student['api_token']}"}
    connector = aiohttp.TCPConnector(limit=0, force_close=True)
    async with aiohttp.ClientSession(connector=connector, headers=headers) as http:
        async with http.post(f"{demo.base}/api/v1/live_token", json={}) as answer:
            token = (await answer.json())["token"]
        sockets = [LiveClient(http, demo.ready["ws_url"], token) for _ in range(5)]
        await asyncio.gather(*(socket.connect() for socket in sockets))
        path = f"{demo.base}/api/v1/live_classes/{lesson['class']}/quiz_runs/{lesson['run']}/answers"
        ready = asyncio.Event()

        async def by_socket(place: int, attempt: dict) -> dict:
            await ready.wait()
            return await sockets[place % 5].rpc(
                "quiz.answer", {"class": lesson["class"], "run": lesson["run"], **attempt})

        async def by_rest(attempt: dict) -> dict:
            await ready.wait()
            async with http.post(path, json=attempt) as answer:
                return await answer.json()

        tasks = [asyncio.create_task(by_socket(place, attempt) if place % 2 else by_rest(attempt))
                 for place, attempt in enumerate(attempts)]
        await asyncio.sleep(0)
        ready.set()
        results = await asyncio.gather(*tasks)
        await asyncio.gather(*(socket.close() for socket in sockets))
    return results


async def same_answer(demo: Demo, database: Database) -> list[str]:
    """One answer with one key, 50 times at once: recorded once, and the same result each time."""
    return await _race(demo, database, demo.first["users"]["students"][0], share_key=True)


async def rival_answers(demo: Demo, database: Database) -> list[str]:
    """Fifty different attempts of one student at once, as from fifty tabs: the first one stands, all others hear so."""
    return await _race(demo, database, demo.first["users"]["students"][1], share_key=False)


async def _race(demo: Demo, database: Database, student: dict, *, share_key: bool) -> list[str]:
    lesson = await asyncio.to_thread(begin, demo, 1)
    await open_question(demo, lesson)
    shared = key()
    attempts = [{"key": shared if share_key else key(), "question": lesson["question"],
                 "answer": lesson["options"][0 if share_key else place % 3]} for place in range(TIMES)]
    results = await send_everywhere(demo, lesson, student, attempts)
    rows = await asyncio.to_thread(
        database.rows, "SELECT id, key, answer, received_at FROM quiz_answers WHERE run_id = :run AND user_id = :user",
        run=lesson["run"], user=student["id"])
    wrong = []
    if len(rows) != 1:
        return [f"{len(rows)} answers in the database after {TIMES} attempts: {results[:3]}"]
    statuses = [result.get("status") for result in results]
    if statuses.count("recorded") != 1:
        wrong.append(f"recorded was said {statuses.count('recorded')} times: {results[:5]}")
    for attempt, result in zip(attempts, results, strict=True):
        if result.get("status") not in ("recorded", "duplicate"):
            wrong.append(f"not an answer to an answer: {result}")
        elif result.get("at") != rows[0]["received_at"]:
            wrong.append(f"told {result.get('at')}, recorded as received {rows[0]['received_at']}")
        elif result["status"] == "recorded" and (attempt["key"], attempt["answer"]) != (
                rows[0]["key"], rows[0]["answer"]):
            wrong.append(f"recorded was said of {attempt}, the database has {rows[0]}")
    return wrong
