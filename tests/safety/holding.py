"""Where in a transaction a process is, and how to hold it there: to freeze it where it matters."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing

import asyncpg
from sqlalchemy import text

from core.transaction import Actor, Core
from storage.database import normalize_url

_WAITING = """
    SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
    WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()
"""


@asynccontextmanager
async def claims_of_pages_held(
    database_url: str,
) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """Let no claim of a page be committed, until this is left."""
    url = normalize_url(database_url).set(drivername="postgresql")
    connection = await asyncpg.connect(url.render_as_string(hide_password=False))
    try:
        await connection.execute("""
            CREATE FUNCTION wait_for_the_test() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN PERFORM pg_advisory_xact_lock_shared(4711); RETURN NULL; END $$;
            CREATE CONSTRAINT TRIGGER held AFTER UPDATE ON deliveries DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW WHEN (NEW.kind = 'page' AND NEW.state = 'pending' AND OLD.lease IS NULL
            AND NEW.lease IS NOT NULL) EXECUTE FUNCTION wait_for_the_test();
            SELECT pg_advisory_lock(4711);
        """)

        async def until_one_is_held() -> None:
            async with asyncio.timeout(30):
                while not await connection.fetchval(_WAITING):
                    await asyncio.sleep(0.01)

        yield until_one_is_held
    finally:
        await connection.close()


async def is_in_a_transaction(core: Core) -> bool:
    """Whether a process that is frozen stands in the middle of one, and keeps others waiting."""
    async with core.reading(Actor.system()) as tx:
        if not core.database.is_sqlite:
            query = "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'"
            return bool(await tx.db.scalar(text(f"{query} AND datname = current_database()")))
    with closing(sqlite3.connect(str(core.database.url.database), timeout=0.05)) as other:
        try:
            other.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
    return False
