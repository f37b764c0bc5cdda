"""What tests of status pages share: a page in memory, served by a clock that stands still."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests import status_pages
from tests.status_pages import Memory
from tests.web.status.served import Time, client_of, pages_of
from web.status_pages import StatusPages


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def memory() -> Memory:
    return Memory(status_pages.mixed())


@pytest.fixture
def pages(memory: Memory, time: Time) -> StatusPages:
    return pages_of(memory, time)


@pytest.fixture
async def web(pages: StatusPages) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(pages) as client:
        yield client
