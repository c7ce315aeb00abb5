"""What a Redis has done so far, asked over one connection of our own; and a Redis that stands still for a while."""

import os
import re
import signal
import socket
import time
import urllib.parse


class RedisWatch:
    """Reads a Redis' own counters."""

    def __init__(self, url: str):
        place = urllib.parse.urlparse(url)
        self._socket = socket.create_connection((place.hostname, place.port), 5)
        self._file = self._socket.makefile("rb")
        if place.password:
            self._ask("AUTH", place.password)

    def _ask(self, *words: str) -> str:
        self._socket.sendall(f"*{len(words)}\r\n".encode() + b"".join(
            f"${len(word.encode())}\r\n{word}\r\n".encode() for word in words))
        head = self._file.readline().decode().strip()
        if head.startswith("$"):
            return self._file.read(int(head[1:]) + 2).decode()
        if not head.startswith("+"):
            raise RuntimeError(f"redis {words[0]}: {head}")
        return head[1:]

    def counts(self) -> dict:
        """`PUBLISH` and the sum of all `others` that were carried out, the `reads` from sockets, and when (`at`).

        Our own commands and reads, and what subscribes, are not among them.
        """
        text = self._ask("INFO", "everything")
        calls = {name: int(count) for name, count in re.findall(r"^cmdstat_([^:]+):calls=(\d+)", text, re.M)}
        own = ("info", "auth")
        counted = {name: count for name, count in calls.items()
                   if name not in own and not name.endswith("subscribe") and name != "publish"}
        reads = int(re.search(r"^total_reads_processed:(\d+)", text, re.M).group(1))
        return {"PUBLISH": calls.get("publish", 0), "others": sum(counted.values()),
                "reads": reads - calls.get("info", 0), "at": time.monotonic()}

    def close(self) -> None:
        self._file.close()
        self._socket.close()


class Stopped:
    """`with Stopped(pid):` a process stands still."""

    def __init__(self, pid: int):
        self.pid = pid

    def __enter__(self) -> None:
        os.kill(self.pid, signal.SIGSTOP)

    def __exit__(self, *_) -> None:
        os.kill(self.pid, signal.SIGCONT)
