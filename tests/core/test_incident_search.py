"""Incidents found by status, severity and day, a page at a time, however many there are."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import insert

from core import incident_search, people
from core.errors import ValidationFailed
from storage.models import Incident
from storage.vocabulary import ActorKind, EscalationState, Severity, Status
from tests.cast import NOON
from tests.core import given
from tests.core.plans import gather_statistics, rows_passed_over
from tests.engine import Engine

pytestmark = pytest.mark.postgresql_later

TODAY = NOON.date()
STATUSES: tuple[tuple[Status, ...], ...] = ((), (Status.RESOLVED,), tuple(Status)[:3])
SEVERITIES: tuple[tuple[Severity, ...], ...] = ((), (Severity.HIGH, Severity.LOW))
DAYS = tuple(
    tuple(TODAY - timedelta(days=ago) if ago is not None else None for ago in span)
    for span in ((None, None), (3, None), (None, 2), (4, 2))
)


async def _fill(engine: Engine, count: int, *, apart: timedelta = timedelta(hours=5)) -> None:
    """So many incidents of every kind, the last of them now."""
    random = Random(count)
    rows = [
        {
            "id": uuid4(), "organization_id": engine.organization_id, "number": number,
            "title": "Down", "severity": random.choice(list(Severity)),
            "status": random.choice(list(Status)), "created_by": "Alice",
            "created_by_kind": ActorKind.MEMBER, "created_at": NOON - (count - number) * apart,
            "updated_at": NOON, "escalation_state": EscalationState.IDLE,
        }
        for number in range(1, count + 1)
    ]  # fmt: skip
    async with engine.core.transaction(engine.system) as tx:
        await tx.db.execute(insert(Incident), rows)


async def _search(engine: Engine, **asked: Any) -> list[int]:
    async with engine.core.reading(engine.system) as tx:
        return [one.number for one in await incident_search.search(tx, **asked)]


async def _walk(engine: Engine, limit: int, **asked: Any) -> list[int]:
    """All there is, page by page."""
    found: list[int] = []
    while page := await _search(
        engine, limit=limit, before_number=found[-1] if found else None, **asked
    ):
        found += page
    return found


async def test_the_newest_are_found_first_and_no_more_than_asked_for(engine: Engine) -> None:
    await _fill(engine, 30)

    assert await _search(engine) == list(range(30, 10, -1))
    assert await _search(engine, limit=2, before_number=3) == [2, 1]
    assert await _search(engine, before_number=1) == []


async def test_every_page_together_is_what_was_asked_for_once_each(engine: Engine) -> None:
    await _fill(engine, 30)
    async with engine.core.reading(engine.system) as tx:
        every = await incident_search.search(tx, limit=100)

    for statuses, severities, (first, last) in product(STATUSES, SEVERITIES, DAYS):
        found = await _walk(
            engine, 8, statuses=statuses, severities=severities, created_from=first, created_to=last
        )
        assert found == [
            one.number
            for one in every
            if one.status in (statuses or Status)
            if one.severity in (severities or Severity)
            if (first or date.min) <= one.created_at.astimezone(UTC).date() <= (last or date.max)
        ]


async def test_days_begin_and_end_at_midnight_in_utc_and_are_inclusive(engine: Engine) -> None:
    midnight = datetime.combine(TODAY, time(), UTC)
    tick = timedelta(microseconds=1)
    for at in (midnight - tick, midnight, midnight + timedelta(days=1) - tick,
               midnight + timedelta(days=1)):  # fmt: skip
        engine.clock.at = at
        await engine.declare()

    assert await _search(engine, created_from=TODAY, created_to=TODAY) == [3, 2]
    assert await _search(engine, created_to=TODAY, before_number=4) == [3, 2, 1]
    assert await _search(engine, created_from=date.min, created_to=date.max) == [4, 3, 2, 1]


async def test_the_last_day_does_not_come_before_the_first(engine: Engine) -> None:
    with pytest.raises(ValidationFailed) as refused:
        await _search(engine, created_from=TODAY, created_to=TODAY - timedelta(days=1))

    assert refused.value.field == "from"


async def test_what_is_declared_meanwhile_moves_nothing(engine: Engine) -> None:
    await _fill(engine, 6)
    first = await _search(engine, limit=3)
    async with engine.core.transaction(engine.system) as tx:
        (await people.organization(tx)).last_incident_number = 6
    await engine.declare()

    assert first == [6, 5, 4]
    assert await _search(engine, limit=3, before_number=4) == [3, 2, 1]


@pytest.mark.parametrize("number", [-(2**80), -1, 0, 2, 2**31, 2**80])
async def test_any_number_is_a_place_to_go_on_from(engine: Engine, number: int) -> None:
    await _fill(engine, 3)
    assert await _search(engine, before_number=number) == [n for n in (3, 2, 1) if n < number]


async def test_incidents_of_another_organization_are_never_found(engine: Engine) -> None:
    await _fill(engine, 3)
    mallory = await given.stranger(engine)

    async with engine.core.reading(mallory) as tx:
        assert await incident_search.search(tx) == []
        assert await incident_search.search(tx, statuses=list(Status), before_number=4) == ()


KINDS: tuple[dict[str, Any], ...] = (
    {},
    {"statuses": [Status.RESOLVED]},
    {"severities": [Severity.LOW]},
    {"statuses": [Status.MONITORING], "severities": [Severity.CRITICAL]},
)
SPANS: tuple[dict[str, Any], ...] = (
    {},
    {"before_number": 200},
    {"created_from": TODAY - timedelta(days=40), "created_to": TODAY - timedelta(days=30)},
    {"created_to": TODAY - timedelta(days=30), "before_number": 200},
)


@pytest.mark.own_database
async def test_a_page_is_read_from_its_place_in_an_index_and_nothing_is_passed_over(
    engine: Engine,
) -> None:
    await _fill(engine, 5_000, apart=timedelta(hours=1))
    async with engine.core.transaction(engine.system) as tx:
        await gather_statistics(tx, "incidents")

    async with engine.core.reading(engine.system) as tx:
        for kind, span in product(KINDS, SPANS):
            asks = incident_search.search(tx, **kind, **span)
            assert await rows_passed_over(tx, asks, "incidents") == [], (kind, span)
