"""Whoever looks at what is open in a storm sees first what needs somebody, and can go on."""

from bot.blocks import ids
from tests.stories.many import many
from tests.world import World


async def test_the_worst_of_forty_that_nobody_took_is_the_first_of_the_list(world: World) -> None:
    await many(world, 40, critical=1)

    (listed,) = (await world.alice.command("/incident list")).messages
    assert listed.plain.index("#1 Alert 1\n") < listed.plain.index("#2 Alert 2\n")
    assert "40 open incidents · 1–15" in listed.plain

    await world.bob.command("/incident ack 1")
    (listed,) = (await world.alice.command("/incident list")).messages
    assert "#1 Alert 1\n" not in listed.plain, "somebody has it"


async def test_one_can_go_on_to_every_other_one(world: World) -> None:
    await many(world, 40, critical=1)
    (listed,) = (await world.alice.command("/incident list")).messages

    seen = listed.plain
    for _ in range(2):
        await world.alice.click(ids.LIST_ON, on=world.alice.ephemerals()[-1])
        await world.settle()
        seen += world.alice.ephemerals()[-1].plain

    assert all(f"#{number} Alert {number}\n" in seen for number in range(1, 41))
    assert "The next" not in world.alice.ephemerals()[-1].plain


async def test_none_is_left_out_when_somebody_acknowledges_meanwhile(world: World) -> None:
    await many(world, 40, critical=1)
    (listed,) = (await world.alice.command("/incident list")).messages
    seen = listed.plain
    for number in (2, 3, 4):
        await world.bob.command(f"/incident ack {number}")

    for _ in range(2):
        await world.alice.click(ids.LIST_ON, on=world.alice.ephemerals()[-1])
        await world.settle()
        seen += world.alice.ephemerals()[-1].plain

    assert all(f"#{number} Alert {number}\n" in seen for number in range(1, 41))
