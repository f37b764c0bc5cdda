"""What every test of the API can ask for: the product, keys to it, and callers who use them."""

from collections.abc import AsyncIterator

import pytest

from tests.web.api.caller import Office, running_office


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    """The cast's organization with its API, and keys of each kind."""
    async with running_office(database_url) as running:
        yield running
