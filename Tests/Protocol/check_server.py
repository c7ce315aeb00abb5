#!/usr/bin/env python3
"""Checks a running server against protocol/rest/openapi.json: every operation, several roles, and what bad input gets.

Starts a demo of its own. Every answer must have a status that its operation names, fit its schema without a member
too many, and bear X-Request-Id; in the end every operation must have succeeded once. Needs `requests` and `websockets`
besides the packages of check_examples.py. Without a program to test (`--cohort PATH`, else the newest build) nothing is
checked.
"""
import argparse
import json
import pathlib
import sys
import time
import urllib.parse
import uuid

import requests
import websockets.sync.client

import admin_walk
import contents_walk
import core_walk
import identity_walk
import rest_examples
import privacy_walk
import roster_walk
import search_walk

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests"))

from Rig.database import Database  # noqa: E402
from Rig.demo import Demo  # noqa: E402

UNKNOWN = 9_007_199_254_740_001
JSON = {"Content-Type": "application/json"}


class Checked:
    """Sends requests and holds each answer against the contract."""

    def __init__(self, base):
        self.base = base
        self.contract = rest_examples.Contract()
        self.complaints = []
        self.succeeded = set()
        self.count = 0

    def send(self, who, method, path, expected, *, session=None, headers=None, **body):
        """One exchange; the answer's body, parsed where it is JSON. `who` bears a token, or is None."""
        sent = dict(headers or {})
        if who is not None:
            sent["Authorization"] = f"Bearer {who['api_token']}"
        answer = (session or requests).request(
            method, self.base + path, headers=sent, timeout=30, allow_redirects=False, **body)
        self.count += 1
        name = f"{method} {path} as {who['login'] if who else 'nobody'}: {answer.status_code}"
        wanted = expected if isinstance(expected, tuple) else (expected,)
        if answer.status_code not in wanted:
            self.complaints.append(f"{name}, not {expected}: {answer.text[:300]}")
        is_json = answer.headers.get("Content-Type", "").startswith("application/json")
        value = answer.json() if is_json and answer.content else answer.text if answer.content else None
        found = self.contract.find(method, path.split("?")[0])
        if found is None:
            # A method that the path does not take.
            faults = self.contract.faults(value, {"$ref": "#/components/schemas/Error"})
            self.complaints += [f"{name}: {fault}" for fault in faults]
            return value
        template, operation, _, _ = found
        if str(answer.status_code) not in operation["responses"] and answer.status_code not in (405, 413, 431):
            self.complaints.append(f"{name}: a status that the operation does not name")
        faults = self.contract.response_faults(operation, answer.status_code, answer.headers, value)
        if "X-Request-Id" not in answer.headers:
            faults.append("no X-Request-Id")
        if answer.status_code in (429, 503) and is_json and "errors" in value and "Retry-After" not in answer.headers:
            faults.append("no Retry-After")
        self.complaints += [f"{name}: {fault}" for fault in faults]
        if answer.status_code < 400:
            self.succeeded.add((method, template))
        return value

    def pages(self, who, path):
        """A whole list, two items at a time, by way of the Links."""
        items, url = [], f"{self.base}{path}{'&' if '?' in path else '?'}per_page=2"
        while url:
            if not url.startswith(self.base):
                self.complaints.append(f"{path}: the Link {url} leads elsewhere")
                break
            answer = requests.get(url, headers={"Authorization": f"Bearer {who['api_token']}"}, timeout=30)
            items += answer.json()
            url = answer.links.get("next", {}).get("url")
        if len({json.dumps(item) for item in items}) != len(items):
            self.complaints.append(f"{path}: an item is on two pages")
        return items


class Live:
    """A live connection, for what only the live protocol can do; `with Live(url, token) as live:`."""

    def __init__(self, url, token):
        self.connection = websockets.sync.client.connect(url)
        self.token = token
        self.last = 0

    def __enter__(self):
        self.socket = self.connection.__enter__()
        self.call({"connect": {"token": self.token}})
        return self

    def __exit__(self, *error):
        self.connection.__exit__(*error)

    def call(self, command):
        """Sends a command and gives its reply."""
        self.last += 1
        self.socket.send(json.dumps({"id": self.last, **command}))
        while True:
            for line in self.socket.recv(timeout=30).splitlines():
                reply = json.loads(line)
                if reply == {}:
                    self.socket.send("{}")
                if reply.get("id") == self.last:
                    return reply

    def rpc(self, method, **data):
        """The result of a change."""
        reply = self.call({"rpc": {"method": method, "data": {"key": str(uuid.uuid4()), **data}}})
        if reply.get("rpc", {}).get("data", {}).get("status") != "recorded":
            raise RuntimeError(f"{method}: {reply}")
        return reply["rpc"]["data"]


def repeated(check, who, path, body):
    """A change with an Idempotency-Key is made once: the same request gets the first answer, another one is refused."""
    key = {"Idempotency-Key": f"{path}: {uuid.uuid4()}".replace(" ", "")[-200:]}
    first = check.send(who, "POST", path, 201, headers=key, json=body)
    again = check.send(who, "POST", path, 201, headers=key, json=body)
    if first != again:
        check.complaints.append(f"POST {path} with a key: {first}, then {again}")
    check.send(who, "POST", path, 422, headers=key, json={**body, "changed": True})
    check.send(who, "POST", path, 400, headers={"Idempotency-Key": "two words"}, json=body)


def sign_in(check, users):
    """Sessions: by JSON and by form, two institutions, CSRF, and the ways to be refused."""
    path, student = "/api/v1/session", users["students"][0]
    both = {"login": student["login"], "password": student["password"]}
    browser = requests.Session()
    made = check.send(None, "POST", path, 201, session=browser, json=both)
    check.send(None, "POST", path, 201, data=both)
    check.send(None, "POST", path, 401, json={**both, "password": "wrong"})
    check.send(None, "POST", path, 400, json={"login": both["login"]})
    check.send(None, "POST", path, 400, data="{", headers=JSON)
    check.send(None, "POST", path, 400, data=b'{"login":"\xff","password":"x"}', headers=JSON)
    check.send(None, "POST", path, 415, data="<a/>", headers={"Content-Type": "application/xml"})
    check.send(None, "POST", path, 413, data=b" " * 20_000, headers=JSON)
    check.send(None, "POST", path, 401, json={"ticket": "1.2.x", "institution": 1})
    check.send(None, "POST", path, 403, json=both, headers={"Origin": "https://elsewhere.example"})
    check.send(None, "GET", path, 401)
    check.send(student, "GET", path, 200)
    check.send(None, "GET", path, 200, session=browser)
    mine = {"X-CSRF-Token": made["csrf_token"]}
    check.send(None, "PUT", path, 403, session=browser, json={"institution": made["institution"]["id"]})
    check.send(None, "PUT", path, 404, session=browser, json={"institution": UNKNOWN}, headers=mine)
    made = check.send(
        None, "PUT", path, 200, session=browser, json={"institution": made["institution"]["id"]}, headers=mine)
    check.send(None, "DELETE", path, 403, session=browser, headers=mine)
    check.send(student, "DELETE", path, 403)
    check.send(None, "DELETE", path, 204, session=browser, headers={"X-CSRF-Token": made["csrf_token"]})
    check.send(None, "GET", path, 401, session=browser)

    commuter = {"login": "robin.castellanos@northfield.example", "password": student["password"]}
    offered = check.send(None, "POST", path, 200, json=commuter)
    if "ticket" in offered:
        chosen = {"ticket": offered["ticket"], "institution": offered["choices"][1]["institution"]["id"]}
        check.send(None, "POST", path, 201, json=chosen)
        check.send(None, "POST", path, 404, json={**chosen, "institution": UNKNOWN})


def classes(check, users, course):
    """Live classes from their making to their end."""
    path, staff = f"/api/v1/courses/{course}/live_classes", users["instructor"]
    wish = {"title": "Checked", "scheduled_at": "2030-01-01T11:00:00+01:00"}
    made = check.send(staff, "POST", path, 201, json=wish)
    if made["scheduled_at"] != "2030-01-01T10:00:00Z":
        check.complaints.append(f"scheduled_at came back as {made['scheduled_at']}")
    check.send(staff, "POST", path, 201, data={"title": "By a form"})
    check.send(staff, "POST", path, 400, json={"title": ""})
    check.send(staff, "POST", path, 400, json={"title": "x", "scheduled_at": "tomorrow"})
    check.send(users["students"][0], "POST", path, 403, json={"title": "Mine"})
    one = f"/api/v1/live_classes/{made['id']}"
    changed = check.send(staff, "PUT", one, 200, json={"title": "Renamed"})
    if changed["scheduled_at"] != made["scheduled_at"]:
        check.complaints.append("a change of the title changed the time")
    cleared = check.send(staff, "PUT", one, 200, json={"scheduled_at": None})
    if cleared["scheduled_at"] is not None:
        check.complaints.append("scheduled_at: null did not take the time away")
    check.send(users["students"][0], "POST", one + "/start", 403)
    steps = [("POST", "/end", 409, "class_not_live"), ("POST", "/start", 200, None), ("POST", "/start", 200, None),
             ("DELETE", "", 409, "class_live"), ("POST", "/end", 200, None), ("POST", "/end", 200, None),
             ("POST", "/start", 409, "class_ended"), ("PUT", "", 200, None), ("DELETE", "", 204, None),
             ("GET", "", 404, "not_found")]
    check.send(staff, "POST", one + "/start", 400, headers={"Idempotency-Key": "no UUID"})
    for method, step, status, code in steps:
        body = {"json": {"title": "Held"}} if method == "PUT" else {}
        told = check.send(staff, method, one + step, status, headers={"Idempotency-Key": str(uuid.uuid4())}, **body)
        if code is not None and (told or {}).get("code") != code:
            check.complaints.append(f"{method} {step}: {told}, not {code}")
    gone = check.send(staff, "POST", path, 201, json={"title": "Not held"})["id"]
    check.send(staff, "DELETE", f"/api/v1/live_classes/{gone}", 204)
    check.send(staff, "POST", f"/api/v1/live_classes/{gone}/start", 404)


def files(check, demo, users, course):
    """Files and folders of a course and of oneself, from their making to their end; the ids of two that stay."""
    staff, student, other = users["instructor"], users["students"][0], users["students"][1]
    api, path = "/api/v1", f"/api/v1/courses/{course}"

    def upload(who, place, name, content, **more):
        wish = {"name": name, "size": len(content), "content_type": "text/plain", **more}
        ticket = check.send(who, "POST", f"{place}/files", 200, json=wish)
        return check.send(None, "POST", "/files/upload", 201, data=ticket["upload_params"],
                          files={"file": ("x", content)})

    def read(url, expected, **headers):
        where = urllib.parse.urlsplit(url)
        return check.send(None, "GET", f"{where.path}?{where.query}", expected, headers=headers)

    folder = check.send(staff, "POST", f"{path}/folders", 201, json={"name": "Checked"})
    check.send(staff, "POST", f"{path}/folders", 409, data={"name": "Checked"})
    check.send(staff, "POST", f"{path}/folders", 400, json={"name": "a\nb"})
    check.send(student, "POST", f"{path}/folders", 403, json={"name": "Mine"})
    below = check.send(staff, "POST", f"{api}/folders/{folder['id']}/folders", 201, json={"name": "Below"})
    check.send(staff, "POST", f"{api}/folders/{folder['id']}/folders", 409, json={"name": "Below"})
    file = upload(staff, path, "a.txt", b"hello", parent_folder_id=below["id"])
    upload(staff, f"{api}/folders/{below['id']}", "b.txt", b"b")
    repeated(check, staff, f"{path}/folders", {"name": "Twice"})
    check.send(student, "POST", f"{path}/files", 403, json={"name": "a.txt", "size": 1})
    check.send(staff, "POST", f"{path}/files", 400, json={"size": 1})
    check.send(staff, "POST", f"{path}/files", 400, json={"name": "a", "size": 1 << 45})
    check.send(None, "POST", "/files/upload", 403, data={"token": "x"}, files={"file": ("x", b"x")})
    check.send(None, "POST", "/files/upload", 415, json={})
    for who in (staff, student):
        for where in (f"{path}/files", f"{path}/files/{file['id']}", f"{path}/folders", f"{path}/folders/root",
                      f"{path}/folders/{below['id']}", f"{api}/files/{file['id']}", f"{api}/files/{file['id']}/public_url",
                      f"{api}/folders/{below['id']}", f"{api}/folders/{below['id']}/files",
                      f"{api}/folders/{folder['id']}/folders", f"{api}/files/{file['id']}/create_success"):
            check.send(who, "GET", where, 200)
        for where in (f"/files/{file['id']}", f"/courses/{course}/files/{file['id']}"):
            for mode in ("preview", "download"):
                check.send(who, "GET", f"{where}/{mode}", 302)
        check.send(who, "GET", f"{path}/files/quota", 200 if who is staff else 403)
        check.send(who, "POST", f"{api}/files/{file['id']}/create_success", 200)
    if check.send(staff, "GET", f"{path}/files?search_term=A.T&content_types[]=text", 200)[0]["id"] != file["id"]:
        check.complaints.append("the file is not found by its name and type")
    check.pages(staff, f"{path}/files")
    check.pages(staff, f"{path}/folders")
    if read(file["url"], 200) != "hello":
        check.complaints.append("the content came back as something else")
    read(file["url"], 206, Range="bytes=1-2")
    read(file["url"], 416, Range="bytes=9-")
    read(file["url"], 304, **{"If-None-Match": "*"})
    read(file["url"].replace("md5=", "md5=A"), 403)
    check.send(student, "PUT", f"{api}/files/{file['id']}", 403, json={"name": "c.txt"})
    check.send(staff, "PUT", f"{api}/files/{file['id']}", 409, json={"name": "b.txt"})
    check.send(staff, "PUT", f"{api}/files/{file['id']}", 200, data={"name": "c.txt", "hidden": "true"})
    if any(one["id"] == file["id"] for one in check.send(student, "GET", f"{path}/files", 200)):
        check.complaints.append("a student's list has a hidden file")
    read(file["url"], 404)
    check.send(staff, "PUT", f"{api}/folders/{below['id']}", 200, json={"name": "Lower", "locked": True})
    check.send(staff, "PUT", f"{api}/folders/{below['id']}", 409, json={
        "name": "Twice", "parent_folder_id": folder["parent_folder_id"]})
    check.send(staff, "PUT", f"{api}/folders/{folder['id']}", 400, json={"parent_folder_id": below["id"]})
    check.send(student, "GET", f"{api}/files/{file['id']}/public_url", 403)
    check.send(staff, "DELETE", f"{api}/folders/{folder['id']}", 400)
    check.send(student, "DELETE", f"{api}/files/{file['id']}", 403)
    check.send(staff, "DELETE", f"{api}/files/{file['id']}", 200)
    check.send(staff, "GET", f"{api}/files/{file['id']}", 404)
    check.send(staff, "DELETE", f"{api}/folders/{folder['id']}?force=true", 200)
    check.send(staff, "GET", f"{api}/folders/{below['id']}", 404)

    mine = f"{api}/users/self"
    check.send(student, "POST", f"{mine}/folders", 201, json={"name": "Own"})
    check.send(student, "POST", f"{mine}/folders", 409, json={"name": "Own"})
    own = upload(student, mine, "own.txt", b"own")
    for where in ("files", f"files/{own['id']}", "files/quota", "folders", "folders/root", "folders/by_path",
                  "folders/by_path/Own"):
        check.send(student, "GET", f"{mine}/{where}", 200)
    check.send(other, "GET", f"{api}/files/{own['id']}", 403)
    check.send(other, "GET", f"{api}/users/{student['id']}/files", 403)
    check.send(student, "DELETE", f"{api}/files/{own['id']}", 200)
    kept = upload(staff, path, "kept.txt", b"kept")
    return {"file_id": kept["id"], "folder_id": kept["folder_id"]}


QUESTIONS = [
    {"question_type": "multiple_choice_question", "question_text": "One?",
     "answers": [{"text": "a", "weight": 100}, {"text": "b"}]},
    {"question_type": "multiple_answers_question", "question_text": "Which?", "points_possible": 2,
     "answers": [{"answer_text": "a", "answer_weight": 100}, {"text": "b", "weight": 100}, {"text": "c"}]},
    {"question_type": "true_false_question", "question_text": "True?"},
    {"question_type": "short_answer_question", "question_text": "Word?", "answers": [{"text": "trace"}]},
    {"question_type": "numerical_question", "question_text": "Number?",
     "answers": [{"exact": 3, "margin": 0.5}, {"numerical_answer_type": "range_answer", "start": 1, "end": 2}]},
]


def quizzes(check, users, course):
    """A quiz with a question of each type; its id and the questions' ids."""
    path, staff = f"/api/v1/courses/{course}/quizzes", users["instructor"]
    quiz = check.send(staff, "POST", path, 201, json={"title": "Checked"})["id"]
    check.send(staff, "POST", path, 201, data={"quiz[title]": "By a form"})
    check.send(staff, "POST", path, 400, json={"title": "x" * 256})
    check.send(users["students"][0], "GET", path, 403)
    questions = f"{path}/{quiz}/questions"
    ids = [check.send(staff, "POST", questions, 201, json=question)["id"] for question in QUESTIONS]
    check.send(staff, "POST", questions, 201, json={"question": QUESTIONS[0]})
    check.send(staff, "POST", questions, 201, data=[
        ("question[question_type]", "true_false_question"), ("question[question_text]", "Form?"),
        ("question[answers][][text]", "yes"), ("question[answers][][weight]", "100"),
        ("question[answers][][text]", "no")])
    repeated(check, staff, path, {"title": "Twice"})
    repeated(check, staff, questions, QUESTIONS[0])
    refused = check.send(staff, "POST", questions, 400, json={**QUESTIONS[0], "answers": [{"text": "a"}, {"text": ""}]})
    if refused["errors"][0].get("field") != "answers[1].text":
        check.complaints.append(f"an empty answer is reported as {refused['errors'][0]}")
    one = f"{questions}/{ids[0]}"
    check.send(staff, "GET", one, 200)
    check.send(staff, "PUT", one, 200, json={"points_possible": 3})
    check.send(staff, "PUT", one, 400, json={"points_possible": -1})
    spare = check.send(staff, "POST", questions, 201, json=QUESTIONS[3])["id"]
    check.send(staff, "DELETE", f"{questions}/{spare}", 204)
    check.send(staff, "DELETE", f"{questions}/{spare}", 404)
    check.send(staff, "GET", f"{path}/{quiz}", 200)
    return quiz, ids


def answers(check, demo, users, course):
    """Questions asked in a class, answered by REST, and what the gradebook shows of it."""
    staff, student, other = users["instructor"], users["students"][0], users["students"][1]
    quiz, questions = quizzes(check, users, course)
    made = check.send(staff, "POST", f"/api/v1/courses/{course}/live_classes", 201, json={"title": "Asked"})["id"]
    check.send(staff, "POST", f"/api/v1/live_classes/{made}/start", 200)
    runs = f"/api/v1/live_classes/{made}/quiz_runs"
    token = check.send(staff, "POST", "/api/v1/live_token", 200)["token"]
    given = [1, [1, 2], 1, "  TRACE ", "2,75"]
    with Live(demo.ready["ws_url"], token) as live:
        for question, answer in zip(questions, given):
            asked = {"class": made, "quiz": quiz, "question": question, "answer_change": "until_close"}
            run = live.rpc("quiz.open", **asked)["run"]
            path, key = f"{runs}/{run}/answers", str(uuid.uuid4())
            body = {"key": key, "question": question, "answer": answer}
            first = check.send(student, "POST", path, 201, json=body)
            again = check.send(student, "POST", path, 200, json={**body, "key": None}, headers={"Idempotency-Key": key})
            if (first["id"], first["at"]) != (again["id"], again["at"]):
                check.complaints.append(f"a repeated answer got another result: {first}, {again}")
            check.send(student, "POST", path, 422, json={**body, "sequence": 1})
            check.send(student, "POST", path, 201, json={**body, "key": str(uuid.uuid4()), "sequence": 1})
            check.send(other, "POST", path, 409, json={**body, "key": str(uuid.uuid4()), "answer": {}})
            check.send(other, "POST", path, 400, json={**body, "key": "no UUID"})
            check.send(other, "POST", path, 400, json={"question": question, "answer": answer})
            check.send(staff, "POST", path, 409, json={**body, "key": str(uuid.uuid4())})
            for who in (staff, student):
                check.send(who, "GET", runs, 200)
            live.rpc("quiz.close", **{"class": made, "run": run})
            live.rpc("quiz.reveal", **{"class": made, "run": run})
            check.send(other, "POST", path, 409, json={**body, "key": str(uuid.uuid4())})
    for who in (staff, student, other):
        check.send(who, "GET", runs, 200)
    check.send(staff, "DELETE", f"/api/v1/courses/{course}/quizzes/{quiz}/questions/{questions[0]}", 409)

    listed = f"/api/v1/courses/{course}/students/submissions"
    for include in ("", "include[]=answers&"):
        check.send(staff, "GET", f"{listed}?{include}student_ids[]=all&per_page=100", 200)
        mine = check.send(student, "GET", f"{listed}?{include}per_page=100", 200)
    column = next(quizzed["assignment_id"] for quizzed in check.pages(staff, f"/api/v1/courses/{course}/quizzes")
                  if quizzed["id"] == quiz)
    cell = next(item for item in mine if item["assignment_id"] == column)
    # All right: 3 points by the change above, 2, none for the poll, 1 and 1.
    if (cell["score"], cell["workflow_state"], len(cell["answers"])) != (7, "graded", 5):
        check.complaints.append(f"the gradebook shows {cell}")
    check.send(student, "GET", f"{listed}?student_ids[]={other['id']}", 403)
    one = f"/api/v1/courses/{course}/assignments/{column}/submissions"
    check.send(student, "GET", f"{one}/self?include[]=answers", 200)
    check.send(staff, "GET", f"{one}/{student['id']}", 200)
    check.send(student, "GET", f"{one}/{other['id']}", 403)
    check.send(staff, "POST", f"/api/v1/live_classes/{made}/end", 200)


def reads(check, demo, users, strangers):
    """Every list and every single thing, as everybody."""
    course, made, quiz = demo.ready["course_id"], demo.ready["class_id"], demo.ready["quiz_id"]
    staff = (users["instructor"], users["admin"])
    members = (*staff, users["students"][2])
    for who in (*members, users["parent"], strangers["students"][0]):
        for path in ("/users/self", "/users/self/profile", "/users/self/observees", "/courses", "/courses?per_page=1"):
            check.send(who, "GET", "/api/v1" + path, 200)
    for who in members:
        rest = 200 if who in staff else 403
        for path in ("", "/live_classes", "/assignments"):
            check.send(who, "GET", f"/api/v1/courses/{course}{path}", 200)
        for path in ("/users", "/users?enrollment_type[]=student&per_page=100", "/quizzes", f"/quizzes/{quiz}",
                     f"/quizzes/{quiz}/questions"):
            check.send(who, "GET", f"/api/v1/courses/{course}{path}", rest)
        check.send(who, "GET", f"/api/v1/live_classes/{made}", 200)
        check.send(who, "GET", f"/api/v1/live_classes/{made}/quiz_runs", 200)
    for path in ("users", f"quizzes/{quiz}/questions", "live_classes"):
        check.pages(users["instructor"], f"/api/v1/courses/{course}/{path}")
    check.send(users["instructor"], "GET", "/api/v1/courses?page=2", 200)
    check.send(users["instructor"], "GET", "/api/v1/courses?page=-1", 400)
    check.send(users["instructor"], "GET", "/api/v1/courses?page=after%3Ax", 400)
    check.send(users["instructor"], "GET", "/api/v1/courses?per_page=0", 400)
    node = check.send(users["admin"], "GET", "/api/v1/ops/live", 200)["nodes"][0]["id"]
    path = f"/api/v1/ops/nodes/{node}"
    check.send(users["admin"], "PUT", path, 204, json={"aside": False})
    check.send(users["admin"], "PUT", path, 409, json={"aside": True})
    check.send(users["admin"], "PUT", path, 400, json={"aside": "perhaps"})
    check.send(users["admin"], "PUT", "/api/v1/ops/nodes/1", 404, json={"aside": True})
    check.send(strangers["admin"], "PUT", path, 403, json={"aside": False})
    check.send(users["students"][0], "PUT", path, 403, json={"aside": False})
    check.send(users["admin"], "GET", "/api/v1/ops/live?since=0", 200)
    check.send(users["students"][0], "GET", "/api/v1/ops/live", 403)
    for who in (users["admin"], strangers["admin"]):
        check.send(who, "GET", "/api/v1/ops/jobs", 200)
        check.send(who, "POST", "/api/v1/ops/jobs/redrive", 200, json={"kind": "assessment.autograde"})
        check.send(who, "POST", "/api/v1/ops/jobs/redrive", 400, json={"error_class": "Not a class"})
        check.send(who, "POST", "/api/v1/ops/jobs/redrive", 400, json={})
        check.send(who, "POST", f"/api/v1/ops/jobs/{UNKNOWN}/redrive", 404, json={})
        check.send(who, "GET", f"/api/v1/progress/{UNKNOWN}", 404)
        check.send(who, "POST", f"/api/v1/progress/{UNKNOWN}/cancel", 404, json={})
    for method, path in (("GET", "/jobs"), ("POST", "/jobs/redrive"), ("POST", f"/jobs/{UNKNOWN}/redrive")):
        check.send(users["instructor"], method, "/api/v1/ops" + path, 403, json=None if method == "GET" else {})
    for path in ("/healthz", "/readyz", "/metrics"):
        check.send(None, "GET", path, 200)
    check.send(None, "GET", "/connection/websocket", 426)


def jobs(check, demo, users):
    """A job of somebody's that dies, since what it writes into is not there; its progress, and another attempt."""
    database = Database(demo)
    database.run("""
        SELECT set_config('cohort.institution', :'institution', true);
        WITH job AS (
            SELECT job_id FROM job_enqueue(ARRAY['test.effect'], ARRAY['check'],
                ARRAY['{"text": "check", "hold_ms": 0}'::jsonb], ARRAY[NULL::timestamptz]))
        INSERT INTO progresses (institution_id, job_id, context_type, context_id, user_id, tag)
        SELECT :institution, job_id, 'Course', :course, :user, 'check' FROM job;
    """, institution=demo.first["id"], course=demo.ready["course_id"], user=users["instructor"]["id"])
    limit = time.monotonic() + 20
    while not (dead := database.rows("SELECT id FROM job_heads WHERE state = 'dead'")) and time.monotonic() < limit:
        time.sleep(0.05)
    job = dead[0]["id"]
    progress = database.rows(f"SELECT id FROM progresses WHERE job_id = {job}")[0]["id"]
    for who in (users["instructor"], users["admin"]):
        check.send(who, "GET", f"/api/v1/progress/{progress}", 200)
    check.send(users["students"][0], "GET", f"/api/v1/progress/{progress}", 404)
    check.send(users["admin"], "GET", "/api/v1/ops/jobs", 200)
    check.send(users["admin"], "POST", f"/api/v1/ops/jobs/{job}/redrive", 200, json={})
    check.send(users["instructor"], "POST", f"/api/v1/progress/{progress}/cancel", 200, json={})


def refusals(check, users, strangers, ready, things):
    """Nobody, a bad token, a wrong method, and things of others: every operation, without a difference."""
    values = {"course_id": ready["course_id"], "class_id": ready["class_id"], "quiz_id": ready["quiz_id"], "run_id": 1,
              "question_id": 1, "assignment_id": 1, "user_id": users["students"][0]["id"], "node_id": "0" * 15 + "1",
              "account_id": ready["institutions"][0]["id"], "sub_account_id": ready["institutions"][0]["id"], "term_id": 1,
              "section_id": 1, "new_course_id": ready["course_id"], "enrollment_id": 1, "sis_import_id": 1,
              "report": "institution_export", "report_id": 1, "data_export_id": 1, "erasure_id": 1,
              "progress_id": 1, "job_id": 1, "page_url": "cells", "revision_id": 1, "topic_id": 1, "entry_id": 1,
              "module_id": 1, "item_id": 1, "content_migration_id": 1, "migration_issue_id": 1, "account_notification_id": 1,
              "role_id": 1, "full_path": "slides",
              "developer_key_id": 1, "token_id": 1, "session_id": 1, "observee_id": users["students"][1]["id"],
              "observer_id": users["parent"]["id"], **things}
    for (method, template), (_, operation, _) in check.contract.operations.items():
        if [] == operation["security"] or {} in operation["security"] or not template.startswith("/api/"):
            continue
        check.send(None, method, template.format(**values), 401, json=None if method == "GET" else {})
        bad = {**users["instructor"], "api_token": "1~bad"}
        check.send(bad, method, template.format(**values), 401, json=None if method == "GET" else {})
        # Nodes belong to no institution, and jobs and apps are for administrators: others learn nothing of them.
        if "{" not in template or any(name in template for name in ("{node_id}", "{job_id}", "{developer_key_id}")):
            continue
        told = []
        for ids in (values, dict.fromkeys(values, UNKNOWN)):
            answer = check.send(
                strangers["instructor"], method, template.format(**ids), 404, json=None if method == "GET" else {})
            told.append({name: value for name, value in (answer or {}).items() if name != "error_report_id"})
        if told[0] != told[1]:
            check.complaints.append(f"{method} {template}: another institution's ids are told apart: {told}")
    check.send(users["instructor"], "DELETE", "/api/v1/users/self/profile", 405)


def main():
    parser = argparse.ArgumentParser(description="Checks a running server against protocol/rest/openapi.json.")
    parser.add_argument("--cohort", type=pathlib.Path)
    given = parser.parse_args().cohort
    builds = [path for kind in ("debug", "release") if (path := ROOT / ".build" / kind / "cohort").is_file()]
    if given is None and not builds:
        print("no program is built: the server was not checked")
        return 0
    with identity_walk.Relay() as relay, Demo(
            given or max(builds, key=lambda path: path.stat().st_mtime), config=relay.config) as demo:
        users, strangers = (institution["users"] for institution in demo.ready["institutions"][:2])
        check, things = Checked(demo.ready["base_url"]), {}
        for part in (lambda: sign_in(check, users), lambda: reads(check, demo, users, strangers),
                     lambda: classes(check, users, demo.ready["course_id"]),
                     lambda: answers(check, demo, users, demo.ready["course_id"]),
                     lambda: core_walk.walk(check, users),
                     lambda: roster_walk.walk(check, users),
                     lambda: admin_walk.walk(check, users),
                     lambda: privacy_walk.walk(check, users),
                     lambda: contents_walk.walk(check, users),
                     lambda: identity_walk.walk(check, users, relay.folder),
                     lambda: search_walk.walk(check, users),
                     lambda: jobs(check, demo, users),
                     lambda: things.update(files(check, demo, users, demo.ready["course_id"])),
                     lambda: refusals(check, users, strangers, demo.ready, things)):
            try:
                part()
            except Exception as error:  # What follows from an answer that was complained about already.
                check.complaints.append(f"given up: {type(error).__name__}: {error}")
        if demo.process.poll() is not None:
            check.complaints.append(f"the server ended:\n{demo.tail()}")
    for method, template in set(check.contract.operations) - check.succeeded - {("GET", "/connection/websocket")}:
        check.complaints.append(f"{method} {template}: never succeeded")
    for complaint in check.complaints:
        print(complaint, file=sys.stderr)
    print(f"{check.count} exchanges with a server, {len(check.complaints)} complaints")
    return 1 if check.complaints else 0


if __name__ == "__main__":
    sys.exit(main())
