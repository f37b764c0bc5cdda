"""All schedules in Slack: found, turned page by page, removed where nothing uses them."""

from datetime import timedelta

from core import scheduling
from tests.stories.managing import edit_layer, schedule_of, trail
from tests.world import World


async def test_a_schedule_in_use_is_not_removed_and_says_where(world: World) -> None:
    listed = (await world.dave.command("/incident schedules")).view
    view = (await world.dave.click("Open", on=listed, near="Payments")).view

    await world.dave.click("Remove schedule", on=view)
    await world.settle()

    assert "in use by the policy “Payments”" in world.dave.modal.plain
    policy = (await world.dave.command("/incident policies payments")).view
    await world.dave.click("Remove policy", on=policy)
    listed = (await world.dave.command("/incident schedules")).view
    view = (await world.dave.click("Open", on=listed, near="Payments")).view
    await world.dave.click("Remove schedule", on=view, confirm=False)
    assert (await schedule_of(world)).name == "Payments"
    await world.dave.click("Remove schedule", on=view)
    await world.settle()
    assert "“Payments” was removed" in world.dave.modal.plain
    assert "There are no schedules yet" in world.dave.modals[0].plain
    assert (await trail(world, "schedule"))[-1].data["before"]["name"] == "Payments"


async def test_eighty_schedules_are_turned_page_by_page(world: World) -> None:
    async with world.tocsin.core.transaction(world.system) as tx:
        for number in range(80):
            draft = scheduling.ScheduleDraft(f"S {number:02}", "UTC", None, ())
            await scheduling.create_schedule(tx, draft)

    view = (await world.dave.command("/incident schedules")).view
    assert "Page 1 of 3" in view.plain
    await world.dave.click("Next", on=view)
    await world.settle()
    assert "Page 2 of 3" in view.plain
    await world.dave.click("Open", on=view, near="S 42")
    assert "Nobody is on call here yet" in world.dave.modal.plain
    await world.dave.close()
    await world.dave.click("Next", on=view)
    await world.settle()
    assert "S 79" in view.plain
    await world.dave.click("Previous", on=view)
    await world.settle()
    assert "Page 2 of 3" in view.plain


async def test_a_name_that_is_no_schedules_is_answered_with_those_there_are(world: World) -> None:
    answer = await world.dave.command("/incident schedules Paymnts")
    assert "The schedules are: Payments." in answer.messages[0].plain

    answer = await world.dave.command("/incident polices")
    assert "Did you mean “/incident policies”?" in answer.messages[0].plain
    answer = await world.dave.command("/incident help")
    assert "schedules [name]" in answer.messages[0].plain


async def test_a_schedule_says_when_nobody_will_be_on_call(world: World) -> None:
    form = await edit_layer(world.dave)
    await world.dave.fill(form, {"Ends on": "2026-11-20"})
    assert (await world.dave.submit(form)).ok
    assert "Nobody is on call from Nov 20, 2026 08:00" in world.dave.modal.plain

    await world.pass_time(seconds=timedelta(days=3).total_seconds())
    listed = (await world.dave.command("/incident schedules")).view
    assert "🚨 Nobody is on call" in listed.plain
