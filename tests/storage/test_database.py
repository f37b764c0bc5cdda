"""Sessions on a real file: what a statement costs, and what a cancelled writer leaves behind."""

import asyncio
import sys
from pathlib import Path
from unittest.mock import patch

from sqlalchemy import text

from storage import one_hop
from storage.database import Database


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
