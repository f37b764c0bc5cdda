"""The Home tab is shown once for each time it is opened, and never is it forgotten."""

import asyncio

import sandbox
from tests.world import World


async def test_a_home_that_was_not_shown_is_shown_when_slack_tells_of_it_again(
    world: World,
) -> None:
    world.slack.faults.add(sandbox.Fault(method="views.publish", kind="error"))
    await world.dave.open_home()
    assert world.dave.home is None

    await asyncio.sleep(1)  # it is signed in another second, or the guard knows it for a copy
    await world.slack.events.repeat(world.slack.events.told[0])

    assert "No incident is open" in world.dave.home.plain


async def test_a_home_that_was_shown_is_not_made_anew_for_a_retry(world: World) -> None:
    await world.dave.open_home()
    await asyncio.sleep(1)
    await world.slack.events.repeat(world.slack.events.told[0])

    assert [call.method for call in world.slack.calls].count("views.publish") == 1
