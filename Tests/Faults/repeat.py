"""A request whose process dies between the commit and the answer is done once, however often it is sent."""

import signal

import requests
from Rig.api import key
from Rig.database import Database
from Rig.demo import Demo

FAULT = "after_request_commit:1"


def repeated_post(demo: Demo, database: Database) -> list[str]:
    """One POST, a SIGKILL after its commit, the same POST again: the first answer, and one thing made."""
    teacher, course = demo.first["users"]["instructor"], demo.ready["course_id"]
    name, mark = f"Once {key()}", key()
    headers = {"Authorization": f"Bearer {teacher['api_token']}", "Idempotency-Key": mark}
    path = f"/api/v1/courses/{course}/modules"
    body = {"module": {"name": name}}
    demo.stop()
    demo.start(fault=FAULT)
    try:
        requests.post(demo.base + path, json=body, headers=headers, timeout=30)
        return ["the request was answered: the fault's point was not passed"]
    except requests.ConnectionError:
        pass
    code = demo.wait_for_death(20)
    if code != -signal.SIGKILL:
        return [f"the server ended with {code}, not by the fault"]
    demo.start()

    def made() -> list[dict]:
        return database.rows("SELECT id FROM modules WHERE name = :'name'", name=name)

    if len(made()) != 1:
        return [f"{len(made())} modules after the fault: it was not between commit and answer"]
    wrong = []
    answers = [requests.post(demo.base + path, json=body, headers=headers, timeout=30) for _ in range(2)]
    for answer in answers:
        if answer.status_code != 200 or answer.json().get("id") != made()[0]["id"]:
            wrong.append(f"the repetition got {answer.status_code} {answer.text[:200]}")
        if answer.headers.get("Idempotency-Replayed") != "true":
            wrong.append("the repetition does not say that it is one")
    if answers[0].content != answers[1].content:
        wrong.append("two repetitions got different answers")
    other = requests.post(demo.base + path, json={"module": {"name": name + "!"}}, headers=headers, timeout=30)
    if other.status_code != 422:
        wrong.append(f"another body under the same key got {other.status_code}")
    if len(made()) != 1:
        wrong.append(f"{len(made())} modules after the repetitions")
    return wrong
