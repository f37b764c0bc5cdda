"""A line to the PostgreSQL of the tests that can be cut and mended."""

import asyncio
from contextlib import suppress
from pathlib import Path


class Line:
    """A line to the PostgreSQL of the tests that can be cut."""

    def __init__(self, socket_path: Path) -> None:
        self._socket_path = socket_path
        self._server: asyncio.Server | None = None
        self._ends: list[asyncio.StreamWriter] = []
        self._carrying: set[asyncio.Task[None]] = set()
        self.port = 0
        self._flowing = asyncio.Event()
        self._flowing.set()

    def hang(self) -> None:
        """Carry nothing any more, and keep every connection open."""
        self._flowing.clear()

    def flow(self) -> None:
        """Carry again what was held."""
        self._flowing.set()

    async def mend(self) -> None:
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        assert self._server is not None
        self._server.close()
        for end in self._ends:
            end.close()
        self._ends.clear()
        if self._carrying:
            await asyncio.wait(self._carrying)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        other_reader, other_writer = await asyncio.open_unix_connection(self._socket_path)
        self._ends += [writer, other_writer]
        for source, target in ((reader, other_writer), (other_reader, writer)):
            task = asyncio.create_task(self._carry(source, target))
            self._carrying.add(task)
            task.add_done_callback(self._carrying.discard)

    async def _carry(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await source.read(65536):
                await self._flowing.wait()
                target.write(data)
                await target.drain()
        target.close()
