"""Slack is away for a while: what changed meanwhile is shown when it is back, and that is told."""

from collections import Counter

import sandbox
from tests.world import World


def _fall(world: World) -> None:
    """Slack takes no message, and lets none be changed."""
    for method in ("chat.postMessage", "chat.update"):
        world.slack.faults.add(sandbox.Fault(method, "server_error", times=None))


def _edits(world: World, since: int) -> Counter[str]:
    """How often each message was changed, of the calls from there on."""
    done = [one for one in world.slack.calls[since:] if one.method == "chat.update" and one.ok]
    return Counter(str(one.arguments["ts"]) for one in done)


async def test_when_it_is_back_every_copy_shows_the_latest_and_was_edited_once(
    world: World,
) -> None:
    await world.declare(world.alice)
    card, page = world.alerts.messages[0], world.bob.dm()[0]
    _fall(world)
    for command in ("severity 1 low", "status 1 identified", "status 1 monitoring", "ack 1"):
        await world.dave.command(f"/incident {command}")
        await world.pass_time(minutes=2)
    assert "Monitoring" not in card.plain
    assert "Acknowledge" in page.buttons

    world.slack.faults.clear()
    before = len(world.slack.calls)
    await world.pass_time(minutes=2)

    assert "Severity: 🔵 Low" in card.plain
    assert "Status: Monitoring" in card.plain
    assert "Acknowledged by Dave Lindqvist" in card.plain
    assert "Dave Lindqvist acknowledged this" in page.plain
    assert "Acknowledge" not in page.buttons + card.buttons
    assert _edits(world, before) == {card.ts: 1, page.ts: 1}


async def test_what_was_declared_meanwhile_is_posted_as_it_is_by_then(world: World) -> None:
    _fall(world)
    await world.declare(world.alice)
    await world.dave.command("/incident severity 1 low")
    await world.pass_time(minutes=2)
    assert world.alerts.messages == world.bob.dm() == []

    world.slack.faults.clear()
    before = len(world.slack.calls)
    await world.pass_time(minutes=2)

    (card,) = [one for one in world.alerts.messages if "Severity:" in one.plain]
    assert "Severity: 🔵 Low" in card.plain
    assert ["Low #1" in one.text for one in world.bob.dm()] == [True]
    assert _edits(world, before) == {}
