"""What the tests with other people's clients start from: one demo server, and canvasapi for its people."""

import pathlib
import sys

import canvasapi
import pytest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from Rig.demo import Demo, locate  # noqa: E402

SETTINGS = """
content:
  largest-file: 80000000
  user-quota: 3000000
  course-quota: 200000000
"""


def pytest_addoption(parser):
    parser.addoption("--cohort", default=None, help="the program to test (default: the newest build)")


@pytest.fixture(scope="session")
def demo(request):
    """The server of this run."""
    with Demo(locate(request.config.getoption("--cohort")), config=SETTINGS) as server:
        yield server
        assert server.process.poll() is None, f"the server ended during the tests:\n{server.tail()}"


@pytest.fixture(scope="session")
def people(demo):
    """The first institution's people, as the demo made them."""
    return demo.first["users"]


@pytest.fixture(scope="session")
def canvas(demo):
    """canvasapi in somebody's name."""
    return lambda user: canvasapi.Canvas(demo.base, user["api_token"])


@pytest.fixture
def course(demo, canvas, people):
    """The first course, as its teacher has it."""
    return canvas(people["instructor"]).get_course(demo.ready["course_id"])
