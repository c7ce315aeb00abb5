"""One room of 10,000 with one message in flight: beside the peers, and with one reader in a hundred who is slow."""

from fanout import PEERS, OURS, our_demo, port_of, protocol
from hostile import Hostile
from Rig.crowd import gather
from Rig.database import Database
from tools import load, peer, spread, table
from verdict import Verdicts, ratios

MEMBERS = 10_000
#: Slow readers, and the bytes a second that each of them reads: less than what is sent to it.
SLOW, PACE = MEMBERS // 100, 1000
CHANNEL = "bench:1"
WITH_SLOW = f"Cohort, {SLOW} of them slow"
PROTOTYPE, NIO = "prototype (bare frames)", "SwiftNIO, careful"


def measure(programs: dict, program, folder, reps: int, seconds: float) -> dict:
    """All repetitions, interleaved; the slow ones are members besides the others, so that these are as many less."""
    found: dict = {}
    more = ["--duration", str(seconds * 2), "--warmup", "0.5", "--settle", "0.3", "--window", "1"]
    for repetition in range(reps):
        print(f"a room of {MEMBERS:,}, repetition {repetition + 1} of {reps}", flush=True)
        for name in (PROTOTYPE, NIO):
            if PEERS[name][0] in programs:
                with peer(programs[PEERS[name][0]], PEERS[name][1]) as (port, pid):
                    one = load(programs, port, pid, ["fanout", "-n", str(MEMBERS), *more, "-s", "200"])
                found.setdefault(name, []).append(one)
        with our_demo(program) as demo:
            tokens = folder / "room"
            tokens.write_text("".join(f"{user['token']} {user['id']}\n" for user in gather(demo, Database(demo), SLOW)))
            ours = [*more, "--offsets", "--tokens", str(tokens), *protocol("%TOKEN%", CHANNEL)]
            found.setdefault(OURS, []).append(
                load(programs, port_of(demo), demo.pid, ["fanout", "-n", str(MEMBERS), *ours]))
            slow = Hostile(programs, port_of(demo), tokens, CHANNEL, "slow", "--clients", str(SLOW), "--rate", str(PACE))
            with slow:
                one = load(programs, port_of(demo), demo.pid, ["fanout", "-n", str(MEMBERS - SLOW), *ours])
            found.setdefault(WITH_SLOW, []).append(one | {"slow": slow.found, "in_time": slow.is_ready})
    return found


def _p50(ones: list[dict]) -> list[float]:
    return [one["comp_p50_us"] / 1000 for one in ones]


def _cpu(ones: list[dict]) -> list[float]:
    return [one["server_us"] for one in ones]


def _verdicts(found: dict) -> Verdicts:
    verdicts = Verdicts()
    ours = found[OURS]
    if PROTOTYPE in found:
        verdicts.add("until all have it, times the prototype's", ratios(_p50(ours), _p50(found[PROTOTYPE])), 1.15)
        verdicts.add("CPU per delivery, times the prototype's", ratios(_cpu(ours), _cpu(found[PROTOTYPE])), 1.15)
    if NIO in found:
        verdicts.add("CPU per delivery, times that of careful SwiftNIO", ratios(_cpu(ours), _cpu(found[NIO])), 0.75)
    verdicts.add(f"until all have it, with {SLOW} slow, times that without",
                 ratios(_p50(found[WITH_SLOW]), _p50(ours)), 1.1)
    return verdicts


def flaws(found: dict) -> list[str]:
    """What was lost, who was not slow, and what is missed."""
    wrong = [f"{name}: {one['flaw']}" for name, ones in found.items() for one in ones if "flaw" in one]
    for one in found[WITH_SLOW]:
        slow = one["slow"]
        if not one["in_time"] or slow.get("behind", 0) < SLOW:
            wrong.append(f"{slow.get('behind', 0)} of {SLOW} slow readers were behind at the end")
        if slow.get("gaps") or slow.get("cut") or slow.get("answers"):
            wrong.append(f"slow readers: {slow['gaps']} offsets that do not follow, {slow['cut']} cut, {slow['answers']}")
    return wrong + _verdicts(found).missed


def report(found: dict) -> str:
    """The tables that are printed."""
    rows = [[name, spread(_cpu(ones)), spread(_p50(ones), 1), spread([one["comp_p99_us"] / 1000 for one in ones], 1)]
            for name, ones in found.items()]
    return (f"## A room of {MEMBERS:,}, 1 message of 200 bytes in flight; a slow one reads {PACE:,} bytes a second and is "
            "behind from the beginning\n\n"
            + table(["server", "CPU µs per delivery", "until all have it: ms, p50", "ms, p99"], rows)
            + "\n\n" + _verdicts(found).table())
