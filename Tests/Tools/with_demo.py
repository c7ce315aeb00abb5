"""Runs a command beside a demo server of its own, and stops the server afterwards.

Usage: with_demo.py PROGRAM -- COMMAND…        `{ready}` in the command becomes the path of the ready file.

Ends with the command's status.
"""

import pathlib
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from Rig.demo import Demo, locate  # noqa: E402


def main() -> int:
    if len(sys.argv) < 4 or sys.argv[2] != "--":
        sys.exit(__doc__)
    with Demo(locate(sys.argv[1])) as demo:
        ready = str(demo.folder / "ready.json")
        status = subprocess.run([part.replace("{ready}", ready) for part in sys.argv[3:]], check=False).returncode
        if status != 0:
            print(demo.tail(), file=sys.stderr)
        return status


if __name__ == "__main__":
    sys.exit(main())
