"""What a door lacks is said, with a reason; so no rule passes one by without a word."""

import pytest

from tests.surfaces.dashboard_door import DashboardDoor
from tests.surfaces.doors import EVERY_VERB, LACKING, verbs_of
from tests.surfaces.mcp_door import McpDoor
from tests.surfaces.rest_door import RestDoor
from tests.surfaces.slack_door import SlackDoor
from web.mcp.server import TOOL_FILES
from web.mcp.tools import TOOLS

DOORS = {"slack": SlackDoor, "rest": RestDoor, "mcp": McpDoor, "dashboard": DashboardDoor}


@pytest.mark.parametrize("name", DOORS)
def test_a_door_has_every_verb_or_it_is_said_why_not(name: str) -> None:
    assert EVERY_VERB - verbs_of(DOORS[name]) == LACKING[name].keys()


def test_every_tool_that_writes_is_a_verb_of_the_door() -> None:
    assert TOOL_FILES
    writing = {name for name, tool in TOOLS.by_name.items() if not tool.reads}

    assert len(writing) == len(verbs_of(McpDoor) - {"post_under_key"}) == 6
