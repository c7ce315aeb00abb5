"""The REST surface as a script uses it: one person with a bearer token, standard library only."""

import json
import urllib.error
import urllib.request
import uuid


class Refused(Exception):
    """The server said no; `status`, `body` (as bytes) and `headers` say how."""

    def __init__(self, status: int, body: bytes, headers):
        super().__init__(f"{status}: {body[:300].decode(errors='replace')}")
        self.status = status
        self.body = body
        self.headers = headers


class Api:
    """One person's requests to one server."""

    def __init__(self, base: str, user: dict):
        self.base = base
        self.user = user

    def request(self, method: str, path: str, data: object = None) -> object:
        """Sends one request; the parsed answer, or None for an empty one. Raises `Refused`."""
        body = None if data is None else json.dumps(data).encode()
        request = urllib.request.Request(self.base + path, data=body, method=method)
        request.add_header("Authorization", f"Bearer {self.user['api_token']}")
        if body is not None:
            request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                content = answer.read()
        except urllib.error.HTTPError as error:
            raise Refused(error.code, error.read(), error.headers) from None
        return json.loads(content) if content else None

    def get(self, path: str) -> object:
        return self.request("GET", path)

    def post(self, path: str, data: object = None) -> object:
        return self.request("POST", path, {} if data is None else data)

    def live_token(self) -> str:
        """A short-lived token for a live connection."""
        return self.post("/api/v1/live_token")["token"]

    def begin_class(self, course: int, title: str) -> dict:
        """Makes a class and starts it."""
        made = self.post(f"/api/v1/courses/{course}/live_classes", {"title": title})
        return self.post(f"/api/v1/live_classes/{made['id']}/start")

    def make_quiz(self, course: int, title: str, questions: list[dict]) -> dict:
        """Makes a quiz with questions: `{"id", "title", "questions": […]}`."""
        quiz = self.post(f"/api/v1/courses/{course}/quizzes", {"title": title})
        path = f"/api/v1/courses/{course}/quizzes/{quiz['id']}/questions"
        return {**quiz, "questions": [self.post(path, question) for question in questions]}


def choice(text: str, options: list[str], right: int, points: float = 1) -> dict:
    """A multiple-choice question as the REST surface takes it."""
    return {
        "question_type": "multiple_choice_question", "question_text": text, "points_possible": points,
        "answers": [{"text": option, "weight": 100 if index == right else 0} for index, option in enumerate(options)],
    }


def key() -> str:
    """A new key of a mutation."""
    return str(uuid.uuid4())
