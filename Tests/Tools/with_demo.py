"""Runs a command beside a demo server of its own, and stops the server afterwards.

Usage: with_demo.py PROGRAM [--nodes N] -- COMMAND…        `{ready}` in the command becomes the path of the ready file.

Ends with the command's status.
"""

import pathlib
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from Rig.demo import Demo, locate  # noqa: E402


def main() -> int:
    own, command = sys.argv[1:], []
    if "--" in own:
        own, command = own[:own.index("--")], own[own.index("--") + 1:]
    if not command or len(own) not in (1, 3) or own[1:2] not in ([], ["--nodes"]):
        sys.exit(__doc__)
    # Without test endpoints: a script gets what any script of a person's own would get.
    with Demo(locate(own[0]), nodes=int(own[2]) if own[1:] else 1, hooks=False) as demo:
        ready = str(demo.folder / "ready.json")
        status = subprocess.run([part.replace("{ready}", ready) for part in command], check=False).returncode
        if status != 0:
            print(demo.tail(), file=sys.stderr)
        return status


if __name__ == "__main__":
    sys.exit(main())
