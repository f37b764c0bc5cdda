"""Menus of several: their groups, what is chosen to begin with, the order, and asking the app."""

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Workspace
from sandbox.blockkit import check_view
from tests.sandbox.conftest import Bell
from tests.sandbox.shapes import modal, option, plain, typed

GROUPS = [
    {"label": plain("Europe"), "options": [option("Api"), option("Web")]},
    {"label": plain("America"), "options": [option("Mail")]},
]


def _listed(**more: Any) -> dict[str, Any]:
    field = typed("Parts", element={"type": "multi_static_select", "option_groups": GROUPS, **more})
    return {**field, "optional": True, "dispatch_action": True}


async def test_a_menu_of_several_begins_with_what_is_chosen_and_keeps_the_order(
    workspace: Workspace, bell: Bell, api: AsyncWebClient
) -> None:
    bob = workspace.person("bob")
    begins = modal(_listed(initial_options=[option("Mail")], max_selected_items=2))

    @bell.on("command")
    async def opens(payload: dict[str, Any]) -> None:
        await api.views_open(trigger_id=payload["trigger_id"], view=begins)

    @bell.on("block_actions")
    async def adapts(payload: dict[str, Any]) -> None:
        heard = payload["actions"][0]["selected_options"]
        await api.views_update(
            view_id=payload["view"]["id"], view=modal(_listed(initial_options=heard))
        )

    view = (await bob.command("/bell")).view
    assert view is not None
    assert "Mail" in view.plain.splitlines()
    with pytest.raises(LookupError, match="at most 2"):
        await bob.choose("Parts", ["Api", "Web", "Mail"], on=view)
    await bob.choose("Parts", ["web", "Api"], on=view)
    assert "Web, Api" in view.plain.splitlines()
    assert (await bob.submit(view)).ok
    (sent,) = bell.of("view_submission")
    told = sent["view"]["state"]["values"]["parts"]["text"]
    assert told == {
        "type": "multi_static_select", "selected_options": [option("Web"), option("Api")],
    }  # fmt: skip


async def test_an_external_menu_of_several_knows_what_it_offered_and_began_with(
    workspace: Workspace, bell: Bell, api: AsyncWebClient
) -> None:
    bob = workspace.person("bob")
    element = {
        "type": "multi_external_select", "min_query_length": 0, "initial_options": [option("Mail")],
    }  # fmt: skip

    @bell.on("command")
    async def opens(payload: dict[str, Any]) -> None:
        view = modal(typed("Parts", element=element))
        await api.views_open(trigger_id=payload["trigger_id"], view=view)

    bell.answers("block_suggestion", {"option_groups": GROUPS})
    view = (await bob.command("/bell")).view
    assert view is not None
    assert await bob.suggest("Parts", "", on=view) == ["Api", "Web", "Mail"]
    await bob.choose("Parts", ["Mail", "Web"], on=view)
    assert (await bob.submit(view)).ok
    (sent,) = bell.of("view_submission")
    told = sent["view"]["state"]["values"]["parts"]["text"]["selected_options"]
    assert told == [option("Mail"), option("Web")]


def test_what_is_chosen_to_begin_with_is_among_the_groups() -> None:
    assert check_view(modal(_listed(initial_options=[option("Web")]))) == []
    assert check_view(modal(_listed(initial_options=[option("Chat")]))) != []
    assert check_view(modal(_listed(options=[option("Web")]))) != []
    assert check_view(modal(_listed(option_groups=[]))) != []
    assert check_view(modal(_listed(option_groups=[{**GROUPS[0], "label": plain("x" * 76)}]))) != []
