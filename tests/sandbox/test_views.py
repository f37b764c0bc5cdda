"""Views: triggers, stacks, hashes, and what becomes of what somebody has typed."""

import asyncio
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import View, Workspace
from tests.sandbox.conftest import Bell, client_of, make_workspace, manifest
from tests.sandbox.shapes import actions, button, choice, home, modal, section, typed


def opening(bell: Bell, api: AsyncWebClient, view: dict[str, Any]) -> None:
    @bell.on("command")
    async def opens(payload: dict[str, Any]) -> None:
        await api.views_open(trigger_id=payload["trigger_id"], view=view)


async def opened(
    workspace: Workspace, bell: Bell, api: AsyncWebClient, view: dict[str, Any]
) -> View:
    opening(bell, api, view)
    answer = await workspace.person("bob").command("/bell")
    assert answer.view is not None
    return answer.view


async def test_a_trigger_opens_one_view(
    workspace: Workspace, bell: Bell, api: AsyncWebClient
) -> None:
    view = await opened(workspace, bell, api, modal(section("hello")))
    assert workspace.person("bob").modal is view
    assert view.plain == "Form\nhello"
    used = bell.received[-1]["trigger_id"]
    with pytest.raises(SlackApiError, match="exchanged_trigger_id"):
        await api.views_open(trigger_id=used, view=modal())


async def test_a_refused_view_does_not_spend_its_trigger(
    workspace: Workspace, bell: Bell, api: AsyncWebClient
) -> None:
    await workspace.person("bob").command("/bell")
    trigger = bell.received[-1]["trigger_id"]
    with pytest.raises(SlackApiError, match="invalid_arguments"):
        await api.views_open(trigger_id=trigger, view=modal(typed(), title=None))
    await api.views_open(trigger_id=trigger, view=modal())


@pytest.mark.parametrize("trigger_id", ["x", "1.2.abc", "12.34.zz"])
async def test_an_invented_trigger_is_invalid(api: AsyncWebClient, trigger_id: str) -> None:
    with pytest.raises(SlackApiError, match="invalid_trigger_id"):
        await api.views_open(trigger_id=trigger_id, view=modal())


async def test_a_trigger_expires_in_real_time() -> None:
    workspace = make_workspace(trigger_lifetime=0.02)
    bell = Bell("shh")
    async with workspace.serve():
        workspace.deliver_with(bell)
        await workspace.person("bob").command("/bell")
        await asyncio.sleep(0.03)
        with pytest.raises(SlackApiError, match="expired_trigger_id"):
            await client_of(workspace).views_open(
                trigger_id=bell.received[0]["trigger_id"], view=modal()
            )


async def test_a_view_over_250_kilobytes_is_refused(
    workspace: Workspace, bell: Bell, api: AsyncWebClient
) -> None:
    await workspace.person("bob").command("/bell")
    large = modal(*[section("e" * 2900)] * 90)
    with pytest.raises(SlackApiError, match="view_too_large"):
        await api.views_open(trigger_id=bell.received[0]["trigger_id"], view=large)
    assert [each.code for each in workspace.faulty_payloads] == ["view_too_large"]


async def test_three_views_stack_and_a_fourth_does_not(
    workspace: Workspace, bell: Bell, api: AsyncWebClient
) -> None:
    bob = workspace.person("bob")
    await opened(workspace, bell, api, modal(actions(button("Deeper"))))

    @bell.on("block_actions")
    async def push(payload: dict[str, Any]) -> None:
        view = modal(actions(button("Deeper")))
        await api.views_push(trigger_id=payload["trigger_id"], view=view)

    await bob.click("Deeper")
    await bob.click("Deeper")
    first, second, third = bob.modals
    assert (third.previous_id, third.root_id) == (second.id, first.id)
    with pytest.raises(SlackApiError, match="push_limit_reached"):
        await bob.click("Deeper")
    await bob.close()
    assert bob.modal is second
    await bob.close(everything=True)
    assert bob.modal is None


async def test_pushing_needs_an_open_modal(
    workspace: Workspace, bell: Bell, api: AsyncWebClient
) -> None:
    await workspace.person("bob").command("/bell")
    with pytest.raises(SlackApiError, match="not_found"):
        await api.views_push(trigger_id=bell.received[0]["trigger_id"], view=modal())


async def test_an_update_needs_an_open_view_and_the_right_hash(
    workspace: Workspace, bell: Bell, api: AsyncWebClient
) -> None:
    view = await opened(workspace, bell, api, modal(section("one")))
    old = view.hash
    await api.views_update(view_id=view.id, hash=old, view=modal(section("two")))
    assert view.plain == "Form\ntwo"
    with pytest.raises(SlackApiError, match="hash_conflict"):
        await api.views_update(view_id=view.id, hash=old, view=modal(section("three")))
    await workspace.person("bob").close(view)
    with pytest.raises(SlackApiError, match="not_found"):
        await api.views_update(view_id=view.id, view=modal())


async def test_an_external_id_names_one_open_view(
    workspace: Workspace, bell: Bell, api: AsyncWebClient
) -> None:
    view = await opened(workspace, bell, api, modal(external_id="mine"))
    await api.views_update(external_id="mine", view=modal(section("x"), external_id="mine"))
    assert view.plain == "Form\nx"


async def test_a_second_view_with_an_open_external_id_is_refused(
    workspace: Workspace, bell: Bell, api: AsyncWebClient
) -> None:
    await opened(workspace, bell, api, modal(external_id="mine"))
    bell.handlers.clear()
    await workspace.person("alice").command("/bell")
    with pytest.raises(SlackApiError, match="duplicate_external_id"):
        await api.views_open(
            trigger_id=bell.received[-1]["trigger_id"], view=modal(external_id="mine")
        )


async def test_typed_values_survive_an_update_where_both_ids_stay(
    workspace: Workspace, bell: Bell, api: AsyncWebClient
) -> None:
    bob = workspace.person("bob")
    form = modal(typed("Title"), choice("Severity", "High", "Low"), typed("Old"))
    view = await opened(workspace, bell, api, form)
    await bob.fill(view, {"Title": "Fire", "Severity": "Low", "Old": "lost"})
    renamed = typed("Old", block_id="other")
    fresh = typed("New", element={"initial_value": "suggested"})
    kept = typed("Title", element={"initial_value": "ignored"})
    await api.views_update(
        view_id=view.id, view=modal(kept, choice("Severity", "High", "Low"), renamed, fresh)
    )
    assert view.values["title"]["text"]["value"] == "Fire"
    assert view.values["severity"]["pick"]["selected_option"]["value"] == "low"
    assert view.values["other"]["text"]["value"] is None
    assert view.values["new"]["text"]["value"] == "suggested"
    assert "old" not in view.values


async def test_typed_values_are_lost_without_ids_of_one_s_own(
    workspace: Workspace, bell: Bell, api: AsyncWebClient
) -> None:
    nameless = {key: value for key, value in typed("Title").items() if key != "block_id"}
    view = await opened(workspace, bell, api, modal(nameless))
    await workspace.person("bob").fill(view, {"Title": "Fire"})
    await api.views_update(view_id=view.id, view=modal(nameless))
    assert [next(iter(each.values()))["value"] for each in view.values.values()] == [None]


async def test_a_home_tab_is_published_for_one_person(
    workspace: Workspace, bell: Bell, api: AsyncWebClient
) -> None:
    bob = workspace.person("bob")

    @bell.on("app_home_opened")
    async def publish(payload: dict[str, Any]) -> None:
        view = home(section("your shifts"), actions(button("Declare")))
        await api.views_publish(user_id=payload["event"]["user"], view=view)

    shown = await bob.open_home()
    assert shown is not None
    assert (shown.plain, shown.buttons) == ("your shifts\nDeclare", ["Declare"])
    assert workspace.person("alice").home is None
    await bob.open_home()
    assert bell.of("app_home_opened")[1]["event"]["view"]["id"] == shown.id
    old = shown.hash
    await api.views_publish(user_id=bob.id, view=home(), hash=old)
    with pytest.raises(SlackApiError, match="hash_conflict"):
        await api.views_publish(user_id=bob.id, view=home(), hash=old)
    with pytest.raises(SlackApiError, match="invalid_arguments"):
        await api.views_publish(user_id=bob.id, view=modal())


async def test_a_home_tab_needs_the_manifest_s_leave() -> None:
    workspace = make_workspace(manifest=manifest(home_tab=False))
    async with workspace.serve():
        with pytest.raises(SlackApiError, match="not_enabled"):
            await client_of(workspace).views_publish(
                user_id=workspace.person("bob").id, view=home()
            )
        with pytest.raises(LookupError, match="no Home tab"):
            await workspace.person("bob").open_home()
