"""What the tests of the process share: a line to the database that can be cut."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from tests.line import Line


@pytest.fixture
async def line(request: pytest.FixtureRequest) -> AsyncIterator[Line]:
    folder = make_url(request.getfixturevalue("postgres").format("postgres")).query["host"]
    line = Line(Path(str(folder)) / ".s.PGSQL.5432")
    await line.mend()
    yield line
    await line.cut()
