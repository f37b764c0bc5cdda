"""Submitting modals: what the client checks itself, and every answer an app can give."""

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import View, Workspace
from tests.sandbox.conftest import Bell
from tests.sandbox.shapes import (
    choice,
    modal,
    option,
    section,
    typed,
)  # fmt: skip


@pytest.fixture
async def form(workspace: Workspace, bell: Bell, api: AsyncWebClient) -> View:
    @bell.on("command")
    async def opens(payload: dict[str, Any]) -> None:
        blocks = [
            typed("Title"),
            choice("Severity", "High", "Low"),
            typed("Notes", optional=True, element={"max_length": 10, "min_length": 2}),
        ]
        await api.views_open(
            trigger_id=payload["trigger_id"],
            view=modal(*blocks, private_metadata="carried", notify_on_close=True),
        )

    answer = await workspace.person("bob").command("/bell")
    assert answer.view is not None
    return answer.view


FILLED = {"Title": "Fire", "Severity": "High"}


async def test_an_empty_answer_closes_the_modal(
    workspace: Workspace, bell: Bell, form: View
) -> None:
    bob = workspace.person("bob")
    await bob.fill(form, FILLED)
    submission = await bob.submit(form)
    assert submission.ok
    assert bob.modal is None
    sent = bell.of("view_submission")[0]
    assert sent["view"]["private_metadata"] == "carried"
    assert sent["view"]["state"]["values"] == {
        "title": {"text": {"type": "plain_text_input", "value": "Fire"}},
        "severity": {"pick": {"type": "static_select", "selected_option": option("High")}},
        "notes": {"text": {"type": "plain_text_input", "value": None}},
    }
    with pytest.raises(LookupError, match="not open"):
        await bob.submit(form)


async def test_the_client_itself_asks_for_required_fields_and_lengths(
    workspace: Workspace, bell: Bell, form: View
) -> None:
    bob = workspace.person("bob")
    await bob.fill(form, {"Notes": "x" * 11})
    submission = await bob.submit(form)
    assert set(submission.errors) == {"Title", "Severity", "Notes"}
    assert set(submission.block_errors) == {"title", "severity", "notes"}
    assert bell.of("view_submission") == []


async def test_errors_stand_at_their_fields_and_nothing_typed_is_lost(
    workspace: Workspace, bell: Bell, form: View
) -> None:
    bob = workspace.person("bob")
    bell.answers("view_submission", {"response_action": "errors", "errors": {"title": "Taken"}})
    await bob.fill(form, FILLED)
    submission = await bob.submit()
    assert (submission.ok, submission.errors) == (False, {"Title": "Taken"})
    assert form.errors == {"title": "Taken"}
    assert form.values["title"]["text"]["value"] == "Fire"
    bell.handlers.clear()
    assert (await bob.submit()).ok


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"nowhere": "x"}},
        {"response_action": "errors", "errors": {}},
        {"response_action": "errors", "errors": {"title": ""}},
        {"response_action": "update", "view": {"type": "modal"}},
        {"response_action": "push"},
        {"response_action": "explode"},
        "not json",
    ],
)
async def test_a_malformed_answer_is_recorded_and_shown_as_trouble(
    workspace: Workspace, bell: Bell, form: View, answer: Any
) -> None:
    bob = workspace.person("bob")
    bell.answers("view_submission", answer)
    await bob.fill(form, FILLED)
    submission = await bob.submit()
    assert not submission.ok
    assert submission.failed is not None
    assert [each.where for each in workspace.faulty_payloads] == ["view_submission answer"]
    assert bob.modal is form


async def test_an_answer_can_update_push_or_clear(
    workspace: Workspace, bell: Bell, form: View
) -> None:
    bob = workspace.person("bob")
    await bob.fill(form, FILLED)
    second = modal(typed("Title"), callback_id="second")
    bell.answers("view_submission", {"response_action": "update", "view": second})
    updated = (await bob.submit()).view
    assert updated is form
    assert form.callback_id == "second"
    bell.answers("view_submission", {"response_action": "push", "view": modal(section("top"))})
    pushed = (await bob.submit()).view
    assert bob.modals == [form, pushed]
    bell.answers("view_submission", {"response_action": "clear"})
    assert (await bob.submit()).ok
    assert bob.modals == []


async def test_closing_is_told_only_on_request(
    workspace: Workspace, bell: Bell, api: AsyncWebClient, form: View
) -> None:
    bob = workspace.person("bob")
    await bob.close(form)
    assert [each["is_cleared"] for each in bell.of("view_closed")] == [False]

    @bell.on("command")
    async def opens(payload: dict[str, Any]) -> None:
        await api.views_open(trigger_id=payload["trigger_id"], view=modal())

    await bob.command("/bell")
    await bob.close()
    assert len(bell.of("view_closed")) == 1


async def test_others_can_t_touch_my_modal(workspace: Workspace, form: View) -> None:
    with pytest.raises(LookupError, match="somebody else"):
        await workspace.person("alice").submit(form)


async def test_a_field_that_is_not_there_is_named_with_those_that_are(
    workspace: Workspace, form: View
) -> None:
    with pytest.raises(LookupError, match="'Title', 'Severity', 'Notes'"):
        await workspace.person("bob").fill(form, {"Owner": "alice"})
    with pytest.raises(LookupError, match="'High', 'Low'"):
        await workspace.person("bob").fill(form, {"Severity": "Medium"})
