"""Nobody acknowledged, or nobody was there to page: the last resort is paged, and says why."""

from core import last_resort, people
from core.last_resort import LastResortDraft
from storage.vocabulary import AuditType
from tests.cast import BLUEPRINT
from tests.world import World, running_world

WITH_A_LAST_RESORT = BLUEPRINT + "\nlast_resort: {people: [dave@example.com]}\n"


async def test_a_policy_that_is_exhausted_pages_the_last_resort_who_can_take_it(
    database_url: str,
) -> None:
    async with running_world(database_url, blueprint=WITH_A_LAST_RESORT) as world:
        await world.declare(world.alice)
        await world.pass_time(hours=2)

        (page,) = world.dave.dm()
        assert "You are the last resort" in page.plain
        thread = "\n".join(message.plain for message in world.alerts.messages)
        assert "The last resort is being paged: Dave" in thread
        (paged,) = [one for one in await world.trail() if one.type is AuditType.LAST_RESORT_PAGED]
        assert [one["name"] for one in paged.data["targets"]] == ["Dave Lindqvist"]

        await world.dave.click("Acknowledge", on=page)
        await world.settle()
        assert (await world.incident()).acknowledged_by == "Dave Lindqvist"


async def test_each_handoff_that_runs_out_again_pages_it_again_and_once(
    database_url: str,
) -> None:
    async with running_world(database_url, blueprint=WITH_A_LAST_RESORT) as world:
        await world.declare(world.alice)
        await world.pass_time(hours=2)
        await world.pass_time(hours=2)
        assert len(world.dave.dm()) == 1

        handing = await world.bob.command("/incident handoff 1 @alice")
        assert handing.failed is None
        await world.pass_time(hours=2)
        assert len(world.dave.dm()) == 2


async def test_a_last_resort_that_is_nobody_is_said_loudly(world: World) -> None:
    async with world.tocsin.core.transaction(world.system) as tx:
        dave = await people.ensure_by_email(tx, "dave@example.com")
        await last_resort.change(tx, LastResortDraft(member_ids=(dave.id,)))
        dave.removed_at = tx.now
    await world.declare(world.alice)
    await world.pass_time(hours=2)

    told = "\n".join(message.plain for message in world.alerts.messages)
    assert "The last resort pages nobody either" in told
    assert world.dave.dm() == []
