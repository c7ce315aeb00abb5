#!/usr/bin/env python3
"""Builds the fuzzers and runs them.

    fuzz.py --runs RUNS            the corpus, then so many new inputs for each target: what continuous integration does
    fuzz.py --seconds SECONDS      for so long for each target
    fuzz.py --keep                 adds to the corpus what was learnt that covers code which nothing in it covers
    fuzz.py --replay FILE          reads one input again, and shows where it fails

`--only NAME` (several times) picks targets by the name of their folder without `Fuzz`: `--only HTTP`. The build, what was
learnt (`corpus`) and what failed (`found`) lie in .build/fuzz. Ends with status 1 when something was found.
"""
import argparse
import os
import pathlib
import re
import subprocess
import sys
import time

FOLDER = pathlib.Path(__file__).resolve().parent
ROOT = FOLDER.parents[1]
BUILD = ROOT / ".build" / "fuzz"
# Of one input: enough for every rule that there is, and short enough to be quick.
LONGEST = 4096
# The address sanitizer goes with it, for what is unsafe and for zlib. Leaks are not looked for: the Swift runtime keeps what
# it allocates for its types for good. Without Swift's own report of crashes, libFuzzer sees them and keeps the input.
ENVIRONMENT = {**os.environ, "COHORT_FUZZ": "1", "ASAN_OPTIONS": "detect_leaks=0", "SWIFT_BACKTRACE": "enable=no"}


def targets():
    return sorted(path.name.removeprefix("Fuzz") for path in FOLDER.glob("Fuzz*") if path.name != "FuzzKit")


def build():
    began = time.monotonic()
    # The first flag leaves `main` to libFuzzer, the second names both sanitizers: of several first ones only the last counts.
    command = ["swift", "build", "-c", "release", "--scratch-path", BUILD, "--sanitize=fuzzer",
               "-Xswiftc", "-sanitize=fuzzer,address"]
    result = subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            text=True, errors="replace", check=False)
    if result.returncode != 0:
        print(result.stdout[-6000:])
        sys.exit("the fuzzers cannot be built")
    print(f"built in {time.monotonic() - began:.0f} s", flush=True)


def begin(name, *arguments):
    """Starts a fuzzer with its dictionary; the caller reads its output."""
    found = BUILD / "found"
    found.mkdir(parents=True, exist_ok=True)
    command = [BUILD / "release" / f"Fuzz{name}", f"-artifact_prefix={found}/{name}-", f"-max_len={LONGEST}",
               "-timeout=25", "-rss_limit_mb=1024", "-malloc_limit_mb=256"]
    dictionary = FOLDER / "Dictionaries" / f"{name}.dict"
    if dictionary.exists():
        command.append(f"-dict={dictionary}")
    return subprocess.Popen([*command, *arguments], cwd=ROOT, env=ENVIRONMENT, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True, errors="replace")


def last(pattern, text, default="?"):
    matches = re.findall(pattern, text)
    return matches[-1] if matches else default


def report(name, output, status, began):
    """One line of what a fuzzer did; and what it found, if anything."""
    covered, features = last(r"cov: (\d+)", output), last(r"ft: (\d+)", output)
    runs = last(r"stat::number_of_executed_units: (\d+)", output, last(r"#(\d+)", output))
    speed = last(r"stat::average_exec_per_sec: +(\d+)", output)
    new = last(r"stat::new_units_added: +(\d+)", output)
    print(f"{name:14} {runs:>9} {speed:>7} {covered:>8} {features:>8} {new:>6} {time.monotonic() - began:6.0f} s"
          f"  {'fine' if status == 0 else 'FOUND SOMETHING'}", flush=True)
    if status != 0:
        print("\n".join(line[:400] for line in output.splitlines()[-60:]), flush=True)
        kept = last(r"Test unit written to (\S+)", output, "FILE")
        print(f"again: .build/venv/bin/python Tests/Fuzz/fuzz.py --replay {kept}")
    return status == 0


def run(names, limit, beside):
    print(f"{'target':14} {'runs':>9} {'runs/s':>7} {'covered':>8} {'features':>8} {'new':>6} {'time':>8}", flush=True)
    waiting, running, fine = list(names), [], True
    while waiting or running:
        while waiting and len(running) < beside:
            name = waiting.pop(0)
            learnt = BUILD / "corpus" / name
            learnt.mkdir(parents=True, exist_ok=True)
            running.append((name, time.monotonic(), begin(
                name, *limit, "-print_final_stats=1", "-len_control=20", learnt, FOLDER / "Corpus" / name)))
        name, began, process = running.pop(0)
        output = process.communicate()[0]
        fine = report(name, output, process.returncode, began) and fine
    return fine


def keep(names):
    """Adds to the corpus what covers code that nothing in it covers."""
    for name in names:
        corpus, learnt = FOLDER / "Corpus" / name, BUILD / "corpus" / name
        corpus.mkdir(exist_ok=True)
        learnt.mkdir(parents=True, exist_ok=True)
        before = len(list(corpus.iterdir()))
        process = begin(name, "-merge=1", "-use_counters=0", corpus, learnt)
        output = process.communicate()[0]
        if process.returncode != 0:
            print(output[-3000:])
            sys.exit(f"what {name} learnt cannot be merged")
        print(f"{name:14} {before} inputs, and {len(list(corpus.iterdir())) - before} new ones", flush=True)


def replay(path):
    name = path.name.partition("-")[0]
    if name not in targets():
        name = path.resolve().parent.name
    process = begin(name, path)
    print(process.communicate()[0])
    return process.returncode == 0


def main():
    parser = argparse.ArgumentParser(description="build the fuzzers and run them")
    parser.add_argument("--runs", type=int)
    parser.add_argument("--seconds", type=int)
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--replay", type=pathlib.Path)
    parser.add_argument("--only", action="append", choices=targets())
    parser.add_argument("--beside", type=int, default=1, help="how many run at a time")
    options = parser.parse_args()
    names = options.only or targets()
    build()
    if options.replay:
        return 0 if replay(options.replay) else 1
    fine = True
    if options.seconds:
        fine = run(names, [f"-max_total_time={options.seconds}"], options.beside)
    elif options.runs:
        # A fixed seed: what fails fails again.
        fine = run(names, [f"-runs={options.runs}", "-seed=1"], options.beside)
    if options.keep:
        keep(names)
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
