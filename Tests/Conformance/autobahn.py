#!/usr/bin/env python3
"""Runs Autobahn's fuzzing client against /echo of a demo server of its own, and judges its report.

The suite is fetched from PyPI into .build/autobahn (wstest/prepare.py); where PyPI does not answer, this says so and
succeeds. Before that, a server that breaks rules must be found out.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time
import urllib.parse

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from Conformance.wstest import prepare  # noqa: E402
from Conformance.wstest.breaker import Breaker  # noqa: E402
from Rig.demo import ROOT, Demo, locate  # noqa: E402

FOLDER = ROOT / ".build" / "autobahn"
CLIENT = pathlib.Path(prepare.__file__).with_name("client.py")
#: How many cases each section has: that none is lost is part of passing. There are no sections 8 and 11.
SECTIONS = {"1": 16, "2": 11, "3": 7, "4": 10, "5": 20, "6": 145, "7": 37, "9": 54, "10": 1, "12": 90, "13": 126}
#: Messages of each case of 9.7, 9.8, 12 and 13: as published, and what keeps the whole run within some minutes.
PUBLISHED, USUAL = 1000, 100
#: What a server that breaks pongs and binary messages passes and fails.
SOUND, BROKEN = ["1.1.2", "9.1.1", "12.1.4", "13.3.4"], ["1.2.2", "2.2", "2.11", "12.2.4"]
COLUMNS = ["passed", "non-strict", "informational", "unimplemented", "failed"]
#: A case that hangs ends itself (the longest after 1,000 s); this is for a client that does.
LIMIT = 3600


def run(python: pathlib.Path, url: str, cases: list[str], messages: int, report: pathlib.Path) -> dict[str, dict]:
    """The result of each case that was run, by number."""
    shutil.rmtree(report, ignore_errors=True)
    report.mkdir(parents=True)
    specification = report / "fuzzingclient.json"
    specification.write_text(json.dumps({
        "outdir": str(report), "servers": [{"agent": "Cohort", "url": url}], "cases": cases, "exclude-cases": [],
        "messages": messages}))
    with (report / "client.log").open("wb") as log:
        done = subprocess.run(
            [python, CLIENT, specification], stdin=subprocess.DEVNULL, stdout=log, stderr=log, timeout=LIMIT,
            env={**os.environ, "PYTHONPATH": str(FOLDER / "suite"), "PYTHONUTF8": "1"})
    if done.returncode:
        raise SystemExit(f"the fuzzing client ended with {done.returncode}: {report}/client.log")
    return json.loads((report / "index.json").read_text()).get("Cohort", {})


def verdict(found: dict) -> str:
    """One of the columns: a case that closed otherwise than it should has failed, whatever it answered before."""
    kind = {"OK": "passed", "NON-STRICT": "non-strict", "INFORMATIONAL": "informational"}.get(found["behavior"], "failed")
    if found["behavior"] == "UNIMPLEMENTED":
        return "unimplemented"
    return kind if found["behaviorClose"] in {"OK", "INFORMATIONAL"} else "failed"


def proven(python: pathlib.Path, address: urllib.parse.ParseResult) -> bool:
    """Whether a server that breaks rules fails where it does, and only there."""
    with Breaker((address.hostname, address.port)) as breaker:
        results = run(python, f"ws://127.0.0.1:{breaker.port}/echo", SOUND + BROKEN, 10, FOLDER / "broken")
    found = {case: verdict(result) for case, result in results.items()}
    if found == {**dict.fromkeys(SOUND, "passed"), **dict.fromkeys(BROKEN, "failed")}:
        print(f"a server that breaks pongs and binary messages fails {', '.join(BROKEN)}, and passes {', '.join(SOUND)}")
        return True
    print(f"a server that breaks pongs and binary messages was judged otherwise: {found}")
    return False


def compressed(results: dict[str, dict], report: pathlib.Path) -> int:
    """In how many cases of sections 12 and 13 the server compressed, too: it may (RFC 7692, 6), and then its window counts."""
    details = [json.loads((report / found["reportfile"]).read_text())["trafficStats"]
               for case, found in results.items() if case.split(".")[0] in {"12", "13"}]
    return sum(1 for traffic in details if traffic and traffic["incomingCompressionRatio"] != 1)


def judged(results: dict[str, dict]) -> bool:
    """Prints how each section went, and each case that did not pass; whether all is well.

    Every offer of sections 12 and 13 has a window of 9 to 15 bits or none, so that none of them is declined by design: a
    case that is unimplemented has failed, too.
    """
    print(f"{'section':>8}" + "".join(f"{column:>15}" for column in COLUMNS))
    for section, expected in SECTIONS.items():
        verdicts = [verdict(found) for case, found in results.items() if case.split(".")[0] == section]
        lost = f"  {expected - len(verdicts)} missing" if len(verdicts) != expected else ""
        print(f"{section:>8}" + "".join(f"{verdicts.count(column):>15}" for column in COLUMNS) + lost)
    for case, found in sorted(results.items(), key=lambda one: [int(part) for part in one[0].split(".")]):
        if verdict(found) != "passed":
            print(f"case {case}: {verdict(found)} ({found['behavior']}, close {found['behaviorClose']}), {found['duration']} ms")
    good = sum(1 for found in results.values() if verdict(found) in COLUMNS[:3])
    return good == sum(SECTIONS.values()) == len(results)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cohort", help="the program to test; otherwise the newest build")
    parser.add_argument("--messages", type=int, default=USUAL, help=f"of each case that repeats one exchange ({USUAL})")
    parser.add_argument("--full", action="store_true", help=f"as published: {PUBLISHED} messages")
    options = parser.parse_args()
    messages = PUBLISHED if options.full else options.messages
    try:
        python = prepare.prepared(FOLDER)
    except prepare.Unreachable as reason:
        print(f"skipped: the Autobahn test suite could not be fetched from PyPI ({reason});")
        print("skipped: its cases 1-7 and 10 are in our own tables, in Tests/Wire/WebSocketTests")
        return 0
    with Demo(locate(options.cohort)) as demo:
        address = urllib.parse.urlparse(demo.base)
        if not proven(python, address):
            return 1
        begin = time.monotonic()
        cases = [f"{section}.*" for section in SECTIONS]
        results = run(python, f"ws://{address.netloc}/echo", cases, messages, FOLDER / "report")
        duration = time.monotonic() - begin
    well = judged(results)
    print(f"the server compressed in {compressed(results, FOLDER / 'report')} of the cases of sections 12 and 13")
    print(f"{len(results)} cases in {duration:.0f} s, {messages} messages in each of 9.7, 9.8, 12 and 13; "
          f"{FOLDER}/report/index.html")
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
