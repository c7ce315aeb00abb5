#!/usr/bin/env python3
"""What Debian's testssl.sh finds of a demo server's HTTPS; fails on what is HIGH or CRITICAL.

    testssl.py [--cohort PROGRAM]

The server shows an RSA and a P-256 certificate of an authority made for the run. Five minutes at most; the report is in
.build/testssl.json. Where testssl.sh is not installed (apt-get install testssl.sh) this says so and succeeds.
"""

import argparse
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from Rig.certificates import Authority, settings  # noqa: E402
from Rig.demo import ROOT, Demo, locate  # noqa: E402

LIMIT = 300
#: Findings that a server without an authority of the world's, at a loopback address, cannot be without; by testssl's ids.
EXPECTED = {
    "cert_revocation": "an authority made for a test has neither CRL nor OCSP",
    "cert_mustStapleExtension": "as above",
    "BREACH": "what is compressed is files, the same for everybody, with no secret in them",
    "DNS_CAArecord": "localhost has no DNS",
}
GRAVE = {"HIGH", "CRITICAL", "FATAL"}
WORTH_TELLING = GRAVE | {"MEDIUM", "LOW", "WARN"}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cohort")
    options = parser.parse_args()
    program = shutil.which("testssl") or shutil.which("testssl.sh")
    if program is None:
        print("skipped: testssl.sh is not installed (apt-get install testssl.sh)")
        return 0
    report = ROOT / ".build" / "testssl.json"
    report.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix="cohort-testssl-") as folder:
        authority = Authority(pathlib.Path(folder))
        config = settings(authority.issue("ec"), authority.issue("rsa", "rsa"), more="  hsts-seconds: 31536000\n")
        with Demo(locate(options.cohort), config=config) as demo:
            place = demo.ready["https_url"].removeprefix("https://").replace("127.0.0.1", "localhost")
            subprocess.run(
                [program, "--quiet", "--color", "0", "--warnings", "batch", "--add-ca", str(authority.file),
                 "--ip", "127.0.0.1", "--jsonfile", str(report), place],
                stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL, timeout=LIMIT, check=False)
    findings = json.loads(report.read_text())
    if not any(finding["id"] == "TLS1_3" for finding in findings):
        print("testssl.sh has not come to the end")
        return 1
    wrong = 0
    for finding in findings:
        if finding["severity"] not in WORTH_TELLING:
            continue
        name = finding["id"].split(" ")[0]
        reason = EXPECTED.get(name)
        is_wrong = finding["severity"] in GRAVE and reason is None
        wrong += is_wrong
        said = f"expected: {reason}" if reason else ("WRONG" if is_wrong else "noted")
        print(f"{finding['severity']:8} {finding['id']}: {finding['finding']} ({said})")
    print(f"testssl.sh: {len(findings)} findings, {wrong} of them grave and not expected")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
