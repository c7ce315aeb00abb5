#!/bin/sh
# Runs the Autobahn test suite against /echo of a demo server of its own.
#   autobahn.sh [PROGRAM] [--full | --messages N]     PROGRAM: what to test (default: the newest build)
# The suite is Python 2; it is fetched from PyPI and translated for Python 3 into .build/autobahn, where the reports go, too.
# Where PyPI does not answer, this says so and succeeds. --full is what was published: 1,000 messages in each case of
# sections 12 and 13 (seven minutes on a debug build).
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
case ${1:-} in
    '' | -*) ;;
    *) program=$1; shift; set -- --cohort "$program" "$@" ;;
esac
exec "${PYTHON:-python3}" "$root/Tests/Conformance/autobahn.py" "$@"
