"""A wire between two programs that a test can cut: a TCP forwarder on the loopback, with a thread of its own."""

import asyncio
import threading

from .redis import free_port


class Line:
    """What is known of one connection."""

    subscribes = False


class Wire:
    """Forwards its port to another one; `with Wire(port) as wire:`. While it is cut, nobody gets through."""

    def __init__(self, target: int):
        self.target = target
        self.port = free_port()
        self.is_cut = False
        self._hears = threading.Event()
        self._hears.set()
        self._loop = asyncio.new_event_loop()
        self._writers: set[asyncio.StreamWriter] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._server: asyncio.Server | None = None

    def __enter__(self) -> "Wire":
        self._thread.start()
        self._server = self._run(asyncio.start_server(self._carry, "127.0.0.1", self.port))
        return self

    def __exit__(self, *_) -> None:
        self.cut()
        self._run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def cut(self) -> None:
        """Resets all connections and lets no new one through."""
        self.is_cut = True
        self._run(self._reset())

    def deafen(self) -> None:
        """Holds back what comes for subscribers of Redis, on connections that look well; everything else goes on."""
        self._hears.clear()

    def mend(self) -> None:
        self.is_cut = False
        self._hears.set()

    def _run(self, work):
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _close(self) -> None:
        self._server.close()

    async def _reset(self) -> None:
        for writer in list(self._writers):
            writer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.is_cut:
            writer.transport.abort()
            return
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, far_writer}
        try:
            line = Line()
            await asyncio.gather(
                self._pump(reader, far_writer, line, is_back=False), self._pump(far_reader, writer, line, is_back=True))
        finally:
            self._writers -= {writer, far_writer}

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, line: Line, is_back: bool) -> None:
        try:
            while data := await reader.read(65536):
                if is_back:
                    while line.subscribes and not self._hears.is_set():
                        await asyncio.sleep(0.02)
                elif b"SUBSCRIBE" in data:
                    line.subscribes = True
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.transport.abort()
