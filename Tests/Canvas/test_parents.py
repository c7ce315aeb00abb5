"""A parent reads what their linked children may, and nothing of it once the link is gone."""

import uuid

import requests

PASSWORD = "a long enough password 7"


class Person:
    """Somebody new in the institution, who is signed in as a browser is."""

    def __init__(self, demo, role):
        self.base = demo.ready["base_url"]
        login = f"{role}-{uuid.uuid4().hex[:8]}@northfield.example"
        made = requests.post(
            f"{self.base}/api/v1/accounts/self/users", timeout=30,
            headers={"Authorization": f"Bearer {demo.first['users']['admin']['api_token']}"},
            json={"user": {"name": f"New {role}", "roles": [role]}, "pseudonym": {"unique_id": login, "password": PASSWORD}})
        assert made.status_code == 200, made.text
        self.id = made.json()["id"]
        self.session = requests.Session()
        signed = self.session.post(
            f"{self.base}/api/v1/session", json={"login": login, "password": PASSWORD}, timeout=30)
        assert signed.status_code == 201, signed.text
        self.session.headers["X-CSRF-Token"] = signed.json()["csrf_token"]

    def ask(self, method, path, **body):
        return self.session.request(method, f"{self.base}/api/v1{path}", timeout=30, **body)


def test_what_a_link_opened_is_closed_with_it_at_once(demo):
    course, admin = demo.ready["course_id"], demo.first["users"]["admin"]
    child, other, parent = Person(demo, "student"), Person(demo, "student"), Person(demo, "parent")

    def by_admin(method, path, **body):
        answer = requests.request(
            method, f"{demo.ready['base_url']}/api/v1{path}", timeout=30,
            headers={"Authorization": f"Bearer {admin['api_token']}"}, **body)
        assert answer.status_code == 200, answer.text

    for student in (child, other):
        by_admin("POST", f"/courses/{course}/enrollments", json={"enrollment": {
            "user_id": student.id, "type": "StudentEnrollment", "enrollment_state": "active"}})
    of_child = [
        f"/users/{child.id}", f"/users/{child.id}/profile", f"/users/{child.id}/courses", f"/users/{child.id}/enrollments",
        f"/users/{child.id}/missing_submissions", f"/courses/{course}", f"/courses/{course}/modules",
        f"/courses/{course}/pages", f"/courses/{course}/discussion_topics", f"/courses/{course}/files",
        f"/courses/{course}/students/submissions?student_ids[]={child.id}",
    ]

    def statuses(paths):
        return {path: parent.ask("GET", path).status_code for path in paths}

    assert statuses(of_child) == {path: 403 for path in of_child}
    code = child.ask("POST", f"/users/{child.id}/observer_pairing_codes").json()["code"]
    assert parent.ask("POST", f"/users/{parent.id}/observees", json={"pairing_code": code}).status_code == 200
    assert statuses(of_child) == {path: 200 for path in of_child}
    others = [path.replace(str(child.id), str(other.id)) for path in of_child if str(child.id) in path.split("/courses/")[0]]
    others.append(f"/courses/{course}/students/submissions?student_ids[]={other.id}")
    assert statuses(others) == {path: 403 for path in others}
    by_admin("DELETE", f"/users/{parent.id}/observees/{child.id}")
    assert statuses(of_child) == {path: 403 for path in of_child}
    assert parent.ask("GET", "/courses").json() == []
    assert parent.ask("GET", "/users/self/enrollments").json() == []
    assert parent.ask("GET", "/users/self/observees").json() == []
    # The code was good once.
    assert parent.ask("POST", f"/users/{parent.id}/observees", json={"pairing_code": code}).status_code == 400
