"""An institution that is suspended: everybody is out within two seconds, on open connections too, and comes back later."""

import contextlib
import json
import os
import subprocess
import time

import pytest
import requests
import websockets.sync.client
from websockets.exceptions import ConnectionClosed

from Rig.database import Database
from Rig.demo import Demo, locate

#: The limit is for a busy machine; in health it takes two seconds.
PATIENCE = 10.0


def command_for(demo, request):
    """Runs `cohort institution …` against a demo's database."""
    database = Database(demo)
    environment = {**os.environ, "COHORT_DATABASE_URL":
                   f"postgres://cohort_app@/{database.name}?host={database.host}&port={database.port}"}
    program = str(locate(request.config.getoption("--cohort")))

    def call(*arguments):
        command = [program, "institution", *map(str, arguments)]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=True).stdout
    return call


@pytest.fixture
def institution(demo, request):
    return command_for(demo, request)


def status(place, user):
    """What a server, or one of its nodes, says to a user's token."""
    return requests.get(f"{place['base_url']}/api/v1/users/self", timeout=30,
                        headers={"Authorization": f"Bearer {user['api_token']}"}).status_code


@contextlib.contextmanager
def connected(place, user):
    """A live connection of a user's to a server or node."""
    token = requests.post(f"{place['base_url']}/api/v1/live_token", timeout=30,
                          headers={"Authorization": f"Bearer {user['api_token']}"}).json()["token"]
    with websockets.sync.client.connect(place["ws_url"]) as socket:
        socket.send(json.dumps({"id": 1, "connect": {"token": token}}))
        assert "connect" in json.loads(socket.recv(timeout=30))
        yield socket


def seconds_to_end(socket):
    """How long a connection stays open, pings aside."""
    began = time.monotonic()
    with pytest.raises(ConnectionClosed):
        while time.monotonic() - began < PATIENCE:
            if socket.recv(timeout=PATIENCE) == "{}":
                socket.send("{}")
    return time.monotonic() - began


def until(wanted, look):
    end = time.monotonic() + PATIENCE
    while look() != wanted:
        assert time.monotonic() < end, f"{look()}, not {wanted}"
        time.sleep(0.05)


def test_a_suspended_institution_is_out_everywhere(demo, institution):
    place, other = demo.second, demo.first
    user = place["users"]["students"][0]
    with connected(demo.ready, user) as socket:
        institution("suspend", place["id"])
        seconds_to_end(socket)
    until(401, lambda: status(demo.ready, user))
    assert status(demo.ready, other["users"]["students"][0]) == 200
    assert f"{place['id']}\t{place['name']}\t-\tsuspended" in institution("list")
    institution("resume", place["id"])
    until(200, lambda: status(demo.ready, user))


def test_it_is_out_on_every_node(request):
    with Demo(locate(request.config.getoption("--cohort")), nodes=2) as cluster, contextlib.ExitStack() as stack:
        institution = command_for(cluster, request)
        nodes = cluster.ready["nodes"]
        students, spared = cluster.second["users"]["students"], cluster.first["users"]["students"]
        # Each node knows the token already, and has a connection.
        sockets = [stack.enter_context(connected(node, students[0])) for node in nodes]
        others = [stack.enter_context(connected(node, spared[0])) for node in nodes]
        began = time.monotonic()
        institution("suspend", cluster.second["id"])
        for socket in sockets:
            seconds_to_end(socket)
        for node in nodes:
            until(401, lambda node=node: status(node, students[0]))
        print(f"out of {len(nodes)} nodes after {time.monotonic() - began:.1f} s")
        for node, socket in zip(nodes, others):
            assert status(node, spared[0]) == 200
            assert socket.ping().wait(PATIENCE)


def test_what_is_no_institution_is_said_so(institution):
    with pytest.raises(subprocess.CalledProcessError) as failure:
        institution("suspend", 999_999)
    assert "no such institution" in failure.value.stderr
