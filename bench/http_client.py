"""A client that costs little: so many connections, each asking as soon as it is answered."""

import asyncio
import time
from collections.abc import Iterable, Iterator

CONNECTIONS = 8


def request(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """A request as it goes over the wire."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body:
        lines += ["Content-Type: application/json"]
    if method != "GET":
        lines += [f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def ask_all(
    port: int, requests: Iterable[bytes], *, status: bytes = b"20"
) -> tuple[list[float], list[bytes], float]:
    """Each request's seconds, each answer's body, and how long it all took.

    Raises AssertionError for an answer whose status does not begin with `status`.
    """
    left = iter(requests)
    times: list[float] = []
    bodies: list[bytes] = []
    began = time.perf_counter()
    await asyncio.gather(
        *(_keep_asking(port, left, times, bodies, status) for _ in range(CONNECTIONS))
    )
    return times, bodies, time.perf_counter() - began


async def _keep_asking(
    port: int, left: Iterator[bytes], times: list[float], bodies: list[bytes], status: bytes
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for one in left:
        began = time.perf_counter()
        writer.write(one)
        head = await reader.readuntil(b"\r\n\r\n")
        body = await reader.readexactly(_length(head))
        times.append(time.perf_counter() - began)
        assert head.split(b" ", 2)[1].startswith(status), head + body
        bodies.append(body)
    writer.close()


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    raise AssertionError(f"no length: {head!r}")
