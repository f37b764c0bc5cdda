"""Sessions on a real file: what a statement costs, and what a cancelled writer leaves behind."""

import asyncio
import logging
import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import text

from storage import one_hop
from storage.database import Database
from storage.lane import LaneFull


async def _database(folder: Path) -> Database:
    database = Database(f"sqlite:///{folder}/some.db")
    async with database.writing() as session:
        await session.execute(text("CREATE TABLE notes (body TEXT)"))
    return database


async def test_a_statement_is_one_trip_to_the_connections_thread(tmp_path: Path) -> None:
    database = await _database(tmp_path)
    trips: list[object] = []
    original = one_hop.Connection._execute

    def counted(self: one_hop.Connection, *args: object, **given: object) -> object:
        trips.append(args[0])
        return original(self, *args, **given)  # type: ignore[no-untyped-call]  # aiosqlite

    async with database.reading() as session:
        await session.execute(text("SELECT 1"))
        with patch.object(one_hop.Connection, "_execute", counted):
            found = (await session.execute(text("SELECT 2 UNION SELECT 3"))).all()

    assert [tuple(row) for row in found] == [(2,), (3,)]
    assert len(trips) == 1
    await database.dispose()


async def test_a_writer_that_is_cancelled_leaves_nothing_locked_and_nothing_written(
    tmp_path: Path,
) -> None:
    database = await _database(tmp_path)
    await _write(database, "first")  # connects: who is cancelled while connecting holds no lock
    for moment in range(40):
        writing = asyncio.create_task(_write(database))
        await asyncio.sleep(moment * 0.0002)
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)

        async with asyncio.timeout(2):
            await _write(database, "kept")
    async with database.reading() as session:
        kept = (await session.scalars(text("SELECT body FROM notes WHERE body = 'kept'"))).all()
        halves = (await session.scalars(text("SELECT body FROM notes WHERE body = 'half'"))).all()
    assert len(kept) == 40
    assert halves == []
    await database.dispose()


async def _write(database: Database, body: str = "half") -> None:
    async with database.writing() as session:
        await session.execute(text("INSERT INTO notes VALUES (:body)"), {"body": body})
        if body == "half":
            await asyncio.sleep(60)


async def test_a_commit_of_the_product_is_on_the_disk_before_it_is_answered(
    tmp_path: Path,
) -> None:
    asked = (
        "import asyncio\n"
        "from sqlalchemy import text\n"
        "from storage.database import Database\n"
        "async def ask():\n"
        f"    database = Database('sqlite:///{tmp_path}/some.db')\n"
        "    async with database.writing() as session:\n"
        "        print(await session.scalar(text('PRAGMA journal_mode')))\n"
        "        print(await session.scalar(text('PRAGMA synchronous')))\n"
        "    await database.dispose()\n"
        "asyncio.run(ask())\n"
    )

    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", asked, stdout=asyncio.subprocess.PIPE
    )
    answer, _ = await process.communicate()

    assert answer.decode().split() == ["wal", "2"]  # 2 is FULL


async def test_a_lane_lets_so_many_in_and_sends_away_who_waited_too_long(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    database = await _database(tmp_path)
    lane = database.lane(reading=1, writing=1, seconds=0.05)
    async with lane.reading(), database.reading() as beside:
        assert (await beside.execute(text("SELECT 1"))).scalar() == 1
        assert await _sent_away(lane.reading, lane.reading, lane.giving_way().reading) == 3
        assert await _sent_away(lane.writing) == 0
    async with lane.writing() as free:
        await free.execute(text("INSERT INTO notes VALUES ('after')"))
        assert await _sent_away(lane.writing, lane.rehearsing) == 2
        assert await _sent_away(lane.reading) == 0
    async with database.reading() as session:
        assert (await session.execute(text("SELECT body FROM notes"))).all() == [("after",)]
    await database.dispose()

    assert {one.levelno for one in caplog.records} == {logging.WARNING}
    assert len(caplog.records) == 2  # one for those who read, one for those who write


async def _sent_away(*entering: Callable[[], AbstractAsyncContextManager[Any]]) -> int:
    """How many of those who come at once find no place in time."""

    async def enter(door: Callable[[], AbstractAsyncContextManager[Any]]) -> None:
        async with door():
            pass

    came = await asyncio.gather(*map(enter, entering), return_exceptions=True)
    assert {type(one) for one in came} <= {LaneFull, type(None)}
    return sum(isinstance(one, LaneFull) for one in came)


async def test_who_gives_way_comes_after_all_who_do_not(tmp_path: Path) -> None:
    database = await _database(tmp_path)
    lane = database.lane(reading=1, writing=1)
    order: list[str] = []

    async def come(name: str, through: Database) -> None:
        async with through.reading():
            order.append(name)

    gives_way = lane.giving_way()
    async with lane.reading():
        came = [
            asyncio.create_task(come(name, through))
            for name, through in (
                ("gone", lane), ("last", gives_way.giving_way()), ("later", gives_way),
                ("first", lane), ("second", lane),
            )
        ]  # fmt: skip
        await asyncio.sleep(0)
        came[0].cancel()
    await asyncio.gather(*came, return_exceptions=True)
    await database.dispose()

    assert order == ["first", "second", "later", "last"]


async def test_nobody_enters_a_lane_twice_and_their_tasks_may(tmp_path: Path) -> None:
    database = await _database(tmp_path)
    lane = database.lane(reading=2, writing=1)
    async with lane.reading():
        for entering in (lane.reading, lane.writing, lane.giving_way().reading):
            with pytest.raises(RuntimeError, match="must not enter it again"):
                async with entering():
                    pass
        assert await _sent_away(lane.reading, lane.writing) == 0
    assert await _sent_away(lane.reading, lane.reading) == 0
    await database.dispose()
