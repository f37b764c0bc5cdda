"""Calendar feeds: made once, shown again, dead when revoked, and on the trail without a secret."""

import asyncio
from datetime import timedelta

import pytest

from core import calendars, oncall, people, schedules, scheduling
from core.errors import Forbidden, InvalidTargetUser, NotFound
from core.transaction import Actor
from storage.models import CalendarFeed, ScheduleOverride
from storage.vocabulary import AuditType
from tests.cast import NOON
from tests.core import given
from tests.engine import Engine

pytestmark = pytest.mark.postgresql_later

DAY = timedelta(days=1)


async def _of_payments(engine: Engine) -> calendars.Feed:
    feed = await engine.do("alice", calendars.feed_for_schedule, engine.schedule_id)
    assert isinstance(feed, calendars.Feed)
    return feed


async def _of(engine: Engine, name: str) -> calendars.Feed:
    feed = await engine.do(name, calendars.feed_for_member, engine.cast[name].id)
    assert isinstance(feed, calendars.Feed)
    return feed


async def _shown(engine: Engine, feed: calendars.Feed) -> list[tuple[str | None, str, object]]:
    found = await calendars.look(engine.core, feed.secret)
    assert found is not None
    return [(one.person, one.schedule, one.start_at) for one in found.events]


async def test_a_feed_is_made_once_and_found_again(engine: Engine) -> None:
    first = await _of_payments(engine)
    again = await _of_payments(engine)
    async with engine.core.reading(engine.system) as tx:
        found = await calendars.find_feed(tx, schedule_id=engine.schedule_id)

    assert first == again == found
    assert first.path == f"/calendars/{first.secret}.ics"
    assert len(first.secret) == 32


async def test_two_who_ask_at_once_get_the_same_address(engine: Engine) -> None:
    found = await asyncio.gather(*(_of_payments(engine) for _ in range(5)))
    assert len({one.secret for one in found}) == 1


async def test_no_two_feeds_share_a_secret(
    engine: Engine,
) -> None:
    feeds = [await _of_payments(engine), await _of(engine, "bob"), await _of(engine, "carol")]
    assert len({one.secret for one in feeds}) == 3


async def test_revoked_it_is_dead_at_once_and_the_next_one_is_another(engine: Engine) -> None:
    old = await _of_payments(engine)
    assert await calendars.look(engine.core, old.secret) is not None

    revoke = calendars.revoke
    assert await engine.do("bob", revoke, schedule_id=engine.schedule_id) is True
    assert await calendars.look(engine.core, old.secret) is None
    assert await engine.do("bob", revoke, schedule_id=engine.schedule_id) is False

    new = await _of_payments(engine)
    assert new.secret != old.secret
    assert await calendars.look(engine.core, old.secret) is None
    assert await calendars.look(engine.core, new.secret) is not None


async def test_the_trail_says_whose_feed_was_made_and_revoked_and_never_its_secret(
    engine: Engine,
) -> None:
    feed, mine = await _of_payments(engine), await _of(engine, "bob")
    await engine.do("bob", calendars.revoke, member_id=engine.cast["bob"].id)
    await engine.do("bob", calendars.revoke, member_id=engine.cast["bob"].id)

    trail = [one for one in await given.organization_trail(engine) if "calendar" in one.type]
    bob = str(engine.cast["bob"].id)
    assert [(one.type, one.actor_name, one.data) for one in trail] == [
        (AuditType.CALENDAR_MADE, "Alice", {"scheduleId": str(engine.schedule_id)}),
        (AuditType.CALENDAR_MADE, "Bob", {"memberId": bob}),
        (AuditType.CALENDAR_REVOKED, "Bob", {"memberId": bob}),
    ]
    assert not any(one.secret in str(event.data) for one in (feed, mine) for event in trail)


async def test_a_persons_feed_is_for_them_alone(engine: Engine) -> None:
    await _of(engine, "bob")
    for act in (calendars.find_feed, calendars.revoke):
        with pytest.raises(Forbidden):
            await engine.do("alice", act, member_id=engine.cast["bob"].id)
    with pytest.raises(Forbidden):
        await engine.do("alice", calendars.feed_for_member, engine.cast["bob"].id)
    async with engine.core.transaction(engine.system) as tx:  # the command line may
        assert await calendars.revoke(tx, member_id=engine.cast["bob"].id)


async def test_another_organization_finds_nothing(engine: Engine) -> None:
    await _of_payments(engine)
    mallory = await given.stranger(engine)
    async with engine.core.transaction(mallory) as tx:
        with pytest.raises(NotFound):
            await calendars.feed_for_schedule(tx, engine.schedule_id)
        assert await calendars.find_feed(tx, schedule_id=engine.schedule_id) is None
        assert await calendars.revoke(tx, schedule_id=engine.schedule_id) is False
    async with engine.core.transaction(Actor.system(mallory.organization_id)) as tx:
        with pytest.raises(InvalidTargetUser):
            await calendars.feed_for_member(tx, engine.cast["bob"].id)


async def test_a_feed_shows_just_the_shifts_that_the_resolver_lists(engine: Engine) -> None:
    feed = await _of_payments(engine)
    found = await calendars.look(engine.core, feed.secret)
    today = NOON.replace(hour=0)
    start, end = today - calendars.BACK, today + calendars.AHEAD
    async with engine.core.reading(engine.system) as tx:
        value = await schedules.value_of(tx, engine.schedule_id)

    assert found is not None
    assert (found.name, found.timezone) == ("Payments on call", "Europe/Berlin")
    listed = oncall.shifts(value, start, end + 8 * DAY)
    assert [(one.start_at, one.end_at) for one in found.events] == [
        (one.start_at, one.end_at) for one in listed if one.start_at < end
    ]


async def test_a_person_sees_their_shifts_of_every_schedule_and_nobody_elses(
    engine: Engine,
) -> None:
    begins = NOON - 2 * DAY
    bob, carol = engine.cast["bob"].id, engine.cast["carol"].id
    await given.schedule(
        engine, "Search", given.rotation(carol, bob, begins=begins, until=begins + 14 * DAY)
    )
    await given.schedule(engine, "Web", given.rotation(carol, begins=begins))
    await given.override(engine, engine.schedule_id, "carol", days=30)

    shown = await _shown(engine, await _of(engine, "bob"))
    assert {one[0] for one in shown} == {"Bob"}
    assert [one for one in shown if one[1] == "Search"] == [
        ("Bob", "Search", (begins + 7 * DAY).replace(hour=8))
    ]
    payments = [one[2] for one in shown if one[1] == "Payments"]
    assert payments[:2] == [begins, NOON + 30 * DAY]  # Carol stands in between
    assert {one[1] for one in shown} == {"Payments", "Search"}


async def test_an_override_that_is_over_is_still_shown_as_it_was(engine: Engine) -> None:
    async with engine.core.transaction(engine.system) as tx:
        tx.db.add(
            ScheduleOverride(
                schedule_id=engine.schedule_id,
                member_id=engine.cast["dave"].id,
                start_at=NOON - DAY,
                end_at=NOON - DAY / 2,
            )
        )
    found = await calendars.look(engine.core, (await _of_payments(engine)).secret)
    assert found is not None
    (override,) = (one for one in found.events if one.is_override)
    assert (override.person, override.stands_in_for, override.layer) == ("Dave", ("Bob",), None)


async def test_gaps_to_come_are_shown_and_those_that_are_over_are_not(engine: Engine) -> None:
    begins = NOON + 10 * DAY
    later = await given.schedule(
        engine, "Nights", given.rotation(engine.cast["dave"].id, begins=begins)
    )
    feed = await engine.do("alice", calendars.feed_for_schedule, later)
    nobody = [one for one in await _shown(engine, feed) if one[0] is None]
    assert nobody == [(None, "Nights", NOON.replace(hour=0) - calendars.BACK)]

    engine.clock.at = begins
    assert [one for one in await _shown(engine, feed) if one[0] is None] == []


async def test_with_a_member_who_was_removed_goes_their_feed(engine: Engine) -> None:
    bobs, payments = await _of(engine, "bob"), await _of_payments(engine)
    await given.remove(engine, "bob")
    engine.clock.at += timedelta(minutes=1)

    assert await calendars.look(engine.core, bobs.secret) is None
    shown = await _shown(engine, payments)
    assert shown[0][0] == "Bob"  # the past keeps his name
    assert shown[-1][0] is None


async def test_with_a_schedule_that_is_removed_goes_its_feed(engine: Engine) -> None:
    nights = await given.empty_schedule(engine)
    feed = await engine.do("alice", calendars.feed_for_schedule, nights)
    async with engine.core.transaction(engine.system) as tx:
        await scheduling.remove_schedule(tx, await schedules.get_schedule(tx, nights))
    assert await calendars.look(engine.core, feed.secret) is None
    async with engine.core.reading(engine.system) as tx:
        assert list(await tx.db.scalars(CalendarFeed.__table__.select())) == []


@pytest.mark.parametrize("secret", ["", "x" * 31, "x" * 32, "x" * 33, "\x00" * 32, "é" * 32])
async def test_an_address_that_nobody_was_given_shows_nothing(engine: Engine, secret: str) -> None:
    await _of_payments(engine)
    assert await calendars.look(engine.core, secret) is None


async def test_a_feed_is_of_one_thing(engine: Engine) -> None:
    async with engine.core.reading(engine.system) as tx:
        with pytest.raises(ValueError, match="either a schedule or a member"):
            await calendars.find_feed(tx)


async def test_who_was_removed_gets_no_feed(engine: Engine) -> None:
    await given.remove(engine, "dave")
    async with engine.core.transaction(engine.system) as tx:
        with pytest.raises(InvalidTargetUser):
            await calendars.feed_for_member(tx, engine.cast["dave"].id)
        assert await people.members(tx)
