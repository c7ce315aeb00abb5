#!/usr/bin/env python3
"""Walks every operation as every role on own, other's and another institution's data, against permissions.txt.

Starts a demo of its own. An operation that permissions.txt does not name is a complaint, and so is one that it names and
that is not published. Without a program to test (`--cohort PATH`, else the newest build) nothing is checked.
"""
import argparse
import concurrent.futures
import json
import pathlib
import re
import sys
import uuid

import requests

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests"))

from Rig.database import Database  # noqa: E402
from Rig.demo import Demo  # noqa: E402

ROLES = "ADTHGLOX"
#: Who are meant where all of a course's staff are.
STAFF = "THG"
#: A job for tomorrow with a progress, and one that is dead.
JOBS = """
    SELECT set_config('cohort.institution', :'institution', true) \\g /dev/null
    WITH job AS (
        SELECT job_id FROM job_enqueue(ARRAY['test.empty'], ARRAY[NULL::text], ARRAY['null'::jsonb], ARRAY[now() + interval '1 day'])
    ) INSERT INTO progresses (institution_id, job_id, context_type, context_id, user_id, tag)
    SELECT :institution, job_id, 'User', :user, :user, 'check' FROM job RETURNING id;
    INSERT INTO job_heads (institution_id, id, kind, state, run_at, error_class, finished_at)
    VALUES (:institution, nextval('job_ids'), 'test.gone', 'dead', now(), 'gone', now()) RETURNING id;
"""

#: What a copy of a course has to say.
ISSUE = """
    SELECT set_config('cohort.institution', :'institution', true) \\g /dev/null
    INSERT INTO migration_issues (institution_id, migration_id, kind, source_id, issue_type, description)
    VALUES (:institution, :migration, 'page', 1, 'warning', 'check') RETURNING id;
"""


def expectations():
    """What permissions.txt says: {(method, template): {data: roles}}."""
    found = {}
    for line in (ROOT / "Tests/Protocol/permissions.txt").read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            method, template, *cells = line.split()
            found[method, template] = dict(cell.replace("S", STAFF).split("=") for cell in cells)
    return found


class World:
    """A course in a school, with one of everything in it and one of each role in the institution."""

    def __init__(self, walk):
        admin = walk.people["A"]
        self.values = {"node_id": "0" * 16, "run_id": 1, "sub_account_id": None}
        users = {role: person["id"] for role, person in walk.people.items()}

        def make(path, fields=None):
            return walk.ask(admin, "POST", f"/api/v1/{path}", fields or {}, expected=(200, 201))

        school = make("accounts/self/sub_accounts", {"account": {"name": "School"}})["id"]
        self.accounts = {"root": "self", "school": school}
        self.below = {"root": make("accounts/self/sub_accounts", {"account": {"name": "Below"}})["id"],
                      "school": make(f"accounts/{school}/sub_accounts", {"account": {"name": "Below"}})["id"]}
        make(f"accounts/{school}/admins", {"user_id": users["D"]})
        self.spare = make("accounts/self/users", {"pseudonym": {"unique_id": f"spare-{school}@school.example"}})["id"]
        make("accounts/self/admins", {"user_id": self.spare})
        self.admins = {"root": self.spare, "school": users["D"]}
        course = make(f"accounts/{school}/courses", {"course": {"name": "Course"}, "offer": True})["id"]
        target = make(f"accounts/{school}/courses", {"course": {"name": "Target"}, "offer": True})["id"]
        at = f"courses/{course}"

        def enroll(role, kind, **more):
            return make(f"{at}/enrollments", {"enrollment": {
                "user_id": users[role], "type": kind, "enrollment_state": "active", **more}})["id"]

        enroll("T", "TeacherEnrollment")
        enroll("H", "TaEnrollment")
        enroll("G", "DesignerEnrollment")
        self.values["enrollment_id"] = enroll("L", "StudentEnrollment")
        enroll("O", "ObserverEnrollment", associated_user_id=users["L"])
        section = make(f"{at}/sections", {"course_section": {"name": "Section"}})["id"]
        crossed = make(f"courses/{target}/sections", {"course_section": {"name": "Crossed"}})["id"]
        self.crossed = make(f"sections/{crossed}/crosslist/{course}")["id"]
        quiz = make(f"{at}/quizzes", {"title": "Quiz"})
        question = make(f"{at}/quizzes/{quiz['id']}/questions", {
            "question_type": "true_false_question", "question_text": "Is it?",
            "answers": [{"text": "True", "weight": 100}, {"text": "False", "weight": 0}]})["id"]
        term = make("accounts/self/terms", {"enrollment_term": {"name": "Term"}})["id"]
        self.values |= {
            "course_id": course, "new_course_id": target, "section_id": section, "quiz_id": quiz["id"],
            "question_id": question, "assignment_id": quiz["assignment_id"], "term_id": term,
            "class_id": make(f"{at}/live_classes", {"title": "Class"})["id"]}
        folder = make(f"{at}/folders", {"name": "Folder"})["id"]
        self.walk = walk
        self.values |= {"folder_id": folder, "file_id": self.upload(admin, f"folders/{folder}")["id"]}
        page = make(f"{at}/pages", {"wiki_page": {
            "title": "Page", "published": True, "front_page": True, "editing_roles": "teachers,students"}})
        module = make(f"{at}/modules", {"module": {"name": "Module", "published": True}})["id"]
        topic = make(f"{at}/discussion_topics", {"title": "Topic", "allow_rating": True})["id"]
        entry = walk.ask(walk.people["L"], "POST", f"/api/v1/{at}/discussion_topics/{topic}/entries",
                         {"message": "Mine"}, expected=(201,))["id"]
        self.values |= {
            "page_url": page["url"], "revision_id": 1, "module_id": module, "topic_id": topic, "entry_id": entry,
            "item_id": make(f"{at}/modules/{module}/items", {"module_item": {
                "type": "SubHeader", "title": "Item", "published": True}})["id"]}
        self.values["content_migration_id"] = make(f"{at}/content_migrations", {
            "migration_type": "course_copy_importer", "settings": {"source_course_id": target}})["id"]
        self.values["migration_issue_id"] = walk.issue(self.values["content_migration_id"])
        times = {"start_at": "2026-01-01", "end_at": "2126-01-01"}
        self.own = {data: {
            "account_notification_id": make(f"accounts/{account}/account_notifications", {
                "account_notification": {"subject": "Told", "message": "It.", **times}})["id"],
            "role_id": make(f"accounts/{account}/roles", {
                "label": str(uuid.uuid4()), "base_role_type": "TeacherEnrollment"})["id"],
        } for data, account in self.accounts.items()}
        self.values |= {"account_id": "self", "full_path": "Folder", **self.own["root"]}
        make(f"{at}/late_policy")
        self.values["sis_import_id"] = walk.bring(admin, "user_id,login_id,status\n")["id"]
        gone = make("accounts/self/users", {"pseudonym": {"unique_id": f"{uuid.uuid4()}@school.example"}})
        self.values |= {"report": "provisioning_csv",
                        "erasure_id": make("accounts/self/erasures", {"user_id": gone["id"]})["id"]}
        self.target = target
        self.jobs = walk.jobs
        self.users = users
        self.invite = lambda: make(f"{at}/enrollments", {"enrollment": {
            "user_id": users["X"], "type": "StudentEnrollment", "enrollment_state": "invited"}})["id"]

    def upload(self, who, place):
        """A file in a place."""
        ticket = self.walk.ask(who, "POST", f"/api/v1/{place}/files", {"name": f"{uuid.uuid4()}.txt", "size": 4}, expected=(200,))
        answer = self.walk.session.post(
            ticket["upload_url"], data=ticket["upload_params"], files={"file": ("file.txt", b"text")}, timeout=60)
        self.walk.count += 1
        return answer.json()

    def path(self, method, template, data, role):
        """A path of the operation on some data, as a role sees it."""
        values = dict(self.values)
        values["user_id"] = {"self": self.users[role], "child": self.users["L"], "other": self.users["X"]}.get(
            data, self.users["L"])
        if data in self.accounts:
            values["account_id"] = self.accounts[data]
            values["sub_account_id"] = self.below[data]
            values |= self.own[data]
            values["user_id"] = self.spare if template.endswith("/users/{user_id}") else self.admins[data]
        if template.startswith("/api/v1/users/{user_id}/f"):
            whose = {"self": role, "child": "L"}.get(data, "X")
            file = self.upload(self.walk.people[whose], "users/self")
            values |= {"file_id": file["id"], "folder_id": file["folder_id"]}
            if "{full_path}" in template:
                values["full_path"] = self.walk.ask(
                    self.walk.people[whose], "POST", "/api/v1/users/self/folders", {"name": str(uuid.uuid4())},
                    expected=(201,))["name"]
        admin, whose = self.walk.people["A"], {"self": role, "child": "L"}.get(data, "X")
        if "{token_id}" in template:
            values["token_id"] = self.walk.ask(
                self.walk.people[whose], "POST", "/api/v1/users/self/tokens", {"purpose": "Walked"}, expected=(201,))["id"]
        if "{report_id}" in template:
            values["report_id"] = self.walk.ask(
                admin, "POST", "/api/v1/accounts/self/reports/provisioning_csv", expected=(200,))["id"]
        if "{data_export_id}" in template:
            # Of whoever asks: there is none for those who may not ask.
            values["data_export_id"] = self.walk.ask(
                self.walk.people[role], "POST", f"/api/v1/users/{values['user_id']}/data_exports",
                expected=(200, 403)).get("id", 1)
        if "{developer_key_id}" in template:
            values["developer_key_id"] = self.walk.ask(admin, "POST", "/api/v1/accounts/self/developer_keys", {
                "name": "Walked", "redirect_uris": ["https://app.example/"]}, expected=(200,))["id"]
        if "{session_id}" in template:
            values["session_id"] = self.walk.session_of(self.walk.people[role])
        if "{observee_id}" in template:
            values["observee_id"] = self.spare
            self.walk.ask(admin, "PUT", f"/api/v1/users/{values['user_id']}/observees/{self.spare}", expected=(200,))
        if "{observer_id}" in template:
            values["observer_id"] = self.spare
            self.walk.ask(admin, "PUT", f"/api/v1/users/{self.spare}/observees/{values['user_id']}", expected=(200,))
        if data == "invited":
            values["enrollment_id"] = self.invite()
        if template.endswith("/crosslist") and method == "DELETE":
            values["section_id"] = self.crossed
        if "{progress_id}" in template or "{job_id}" in template:
            values["progress_id"], values["job_id"] = self.jobs(self.users["X"])
        return template.format(**values)


class Walk:
    def __init__(self, demo):
        users = demo.first["users"]
        self.base = demo.ready["base_url"]
        self.people = {"A": users["admin"], "D": users["students"][13], "H": users["students"][14],
                       "T": users["students"][12], "G": users["students"][11],
                       "L": users["students"][0], "O": users["parent"], "X": users["students"][15]}
        self.database, self.institution = Database(demo), demo.first["id"]
        self.foreigner = demo.second["users"]["admin"]
        self.complaints, self.count = [], 0
        self.session = requests.Session()
        self.session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=8))

    def ask(self, who, method, path, fields=None, expected=None):
        """One request; its answer's body when the status is as expected, else the status."""
        answer = self.session.request(
            method, self.base + path, headers={"Authorization": f"Bearer {who['api_token']}"}, timeout=60,
            json=None if method == "GET" else fields if fields is not None else {}, allow_redirects=False)
        self.count += 1
        if expected is None:
            return answer.status_code
        if answer.status_code not in expected:
            raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
        return answer.json()

    def bring(self, who, rows):
        """An import of a CSV file."""
        answer = self.session.post(
            f"{self.base}/api/v1/accounts/self/sis_imports", data=rows, timeout=60,
            headers={"Authorization": f"Bearer {who['api_token']}", "Content-Type": "text/csv"})
        answer.raise_for_status()
        return answer.json()

    def jobs(self, user):
        """The ids of a user's progress, and of a dead letter."""
        return map(int, self.database.run(JOBS, institution=self.institution, user=user).split())

    def issue(self, migration):
        """The id of something that a copy of a course could not do."""
        return int(self.database.run(ISSUE, institution=self.institution, migration=migration).split()[-1])

    def session_of(self, who):
        """The id of a session that somebody opens in a browser."""
        browser = requests.Session()
        fields = {"login": who["login"], "password": who["password"]}
        browser.post(f"{self.base}/api/v1/session", json=fields, timeout=60).raise_for_status()
        listed = browser.get(f"{self.base}/api/v1/users/self/sessions?per_page=100", timeout=60).json()
        self.count += 2
        return next(item["id"] for item in listed if item["current"])

    def walk(self, method, template, cells):
        """One operation, as everybody."""
        changes = method != "GET" and any(cells.values())
        world = World(self)
        for data, allowed in cells.items():
            refused = [role for role in ROLES if role not in allowed]
            for role in refused:
                status = self.ask(self.people[role], method, world.path(method, template, data, role))
                if status not in (403, 404):
                    self.complain(method, template, data, role, f"was let in ({status})")
            if "{" in template and "{node_id}" not in template:
                # Ids of the institution, to somebody of another: as if there were no such thing.
                path = world.path(method, template, data, "A").replace("/self", f"/{self.people['A']['id']}")
                status = self.ask(self.foreigner, method, path)
                if status != 404:
                    self.complain(method, template, data, "foreigner", f"got {status}")
            for role in allowed:
                status = self.ask(self.people[role], method, world.path(method, template, data, role))
                if status in (401, 403) or (status == 404 and self.names_something(template)):
                    self.complain(method, template, data, role, f"was refused ({status})")
                if changes:
                    world = World(self)

    @staticmethod
    def names_something(template):
        """Whether all that the path names is there: no run was opened, no node has the id, no provider was set."""
        return not re.search(r"{(run_id|node_id)}|/oidc_provider$", template)

    def complain(self, method, template, data, role, what):
        self.complaints.append(f"{method} {template} on {data}: {role} {what}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cohort", type=pathlib.Path)
    given = parser.parse_args().cohort
    builds = [path for kind in ("debug", "release") if (path := ROOT / ".build" / kind / "cohort").is_file()]
    if given is None and not builds:
        print("no program is built: permissions were not walked")
        return 0
    document = json.loads((ROOT / "protocol/rest/openapi.json").read_text())
    published = {(method.upper(), template) for template, item in document["paths"].items() for method in item
                 if method != "parameters" and template.startswith("/api/")
                 and document["paths"][template][method]["security"] not in ([], [{}])}
    expected = expectations()
    complaints = [f"{method} {template} is not in permissions.txt" for method, template in published - set(expected)]
    complaints += [f"{method} {template} is not published" for method, template in set(expected) - published]
    with Demo(given or max(builds, key=lambda path: path.stat().st_mtime)) as demo:
        walk = Walk(demo)
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            known = [(*way, cells) for way, cells in expected.items() if way in published]
            for failures in pool.map(lambda ways: [attempt(walk, way) for way in ways], apart(known)):
                complaints += filter(None, failures)
        complaints += walk.complaints
        if demo.process.poll() is not None:
            complaints.append(f"the server ended:\n{demo.tail()}")
    for complaint in sorted(complaints):
        print(complaint, file=sys.stderr)
    print(f"{len(expected)} operations as everybody, {walk.count} requests, {len(complaints)} complaints")
    return 1 if complaints else 0


def apart(ways):
    """The operations in groups, of which several may be walked at once.

    One that ends all of somebody's sessions would end those that another opens to end them one by one.
    """
    return [[way for way in ways if "/sessions" in way[1]], *([way] for way in ways if "/sessions" not in way[1])]


def attempt(walk, way):
    """Walks one operation; what went wrong besides."""
    try:
        walk.walk(*way)
    except Exception as error:
        return f"{way[0]} {way[1]}: given up: {type(error).__name__}: {error}"


if __name__ == "__main__":
    sys.exit(main())
