#!/usr/bin/env python3
"""Runs a command and ends it when it has said nothing for too long.

    watched.py --silence SECONDS -- COMMAND [ARGUMENT ...]

A test that waits for what never comes would otherwise hold everything up without a word of which one it was. The command
writes to a terminal of its own, so that its last line is there when it hangs. When it fails, the lines that say what failed
stand once more at the end, where whoever sees only the end of a long log finds them. Exits with the command's status, or with
124.
"""
import argparse
import os
import pty
import select
import signal
import sys
import termios


class Failures:
    """The lines of an output that say what failed, and the lines that explain them: at most 60."""

    def __init__(self):
        self.rest, self.lines, self.explains = b"", [], False

    def read(self, data: bytes) -> None:
        *lines, self.rest = (self.rest + data).split(b"\n")
        for line in lines:
            self.explains = b"\xe2\x9c\x98" in line or self.explains and line.startswith("↳".encode())
            if self.explains and len(self.lines) < 60:
                self.lines.append(line)

    def show(self, status: int) -> int:
        if status != 0 and self.lines:
            sys.stdout.buffer.write(b"\nwhat failed:\n" + b"\n".join(self.lines) + b"\n")
            sys.stdout.buffer.flush()
        return status


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

    failures = Failures()
    while select.select([terminal], [], [], options.silence)[0]:
        try:
            data = os.read(terminal, 65536)
        except OSError:  # the last writer has closed it
            data = b""
        if not data:
            status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) & 0xFF
            return failures.show(status)
        failures.read(data)
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    end(child, signal.SIGKILL)
    os.waitpid(child, 0)
    failures.show(124)
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
