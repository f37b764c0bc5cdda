"""A database that goes away between two commits, as one does: what was committed stays."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from storage.database import Database, DatabaseUnavailable


class Faltering:
    """Stands before a database: after so many commits it lets nobody write, until it is back."""

    def __init__(self, database: Database, *, after: int) -> None:
        self._database = database
        self.left: int | None = after

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        if self.left == 0:
            raise DatabaseUnavailable("the line is cut")
        async with self._database.writing() as session:
            yield session
        if self.left:
            self.left -= 1

    def come_back(self) -> None:
        self.left = None
