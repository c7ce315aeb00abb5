"""TLS on the server's socket: fan-out and silent members beside plain, and beside what OpenSSL alone takes."""

import json
import statistics
import subprocess
import urllib.parse

from fanout import CONFIG, idle, port_of, protocol
from Rig.api import Api
from Rig.certificates import Authority, settings
from Rig.demo import Demo
from tools import CPUS, load, spread, table

#: What the demo's push of 200 bytes has become when it is sealed: its envelope and the frame's header with it.
FRAME = 261
LOADS = {"1 in flight": "1", "16 in flight": "16"}
SHAKES = {"P-256": ["-k", "ec"], "P-256, resumed": ["-k", "ec", "-r"],
          "RSA 2048": ["-k", "rsa"], "RSA 2048, resumed": ["-k", "rsa", "-r"]}
#: What the requirement allows: of a seal's time, and bytes of memory above a bare SSL.
SEALS, ABOVE = 1.3, 1536


def tool(programs: dict, *arguments: str) -> dict:
    """One measurement of OpenSSL alone, on CPU 0 as the server."""
    pinned = ["taskset", "-c", "0"] if CPUS > 1 else []
    done = subprocess.run([*pinned, str(programs["tlslimit"]), *arguments], capture_output=True, text=True, timeout=120,
                          check=True)
    return json.loads(done.stdout)


def secure_port(demo: Demo) -> int:
    return urllib.parse.urlparse(demo.ready["https_url"]).port


def connected(programs: dict, server: Demo, count: int, more: tuple) -> dict:
    """Live sessions that have connected, and are silent then, without a channel."""
    token = Api(server.base, server.first["users"]["students"][0]).live_token()
    return load(programs, secure_port(server) if more else port_of(server), server.pid, [
        "idle", *more, "-n", str(count), "--duration", "1", "--settle", "2", "--path", "/connection/websocket",
        "--subscribe", json.dumps({"id": 1, "connect": {"token": token}}), "--await", '"id":1,"connect"',
        "--connect-concurrency", "64"])


def measure(programs: dict, program, folder, reps: int, seconds: float, silent: int) -> dict:
    """All repetitions, interleaved."""
    authority = Authority(folder / "tls")
    config = CONFIG + settings(authority.issue("server"))
    # Clients of the bare server are a process with as many descriptors as allowed here.
    count = min(silent, 15_000)
    found: dict = {"plain": {}, "tls": {}, "seal": [], "hot": [], "idle": {"connected": [], "plain": [], "tls connected": [], "tls": [], "bare": []}, "shakes": {},
                   "count": count}

    def demo() -> Demo:
        return Demo(program, config=config, pinned=0 if CPUS > 1 else None)

    for _ in range(reps):
        with demo() as server:
            token = Api(server.base, server.first["users"]["students"][0]).live_token()
            for name, window in LOADS.items():
                arguments = ["fanout", "-n", "1000", "--window", window, "--duration", str(seconds), "--warmup", "0.5",
                             "--settle", "0.3", *protocol(token, "bench:1")]
                found["plain"].setdefault(name, []).append(load(programs, port_of(server), server.pid, arguments))
                found["tls"].setdefault(name, []).append(
                    load(programs, secure_port(server), server.pid, [*arguments, "--tls"]))
        found["seal"].append(tool(programs, "fan", "-n", "1000", "-s", str(FRAME))["seal_us"])
        found["hot"].append(tool(programs, "seal", "-n", "1000", "-s", str(FRAME))["seal_us"])
        for kind, more in (("", ()), ("tls ", ("--tls",))):
            with demo() as server:
                found["idle"][f"{kind}connected"].append(connected(programs, server, count, more))
            with demo() as server:
                port = secure_port(server) if more else port_of(server)
                found["idle"][kind.strip() or "plain"].append(idle(programs, server, count, folder, port, more))
        found["idle"]["bare"].append(tool(programs, "idle", "-n", str(count)))
        for name, arguments in SHAKES.items():
            found["shakes"].setdefault(name, []).append(tool(programs, "shake", *arguments)["us"])
    return found


def bound(found: dict, name: str) -> float:
    """What a delivery over TLS may cost."""
    plain = statistics.median(one["server_us"] for one in found["plain"][name])
    return plain + SEALS * statistics.median(found["seal"])


def flaws(found: dict) -> list[str]:
    """What was lost, and what takes more than it may."""
    runs = [*(one for by in (found["plain"], found["tls"]) for ones in by.values() for one in ones),
            *(one for name, ones in found["idle"].items() if name != "bare" for one in ones)]
    wrong = [one["flaw"] for one in runs if "flaw" in one]
    for name, ones in found["tls"].items():
        costs = statistics.median(one["server_us"] for one in ones)
        if costs > bound(found, name):
            wrong.append(f"fan-out over TLS, {name}: {costs:.2f} µs, more than {bound(found, name):.2f}")
    above = above_bare(found)
    if above > ABOVE:
        wrong.append(f"a connected session over TLS takes {above:.0f} bytes more than a bare SSL, above {ABOVE}")
    return wrong


def above_bare(found: dict) -> float:
    """Bytes of a connected session over TLS above a bare SSL."""
    middle = {name: statistics.median(one["rss_per_conn"] for one in ones) for name, ones in found["idle"].items()}
    return middle["tls connected"] - middle["bare"]


def report(found: dict) -> str:
    """The tables that are printed."""
    rows = [[what, *(spread([one["server_us"] for one in found[key][name]]) for name in LOADS)]
            for what, key in (("plain", "plain"), ("TLS 1.3, AES-128-GCM", "tls"))]
    rows += [[f"plain + {SEALS} seals, at most", *(f"{bound(found, name):.2f}" for name in LOADS)],
             [f"OpenSSL alone, to seal {FRAME} bytes between sends to 1,000 sockets", *([spread(found["seal"])] * len(LOADS))],
             ["the same, one after the other without a send", *([spread(found["hot"])] * len(LOADS))]]
    parts = ["## Fan-out to 1,000 members over TLS: server CPU µs per delivered message of 200 bytes\n",
             table(["", *LOADS], rows), f"\n## {found['count']:,} silent members: resident bytes of the server for each\n"]
    names = {"connected": "plain, connected", "plain": "plain, in five channels", "tls connected": "TLS, connected",
             "tls": "TLS, in five channels", "bare": "a bare SSL with released buffers"}
    parts.append(table(["", "bytes", "joins/s"], [
        [names[key], spread([one["rss_per_conn"] for one in ones], 0),
         spread([one["conn_per_s"] for one in ones], 0) if key != "bare" else "–"]
        for key, ones in found["idle"].items()]))
    parts.append(f"\nA connected session over TLS takes {above_bare(found):,.0f} bytes more than a bare SSL.")
    parts.append("\n## Handshakes of TLS 1.3, OpenSSL's server side alone: CPU µs\n")
    parts.append(table(["", "µs", "a second on one CPU"], [
        [name, spread(ones, 0), f"{1e6 / statistics.median(ones):,.0f}"] for name, ones in found["shakes"].items()]))
    return "\n".join(parts)
