#!/usr/bin/env python3
"""Builds the Swift tests with a sanitizer and runs them, each in a build folder of its own.

    sanitize.py thread|address [--filter PATTERN]

A test fails the run when the sanitizer has something to say of it, or by itself. Reports lie in .build/sanitize-KIND/reports.
Everything is 5 to 20 times slower under a sanitizer: on a busy machine, tests that wait for a peer with a limit may meet it.
"""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
OPTIONS = {
    # No suppressions. What a contended Mutex orders is told to the sanitizer by the preloaded library.
    "thread": {"TSAN_OPTIONS": "halt_on_error=0 exitcode=66 log_path={reports}/report"},
    # Leaks are not looked for: the Swift runtime keeps what it allocates for its types for good, and Dispatch its queues'
    # threads; thousands of such reports would hide one of ours.
    "address": {"ASAN_OPTIONS": "detect_leaks=0 halt_on_error=1 log_path={reports}/report"},
}


def main():
    parser = argparse.ArgumentParser(description="run the Swift tests under a sanitizer")
    parser.add_argument("kind", choices=sorted(OPTIONS))
    parser.add_argument("--filter", default="")
    options = parser.parse_args()
    folder = ROOT / ".build" / f"sanitize-{options.kind}"
    reports = folder / "reports"
    shutil.rmtree(reports, ignore_errors=True)
    reports.mkdir(parents=True)
    own = ["--scratch-path", folder, f"--sanitize={options.kind}"]
    subprocess.run(["swift", "build", "--build-tests", *own], cwd=ROOT, check=True)

    environment = {**os.environ}
    for name, value in OPTIONS[options.kind].items():
        environment[name] = value.format(reports=reports)
    if options.kind == "thread":
        library = folder / "futex_for_tsan.so"
        subprocess.run(["clang", "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", library,
                        ROOT / "Tests" / "Tools" / "futex_for_tsan.c"], check=True)
        environment["LD_PRELOAD"] = str(library)
    command = ["swift", "test", "--skip-build", "--no-parallel", *own]
    if options.filter:
        command += ["--filter", options.filter]
    status = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    found = sorted(reports.iterdir())
    for path in found:
        summaries = [line for line in path.read_text(errors="replace").splitlines() if line.startswith("SUMMARY")]
        print(f"{path.relative_to(ROOT)}: {len(summaries)} reports")
        for line in sorted(set(summaries)):
            print(f"  {summaries.count(line)} x {line[:300]}")
    print(f"the {options.kind} sanitizer has {'something' if found else 'nothing'} to say; the tests ended with {status}")
    return 1 if found or status else 0


if __name__ == "__main__":
    sys.exit(main())
