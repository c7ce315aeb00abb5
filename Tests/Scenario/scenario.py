"""One scenario, three clients: the page's own live client (in Chromium), and PyPI's centrifuge-python with JSON and with Protobuf.

Usage: scenario.py READY_FILE [--nodes] [own|python|binary]        READY_FILE is what `cohort demo --ready-file` writes.

With `--nodes` each person of the scenario is connected to another node of several, and comes back to another one than
the one it left; only the python clients can choose.

Prints one line per step and ends with status 0 only if all clients passed every step of scenario.json.
"""

import asyncio
import json
import pathlib
import sys
import urllib.request
import uuid

from own_client import OwnClient
from python_client import BinaryClient, PythonClient

STEPS = json.loads((pathlib.Path(__file__).parent / "scenario.json").read_text())["steps"]
DRIVERS = {"own": OwnClient, "python": PythonClient, "binary": BinaryClient}

# How long something expected may take, and how long nothing must happen.
LIMIT = 5.0
QUIET = 0.4


class Run:
    """The names of one run: users, texts, keys, and results that later steps compare with."""

    def __init__(self, ready: dict) -> None:
        self.ready = ready
        self.users = ready["institutions"][0]["users"]
        self.mark = uuid.uuid4().hex[:8]
        self.keys: dict[str, str] = {}
        self.people: dict[str, dict] = {}
        self.saved: dict[str, dict] = {}

    def user(self, path: str) -> dict:
        role, _, index = path.partition(".")
        return self.users[role][int(index)] if index else self.users[role]

    def fill(self, value):
        """Replaces `$class`, `$text:x`, `$key:x` and `$who` in a value."""
        if isinstance(value, dict):
            return {name: self.fill(each) for name, each in value.items()}
        if isinstance(value, list):
            return [self.fill(each) for each in value]
        if value == "$class":
            return self.ready["class_id"]
        if not isinstance(value, str):
            return value
        if value.startswith("$text:"):
            return f"{value[6:]} {self.mark}"
        if value.startswith("$key:"):
            return self.keys.setdefault(value, str(uuid.uuid4()))
        for who, user in self.people.items():
            value = value.replace(f"${who}", str(user["id"]))
        return value.replace("$class", str(self.ready["class_id"]))


def live_token(base_url: str, user: dict) -> str:
    """A live token for `user`, as `POST /api/v1/live_token` gives it to whoever has a bearer token."""
    request = urllib.request.Request(
        f"{base_url}/api/v1/live_token", data=b"{}", method="POST",
        headers={"Authorization": f"Bearer {user['api_token']}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.load(response)["token"]


def differs(expected, got) -> str | None:
    """Says where `got` is not what was expected; dictionaries are matched as subsets."""
    if isinstance(expected, dict):
        if not isinstance(got, dict):
            return f"{got!r} is no object"
        for name, each in expected.items():
            problem = differs(each, got.get(name))
            if problem:
                return f"{name}: {problem}"
        return None
    return None if expected == got else f"expected {expected!r}, got {got!r}"


async def perform(step: dict, run: Run, driver) -> dict:
    """Does one step and returns what came out of it."""
    who, action = step["who"], step["do"]
    channel = run.fill(step.get("channel", ""))
    if action == "connect":
        token = step.get("token")
        if token is None:
            run.people[who] = run.user(step["as"])
            token = await asyncio.to_thread(live_token, run.ready["base_url"], run.people[who])
        return await driver.connect(who, token, LIMIT)
    if action == "subscribe":
        return await driver.subscribe(who, channel, LIMIT)
    if action == "unsubscribe":
        return await driver.unsubscribe(who, channel)
    if action == "rpc":
        return await driver.rpc(who, step["method"], run.fill(step["data"]))
    if action == "disconnect":
        return await driver.disconnect(who)
    if action == "reconnect":
        return await driver.reconnect(who, channel, LIMIT)
    if action == "events":
        wanted = len(run.fill(step["expect"]["events"]))
        return {"events": await texts(driver, who, channel, wanted, run.mark)}
    raise ValueError(f"unknown step {action}")


async def texts(driver, who: str, channel: str, wanted: int, mark: str) -> list[str]:
    """The texts of this run that arrived: waits for as many as are wanted, then a moment for any too many."""
    async def seen() -> list[str]:
        events = await driver.events(who, channel)
        return [event["text"] for event in events if event.get("type") == "chat.message" and event["text"].endswith(mark)]

    deadline = asyncio.get_running_loop().time() + LIMIT
    while len(await seen()) < wanted and asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(0.02)
    await asyncio.sleep(QUIET)
    return await seen()


async def play(name: str, ready: dict) -> int:
    """Plays all steps with one client; returns how many failed."""
    run, failed = Run(ready), 0
    async with DRIVERS[name](ready) as driver:
        for number, step in enumerate(STEPS, 1):
            got = await perform(step, run, driver)
            problem = differs(run.fill(step["expect"]), got)
            if not problem and "save" in step:
                run.saved[step["save"]] = got["data"]
            if not problem and "same" in step:
                first = {key: value for key, value in run.saved[step["same"]].items() if key != "status"}
                problem = differs(first, got["data"])
            failed += problem is not None
            print(f"{'not ok' if problem else 'ok'} {number} - {name}: {step['title']}" + (f" # {problem}" if problem else ""), flush=True)
    return failed


async def main() -> int:
    ready = json.loads(pathlib.Path(sys.argv[1]).read_text())
    names = [name for name in sys.argv[2:] if name != "--nodes"] or list(DRIVERS)
    if "--nodes" in sys.argv:
        # A page may connect to the node that it comes from, and to no other.
        names = [name for name in names if name != "own"]
    else:
        ready.pop("nodes", None)
    failed = [await play(name, ready) for name in names]
    return 1 if any(failed) else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
