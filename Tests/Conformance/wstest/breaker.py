"""A WebSocket server that breaks two rules: a proxy that alters what another server sends.

A pong and a binary message do not have the octets that they should. All else passes as it is.
"""

import socket
import socketserver
import threading

LIMIT = 30.0
HEAD_LIMIT = 16384
BINARY, PONG = 2, 10


class Breaker(socketserver.ThreadingTCPServer):
    """The proxy before `upstream`; `with Breaker(("127.0.0.1", port)) as breaker:` serves on `breaker.port`."""

    daemon_threads = True

    def __init__(self, upstream: tuple[str, int]):
        super().__init__(("127.0.0.1", 0), Connection)
        self.upstream = upstream
        self.thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)

    @property
    def port(self) -> int:
        return self.server_address[1]

    def __enter__(self) -> "Breaker":
        self.thread.start()
        return self

    def __exit__(self, *_) -> None:
        self.shutdown()
        self.server_close()


class Connection(socketserver.BaseRequestHandler):
    """One connection: what the client sends passes unread, what the server sends is altered."""

    def handle(self) -> None:
        with socket.create_connection(self.server.upstream, LIMIT) as upstream:
            self.request.settimeout(LIMIT)
            threading.Thread(target=forward, args=(self.request, upstream), daemon=True).start()
            try:
                with upstream.makefile("rb") as source:
                    self.pass_head(source)
                    while (frame := broken_frame(source)) is not None:
                        self.request.sendall(frame)
            except OSError:
                pass  # One side is gone, and so this goes.

    def pass_head(self, source) -> None:
        head = b""
        while not head.endswith(b"\r\n\r\n") and len(head) < HEAD_LIMIT and (line := source.readline(HEAD_LIMIT)):
            head += line
        self.request.sendall(head)


def forward(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass  # One side is gone, and so this goes.


def broken_frame(source) -> bytes | None:
    """The next frame of a server (RFC 6455, 5.2; it is not masked), altered; nothing at the end."""
    head = source.read(2)
    if len(head) < 2:
        return None
    extended = source.read({126: 2, 127: 8}.get(head[1], 0))
    length = int.from_bytes(extended, "big") if extended else head[1]
    payload = source.read(length)
    if head[0] & 0x0F in {BINARY, PONG} and payload:
        # In the middle: the first bit of a compressed message may be any (RFC 1951, 3.2.3, BFINAL).
        place = len(payload) // 2
        payload = payload[:place] + bytes([payload[place] ^ 1]) + payload[place + 1:]
    return head + extended + payload
