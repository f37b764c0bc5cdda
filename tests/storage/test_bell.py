"""What one process says becomes due, the others hear; and they learn what time it is."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from storage.bell import Bell
from storage.database import normalize_url

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def backend() -> Iterator[str]:
    """SQLite has one process, and no bell."""
    return "postgresql"  # type: ignore[return-value]  # pytest takes a value as well


@dataclass
class Replica:
    """Somebody at the bell, and what they heard."""

    url: str
    heard: list[datetime] = field(default_factory=list)
    times: list[datetime] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.bell = Bell(
            normalize_url(self.url),
            on_due=self.heard.append,
            on_time=lambda instant, asked, answered: self.times.append(instant),
            stopwatch=time.monotonic,
        )


@asynccontextmanager
async def _at_the_bell(*replicas: Replica) -> AsyncIterator[None]:
    running = []
    for one in replicas:
        ready = asyncio.Event()
        running.append(asyncio.create_task(one.bell.run(ready)))
        await asyncio.wait_for(ready.wait(), 10)
    yield
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)


async def _until(condition: object) -> None:
    async with asyncio.timeout(10):
        while not condition():  # type: ignore[operator]  # a lambda
            await asyncio.sleep(0.02)


async def test_all_hear_it_but_the_one_who_says_it(database_url: str) -> None:
    one, other, third = (Replica(database_url) for _ in range(3))
    async with _at_the_bell(one, other, third):
        one.bell.ring(NOON)
        await _until(lambda: other.heard and third.heard)

        assert (one.heard, other.heard, third.heard) == ([], [NOON], [NOON])


async def test_many_instants_at_once_are_said_as_their_earliest(database_url: str) -> None:
    one, other = Replica(database_url), Replica(database_url)
    async with _at_the_bell(one, other):
        for minutes in (5, 1, 3):
            one.bell.ring(NOON + timedelta(minutes=minutes))
        await _until(lambda: other.heard)

        assert other.heard == [NOON + timedelta(minutes=1)]


async def test_it_hears_again_after_its_connection_was_cut(database_url: str) -> None:
    one, other = Replica(database_url), Replica(database_url)
    async with _at_the_bell(one, other):
        dsn = normalize_url(database_url).set(drivername="postgresql")
        admin = await asyncpg.connect(dsn.render_as_string(hide_password=False))
        await admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        known = len(other.times), len(one.times)
        await _until(lambda: len(other.times) > known[0] and len(one.times) > known[1])
        await admin.close()
        one.bell.ring(NOON)
        await _until(lambda: other.heard)

        assert other.heard == [NOON]


@pytest.mark.parametrize("steps", range(6))
async def test_it_ends_when_it_is_told_to_while_it_is_being_rung(
    database_url: str, steps: int
) -> None:
    one = Replica(database_url)
    ready = asyncio.Event()
    listening = asyncio.create_task(one.bell.run(ready))
    await asyncio.wait_for(ready.wait(), 10)
    await asyncio.sleep(0.05)
    one.bell.ring(NOON)
    for _ in range(steps):
        await asyncio.sleep(0)
    listening.cancel()
    await asyncio.wait([listening], timeout=2)

    assert listening.done()


async def test_it_tells_the_databases_time(database_url: str) -> None:
    one = Replica(database_url)
    async with _at_the_bell(one):
        (told, *_) = one.times
        assert told.tzinfo is not None
        assert abs((told - datetime.now(UTC)).total_seconds()) < 5
