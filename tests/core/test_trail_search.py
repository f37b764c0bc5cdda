"""The whole organization's trail, a page at a time: an admin's alone, and quick at any length."""

from datetime import datetime, timedelta
from itertools import product
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import insert

from core import escalation, people, trail_search
from core.errors import Forbidden
from storage.models import AuditEvent
from storage.vocabulary import ActorKind, AuditType, Surface
from tests.cast import NOON
from tests.core import given, public
from tests.core.plans import gather_statistics, rows_passed_over
from tests.engine import Engine

pytestmark = pytest.mark.postgresql_later


@pytest.fixture
async def admin(engine: Engine) -> Engine:
    """Alice is an admin."""
    await public.appoint(engine, "alice")
    return engine


async def _search(engine: Engine, by: str = "alice", **asked: Any) -> list[AuditEvent]:
    async with engine.core.reading(engine.actor(by)) as tx:
        return list(await trail_search.search(tx, **asked))


async def _walk(engine: Engine, limit: int, **asked: Any) -> list[AuditEvent]:
    """All there is, page by page."""
    found: list[AuditEvent] = []
    while page := await _search(
        engine, limit=limit, before_sequence=found[-1].sequence if found else None, **asked
    ):
        found += page
    return found


async def test_what_happened_to_incidents_and_to_the_organization_is_one_trail(
    admin: Engine,
) -> None:
    incident = await admin.declare()
    admin.clock.at += timedelta(minutes=1)
    await admin.do("bob", escalation.acknowledge, incident.id)
    await admin.do("bob", people.set_alerts_channel, "elsewhere")

    assert [(one.type, one.incident_id) for one in await _search(admin, limit=5)] == [
        (AuditType.SETTINGS_CHANGED, None),
        (AuditType.PAGE_SUPERSEDED, incident.id),
        (AuditType.ESCALATION_STOPPED, incident.id),
        (AuditType.INCIDENT_ACKNOWLEDGED, incident.id),
        (AuditType.LAYER_PAGED, incident.id),
    ]


async def test_every_page_together_is_what_was_asked_for_once_each(admin: Engine) -> None:
    for _ in range(3):
        incident = await admin.declare()
        await admin.do("bob", escalation.acknowledge, incident.id)
        admin.clock.at += timedelta(minutes=1)
    every = await _search(admin, limit=1000)
    assert [one.sequence for one in every] == sorted((one.sequence for one in every), reverse=True)
    minutes = [None, *(NOON + timedelta(minutes=n) for n in (1, 3))]

    for type, since, until in product((None, AuditType.LAYER_PAGED), minutes, minutes):
        found = await _walk(admin, 11, type=type, since=since, until=until)
        assert [one.id for one in found] == [
            one.id
            for one in every
            if type in (None, one.type)
            if (since or NOON) <= one.at < (until or datetime.max.replace(tzinfo=NOON.tzinfo))
        ]


async def test_what_happens_meanwhile_moves_nothing(admin: Engine) -> None:
    await admin.declare()
    first, second = await _search(admin, limit=2), await _search(admin, limit=4)
    await admin.declare()

    more = await _search(admin, limit=2, before_sequence=first[-1].sequence)
    assert [one.id for one in more] == [one.id for one in second[2:]]


@pytest.mark.parametrize("sequence", [-(2**80), -1, 0, 1])
async def test_before_the_beginning_there_is_nothing(admin: Engine, sequence: int) -> None:
    assert await _search(admin, before_sequence=sequence) == []


@pytest.mark.parametrize("sequence", [2**62, 2**63, 2**80])
async def test_from_beyond_the_end_one_begins_at_the_end(admin: Engine, sequence: int) -> None:
    found = await _search(admin, before_sequence=sequence)
    assert [one.id for one in found] == [one.id for one in await _search(admin)]


async def test_a_member_is_refused_the_trail(admin: Engine) -> None:
    with pytest.raises(Forbidden, match="audit trail"):
        await _search(admin, by="bob")


async def test_the_trail_of_another_organization_is_never_read(admin: Engine) -> None:
    await admin.declare()
    mallory = await given.stranger(admin)
    async with admin.core.transaction(mallory) as tx:
        await people.appoint_admins(tx, ["mallory@other.example"])

    async with admin.core.reading(mallory) as tx:
        everything = await trail_search.search(tx, limit=1000)
        assert {one.organization_id for one in everything} == {mallory.organization_id}
        mine = (await _search(admin))[0].sequence
        theirs = await trail_search.search(tx, before_sequence=mine, limit=1000)
        assert {one.organization_id for one in theirs} <= {mallory.organization_id}


SPANS: tuple[dict[str, Any], ...] = (
    {},
    {"before_sequence": 200},
    {"since": NOON - timedelta(days=40), "until": NOON - timedelta(days=30)},
    {"until": NOON - timedelta(days=30), "before_sequence": 4_500},
)


@pytest.mark.own_database
async def test_a_page_is_read_from_its_place_in_an_index_and_nothing_is_passed_over(
    admin: Engine,
) -> None:
    types = list(AuditType)
    rows = [
        {
            "id": uuid4(), "organization_id": admin.organization_id, "data": {},
            "type": types[number % len(types)], "at": NOON - timedelta(hours=5_000 - number),
            "actor_kind": ActorKind.SYSTEM, "actor_name": "Tocsin", "surface": Surface.SYSTEM,
        }
        for number in range(5_000)
    ]  # fmt: skip
    async with admin.core.transaction(admin.system) as tx:
        await tx.db.execute(insert(AuditEvent), rows)
        await gather_statistics(tx, "audit_events")

    async with admin.core.reading(admin.system) as tx:
        for kind, span in product(({}, {"type": AuditType.MEMBER_ADDED}), SPANS):
            asks = trail_search.search(tx, **kind, **span)
            assert await rows_passed_over(tx, asks, "audit_events") == [], (kind, span)
