"""The house, once on each database, and each door to it in turn."""

import shutil
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.conftest import BACKENDS, own_database
from tests.surfaces.house import House, running_house

DOORS = ("slack", "rest", "dashboard")


@pytest.fixture(scope="session", params=BACKENDS)
def houses_database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The URL of an empty, migrated database."""
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("house") / "tocsin.db"
        shutil.copy(request.getfixturevalue("migrated_file"), path)
        yield f"sqlite:///{path}"
        return
    server = request.getfixturevalue("postgres")
    with own_database(server, request.getfixturevalue("migrated_template")) as url:
        yield url


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def whole_house(houses_database: str) -> AsyncIterator[House]:
    """The product, with every door."""
    async with running_house(houses_database) as running:
        yield running


@pytest.fixture(params=DOORS)
def house(request: pytest.FixtureRequest, whole_house: House) -> House:
    """The product as one comes to it through one door."""
    whole_house.enter_by(request.param)
    return whole_house
