"""Whoever types a name where a mention is meant has it chosen in the form, or is told how to."""

import pytest

from core import people
from tests.world import World


@pytest.mark.parametrize("typed", ["carol", "Carol Jansen", "jansen"])
async def test_a_name_that_means_one_person_is_chosen_in_the_form(world: World, typed: str) -> None:
    await world.declare(world.alice)

    view = (await world.dave.command(f"/incident handoff 1 {typed}")).view

    assert view is not None
    await world.settle()
    assert world.carol.dm() == [], "nothing is done yet"
    await world.dave.submit(view)
    await world.settle()
    assert len(world.carol.dm()) == 1


async def test_a_name_that_means_nobody_or_several_is_told_with_what_to_type(world: World) -> None:
    await world.declare(world.alice)
    async with world.tocsin.core.transaction(world.system) as tx:
        bert = await people.ensure_by_email(tx, "bert@example.com", name="Bobby Berg")
        bert.slack_user_id = "U0BOBBY"

    nobody = await world.dave.command("/incident handoff 1 zoe")
    several = await world.dave.command("/incident handoff 1 bo")

    how = "Type @ and choose them, or leave the name out to choose from a list."
    assert (nobody.view, several.view) == (None, None)
    assert nobody.messages[0].plain == f"“zoe” does not say who is meant. {how}"
    assert several.messages[0].plain == (
        f"“bo” does not say who is meant. It may be Bob Okafor and Bobby Berg. {how}"
    )


@pytest.mark.parametrize("line", ["handoff 1", "severity 1", "handoff 1 carol"])
async def test_a_resolved_incident_opens_no_form(world: World, line: str) -> None:
    await world.declare(world.alice)
    await world.bob.command("/incident resolve 1")

    answer = await world.dave.command(f"/incident {line}")

    assert answer.view is None
    assert "resolved" in answer.messages[0].plain
