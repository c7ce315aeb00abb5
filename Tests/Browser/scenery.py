"""A course of its own with a bit of everything, made once through the API: what the tests of its pages look at."""

import time

import requests

from Rig.api import Api

BODY = """<p>An <strong>eigenvector</strong> of a matrix keeps its direction.</p><h2>Why it matters</h2>
<ul><li>Vibrations</li><li>Rankings of pages</li></ul><blockquote>It is all about what does not turn.</blockquote>
<table><tr><th>Matrix</th><th>Eigenvalues</th></tr><tr><td>Identity</td><td>1</td></tr></table><pre>A v = λ v</pre>"""


class Scenery:
    """`course` is its id, `path` its page; the things in it by their names below."""

    def __init__(self, demo, cast):
        self.demo = demo
        self.admin = Api(demo.base, cast["admin"])
        self.teacher = Api(demo.base, cast["instructor"])
        self.student = Api(demo.base, cast["students"][0])
        made = self.admin.post("/api/v1/accounts/1/courses", {"course": {
            "name": "Matrices at work", "course_code": "MATH-305"}, "offer": True})
        self.course = made["id"]
        self.path = f"/courses/{self.course}"
        self.api = f"/api/v1/courses/{self.course}"
        self.enroll(cast["instructor"], "TeacherEnrollment")
        for student in cast["students"][:8]:
            self.enroll(student, "StudentEnrollment")
        self._pages()
        self._talk(cast)
        self._files(cast["instructor"])
        self._modules()

    def enroll(self, user: dict, role: str) -> None:
        self.admin.post(f"{self.api}/enrollments", {"enrollment": {
            "user_id": user["id"], "type": role, "enrollment_state": "active"}})

    def page(self, title: str, body: str = BODY, **fields) -> dict:
        return self.teacher.post(f"{self.api}/pages", {"wiki_page": {
            "title": title, "body": body, "published": True, **fields}})

    def topic(self, title: str, message: str = "<p>Think aloud.</p>", **fields) -> dict:
        return self.teacher.post(f"{self.api}/discussion_topics", {
            "title": title, "message": message, "published": True, **fields})

    def module(self, name: str, items: list[dict], **fields) -> dict:
        made = self.teacher.post(f"{self.api}/modules", {"module": {"name": name, "published": True, **fields}})
        for item in items:
            self.teacher.post(f"{self.api}/modules/{made['id']}/items", {"module_item": item})
        return made

    def upload(self, user: dict, name: str, content: bytes, content_type: str) -> dict:
        ticket = self.teacher.post(f"{self.api}/files", {"name": name, "size": len(content), "content_type": content_type})
        answer = requests.post(
            ticket["upload_url"], data=ticket["upload_params"], files={"file": (name, content)}, timeout=30)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def _pages(self) -> None:
        self.welcome = self.page("Eigenvalues in a nutshell")
        self.teacher.request("PUT", f"{self.api}/pages/{self.welcome['url']}", {
            "wiki_page": {"body": BODY + "<p>Said better.</p>"}})
        self.second = self.page("Diagonalisation, step by step")
        self.page("Notes for the next year", published=False)

    def _talk(self, cast) -> None:
        self.news = self.topic("The exam is on Friday", "<p>Bring a pen and nothing else.</p>", is_announcement=True)
        self.topic("A guest next week", "<p>She knows vibrations.</p>", is_announcement=True)
        self.later = self.topic("Happy new year", "<p>To all.</p>", is_announcement=True, delayed_post_at="2040-01-01T08:00:00Z")
        self.talk = self.topic("What surprised you?", discussion_type="threaded", pinned=True)
        entries = f"{self.api}/discussion_topics/{self.talk['id']}/entries"
        first = self.teacher.post(entries, {"message": "<p>That complex numbers appear at all.</p>"})
        other = Api(self.demo.base, cast["students"][1])
        reply = other.post(f"{entries}/{first['id']}/replies", {"message": "<p>Only in pairs, for real matrices.</p>"})
        self.teacher.post(f"{entries}/{reply['id']}/replies", {"message": "<p>Well seen.</p>"})
        other.post(entries, {"message": "<p>How short the proof is.</p>"})

    def _files(self, user: dict) -> None:
        self.folder = self.teacher.post(f"{self.api}/folders", {"name": "Exercises"})
        self.file = self.upload(user, "sheet-1.txt", b"Find the eigenvalues.", "text/plain")
        self.slides = self.upload(user, "slides.pdf", b"%PDF-1.4", "application/pdf")

    def _modules(self) -> None:
        self.first = self.module("Week 1: What stays", [
            {"type": "SubHeader", "title": "Read", "published": True},
            {"type": "Page", "page_url": self.welcome["url"], "completion_requirement": {"type": "must_view"}},
            {"type": "File", "content_id": self.file["id"], "title": "Sheet 1", "published": True,
             "completion_requirement": {"type": "must_mark_done"}},
            {"type": "Discussion", "content_id": self.talk["id"], "completion_requirement": {"type": "must_contribute"}},
        ], require_sequential_progress=True)
        self.locked = self.module("Week 2: What turns", [
            {"type": "Page", "page_url": self.second["url"]},
            {"type": "ExternalUrl", "title": "An atlas of matrices", "external_url": "https://atlas.example/m", "published": True},
        ], prerequisite_module_ids=[self.first["id"]])
        self.module("Week 3: Later", [], unlock_at="2040-01-01T08:00:00Z")

    def found(self, query: str, limit: float = 20) -> None:
        """Waits until the search index knows a word of the course."""
        end = time.monotonic() + limit
        while not self.teacher.get(f"{self.api}/smartsearch?q={query}")["results"]:
            assert time.monotonic() < end, f"the index does not know {query}"
            time.sleep(0.1)
