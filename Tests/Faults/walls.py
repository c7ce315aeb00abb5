"""Two institutions on one server: whatever the second one asks about the first, it hears what it hears of nothing."""

import asyncio
import collections
import json
import re

import aiohttp
from crash import begin, open_question
from Rig.demo import ROOT, Demo
from Rig.live import LiveClient, ProtocolError

NOWHERE = 9_007_199_254_740_000
EXAMPLES = ROOT / "protocol" / "live" / "examples"
CHANNELS = ("class", "chat", "board", "quiz", "staff")

FORBIDDEN = (103, "permission denied")
#: An answer is judged where it is recorded; to a run that is not the asker's there is no question.
NOT_OPEN = {"quiz.answer": ("refused", "not_open")}

#: Bodies that are right in themselves, so that only the address decides.
BODIES = {
    ("post", "live_classes"): {"title": "Not mine"},
    ("put", "{class_id}"): {"title": "Not mine"},
    ("post", "quizzes"): {"title": "Not mine"},
    ("post", "questions"): {"question_type": "true_false_question", "question_text": "Mine?", "points_possible": 1,
                            "answers": [{"text": "True", "weight": 100}, {"text": "False", "weight": 0}]},
    ("put", "{question_id}"): {"question_text": "Mine?"},
    ("put", "{node_id}"): {"aside": True},
    ("put", "{developer_key_id}"): {"developer_key": {"name": "Not mine"}},
    ("post", "answers"): {"key": "0b7a8a52-6f3f-4d6e-9b0e-3f9a2c1d00ff", "question": 1, "answer": 1},
}


def routes() -> list[tuple[str, str]]:
    """Every published route for users whose path has an id in it, as (method, pattern)."""
    document = json.loads((ROOT / "protocol" / "rest" / "openapi.json").read_text())
    return [(method, pattern) for pattern, item in document["paths"].items() if "{" in pattern and "/api/" in pattern
            for method in ("get", "post", "put", "delete") if method in item and item[method]["security"]]


async def ask(http: aiohttp.ClientSession, base: str, token: str, method: str, path: str, body: object) -> tuple:
    """One request; what is comparable of the answer: status, body without the request's id, type."""
    async with http.request(method, base + path, json=body, headers={"Authorization": f"Bearer {token}"}) as answer:
        text = await answer.text()
        plain = re.sub(r'"error_report_id":"[^"]*"', '"error_report_id":""', text)
        return answer.status, plain, answer.headers.get("Content-Type")


async def own_node(http: aiohttp.ClientSession, demo: Demo) -> str:
    """The id of the server's node, which an operator is told."""
    operator = demo.first["users"]["admin"]["api_token"]
    async with http.get(f"{demo.base}/api/v1/ops/live", headers={"Authorization": f"Bearer {operator}"}) as answer:
        return (await answer.json())["nodes"][0]["id"]


async def rest_walk(demo: Demo) -> list[str]:
    """Every route with an id, with each role of the second institution."""
    lesson = await asyncio.to_thread(begin, demo, 2)
    await open_question(demo, lesson)
    # Of what is not made here, the first of the deployment is asked for: the other institution's, or nobody's.
    first = collections.defaultdict(lambda: 1, {
        "account_id": demo.first["id"], "course_id": demo.ready["course_id"], "class_id": lesson["class"],
        "quiz_id": lesson["quiz"], "question_id": lesson["question"], "run_id": lesson["run"],
        "assignment_id": lesson["quiz"], "user_id": demo.first["users"]["students"][0]["id"]})
    nowhere = collections.defaultdict(lambda: NOWHERE)
    people = demo.second["users"]
    of_a_role = re.compile("/ops/|/developer_keys/")
    wrong, count = [], 0
    async with aiohttp.ClientSession() as http:
        # A node belongs to no institution: it is for operators, whether there is one or not.
        first["node_id"], nowhere["node_id"] = await own_node(http, demo), "0" * 15 + "1"
        for method, pattern in routes():
            body = BODIES.get((method, pattern.rsplit("/", 1)[1]))
            if method == "post" and body is None:
                body = {}
            for role, user in (("admin", people["admin"]), ("instructor", people["instructor"]),
                               ("student", people["students"][0]), ("parent", people["parent"])):
                foreign = await ask(http, demo.base, user["api_token"], method, pattern.format_map(first), body)
                missing = await ask(http, demo.base, user["api_token"], method, pattern.format_map(nowhere), body)
                count += 1
                if foreign != missing:
                    wrong.append(f"{method} {pattern} as {role}: {foreign} of the others', {missing} of nothing")
                # What is a role's in the whole institution is refused before anything is looked for.
                elif foreign[0] not in (wanted := (403, 404) if of_a_role.search(pattern) else (404,)):
                    wrong.append(
                        f"{method} {pattern} as {role}: {foreign[0]} instead of {wanted}: {foreign[1][:120]}")
    print(f"  {count} requests across the border", flush=True)
    return wrong


async def live_walk(demo: Demo) -> list[str]:
    """Every channel and every published method, of a class of the first institution, by people of the second."""
    lesson = await asyncio.to_thread(begin, demo, 3)
    calls = [json.loads(path.read_text())["frame"]["rpc"] for path in sorted(EXAMPLES.glob("command-rpc-*.json"))]
    wrong, count = [], 0
    people = demo.second["users"]
    async with aiohttp.ClientSession() as http:
        for role in ("admin", "instructor", "student", "parent"):
            user = people["students"][0] if role == "student" else people[role]
            async with http.post(f"{demo.base}/api/v1/live_token", json={},
                                 headers={"Authorization": f"Bearer {user['api_token']}"}) as answer:
                live = LiveClient(http, demo.ready["ws_url"], (await answer.json())["token"])
            await live.connect()
            own = demo.first["users"]["students"][0]["id"]
            for channel in [*(f"{name}:{lesson['class']}" for name in CHANNELS), f"personal:#{own}"]:
                heard = [await _error(live.subscribe(channel))]
                heard.append(await _error(live.subscribe(re.sub(r"\d+$", str(NOWHERE), channel))))
                count += 2
                if heard[0] != FORBIDDEN or heard[0] != heard[1]:
                    wrong.append(f"{role} subscribes to {channel}: {heard[0]}, to one that does not exist: {heard[1]}")
            for call in calls:
                heard = []
                for target in (lesson["class"], NOWHERE):
                    heard.append(await _error(live.rpc(call["method"], {**call["data"], "class": target})))
                    count += 1
                if heard[0] not in (FORBIDDEN, NOT_OPEN.get(call["method"])) or heard[0] != heard[1]:
                    wrong.append(f"{role} calls {call['method']}: {heard[0]}, for no class: {heard[1]}")
            await live.close()
    print(f"  {count} commands across the border", flush=True)
    return wrong


async def _error(command) -> tuple | None:
    """The code and the words of an error, the reason of a refusal, or None when there was neither."""
    try:
        result = await command
    except ProtocolError as error:
        return error.code, error.message
    return ("refused", result.get("reason")) if result.get("status") == "refused" else None
