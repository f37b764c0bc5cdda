"""On call in the dashboard: who is on call, the calendar, and overrides taken from it."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, time
from html import unescape
from uuid import UUID

import pytest

from core import overrides, people, schedules, scheduling
from core.schedule_drafts import RotationDraft, ScheduleDraft
from core.transaction import Actor
from storage.models import ScheduleOverride
from storage.vocabulary import RotationType
from tests.web.dashboard.browser import Browser, Shown, browser
from tests.world import World, running_world


async def schedule_of(world: World, name: str = "Payments") -> UUID:
    async with world.tocsin.core.reading(world.system) as tx:
        return (await schedules.find_schedule(tx, name)).id


async def ahead(world: World, schedule_id: UUID) -> Sequence[ScheduleOverride]:
    async with world.tocsin.core.reading(world.system) as tx:
        return await overrides.list_overrides(tx, schedule_id)


async def member_id(world: World, name: str) -> str:
    await getattr(world, name).command("/incident oncall")
    async with world.tocsin.core.reading(world.system) as tx:
        found = await people.find_by_slack_user_id(tx, getattr(world, name).id)
    return str(found.id)


async def cover(
    somebody: Browser, schedule_id: UUID, who: str, start: str, end: str, **more: str
) -> Shown:
    path = f"/on-call/schedules/{schedule_id}/cover"
    await somebody.open(path)
    fields = {"form": "cover", "member_id": who, "start_at": start, "end_at": end, **more}
    return await somebody.send(path, fields)


async def test_who_is_on_call_is_told_with_until_when_and_why(world: World) -> None:
    async with browser(world, world.bob) as bob:
        page = await bob.open("/on-call")

    assert "Bob Okafor until 23 Nov 2026, 08:00 UTC · Primary" in page.text
    assert "Payments Berlin" in page.text
    assert "Your shifts" in page.text
    assert 'href="/app/on-call/schedules/' in page.html


async def test_what_nobody_covers_comes_with_what_to_do(world: World) -> None:
    async with world.tocsin.core.transaction(world.system) as tx:
        await scheduling.create_schedule(tx, ScheduleDraft("Nights", "Asia/Tokyo", None, ()))
    async with browser(world, world.bob) as bob:
        page = await bob.open("/on-call")

    assert "Nights Tokyo Nobody is on call." in page.text
    assert "Nobody is on call for Nights" in page.text
    assert "Take the time with an override, or change the rotation" in page.text


async def test_without_schedules_it_says_how_to_make_one(database_url: str) -> None:
    async with running_world(database_url, blueprint="") as world:
        await world.bob.command("/incident oncall")
        async with browser(world, world.bob) as bob:
            page = await bob.open("/on-call")

    assert "There are no schedules yet." in page.text
    assert "/incident schedules" in page.text
    assert "app.py apply" in page.text


async def test_a_month_and_a_week_are_on_the_schedules_clock(world: World) -> None:
    path = f"/on-call/schedules/{await schedule_of(world)}"
    async with browser(world, world.bob) as bob:
        month = await bob.open(path)
        week = await bob.open(f"{path}?by=week&day=2026-11-26")
        odd = await bob.open(f"{path}?by=century&day=9999-99-99")

    assert "November 2026" in month.text
    assert "Europe/Berlin, where it is Wed 18 Nov, 13:00 now" in month.text
    assert "The week of Mon 26 Oct 2026" in month.text
    assert "Nobody gap" not in month.text, "before it was made nobody was missed"
    assert "23 Nov – 29 Nov 2026" in week.text
    assert "Nobody" not in week.text
    assert odd.status == 200


async def test_a_shift_in_the_calendar_leads_to_the_form_that_covers_it(world: World) -> None:
    at = f"/on-call/schedules/{await schedule_of(world)}"
    async with browser(world, world.carol) as carol:
        page = await carol.open(f"{at}?by=week&day=2026-11-26")
        (_, link, *_) = re.findall(rf'href="/app({at}/cover\?[^"]+)"', page.html)
        form = await carol.open(unescape(link))

    assert 'value="2026-11-23T09:00"' in form.html
    assert 'value="2026-11-30T09:00"' in form.html


async def test_a_shift_is_covered_by_whoever_asks(world: World) -> None:
    schedule_id = await schedule_of(world)
    carol_id = await member_id(world, "carol")
    async with browser(world, world.carol) as carol:
        opened = await carol.open(f"/on-call/schedules/{schedule_id}/cover")
        done = await cover(carol, schedule_id, carol_id, "2026-11-18T18:00", "2026-11-19T08:00")

    assert f'value="{carol_id}" selected' in opened.html
    assert 'value="2026-11-18T13:00"' in opened.html
    assert done.path == f"/app/on-call/schedules/{schedule_id}"
    assert "Carol Jansen covers until Thu 19 Nov, 08:00 in Berlin." in done.text
    (made,) = await ahead(world, schedule_id)
    assert made.start_at == datetime(2026, 11, 18, 17, tzinfo=UTC)
    assert made.end_at == datetime(2026, 11, 19, 7, tzinfo=UTC)
    assert "Carol Jansen override" in done.text


async def test_what_it_would_come_to_is_shown_first_and_changes_nothing(world: World) -> None:
    schedule_id = await schedule_of(world)
    carol_id = await member_id(world, "carol")
    span = ("2026-11-18T18:00", "2026-11-19T08:00")
    async with browser(world, world.carol) as carol:
        looked = await cover(carol, schedule_id, carol_id, *span, look="yes")

    assert "Carol Jansen covers Wed 18 Nov, 18:00 – Thu 19 Nov, 08:00" in looked.text
    assert 'value="2026-11-18T18:00"' in looked.html
    assert await ahead(world, schedule_id) == []


@pytest.mark.parametrize(
    ("who", "start", "end", "field", "said"),
    [
        (None, "2026-11-18T18:00", "2026-11-18T17:00", "end_at", "It ends before it begins."),
        (None, "2026-11-17T18:00", "2026-11-18T12:00", "end_at", "That time is over."),
        (None, "", "2026-11-18T17:00", "start_at", "Choose a day and a time."),
        ("", "2026-11-18T18:00", "2026-11-18T19:00", "member_id", "Choose who covers."),
        (str(UUID(int=7)), "2026-11-18T18:00", "2026-11-18T19:00", "member_id", "not a member"),
    ],
)
async def test_a_refusal_is_told_at_its_field_and_keeps_what_was_typed(
    world: World, who: str | None, start: str, end: str, field: str, said: str
) -> None:
    schedule_id = await schedule_of(world)
    carol_id = await member_id(world, "carol")
    async with browser(world, world.carol) as carol:
        chosen = carol_id if who is None else who
        refused = await cover(carol, schedule_id, chosen, start, end)

    assert refused.status == 422
    assert f'aria-describedby="cover-{field}-fault"' in refused.html
    assert said in refused.text
    assert f'value="{end}"' in refused.html
    assert await ahead(world, schedule_id) == []


async def test_an_override_ahead_is_changed_and_taken_back(world: World) -> None:
    schedule_id = await schedule_of(world)
    carol_id = await member_id(world, "carol")
    dave_id = await member_id(world, "dave")
    async with browser(world, world.carol) as carol:
        await cover(carol, schedule_id, carol_id, "2026-11-19T18:00", "2026-11-20T08:00")
        (made,) = await ahead(world, schedule_id)
        path = f"/on-call/schedules/{schedule_id}/overrides/{made.id}"
        form = await carol.open(path)
        fields = {"start_at": "2026-11-19T18:00", "end_at": "2026-11-20T09:30"}
        changed = await carol.send(path, {"form": "cover", "member_id": dave_id, **fields})
        (now,) = await ahead(world, schedule_id)
        gone = await carol.send(f"{path}/remove", {"form": "remove"})
        over = await carol.open(path)

    assert "Change an override" in form.text
    assert "The override was changed." in changed.text
    assert (str(now.member_id), now.end_at) == (dave_id, datetime(2026, 11, 20, 8, 30, tzinfo=UTC))
    assert "The override was taken back" in gone.text
    assert await ahead(world, schedule_id) == []
    assert over.status == 404


async def test_a_schedule_of_another_organization_is_not_found(world: World) -> None:
    core = world.tocsin.core
    other = await people.ensure_organization(core, slack_team_id="TOTHER", name="Other")
    async with core.transaction(Actor.system(other.id)) as tx:
        mallory = await people.ensure_by_email(tx, "mallory@other.example")
        layer = RotationDraft(
            "Primary", RotationType.DAILY, 1, time(9), tx.now, None, (mallory.id,)
        )
        draft = ScheduleDraft("Theirs", "UTC", None, (layer,))
        theirs = (await scheduling.create_schedule(tx, draft)).id
    carol_id = await member_id(world, "carol")
    async with browser(world, world.carol) as carol:
        assert "Theirs" not in (await carol.open("/on-call")).text
        for path in ("", "/cover", "/edit", "/layers/new", "/remove"):
            assert (await carol.open(f"/on-call/schedules/{theirs}{path}")).status == 404
        ours = await schedule_of(world)
        await carol.open(f"/on-call/schedules/{ours}/cover")
        fields = {"form": "cover", "member_id": carol_id}
        span = {"start_at": "2026-11-19T18:00", "end_at": "2026-11-20T08:00"}
        sent = await carol.send(f"/on-call/schedules/{theirs}/cover", fields | span)

    assert sent.status == 404
    async with core.reading(Actor.system(other.id)) as tx:
        assert await overrides.list_overrides(tx, theirs) == []
