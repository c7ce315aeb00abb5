"""What every browser test starts from: one demo server, one Chromium, and people who signed in through the page."""

import os
import pathlib
import re
import sys

import pytest
from playwright.sync_api import expect, sync_playwright

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from Rig.api import Api, choice  # noqa: E402
from Rig.demo import ROOT, Demo, locate  # noqa: E402
from scenery import Scenery  # noqa: E402
from visitors import Visitor, sign_in  # noqa: E402

SHOTS = ROOT / ".build" / "screenshots"
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}


def pytest_addoption(parser):
    parser.addoption("--cohort", default=None, help="the program to test (default: the newest build)")


@pytest.fixture(scope="session")
def demo(request):
    """The server of this run."""
    with Demo(locate(request.config.getoption("--cohort"))) as server:
        yield server
        assert server.process.poll() is None, f"the server ended during the tests:\n{server.tail()}"


@pytest.fixture(scope="session")
def chromium():
    """The browser of this run: Debian's Chromium, without a window."""
    expect.set_options(timeout=10_000)
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=sandbox)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def cast(demo):
    """Who takes part: `instructor`, `admin`, `parent` and `students` of the first institution, as the demo made them."""
    users = demo.first["users"]
    return {"instructor": users["instructor"], "admin": users["admin"], "parent": users["parent"], "students": users["students"]}


@pytest.fixture(scope="session")
def signed_in(demo, chromium):
    """Signs each person in once, through the page, and gives what the browser keeps of it."""
    kept: dict[str, dict] = {}

    def state(user: dict) -> dict:
        if user["login"] not in kept:
            context = chromium.new_context(base_url=demo.base, locale="en-GB")
            page = context.new_page()
            sign_in(page, user)
            kept[user["login"]] = context.storage_state()
            context.close()
        return kept[user["login"]]

    return state


@pytest.fixture
def arrive(demo, chromium, signed_in):
    """Brings somebody in, in a context of their own; at the end their consoles must be free of errors."""
    visitors: list[Visitor] = []

    def come(user: dict | None, *, phone: bool = False, theme: str = "light", allow: str | None = None) -> Visitor:
        context = chromium.new_context(
            base_url=demo.base, locale="en-GB", timezone_id="Europe/Berlin", color_scheme=theme,
            viewport=PHONE if phone else DESKTOP, is_mobile=phone, has_touch=phone,
            storage_state=signed_in(user) if user else None)
        context.set_default_timeout(15_000)
        visitor = Visitor(context, user, allow=re.compile(allow) if allow else None)
        visitors.append(visitor)
        return visitor

    yield come
    for visitor in visitors:
        visitor.context.close()
    problems = [f"{visitor.name}: {problem}" for visitor in visitors for problem in visitor.problems]
    assert not problems, "consoles must be silent:\n" + "\n".join(problems)


@pytest.fixture(scope="session")
def teacher_api(demo, cast):
    """The instructor's requests, for what a test only needs as its scenery."""
    return Api(demo.base, cast["instructor"])


@pytest.fixture(scope="session")
def scenery(demo, cast):
    """A course of its own with a bit of everything."""
    return Scenery(demo, cast)


@pytest.fixture
def lesson(demo, teacher_api, request):
    """A live class of its own for one test: `{"id", "title", "path"}`. Its parameter is its title."""
    usual = request.node.originalname.removeprefix("test_").replace("_", " ").capitalize()[:80]
    title = getattr(request, "param", usual)
    made = teacher_api.begin_class(demo.ready["course_id"], title)
    yield {"id": made["id"], "title": title, "path": f"/courses/{demo.ready['course_id']}/classes/{made['id']}"}
    if teacher_api.get(f"/api/v1/live_classes/{made['id']}")["workflow_state"] == "live":
        teacher_api.post(f"/api/v1/live_classes/{made['id']}/end")


@pytest.fixture
def quiz(demo, teacher_api, request):
    """A prepared quiz of its own for one test, with three questions worth 2, 3 and 1 points."""
    title = f"Quiz: {request.node.name.removeprefix('test_').replace('_', ' ')}"[:80]
    return teacher_api.make_quiz(demo.ready["course_id"], title, [
        choice("Which vectors keep their direction?", ["Eigenvectors", "Columns", "Rows", "Units"], 0, 2),
        choice("What is the determinant of the identity matrix?", ["0", "1", "n"], 1, 3),
        {"question_type": "true_false_question", "question_text": "Every real matrix has a real eigenvalue.",
         "points_possible": 1, "answers": [{"text": "True", "weight": 0}, {"text": "False", "weight": 100}]},
    ])


@pytest.fixture
def office(arrive, demo):
    """The administrator of the second institution, and a way to open a tab."""
    def enter(tab: str, *, allow: str | None = None):
        visitor = arrive(demo.second["users"]["admin"], allow=allow)
        visitor.page.goto(f"/accounts/self?tab={tab}")
        expect(visitor.page.locator("#main")).not_to_have_attribute("aria-busy", "true")
        return visitor

    return enter


@pytest.fixture
def photograph():
    """Keeps a picture of a page below .build/screenshots."""
    def take(visitor: Visitor, name: str) -> None:
        SHOTS.mkdir(parents=True, exist_ok=True)
        visitor.page.screenshot(path=SHOTS / f"{name}.png", animations="disabled")

    return take
