"""A status page over HTTP: requests a second on one core, beside an application that does nothing.

The server has a core of its own where the machine has two; who asks has the other. What each
request costs the server is its CPU time, which no neighbour can make look worse.
"""

import asyncio
import importlib.util
import os
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bench.table import Row

ROOT = Path(__file__).parent.parent
CONNECTIONS = 32
REQUESTS = 20_000
WARM_UP = 2_000
PATH = "/status/acme"


@dataclass(frozen=True)
class Server:
    """How uvicorn is run: the parser of HTTP, and the event loop."""

    http: str
    loop: str

    @property
    def name(self) -> str:
        return f"{self.http}, {self.loop}"


SERVERS = (Server("h11", "asyncio"), Server("httptools", "asyncio"), Server("httptools", "uvloop"))


async def status() -> AsyncIterator[Row]:
    """Each way to run the server that is installed: the floor, a 304, a 200."""
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) > 1:
        os.sched_setaffinity(0, {cores[-1]})
    try:
        for server in SERVERS:
            if any(importlib.util.find_spec(one) is None for one in (server.http, server.loop)):
                continue
            async for row in _measured(server, cores[0]):
                yield row
    finally:
        os.sched_setaffinity(0, cores)


async def _measured(server: Server, core: int) -> AsyncIterator[Row]:
    async with _serving("floor", server, core) as (port, pid):
        yield await _row(f"{server.name}: nothing at all", port, pid, "")
    async with _serving("page", server, core) as (port, pid):
        tag = await _tag(port)
        known = f"Accept-Encoding: gzip\r\nIf-None-Match: {tag}\r\n"
        yield await _row("  304", port, pid, known)
        yield await _row("  200, compressed", port, pid, "Accept-Encoding: gzip\r\n")
        yield await _row("  200, plain", port, pid, "")


async def _row(name: str, port: int, pid: int, headers: str) -> Row:
    request = f"GET {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}\r\n".encode()
    size = len(await _answer(port, request))
    await _ask(port, request, size, WARM_UP)
    began, busy = time.perf_counter(), _cpu_seconds(pid)
    times = await _ask(port, request, size, REQUESTS)
    lasted, busy = time.perf_counter() - began, _cpu_seconds(pid) - busy
    each = busy / REQUESTS * 1e6
    return Row(f"{name} ({REQUESTS / lasted:,.0f}/s, {each:.0f} µs CPU)", times)


class _Reader(asyncio.Protocol):
    """One connection: the next request as soon as the last one has been answered.

    Every answer to the same request is of the same size, so bytes are all it counts.
    """

    def __init__(self, request: bytes, size: int, left: list[int], times: list[float]) -> None:
        self.done = asyncio.get_running_loop().create_future()
        self._request, self._size, self._left, self._times = request, size, left, times
        self._missing = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._next()

    def data_received(self, data: bytes) -> None:
        self._missing -= len(data)
        assert self._missing >= 0, data[:200]
        if self._missing == 0:
            self._times.append(time.perf_counter() - self._began)
            self._next()

    def _next(self) -> None:
        if self._left[0] == 0:
            self._transport.close()
            self.done.set_result(None)
            return
        self._left[0] -= 1
        self._missing, self._began = self._size, time.perf_counter()
        self._transport.write(self._request)


async def _ask(port: int, request: bytes, size: int, count: int) -> list[float]:
    loop, left, times = asyncio.get_running_loop(), [count], []
    readers = []
    for _ in range(CONNECTIONS):
        _, reader = await loop.create_connection(
            lambda: _Reader(request, size, left, times), "127.0.0.1", port
        )
        readers.append(reader)
    await asyncio.gather(*(reader.done for reader in readers))
    return times


async def _answer(port: int, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    length = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    body = await reader.readexactly(int(length[0].partition(b":")[2])) if length else b""
    writer.close()
    return head + body


async def _tag(port: int) -> str:
    request = f"GET {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n\r\n"
    head = (await _answer(port, request.encode())).partition(b"\r\n\r\n")[0].decode()
    return next(line.partition(": ")[2] for line in head.split("\r\n") if line.startswith("etag: "))


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@asynccontextmanager
async def _serving(what: str, server: Server, core: int) -> AsyncIterator[tuple[int, int]]:
    """The server in a process of its own, on a core of its own; its port and pid."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.status_server", what, server.http, server.loop),
        *(str(port), str(core)),
        cwd=ROOT,
    )
    try:
        async with asyncio.timeout(30):
            while True:
                with suppress(OSError):
                    await _answer(port, f"GET {PATH} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
                    break
                await asyncio.sleep(0.05)
        yield port, process.pid
    finally:
        process.terminate()
        await process.wait()
