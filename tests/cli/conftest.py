"""What the tests of the file share: core on an empty database."""

from collections.abc import AsyncIterator

import pytest

from core.transaction import Core
from storage.database import Database
from tests.cast import StoryClock


@pytest.fixture
async def core(database_url: str) -> AsyncIterator[Core]:
    made = Core(Database(database_url), StoryClock())
    yield made
    await made.database.dispose()
