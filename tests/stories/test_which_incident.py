"""Whoever types a number means that incident and no other, however it is typed."""

import pytest

from storage.vocabulary import Status
from tests.world import World

pytestmark = pytest.mark.both_at_once


async def _two_of_which_the_second_is_open(world: World) -> None:
    await world.declare(world.alice, "The first")
    await world.declare(world.alice, "The second")
    await world.carol.command("/incident resolve 1")
    await world.settle()


@pytest.mark.parametrize(
    "line",
    [
        "resolve 1: the disk was full",
        "resolve 1\nall good",
        "resolve #1. all good",
        "resolve 1x all good",
        "resolve -1",
        "resolve #one",
        "handoff 1: <@U0DAVE>",
        "status 1.5",
        "severity 1st low",
        "update 1st things first",
        "ack 99999999999999999999999",
        "ack -1",
        "ack 1.5",
        "ack one",
        "ack 1 2",
        "ack 2 1",
        "show 1 2",
        "timeline 1st",
    ],
)
async def test_what_is_meant_for_another_incident_does_nothing_to_the_only_open_one(
    world: World, line: str
) -> None:
    await _two_of_which_the_second_is_open(world)
    before = (await world.incident(2)).version

    answer = await world.bob.command(f"/incident {line}")

    await world.settle()
    second = await world.incident(2)
    assert (second.version, second.status) == (before, Status.INVESTIGATING)
    assert answer.view is None
    assert answer.messages, "and it is said why"


@pytest.mark.parametrize("line", ["resolve 2: it was the disk", "resolve #2\nit was the disk"])
async def test_a_number_may_be_followed_by_a_colon_or_a_new_line(world: World, line: str) -> None:
    await world.declare(world.alice, "The first")
    await world.declare(world.alice, "The second")

    await world.bob.command(f"/incident {line}")

    assert (await world.incident(1)).status is Status.INVESTIGATING
    assert (await world.incident(2)).status is Status.RESOLVED


async def test_what_is_no_number_is_named_and_what_to_type_instead(world: World) -> None:
    await world.declare(world.alice, "The only one")

    strange = await world.bob.command("/incident ack 1.5")
    assert strange.messages[0].plain == (
        "“1.5” is no incident number, so nothing was done. Type it as in “42”, before "
        "everything else."
    )
    several = await world.bob.command("/incident ack 1 2")
    assert several.messages[0].plain == (
        "“2” is not understood here, so nothing was done. Type one incident number, as in “42”, "
        "and nothing else."
    )
    assert (await world.incident()).acknowledged_at is None
