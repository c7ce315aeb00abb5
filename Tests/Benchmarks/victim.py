"""What a class notices of clients that mean harm: its p99 without and beside them, and the memory that they cost."""

import os
import pathlib
import statistics
import time

from fanout import port_of, protocol
from hostile import Hostile
from Rig.crowd import gather
from Rig.database import Database
from Rig.demo import Demo
from tools import CPUS, cpu_seconds, load, metric, spread, table
from verdict import Verdicts, ratios

#: The limits of a session are those of production; the class has a channel as an app would have it.
CONFIG = """
loops: 1
namespaces: ["bench:stream:100:300"]
log: {requests: false}
"""
CHANNEL = "bench:1"
#: The class: members, and messages a second to all of them.
MEMBERS, RATE = 1000, 20
#: Accounts that the attackers have taken over.
ATTACKERS = 200
#: p99 beside an attack, as a multiple of p99 without.
ALLOWED = 2.0
#: MiB by which the server and what the kernel holds of it may grow where an attacker leaves nothing unread.
MEMORY = 64

#: The server's own counters, whose growth is noted with each attack.
COUNTED = ("cohort_live_slow_disconnects", "cohort_live_refused_by_rate", "cohort_socket_holds", "cohort_socket_sends",
           "cohort_socket_sent_bytes")

MIB = 1 << 20


class Attack:
    """Arguments for `hostile`, and how much of it must have happened for the measurement to count."""

    def __init__(self, mode: str, *arguments: str, least: dict[str, float], answered: tuple[str, ...] = (),
                 memory: int = MEMORY):
        self.mode = mode
        self.arguments = arguments
        #: By what `hostile` counts: at least so many in a second (`sent`, `opened`), or in all.
        self.least = least
        #: Answers of which one must have come: without them the server has not seen what was meant.
        self.answered = answered
        #: MiB by which the server may grow.
        self.memory = memory

    def doubts(self, found: dict) -> list[str]:
        """Why the attack was none."""
        wrong = [f"{found[name] / found['seconds']:,.0f} {name} a second, fewer than {count:,.0f}"
                 for name, count in self.least.items() if found[name] / found["seconds"] < count]
        if self.answered and not any(found["answers"].get(answer) for answer in self.answered):
            wrong.append(f"never answered by {' or '.join(self.answered)}")
        return wrong


#: By name; rates are far below what is asked of `hostile` where the server may push back: who asks for names is sent away after
#: a thousand refusals, and pauses before it comes anew.
ATTACKS = {
    "10,000 commands at once, 10 clients, each second": Attack(
        "burst", "--clients", "10", "--each", "10000", least={"sent": 50_000}, answered=("error 111", "close 3503")),
    "a million names, 100 clients, 100,000 a second": Attack(
        "names", "--clients", "100", "--each", "10000", "--rate", "100000", least={"sent": 40_000},
        answered=("error 111", "error 106", "close 3503")),
    # A MiB may wait for each (live.session-bytes), and the reply that exceeds it.
    "200 that ask for history and never read": Attack(
        "mute", "--clients", "200", "--rate", "10", least={"sent": 500}, memory=250),
    "1,000 that send a byte a second": Attack("trickle", "--clients", "1000", least={"sent": 500}),
    "500 lies about lengths a second": Attack(
        "lies", "--rate", "500", least={"sent": 450}, answered=("close 1009", "close 1002")),
    "5,000 handshakes a second, aborted": Attack("aborts", "--rate", "5000", least={"opened": 4500}),
    "200 compressed bombs a second": Attack("bombs", "--rate", "200", least={"sent": 150}, answered=("close 1009",)),
}


class Memory:
    """What a process takes: now, and at most since `reset`."""

    def __init__(self, pid: int):
        self.pid = pid

    def reset(self) -> None:
        pathlib.Path(f"/proc/{self.pid}/clear_refs").write_text("5")

    def _read(self, name: str) -> int:
        lines = pathlib.Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name))

    @staticmethod
    def kernel() -> int:
        """What the kernel holds for all TCP sockets, mostly bytes that nobody has read."""
        line = next(line for line in pathlib.Path("/proc/net/sockstat").read_text().splitlines() if line.startswith("TCP:"))
        return int(line.split()[line.split().index("mem") + 1]) * os.sysconf("SC_PAGE_SIZE")

    @property
    def resident(self) -> int:
        return self._read("VmRSS:")

    @property
    def peak(self) -> int:
        return self._read("VmHWM:")


def victim(programs: dict, demo: Demo, tokens: pathlib.Path, seconds: float) -> dict:
    """The class: what its members measure."""
    return load(programs, port_of(demo), demo.pid, [
        "fanout", "-n", str(MEMBERS), "--rate", str(RATE), "--duration", str(seconds), "--warmup", "1", "--settle", "0.3",
        "--drain", "5", "--offsets", "--tokens", str(tokens), *protocol("%TOKEN%", CHANNEL)])


def attacked(programs: dict, demo: Demo, attack: Attack, tokens: dict, seconds: float) -> dict:
    """The class beside one attack."""
    memory = Memory(demo.pid)
    before, cpu, began = memory.resident, cpu_seconds(demo.pid), time.monotonic()
    memory.reset()
    kernel = memory.kernel()
    counted = {name: metric(demo.base, name) for name in COUNTED}
    hostile = Hostile(programs, port_of(demo), tokens["attackers"], CHANNEL, attack.mode, *attack.arguments)
    with hostile:
        found = victim(programs, demo, tokens["members"], seconds)
        found["busy"] = (cpu_seconds(demo.pid) - cpu) / (time.monotonic() - began)
        found["peak"] = memory.peak - before
        found["kernel"] = memory.kernel() - kernel
    found["hostile"] = hostile.found
    # Those who were let go get a moment to be gone, and numbers that are told once a second to be told.
    time.sleep(3)
    found["kept"] = memory.resident - before
    found["before"] = before
    found["counted"] = {name: metric(demo.base, name) - before for name, before in counted.items()}
    found["slow"] = found["counted"]["cohort_live_slow_disconnects"]
    found["doubts"] = attack.doubts(hostile.found) if hostile.found else ["it did not end as it should"]
    if not hostile.is_ready and not found["hostile"].get("answers") and not found["slow"]:
        found["doubts"].append("it did not get under way")
    return found


def measure(programs: dict, program, folder, reps: int, seconds: float, only: str = "") -> dict:
    """All repetitions: the class alone at the beginning, in the middle and at the end of the attacks."""
    found: dict = {"alone": [], "attacks": {}, "before": []}
    chosen = {name: attack for name, attack in ATTACKS.items() if not only or attack.mode in only.split(",")}
    for repetition in range(reps):
        print(f"victim, repetition {repetition + 1} of {reps}", flush=True)
        with Demo(program, config=CONFIG, pinned=0 if CPUS > 1 else None) as demo:
            users = gather(demo, Database(demo), MEMBERS + ATTACKERS)
            tokens = {}
            for name, part in (("members", users[:MEMBERS]), ("attackers", users[MEMBERS:])):
                tokens[name] = folder / name
                tokens[name].write_text("".join(f"{user['token']} {user['id']}\n" for user in part))
            victim(programs, demo, tokens["members"], 1)  # what is made once is made
            alone = [victim(programs, demo, tokens["members"], seconds)]
            for place, (name, attack) in enumerate(chosen.items()):
                found["attacks"].setdefault(name, []).append(attacked(programs, demo, attack, tokens, seconds))
                if place == len(chosen) // 2:
                    alone.append(victim(programs, demo, tokens["members"], seconds))
            alone.append(victim(programs, demo, tokens["members"], seconds))
            found["alone"].append(alone)
    return found


def _alone(found: dict) -> list[float]:
    """The p99 without an attack, in ms: the median of each repetition's."""
    return [statistics.median(one["p99_us"] for one in ones) / 1000 for ones in found["alone"]]


def _verdicts(found: dict) -> Verdicts:
    verdicts = Verdicts()
    for name, ones in found["attacks"].items():
        verdicts.add(f"p99, times that without: {name}",
                     ratios([one["p99_us"] / 1000 for one in ones], _alone(found)), ALLOWED)
    for name, ones in found["attacks"].items():
        verdicts.add(f"memory: {name}", [(one["peak"] + one["kernel"]) / MIB for one in ones], ATTACKS[name].memory, " MiB", 0)
    return verdicts


def flaws(found: dict) -> list[str]:
    """What was lost, what was no attack, and what is missed."""
    wrong = [f"the class alone: {one['flaw']}" for ones in found["alone"] for one in ones if "flaw" in one]
    for name, ones in found["attacks"].items():
        for one in ones:
            wrong += [f"the class beside {name}: {one['flaw']}"] if "flaw" in one else []
            wrong += [f"{name}: {doubt}" for doubt in one["doubts"]]
    return wrong + _verdicts(found).missed


def _answers(ones: list[dict]) -> str:
    """What the server answered in the last repetition."""
    last = ones[-1]
    said = [f"{count:,} × {name.removesuffix(' 0')}" for name, count in sorted(
        last["hostile"].get("answers", {}).items(), key=lambda pair: -pair[1])]
    said += [f"{last['hostile'].get('cut', 0):,} cut"] if last["hostile"].get("cut") else []
    said += [f"{last['slow']:,.0f} closed as slow (3008)"] if last["slow"] else []
    holds = last["counted"]["cohort_socket_holds"]
    said += [f"{holds:,.0f} rounds' output held"] if holds else []
    return ", ".join(said) or "–"


def report(found: dict) -> str:
    """The tables that are printed."""
    alone = [one for ones in found["alone"] for one in ones]

    def row(name: str, ones: list[dict], *more: str) -> list[str]:
        return [name, spread([one["p50_us"] / 1000 for one in ones], 1), spread([one["p99_us"] / 1000 for one in ones], 1),
                spread([one["comp_p99_us"] / 1000 for one in ones], 1), *more]

    rows = [row("nobody", alone, *["–"] * 6)]
    rows += [row(name, ones, spread([one["busy"] * 100 for one in ones], 0),
                 f"{statistics.median(one['before'] for one in ones) / MIB:,.0f}",
                 *(spread([one[key] / MIB for one in ones], 0) for key in ("peak", "kernel", "kept")),
                 f"{ones[-1]['hostile'].get('opened', 0):,} / {ones[-1]['hostile'].get('sent', 0):,} in "
                 f"{ones[-1]['hostile'].get('seconds', 0):.0f} s: {_answers(ones)}")
             for name, ones in found["attacks"].items()]
    return (f"## A class of {MEMBERS:,} with {RATE} messages a second beside clients that mean harm; one loop\n\n"
            + table(["beside", "p50 ms", "p99 ms", "last member, p99 ms", "server CPU %", "resident MiB before",
                     "more at most, MiB", "kernel's TCP buffers, more at the end, MiB", "resident, more 3 s later, MiB",
                     "connections / things sent, and what came back (last repetition)"], rows)
            + "\n\n" + _verdicts(found).table())
