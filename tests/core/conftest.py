"""What rule tests can ask for beside an engine: an organization in which all is well."""

import pytest

from core import people
from tests.engine import Engine


@pytest.fixture
async def covered(engine: Engine) -> Engine:
    """An organization in which all is well: everybody is known to Slack."""
    async with engine.core.transaction(engine.system) as tx:
        for name, member in engine.cast.items():
            (await people.get_member(tx, member.id)).slack_user_id = f"U{name}"
    return engine
