"""What the tests with Canvas's own Python client start from: one demo server, and a client for each person."""

import pathlib
import sys

import pytest
from canvasapi import Canvas

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from Rig.demo import Demo, locate  # noqa: E402


def pytest_addoption(parser):
    parser.addoption("--cohort", default=None, help="the program to test (default: the newest build)")


@pytest.fixture(scope="session")
def demo(request):
    """The server of this run."""
    with Demo(locate(request.config.getoption("--cohort"))) as server:
        yield server
        assert server.process.poll() is None, f"the server ended during the tests:\n{server.tail()}"


@pytest.fixture(scope="session")
def people(demo):
    """The people of the first institution, as the demo made them."""
    return demo.first["users"]


@pytest.fixture(scope="session")
def client(demo):
    """Makes a client for a person, or for a token's text."""
    return lambda who: Canvas(demo.ready["base_url"], who if isinstance(who, str) else who["api_token"])


@pytest.fixture(scope="session")
def admin(client, people):
    return client(people["admin"])


@pytest.fixture(scope="session")
def teacher(client, people):
    return client(people["instructor"])


@pytest.fixture(scope="session")
def student(client, people):
    return client(people["students"][0])


@pytest.fixture(scope="session")
def root(admin, demo):
    """The institution's root account, which has the institution's id."""
    return admin.get_account(demo.first["id"])
