"""Bad input on a server that runs: refused by field and code, counted, logged without its content, and nothing of it kept."""

import io
import json
import re
import time
import uuid
import zipfile

import pytest
import requests

from Rig.database import Database
from Rig.demo import ROOT

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}
#: Marks what was sent, to be found where it may not be.
MARK = "Zq9Bad"
#: Beyond 64 bits, and what else is no id.
NO_IDS = ["9223372036854775808", "18446744073709551616", "99999999999999999999999999", "-1", "0x1", f"{MARK}%20OR%201=1"]
#: Written to by whoever asks, not only by what was asked.
BESIDE = ("audit_events", "access_tokens", "job", "search_outbox", "folders", "node", "sis_import", "idempotency")
LISTS = [
    "courses", "accounts/self/users", "accounts/self/courses", "accounts/self/terms", "accounts/self/sis_imports",
    "accounts/self/admins", "accounts/self/roles", "courses/{}/enrollments", "courses/{}/users", "courses/{}/modules",
    "courses/{}/pages", "courses/{}/files", "courses/{}/assignments", "courses/{}/discussion_topics", "search/all_courses",
    "search/recipients", "users/self/enrollments", "users/self/files",
]
WRITES = [
    ("POST", "accounts/self/users"), ("PUT", "accounts/self"), ("PUT", "courses/{}"), ("DELETE", "courses/{}"),
    ("POST", "courses/{}/enrollments"), ("POST", "courses/{}/modules"), ("POST", "courses/{}/quizzes"),
    ("POST", "courses/{}/files"), ("POST", "accounts/self/sis_imports"), ("POST", "session"),
]


class Door:
    """Sends an admin's requests, and holds refusals against the form that all have."""

    def __init__(self, demo):
        self.demo, self.course = demo, demo.ready["course_id"]
        self.bearer = {"Authorization": f"Bearer {demo.first['users']['admin']['api_token']}"}

    def send(self, method, path, headers=None, **body):
        return requests.request(
            method, f"{self.demo.base}/api/v1/{path.format(self.course)}", timeout=60, allow_redirects=False,
            headers={**self.bearer, **(headers or {})}, **body)

    def refused(self, statuses, method, path, field=None, code=None, **body):
        answer = self.send(method, path, **body)
        said = f"{method} {path}: {answer.status_code} {answer.text[:300]}"
        assert answer.status_code in statuses, said
        told = answer.json()
        assert told["errors"][0]["message"] and told["code"] and told["error_report_id"], said
        assert field is None or told["errors"][0].get("field") == field, said
        assert code is None or told["code"] == code, said
        return told


@pytest.fixture
def door(demo):
    """The server before and after: as many rows, more refusals, and no word of what was sent in its log."""
    database, door = Database(demo), Door(demo)

    def rows():
        tables = [row["name"] for row in database.rows(
            "SELECT relname::text AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
            if not row["name"].startswith(BESIDE)]
        return {row["name"]: row["count"] for row in database.rows(" UNION ALL ".join(
            f"SELECT '{name}' AS name, count(*) FROM {name}" for name in tables))}

    def refusals():
        found = re.findall(r"^cohort_http_refusals_total\{.*\} (\d+)$", requests.get(f"{demo.base}/metrics", timeout=30).text, re.M)
        return sum(map(int, found))

    before, counted = rows(), refusals()
    yield door
    assert rows() == before
    assert refusals() > counted
    assert MARK not in demo.log.read_text(errors="replace")


def test_ids_beyond_64_bits_name_nothing_on_any_route(door):
    ways = json.loads((ROOT / "protocol/rest/openapi.json").read_text())["paths"]
    good = {"course_id": str(door.course), "account_id": "self", "user_id": "self"}
    tried = 0
    for template, operations in ways.items():
        names = [name for name in re.findall(r"\{(\w+)\}", template) if name.endswith("id") or name == "id"]
        if not template.startswith("/api/v1/"):
            continue
        for method in set(operations) & {"get", "post", "put", "delete", "patch"}:
            for wrong in names:
                number = NO_IDS[tried % len(NO_IDS)]
                path = re.sub(r"\{(\w+)\}", lambda found: number if found[1] == wrong else good.get(found[1], "1"), template)
                answer = door.send(method.upper(), path.removeprefix("/api/v1/"), **({} if method == "get" else {"json": {}}))
                assert answer.status_code in (400, 403, 404, 405, 413, 415, 426), f"{method} {path}: {answer.text[:200]}"
                tried += 1
    assert tried > 250


def test_pages_that_are_none_are_refused_by_every_list(door):
    for path in LISTS:
        for name, value in (("page", "-1"), ("page", "9" * 20), ("page", f"bookmark:{MARK}"), ("per_page", "-5"), ("per_page", "0")):
            door.refused([400], "GET", f"{path}?{name}={value}", field=name)


def test_forms_have_bounds_on_every_route(door):
    deep, many = f"{MARK}" + "[a]" * 100, "&".join(f"{MARK}{number}=x" for number in range(700_000))
    assert len(many) > 10_000_000
    for method, path in WRITES:
        is_file = path.endswith("sis_imports")
        door.refused([400], method, path, data=f"{deep}=1", headers=FORM)
        door.refused([400], method, path, data=f"{MARK}[a=1", headers=FORM)
        door.refused([400], method, path, files={deep: (None, "1")})
        door.refused([400], method, path, data='{"a":' * 100 + f'"{MARK}"' + "}" * 100, headers=JSON)
        door.refused([400] if is_file else [413], method, path, data=many, headers=FORM)
        door.refused([400] if is_file else [413], method, path, data=many[:700_000], headers=FORM)


def test_names_of_files_lead_nowhere(door):
    for name in (f"../../{MARK}/..", f"{MARK}\n.txt", f"{MARK}\r\nX-Other: 1", "..", ".", "/", "", f"{MARK}\0", f"{MARK}\u202egnp.exe", MARK * 100):
        for path in ("courses/{}/files", "users/self/files"):
            door.refused([400], "POST", path, field="name", json={"name": name, "size": 3})
        if name:
            door.refused([400], "POST", "courses/{}/folders", field="name", json={"name": name})


def archive(entries, method=zipfile.ZIP_STORED):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as file:
        for name, content in entries:
            file.writestr(name, content)
    return held.getvalue()


USERS = "user_id,login_id,full_name,status\n"


@pytest.mark.parametrize("name,content,said", [
    ("bomb.zip", lambda: archive([("users.csv", USERS.encode() + bytes(300_000_000))], zipfile.ZIP_DEFLATED), "more than"),
    ("up.zip", lambda: archive([("../users.csv", USERS)]), "leads out"),
    ("many.zip", lambda: archive((f"{number}.csv", "") for number in range(5000)), ""),
    ("cut.zip", lambda: archive([("users.csv", USERS)])[:40], ""),
    ("wide.csv", lambda: ",".join(f"c{number}" for number in range(1_000_000)) + "\n", "columns"),
    ("row.csv", lambda: f"{USERS}{MARK}1,{MARK}1@x.example,{MARK} A,active{',' * 1_000_000}\n", "columns"),
    ("utf16.csv", lambda: f"{USERS}{MARK}2,{MARK}2@x.example,{MARK} B,active\n".encode("utf-16"), ""),
    ("latin.csv", lambda: f"{USERS}{MARK}3,{MARK}3@x.example,{MARK} é,active\n".encode("latin-1"), "UTF-8"),
    ("formula.csv", lambda: f"{USERS}={MARK}4,{MARK}4@x.example,{MARK} C,active\n{MARK}5,{MARK}5@x.example,@SUM({MARK}),active\n", "formula"),
    ("open.csv", lambda: f'{USERS}"{MARK}' + "x" * 3_000_000, "longer"),
    ("zero.csv", lambda: f"{USERS}{MARK}6,{MARK}6@x.example,{MARK}\0,active\n", "zero"),
], ids=lambda value: value if isinstance(value, str) and "." in value else "")
def test_imports_of_what_is_no_roster_bring_nobody(door, name, content, said):
    made = door.send("POST", "accounts/self/sis_imports", files={"attachment": (name, content())})
    assert made.status_code == 200, made.text
    end = time.monotonic() + 60
    while (state := door.send("GET", f"accounts/self/sis_imports/{made.json()['id']}").json())["ended_at"] is None:
        assert time.monotonic() < end, state
        time.sleep(0.05)
    errors = state["processing_errors"]
    assert errors and said in errors[0][1] and MARK not in json.dumps(errors), state
    # What is wrong in a file is told of by the import; a request that asks for what is not there is refused.
    door.refused([404], "GET", "accounts/self/sis_imports/9007199254740001")


def test_pictures_with_scripts_run_nowhere(demo):
    door = Door(demo)
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" onload="{MARK}()"><script>{MARK}()</script></svg>'
    page = door.send("POST", "courses/{}/pages", json={"wiki_page": {
        "title": f"t{uuid.uuid4().hex}", "body": f'{svg}<img src="data:image/svg+xml,{MARK}"><p style="background:url(//{MARK})">x</p>'}}).json()
    assert MARK not in page["body"] and "<svg" not in page["body"]
    def upload(name, kind, text):
        made = door.send("POST", "courses/{}/files", json={"name": name, "size": len(text), "content_type": kind}).json()
        return requests.post(made["upload_url"], data=made["upload_params"], files={"file": (name, text)}, allow_redirects=False, timeout=30)

    for name, kind in [("x.svg", "image/svg+xml"), ("x.SVG", "text/plain"), ("x", "image/svg+xml")]:
        refused = upload(name, kind, svg)
        assert refused.status_code == 400 and refused.json()["code"] == "unsafe_picture"
        assert refused.json()["errors"] == [{"message": refused.json()["errors"][0]["message"], "field": "file"}]
        assert MARK not in refused.text
    sent = upload("x.svg", "image/svg+xml", '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0L9 9"/></svg>')
    file = requests.get(sent.headers["Location"], headers=door.bearer, timeout=30).json()
    given = requests.get(file["url"], timeout=30)
    assert given.headers["Content-Disposition"].startswith("attachment") and given.headers["Content-Type"] == "application/octet-stream"
    assert "sandbox" in given.headers["Content-Security-Policy"] and given.headers["X-Content-Type-Options"] == "nosniff"
    assert door.send("DELETE", f"files/{file['id']}").status_code == 200
    assert door.send("DELETE", "courses/{}/pages/" + page["url"]).status_code == 200
    assert MARK not in demo.log.read_text(errors="replace")
