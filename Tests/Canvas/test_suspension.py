"""An institution that is suspended: everybody is out within two seconds, on open connections too, and comes back later."""

import json
import os
import subprocess
import time

import pytest
import requests
import websockets.sync.client
from websockets.exceptions import ConnectionClosed

from Rig.database import Database
from Rig.demo import locate

#: The limit is for a busy machine; in health it takes two seconds.
PATIENCE = 10.0


@pytest.fixture
def institution(demo, request):
    """Runs `cohort institution …` against the demo's database."""
    database = Database(demo)
    environment = {**os.environ, "COHORT_DATABASE_URL":
                   f"postgres://cohort_app@/{database.name}?host={database.host}&port={database.port}"}
    program = str(locate(request.config.getoption("--cohort")))

    def call(*arguments):
        command = [program, "institution", *map(str, arguments)]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=True).stdout
    return call


def status(demo, user):
    return requests.get(f"{demo.ready['base_url']}/api/v1/users/self", timeout=30,
                        headers={"Authorization": f"Bearer {user['api_token']}"}).status_code


def until(wanted, look):
    end = time.monotonic() + PATIENCE
    while look() != wanted:
        assert time.monotonic() < end, f"{look()}, not {wanted}"
        time.sleep(0.05)


def test_a_suspended_institution_is_out_everywhere(demo, institution):
    place, other = demo.second, demo.first
    user = place["users"]["students"][0]
    token = requests.post(f"{demo.ready['base_url']}/api/v1/live_token", timeout=30,
                          headers={"Authorization": f"Bearer {user['api_token']}"}).json()["token"]
    with websockets.sync.client.connect(demo.ready["ws_url"]) as socket:
        socket.send(json.dumps({"id": 1, "connect": {"token": token}}))
        assert "connect" in json.loads(socket.recv(timeout=30))
        institution("suspend", place["id"])
        with pytest.raises(ConnectionClosed):
            end = time.monotonic() + PATIENCE
            while time.monotonic() < end:
                if socket.recv(timeout=PATIENCE) == "{}":
                    socket.send("{}")
    until(401, lambda: status(demo, user))
    assert status(demo, other["users"]["students"][0]) == 200
    assert f"{place['id']}\t{place['name']}\t-\tsuspended" in institution("list")
    institution("resume", place["id"])
    until(200, lambda: status(demo, user))


def test_what_is_no_institution_is_said_so(institution):
    with pytest.raises(subprocess.CalledProcessError) as failure:
        institution("suspend", 999_999)
    assert "no such institution" in failure.value.stderr
