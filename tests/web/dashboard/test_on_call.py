"""On call in the dashboard: who is on call, the calendar, and overrides taken from it."""

from uuid import UUID

import pytest

from core import overrides, schedules
from tests.web.dashboard.browser import browser
from tests.world import World

pytestmark = pytest.mark.postgresql_later


async def schedule_of(world: World, name: str = "Payments") -> UUID:
    async with world.tocsin.core.reading(world.system) as tx:
        return (await schedules.find_schedule(tx, name)).id


async def test_who_is_on_call_is_told_with_until_when_and_why(world: World) -> None:
    async with browser(world, world.bob) as bob:
        page = await bob.open("/on-call")

    assert "Bob Okafor" in page.text
    assert "Primary" in page.text
    assert "Your shifts" in page.text


async def test_a_month_shows_each_shift_on_the_schedules_clock(world: World) -> None:
    schedule_id = await schedule_of(world)
    async with browser(world, world.bob) as bob:
        page = await bob.open(f"/on-call/schedules/{schedule_id}")
        week = await bob.open(f"/on-call/schedules/{schedule_id}?by=week&day=2026-11-18")

    assert "November 2026" in page.text
    assert "Days and times are those of Europe/Berlin." in page.text
    assert "Bob Okafor" in week.text


async def test_a_shift_is_covered_from_its_form(world: World) -> None:
    schedule_id = await schedule_of(world)
    async with browser(world, world.carol) as carol:
        form = await carol.open(f"/on-call/schedules/{schedule_id}/cover")
        fields = {
            "form": "cover",
            "member_id": "",
            "start_at": "2026-11-18T18:00",
            "end_at": "2026-11-18T17:00",
        }
        refused = await carol.send(f"/on-call/schedules/{schedule_id}/cover", fields)
    assert "How it will be" in form.text
    assert refused.status == 422
    async with world.tocsin.core.reading(world.system) as tx:
        assert await overrides.list_overrides(tx, schedule_id) == []
