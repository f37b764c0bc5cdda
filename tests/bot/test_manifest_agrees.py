"""What we ask of Slack in manifest.yml is what the code handles and uses: no less and no more."""

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

import sandbox
from bot.application import register
from bot.commands import SUB_COMMANDS
from bot.shortcuts import SHORTCUTS
from cli.apply import apply
from cli.blueprint import read_blueprint
from tests.cast import BLUEPRINT
from tests.world import MANIFEST, World, running_world

SCOPES = list(MANIFEST["oauth_config"]["scopes"]["bot"])

NO_METHOD_ASKS_FOR = {"commands"}
"""Slack sends no slash command and no shortcut without it; the sandbox sends them all the same."""

REFUSED_BY_ANOTHER_NAME = {"chat:write.public": "not_in_channel"}
"""It lets the bot go on in a public channel that it was removed from."""


class Register:
    """Writes down what listeners are registered for, in the place of Bolt."""

    def __init__(self) -> None:
        self.registered: dict[str, list[Any]] = {}

    def __getattr__(self, kind: str) -> Callable[[Any], Callable[[Any], Any]]:
        def listen(to: Any) -> Callable[[Any], Any]:
            self.registered.setdefault(kind, []).append(to)
            return lambda listener: listener

        return listen


@pytest.fixture
def backend() -> str:
    """Slack is what these ask about; the database has its own tests."""
    return "sqlite"


def _features(kind: str) -> list[dict[str, Any]]:
    return list(MANIFEST["features"][kind])


async def test_each_slash_command_that_slack_knows_opens_the_form(world: World) -> None:
    commands = [one["command"] for one in _features("slash_commands")]
    assert commands == ["/incident"]
    for command in commands:
        answer = await world.dave.command(command)
        assert "Title" in answer.view.plain


def test_the_usage_hint_names_sub_commands_that_there_are() -> None:
    (command,) = _features("slash_commands")
    hinted = [part.split()[0] for part in command["usage_hint"].split(" | ")]
    assert hinted[0] == "[title]"
    assert set(hinted[1:]) - set(SUB_COMMANDS) == set()


def test_the_shortcuts_that_slack_shows_are_those_that_the_code_knows() -> None:
    shown = [one["callback_id"] for one in _features("shortcuts")]
    assert sorted(shown) == sorted(SHORTCUTS)


async def test_each_shortcut_opens_a_form_with_the_message_in_it(world: World) -> None:
    await world.declare(world.alice)
    message = await world.dave.say("The till is on fire", "general")
    for shortcut in _features("shortcuts"):
        answer = await world.dave.shortcut(shortcut["callback_id"], message)
        assert "The till is on fire" in str(answer.view.values)
        await world.dave.close(answer.view)


async def test_the_events_that_slack_sends_are_those_that_are_listened_to(world: World) -> None:
    tocsin, written = world.tocsin, Register()

    register(written, tocsin.core, tocsin.workspace, tocsin.answering)  # type: ignore[arg-type]

    subscribed = MANIFEST["settings"]["event_subscriptions"]["bot_events"]
    assert written.registered["event"] == subscribed
    assert (await world.dave.open_home()).plain != ""


async def test_a_full_story_is_never_refused_for_want_of_a_scope(database_url: str) -> None:
    assert await _refusals(database_url, without="") == set()


@pytest.mark.parametrize("scope", [one for one in SCOPES if one not in NO_METHOD_ASKS_FOR])
async def test_without_any_one_scope_something_in_a_full_story_is_refused(
    database_url: str, scope: str
) -> None:
    refused = await _refusals(database_url, without=scope)

    assert refused == {REFUSED_BY_ANOTHER_NAME.get(scope, "missing_scope")}


async def _refusals(database_url: str, *, without: str) -> set[str]:
    """What the Web API refuses in a story, after an admin took a scope away."""
    async with running_world(database_url, blueprint="") as world:
        granted = world.slack.engine.manifest
        world.slack.engine.manifest = dataclasses.replace(
            granted, scopes=granted.scopes - {without}
        )
        await apply(world.tocsin.core, world.system, read_blueprint(BLUEPRINT))
        await world.tocsin.connect()
        await _full_story(world)
        answers = [call.answer for call in world.slack.calls if call.answer and not call.fault]
        return {str(answer["error"]) for answer in answers if not answer["ok"]}


async def _full_story(world: World) -> None:
    """Everything for which Slack is asked: declaring, unknown outcomes, three kinds of channel."""
    _lose_the_answer(world, "bob")
    _lose_the_answer(world, "incidents")
    await _declare(world, world.dave)  # whom nobody has named: Slack is asked who he is
    await world.pass_time(minutes=1)

    world.alerts.members.discard(world.slack.bot_id)  # removed, while the channel stays public
    await world.alice.command("/incident severity 1 low")
    await world.pass_time(minutes=1)

    world.alerts.members.add(world.slack.bot_id)
    world.alerts.private = True  # a public channel is made private
    _lose_the_answer(world, "incidents")
    await _declare(world, world.alice)
    await world.pass_time(minutes=1)


def _lose_the_answer(world: World, conversation: str) -> None:
    """The next message arrives there, and nobody learns of it."""
    world.slack.faults.add(
        sandbox.Fault("chat.postMessage", "server_error_after", channel=conversation)
    )


async def _declare(world: World, person: Any) -> None:
    answer = await person.command("/incident")
    if answer.view is not None:
        await person.fill(answer.view, {"Title": "Checkout is down"})
        await person.submit(answer.view)
    await world.settle()
