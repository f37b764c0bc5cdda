"""Incidents found by number and by id, listed, and their severity changed."""

from uuid import uuid4

import pytest

from core import escalation, incidents, updates
from core.errors import IncidentResolved, NotFound
from storage.vocabulary import AuditType, Severity
from tests.core import given
from tests.engine import Engine


async def test_an_incident_is_found_by_number_and_by_id(engine: Engine) -> None:
    first, second = [await engine.declare() for _ in range(2)]

    async with engine.core.reading(engine.system) as tx:
        assert (await incidents.find(tx, 2)).id == second.id
        assert (await incidents.get(tx, first.id)).number == 1


async def test_what_is_not_there_or_not_ours_is_not_found(engine: Engine) -> None:
    incident = await engine.declare()
    mallory = await given.stranger(engine)

    async with engine.core.reading(mallory) as tx:
        with pytest.raises(NotFound, match="There is no incident #1"):
            await incidents.find(tx, 1)
        for unknown in (incident.id, uuid4()):
            with pytest.raises(NotFound):
                await incidents.get(tx, unknown)
        assert await incidents.list_open(tx) == []


async def test_open_incidents_are_listed_the_newest_first(engine: Engine) -> None:
    declared = [await engine.declare() for _ in range(4)]
    await engine.do("bob", updates.resolve, declared[1].id)

    async with engine.core.reading(engine.system) as tx:
        assert [one.number for one in await incidents.list_open(tx)] == [4, 3, 1]
        assert [one.number for one in await incidents.list_open(tx, limit=2)] == [4, 3]


async def test_what_nobody_has_acknowledged_comes_first_the_worst_of_it_before_the_rest(
    engine: Engine,
) -> None:
    for severity in (Severity.HIGH, Severity.LOW, Severity.CRITICAL, Severity.HIGH):
        await engine.declare(severity=severity)
    taken = await engine.declare(severity=Severity.CRITICAL)
    await engine.do("bob", escalation.acknowledge, taken.id)
    over = await engine.declare(severity=Severity.CRITICAL)
    await engine.do("bob", updates.resolve, over.id)

    async with engine.core.reading(engine.system) as tx:
        first = await incidents.in_need_first(tx, limit=3)
        rest = await incidents.in_need_first(tx, limit=3, offset=3)
        behind = await incidents.in_need_first(tx, limit=3, after=incidents.Need.of(first[1]))
        last = await incidents.in_need_first(tx, limit=3, after=incidents.Need.of(rest[0]))
    assert [one.number for one in first] == [3, 1, 4]
    assert [one.number for one in rest] == [2, 5]
    assert [one.number for one in behind] == [4, 2, 5]
    assert [one.number for one in last] == [5]


async def test_a_severity_is_changed_audited_said_and_shown(engine: Engine) -> None:
    incident = await engine.declare()
    await engine.settle()

    changed = await engine.do("bob", incidents.change_severity, incident.id, Severity.LOW)
    await engine.settle()

    assert changed.severity is Severity.LOW
    assert await given.data_of(engine, AuditType.SEVERITY_CHANGED) == [
        {"before": "critical", "after": "low"}
    ]
    assert engine.sender.kinds().count("severity_changed") == 1
    shown = {
        post.kind: [edit.incident.severity for edit in post.edits]
        for post in engine.sender.posts.values()
    }
    assert (shown["page"], shown["card"]) == ([Severity.LOW], [Severity.LOW])


async def test_every_change_of_severity_is_said(engine: Engine) -> None:
    incident = await engine.declare()
    for severity in (Severity.LOW, Severity.CRITICAL, Severity.LOW):
        await engine.do("bob", incidents.change_severity, incident.id, severity)
    await engine.settle()

    assert engine.sender.kinds().count("severity_changed") == 3


async def test_the_same_severity_again_changes_nothing(engine: Engine) -> None:
    incident = await engine.declare()

    same = await engine.do("bob", incidents.change_severity, incident.id, Severity.CRITICAL)

    assert same.version == 1
    assert await given.data_of(engine, AuditType.SEVERITY_CHANGED) == []


async def test_the_severity_of_what_is_resolved_stays(engine: Engine) -> None:
    incident = await engine.declare()
    await engine.do("bob", updates.resolve, incident.id)

    for severity in (Severity.LOW, Severity.CRITICAL):
        with pytest.raises(IncidentResolved):
            await engine.do("bob", incidents.change_severity, incident.id, severity)


async def test_the_severity_of_what_is_not_there_can_not_be_changed(engine: Engine) -> None:
    with pytest.raises(NotFound):
        await engine.do("bob", incidents.change_severity, uuid4(), Severity.LOW)


async def test_acknowledging_and_handing_off_leave_the_severity_alone(engine: Engine) -> None:
    incident = await engine.declare(severity=Severity.HIGH)
    await engine.do("bob", escalation.acknowledge, incident.id)
    await engine.do("bob", escalation.hand_off, incident.id, to=engine.cast["dave"].id)

    assert (await engine.incident()).severity is Severity.HIGH
