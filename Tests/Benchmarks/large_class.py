"""One class on five processes: until each of 90,000 members has a message, beside 10,000 members of one process."""

import pathlib
import statistics
import time

from nodes import CONNECT, chat, port_of_node
from Rig.crowd import gather
from Rig.database import Database
from Rig.demo import Demo
from tools import generate, metric, spread, table

NODES = 5
#: Below the 20,000 descriptors that a process may have.
MEMBERS_PER_NODE = 18_000
#: Members of the one process that the others are compared with.
BASE = 10_000
#: Steps: nodes and members of each. The first is done again at the end, since a machine is not the same all the time.
STEPS = [(1, BASE), (2, MEMBERS_PER_NODE), (NODES, MEMBERS_PER_NODE), (1, BASE)]
#: The time may grow with the members, and by this factor besides.
ALLOWED = 1.3
#: Sessions that come in a second, on all nodes together; each node lets in more.
JOINS, ADMISSIONS = 2000, 2500
#: Messages of one step, and seconds between two: with none in flight when the next is sent.
MESSAGES = 8
SPACING = {10_000: 1.0, 36_000: 2.0, 90_000: 4.0}
#: Seconds of silence before the first message, in which it shows what members cost who say nothing.
SETTLE = 8
#: Memory (bytes) that must be left.
RESERVE = 3 << 30
#: What a session takes on server, kernel and generator, before the first step has shown it.
FIRST_GUESS = 64 << 10

CONFIG = f"""
loops: 1
database: {{pool: 3}}
live: {{admissions-per-second: {ADMISSIONS}}}
log: {{requests: false}}
"""


def available() -> int:
    """Bytes that programs may still take without swapping."""
    line = next(line for line in pathlib.Path("/proc/meminfo").read_text().splitlines() if "MemAvailable" in line)
    return int(line.split()[1]) * 1024


def measure(programs: dict, program, folder, most: int = NODES * MEMBERS_PER_NODE) -> dict:
    """One step after the other, as long as they fit; `stopped` says why one did not."""
    found: dict = {"steps": [], "stopped": None}
    each = FIRST_GUESS
    with Demo(program, config=CONFIG, nodes=NODES) as demo:
        tokens = folder / "class"
        print(f"one class: {most:,} students are made", flush=True)
        users = gather(demo, Database(demo), most)
        tokens.write_text("".join(f"{user['token']} {user['id']}\n" for user in users))
        for count, members in STEPS:
            total = min(most, count * members)
            if total * each > available() - RESERVE:
                found["stopped"] = (f"{total:,} members at {each:,} bytes each do not fit: "
                                    f"{available() >> 20:,} MiB are available")
                break
            print(f"one class: {total:,} members on {count} of {NODES} nodes", flush=True)
            step = _step(demo, programs, tokens, count, total)
            found["steps"].append(step)
            each = max(each // 4, step["bytes"])
            if "flaw" in step:
                found["stopped"] = f"{total:,} members: {step['flaw']}"
                break
            _empty(demo)
    return found


def _step(demo: Demo, programs: dict, tokens, count: int, total: int) -> dict:
    nodes = demo.ready["nodes"][:count]
    lesson = demo.ready["class_id"]
    spacing = SPACING.get(total, 1.0)
    before = available()
    arguments = ["fanout", "-n", str(total), "--workers", str(count), "--warmup", "0", "--settle", str(SETTLE),
                 "--rate", str(1 / spacing), "--duration", str(MESSAGES * spacing - spacing / 2), "--drain", "30",
                 "--connect-concurrency", "64", "--connect-rate", str(JOINS), "--connect-limit", "240",
                 *chat(lesson, tokens)]
    # Members of the class itself, too.
    place = arguments.index("--subscribe") + 1
    arguments[place] += '\n{"id":3,"subscribe":{"channel":"class:%d"}}' % lesson
    arguments[arguments.index("--await") + 1] = '"id":3,"subscribe"'
    for node in nodes:
        arguments += ["--port", str(port_of_node(node)), "--pid", str(node["pid"])]
    found = generate(programs, arguments, 240 + MESSAGES * spacing + 60)
    found["silent_pct"] = found["settle_cpu_s"] / SETTLE / count * 100
    # `available` was read while the members were there: the kernel's and the generator's share is in it.
    found["bytes"] = max(found["rss_per_conn"], (before - found["available"]) // max(1, total))
    return found | {"nodes": count, "members": total}


def _empty(demo: Demo, limit: float = 60) -> None:
    """Waits until the nodes have noticed that everybody has left."""
    end = time.monotonic() + limit
    while sum(metric(node["base_url"], "cohort_live_connections") for node in demo.ready["nodes"]) > 0:
        if time.monotonic() > end:
            raise RuntimeError("sessions stay after their sockets are closed")
        time.sleep(0.2)


def flaws(found: dict) -> list[str]:
    """What was lost, doubled or out of order, and a time that is too long."""
    wrong = [f"one class of {step['members']:,}: {step['flaw']}" for step in found["steps"] if "flaw" in step]
    return wrong + [f"one class of {step['members']:,}: {_ratio(found, step):.2f} times one node's time, where "
                    f"{_allowed(found, step):.1f} are allowed" for step in found["steps"]
                    if step["nodes"] > 1 and _ratio(found, step) > _allowed(found, step)]


def _ratio(found: dict, step: dict) -> float:
    """How many times the time of one node's members, at the beginning and the end."""
    return step["comp_p50_us"] / max(1, statistics.mean(
        one["comp_p50_us"] for one in found["steps"] if one["nodes"] == 1))


def _allowed(found: dict, step: dict) -> float:
    return ALLOWED * step["members"] / found["steps"][0]["members"]


def report(found: dict) -> str:
    """The table that is printed."""
    rows = []
    for step in found["steps"]:
        allowed = "–" if step["nodes"] == 1 else f"{_allowed(found, step):.1f}"
        rows.append([
            f"{step['members']:,}", str(step["nodes"]), f"{step['comp_p50_us'] / 1000:,.0f}",
            f"{step['comp_max_us'] / 1000:,.0f}", f"{_ratio(found, step):.2f}", allowed,
            f"{step['sent']}", f"{step['silent_pct']:.1f}", f"{step['rss_per_conn']:,}", f"{step['bytes']:,}", f"{step['conn_per_s']:,}",
            f"{step['conn_cpu_us']:.0f}"])
    head = ["members", "nodes", "ms, median", "ms, most", "times one node's", "allowed", "messages",
            "silent node's CPU %", "resident bytes per session", "all memory per session", "joins/s",
            "node CPU µs per join"]
    text = f"## One class on several processes: chat messages until the last member has them\n\n{table(head, rows)}"
    return text + (f"\n\nStopped: {found['stopped']}" if found["stopped"] else "")
