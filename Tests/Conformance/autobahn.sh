#!/bin/sh
# Runs the Autobahn test suite against /echo of a demo server of its own.
#   autobahn.sh [PROGRAM]     PROGRAM: what to test (default: .build/release/cohort, else .build/debug/cohort)
# The suite (PyPI: autobahntestsuite) needs Python 2.7 and PyPy or CPython headers of it; where none is found, this says
# so and succeeds. Set AUTOBAHN_PYTHON to name the interpreter. Reports go to .build/autobahn.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
program=${1:-}
python=
for candidate in ${AUTOBAHN_PYTHON:-} python2.7 python2 pypy; do
    if command -v "$candidate" >/dev/null 2>&1 && "$candidate" -c 'import autobahntestsuite' 2>/dev/null; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    echo "skipped: no Python 2.7 with autobahntestsuite here (name one with AUTOBAHN_PYTHON);"
    echo "skipped: its cases 1-7 and 10 are in our own tables, in Tests/Wire/WebSocketTests"
    exit 0
fi
exec "${PYTHON:-python3}" "$root/Tests/Conformance/autobahn.py" "$python" ${program:+--cohort "$program"}
