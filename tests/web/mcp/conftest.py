"""What every test of the MCP tools can ask for."""

from collections.abc import AsyncIterator

import pytest

from tests.web.mcp.desk import Desk, running_desk


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    """The cast's organization, and a program that holds a member's key."""
    async with running_desk(database_url) as running:
        yield running
