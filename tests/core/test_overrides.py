"""Overrides: somebody stands in, two never overlap, and what has passed stays as it was."""

from typing import Any
from uuid import uuid4

import pytest

from core import covering, oncall, overrides, schedules
from core.covering import OverrideDraft
from core.errors import (
    InvalidTargetUser,
    NotFound,
    OverrideConflict,
    OverrideEnded,
    ValidationFailed,
)
from storage.vocabulary import AuditType
from tests.cast import NOON
from tests.core import given
from tests.core.standing_in import at, cover, create, draft, on_call, stored, told, value
from tests.engine import Engine

pytestmark = pytest.mark.postgresql_later


async def test_somebody_stands_in_from_its_start_and_not_at_its_end(engine: Engine) -> None:
    await create(engine, "dave", 1, 3)

    assert [await on_call(engine, hour) for hour in (0.99, 1, 2.99, 3)] == [
        "bob", "dave", "dave", "bob",
    ]  # fmt: skip


async def test_two_on_one_schedule_may_not_overlap(engine: Engine) -> None:
    await create(engine, "dave", 1, 3)

    with pytest.raises(OverrideConflict, match="covers part of that time already") as refused:
        await create(engine, "carol", 2.9, 4)
    assert refused.value.field == "start_at"
    await create(engine, "carol", 3, 4)  # one begins where the other ends
    assert len(await stored(engine)) == 2


@pytest.mark.parametrize(
    ("start", "end", "left"),
    [
        (1, 5, []),
        (0, 6, []),
        (2, 3, [(1, 2), (3, 5)]),
        (1, 2, [(2, 5)]),
        (4, 6, [(1, 4)]),
        (5, 6, [(1, 5)]),
    ],
)
async def test_who_covers_cuts_what_is_in_the_way(
    engine: Engine, start: float, end: float, left: list[tuple[float, float]]
) -> None:
    await create(engine, "dave", 1, 5)
    await told(engine)
    before = await value(engine)

    await cover(engine, "carol", start, end)

    dave, carol = engine.cast["dave"].id, engine.cast["carol"].id
    wanted = sorted([(dave, *span) for span in left] + [(carol, start, end)], key=lambda it: it[1])
    assert await stored(engine) == wanted
    foreseen = covering.with_cover(before, OverrideDraft(carol, at(start), at(end)))
    assert [
        (one.member_id, one.start_at, one.end_at) for one in oncall.shifts(foreseen, NOON, at(30))
    ] == [
        (one.member_id, one.start_at, one.end_at)
        for one in oncall.shifts(await value(engine), NOON, at(30))
    ]


async def test_asking_for_what_it_is_already_changes_nothing(engine: Engine) -> None:
    override_id = await create(engine, "dave", 1, 3)
    await told(engine)

    await engine.do("alice", overrides.change, override_id, draft(engine, "dave", 1, 3))

    assert await told(engine) == []
    types = [event.type for event in await given.organization_trail(engine)]
    assert AuditType.OVERRIDE_CHANGED not in types


async def test_a_change_may_not_overlap_another(engine: Engine) -> None:
    override_id = await create(engine, "dave", 1, 3)
    await create(engine, "carol", 4, 5)

    with pytest.raises(OverrideConflict):
        await engine.do("alice", overrides.change, override_id, draft(engine, "dave", 1, 4.5))


async def test_one_that_is_ahead_goes_and_one_that_runs_ends_now(engine: Engine) -> None:
    ahead = await create(engine, "dave", 10, 12)
    runs = await create(engine, "carol", 0, 3)
    engine.clock.at = at(1)

    await engine.do("alice", overrides.remove, ahead)
    await engine.do("alice", overrides.remove, runs)

    assert await stored(engine) == []
    async with engine.core.reading(engine.system) as tx:
        past = (await schedules.load(tx, [engine.schedule_id], overrides_from=NOON)).popitem()[1]
    assert [(one.start_at, one.end_at) for one in past.overrides] == [(at(0), at(1))]
    assert await on_call(engine, 1) == "bob"


async def test_one_that_is_over_can_not_be_changed(engine: Engine) -> None:
    override_id = await create(engine, "dave", 1, 3)
    engine.clock.at = at(3)

    with pytest.raises(OverrideEnded):
        await engine.do("alice", overrides.change, override_id, draft(engine, "dave", 1, 4))
    with pytest.raises(OverrideEnded):
        await engine.do("alice", overrides.remove, override_id)


@pytest.mark.parametrize(("start", "end"), [(3, 3), (3, 1), (-3, -1), (-3, 0)])
async def test_an_override_ends_after_it_begins_and_not_in_the_past(
    engine: Engine, start: float, end: float
) -> None:
    with pytest.raises(ValidationFailed) as refused:
        await create(engine, "dave", start, end)
    assert refused.value.field == "end_at"


async def test_only_a_member_can_stand_in(engine: Engine) -> None:
    await given.remove(engine, "dave")

    with pytest.raises(InvalidTargetUser):
        await create(engine, "dave", 1, 3)


async def test_those_of_another_organization_are_unknown(engine: Engine) -> None:
    override_id = await create(engine, "dave", 1, 3)
    mallory = await given.stranger(engine)

    async def as_mallory(command: Any, *arguments: Any) -> None:
        async with engine.core.transaction(mallory) as tx:
            await command(tx, *arguments)

    with pytest.raises(NotFound):
        await as_mallory(overrides.remove, override_id)
    with pytest.raises(NotFound):
        await as_mallory(overrides.create, engine.schedule_id, draft(engine, "dave", 4, 5))
    with pytest.raises(NotFound):
        await as_mallory(overrides.list_overrides, engine.schedule_id)
    with pytest.raises(NotFound):
        await engine.do("alice", overrides.remove, uuid4())


async def test_every_change_is_on_the_trail_with_before_and_after(engine: Engine) -> None:
    override_id = await create(engine, "dave", 1, 3)
    await engine.do("alice", overrides.change, override_id, draft(engine, "dave", 1, 4))
    await engine.do("alice", overrides.remove, override_id)

    def span(end: float) -> dict[str, str]:
        return {
            "userId": str(engine.cast["dave"].id),
            "startAt": at(1).isoformat(),
            "endAt": at(end).isoformat(),
        }

    events = [one for one in await given.organization_trail(engine) if "override" in one.type]
    assert [(one.type, one.data.get("before"), one.data.get("after")) for one in events] == [
        (AuditType.OVERRIDE_CREATED, None, span(3)),
        (AuditType.OVERRIDE_CHANGED, span(3), span(4)),
        (AuditType.OVERRIDE_REMOVED, span(4), None),
    ]
    assert {one.data["overrideId"] for one in events} == {str(override_id)}


async def test_two_never_overlap_not_even_with_one_that_has_ended(engine: Engine) -> None:
    await create(engine, "dave", 1, 3)
    engine.clock.at = at(4)

    with pytest.raises(OverrideConflict):
        await create(engine, "carol", 0, 8)


async def test_covering_leaves_the_past_as_it_was(engine: Engine) -> None:
    await create(engine, "dave", 1, 8)
    engine.clock.at = at(4)

    await cover(engine, "carol", 0.5, 6)

    async with engine.core.reading(engine.system) as tx:
        then = (await schedules.load(tx, [engine.schedule_id], overrides_from=NOON)).popitem()[1]
    names = {member.id: name for name, member in engine.cast.items()}
    owners = [oncall.resolve(then, at(hour)).owner for hour in (2, 5, 7)]
    assert [names[one.member_id] for one in owners if one] == ["dave", "carol", "dave"]


async def test_covering_twice_changes_nothing_and_tells_nobody_twice(engine: Engine) -> None:
    first = await cover(engine, "dave", 0, 3)
    await told(engine)
    engine.clock.at = at(0.01)

    assert await cover(engine, "dave", 0, 3) == first
    assert await told(engine) == []


async def test_who_takes_a_running_one_over_leaves_its_past_to_whoever_it_was(
    engine: Engine,
) -> None:
    id = await create(engine, "dave", -2, 4)
    changed = await engine.do("alice", overrides.change_ahead, id, draft(engine, "carol", -2, 6))

    assert changed.id == id
    assert await stored(engine) == [(engine.cast["carol"].id, 0, 6)]
    async with engine.core.reading(engine.system) as tx:
        everything = await schedules.value_of(tx, engine.schedule_id, at=at(-3))
    shifts = oncall.shifts(everything, at(-3), at(7))
    assert [one.override_id == id for one in shifts] == [False, False, True, False]
    who = [next(n for n, m in engine.cast.items() if m.id == one.member_id) for one in shifts]
    assert who == ["bob", "dave", "carol", "bob"]
    past, present = (await given.organization_trail(engine))[-2:]
    assert [past.type, present.type] == [AuditType.OVERRIDE_CREATED, AuditType.OVERRIDE_CHANGED]
    assert past.data["after"]["endAt"] == at(0).isoformat()
    await engine.settle()
    assert [post.name for post in engine.sender.posts.values()].count("Carol") == 1
