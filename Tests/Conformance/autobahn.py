#!/usr/bin/env python3
"""Starts a demo server with /echo, runs Autobahn's fuzzing client against it, and judges its report."""

import argparse
import json
import pathlib
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from Rig.demo import ROOT, Demo, locate  # noqa: E402

REPORTS = ROOT / ".build" / "autobahn"
#: Sections 12 and 13 are about compression, which /echo does not offer.
CASES = ["1.*", "2.*", "3.*", "4.*", "5.*", "6.*", "7.*", "9.*", "10.*"]
FINE = {"OK", "INFORMATIONAL", "NON-STRICT"}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("python", help="a Python 2.7 with autobahntestsuite")
    parser.add_argument("--cohort")
    options = parser.parse_args()
    shutil.rmtree(REPORTS, ignore_errors=True)
    REPORTS.mkdir(parents=True)
    with Demo(locate(options.cohort)) as demo:
        specification = REPORTS / "fuzzingclient.json"
        url = demo.base.replace("http", "ws", 1) + "/echo"
        specification.write_text(json.dumps({
            "outdir": str(REPORTS), "servers": [{"agent": "Cohort", "url": url}], "cases": CASES, "exclude-cases": []}))
        subprocess.run(
            [options.python, "-m", "autobahntestsuite.wstest", "-m", "fuzzingclient", "-s", str(specification)],
            check=True, timeout=1800)
    results = json.loads((REPORTS / "index.json").read_text())["Cohort"]
    bad = {case: found for case, found in results.items()
           if found["behavior"] not in FINE or found["behaviorClose"] not in FINE}
    for case, found in sorted(bad.items()):
        print(f"case {case}: {found['behavior']}, close {found['behaviorClose']}")
    strict = sum(1 for found in results.values() if found["behavior"] == "NON-STRICT")
    print(f"{len(results) - len(bad)} passed ({strict} of them not strictly), {len(bad)} failed; {REPORTS}/index.html")
    return 1 if bad or not results else 0


if __name__ == "__main__":
    sys.exit(main())
