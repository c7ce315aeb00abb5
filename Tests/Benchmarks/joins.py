"""Ten thousand who come at once: upgrade, token, five channels with their snapshots."""

import fanout
from tools import spread, table
from verdict import Verdicts

#: What is allowed: seconds for all of 10,000, and CPU µs and resident bytes of each.
SECONDS, CPU, RESIDENT, OF = 5.0, 150.0, 1536.0, 10_000


def measure(programs: dict, program, folder, reps: int, count: int) -> dict:
    """All repetitions, each on a server that nobody has been to."""
    found: dict = {"count": count, "joins": []}
    for repetition in range(reps):
        print(f"joins, repetition {repetition + 1} of {reps}", flush=True)
        with fanout.our_demo(program) as demo:
            found["joins"].append(fanout.idle(programs, demo, count, folder))
    return found


def _verdicts(found: dict) -> Verdicts:
    verdicts, ones = Verdicts(), found["joins"]
    verdicts.add(f"all {found['count']:,} are in", [one["join_s"] for one in ones], SECONDS * found["count"] / OF, " s")
    verdicts.add("server CPU of a join", [one["conn_cpu_us"] for one in ones], CPU, " µs", 0)
    verdicts.add("resident bytes of a session", [one["rss_per_conn"] for one in ones], RESIDENT, "", 0)
    return verdicts


def flaws(found: dict) -> list[str]:
    """Who did not come in, and what is missed."""
    return [one["flaw"] for one in found["joins"] if "flaw" in one] + _verdicts(found).missed


def report(found: dict) -> str:
    """The tables that are printed."""
    ones = found["joins"]
    return (f"## {found['count']:,} join one class: upgrade, token, five channels with their snapshots; one loop\n\n"
            + table(["joins/s", "one join, p50 ms", "p99 ms"], [[
                spread([one["conn_per_s"] for one in ones], 0),
                *(spread([one[f"join_{part}_us"] / 1000 for one in ones], 1) for part in ("p50", "p99"))]])
            + "\n\n" + _verdicts(found).table())
