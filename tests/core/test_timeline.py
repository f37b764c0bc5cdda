"""What happened, interleaved in the order it happened, for people to read."""

from datetime import timedelta
from uuid import uuid4

import pytest

from core import escalation, incidents, timeline, updates
from core.timeline import Entry
from storage.vocabulary import AuditType, Severity, Status
from tests.cast import NOON
from tests.core import given
from tests.engine import Engine

pytestmark = pytest.mark.postgresql_later


async def _timeline(engine: Engine) -> tuple[Entry, ...]:
    incident = await engine.incident()
    async with engine.core.reading(engine.system) as tx:
        return await timeline.of(tx, incident.id)


async def test_notes_transitions_and_gestures_are_interleaved_as_they_happened(
    engine: Engine,
) -> None:
    incident = await engine.declare()
    await engine.settle()
    for minute, (name, act, asked) in enumerate(
        (
            ("bob", updates.post_update, {"body": "Looking"}),
            ("bob", escalation.acknowledge, {}),
            ("carol", updates.post_update, {"body": "A", "status_change": Status.IDENTIFIED}),
            ("alice", escalation.hand_off, {"to": engine.cast["dave"].id}),
            ("dave", updates.resolve, {"body": "Fixed"}),
        ),
        start=1,
    ):
        engine.clock.at = NOON + timedelta(minutes=minute)
        await engine.do(name, act, incident.id, **asked)

    told = [
        (
            (one.at - NOON) // timedelta(minutes=1),
            one.by,
            one.type,
            one.update and (one.update.body, one.update.status_change),
        )
        for one in await _timeline(engine)
    ]
    assert told == [
        (0, "Alice", AuditType.INCIDENT_CREATED, None),
        (0, "Alice", AuditType.LAYER_PAGED, None),
        (0, "Tocsin", AuditType.RESPONDER_PAGED, None),
        (1, "Bob", AuditType.UPDATE_POSTED, ("Looking", None)),
        (2, "Bob", AuditType.INCIDENT_ACKNOWLEDGED, None),
        (3, "Carol", AuditType.UPDATE_POSTED, ("A", Status.IDENTIFIED)),
        (4, "Alice", AuditType.INCIDENT_HANDED_OFF, None),
        (5, "Dave", AuditType.UPDATE_POSTED, (None, Status.MONITORING)),
        (5, "Dave", AuditType.UPDATE_POSTED, ("Fixed", Status.RESOLVED)),
    ]


async def test_what_went_wrong_is_told(engine: Engine) -> None:
    engine.sender.before = given.failing(given.NEVER, kind="page")
    incident = await engine.declare()
    await engine.settle()
    await engine.do("bob", incidents.change_severity, incident.id, Severity.LOW)

    assert [one.type for one in await _timeline(engine)] == [
        AuditType.INCIDENT_CREATED,
        AuditType.LAYER_PAGED,
        AuditType.DELIVERY_FAILED,
        AuditType.LAYER_PAGED,
        AuditType.DELIVERY_FAILED,
        AuditType.ESCALATION_EXHAUSTED,
        AuditType.SEVERITY_CHANGED,
    ]


async def test_nobody_reads_the_timeline_of_another_organization(engine: Engine) -> None:
    incident = await engine.declare()
    await engine.do("bob", updates.post_update, incident.id, body="Looking")
    mallory = await given.stranger(engine)

    async with engine.core.reading(mallory) as tx:
        assert await timeline.of(tx, incident.id) == ()
        assert await timeline.of(tx, uuid4()) == ()
