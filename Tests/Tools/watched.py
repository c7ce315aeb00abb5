#!/usr/bin/env python3
"""Runs a command and ends it when it has said nothing for too long.

    watched.py --silence SECONDS -- COMMAND [ARGUMENT ...]

A test that waits for what never comes would otherwise hold everything up without a word of which one it was. The command
writes to a terminal of its own, so that its last line is there when it hangs. Exits with the command's status, or with 124.
"""
import argparse
import os
import pty
import select
import signal
import sys
import termios


def main() -> int:
    parser = argparse.ArgumentParser(description="end a command that says nothing for too long")
    parser.add_argument("--silence", type=float, required=True, help="seconds without output that are too long")
    parser.add_argument("command", nargs="+")
    options = parser.parse_args()

    child, terminal = pty.fork()
    if child == 0:
        os.execvp(options.command[0], options.command)
    modes = termios.tcgetattr(terminal)
    modes[1] &= ~termios.OPOST  # lines stay as they were written
    termios.tcsetattr(terminal, termios.TCSANOW, modes)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda received, _: (end(child, received), sys.exit(128 + received)))

    while select.select([terminal], [], [], options.silence)[0]:
        try:
            data = os.read(terminal, 65536)
        except OSError:  # the last writer has closed it
            data = b""
        if not data:
            return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) & 0xFF
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    end(child, signal.SIGKILL)
    os.waitpid(child, 0)
    print(f"\nnothing was said for {options.silence:.0f} s: what began last hangs", file=sys.stderr)
    return 124


def end(child: int, number: int) -> None:
    """Signals the command and all that it started: `pty.fork` made it the leader of a session."""
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.getsid(int(name)) == child:
                os.kill(int(name), number)
        except (ProcessLookupError, PermissionError):
            pass


if __name__ == "__main__":
    sys.exit(main())
