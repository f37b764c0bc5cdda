"""The trail: who, when, through which door; only ever added to, and never an update's text."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from core import audit, escalation, incidents, people, updates
from core.transaction import Actor, Transaction
from storage.models import AuditEvent
from storage.vocabulary import ActorKind, AuditType, Severity, Status, Surface
from tests.cast import NOON
from tests.core import given
from tests.engine import Engine


async def test_an_event_says_who_did_what_when_and_through_which_door(engine: Engine) -> None:
    incident = await engine.declare()
    engine.clock.at = NOON + timedelta(minutes=1)
    key = Actor(ActorKind.API_KEY, engine.cast["bob"].id, "CI", Surface.API, engine.organization_id)
    async with engine.core.transaction(key) as tx:
        await escalation.acknowledge(tx, incident.id)

    event = next(one for one in await engine.trail() if one.type is AuditType.INCIDENT_ACKNOWLEDGED)
    assert (event.at, event.actor_kind, event.actor_id, event.actor_name, event.surface) == (
        engine.clock.at,
        ActorKind.API_KEY,
        engine.cast["bob"].id,
        "CI",
        Surface.API,
    )
    assert (event.incident_id, event.organization_id, event.data) == (
        incident.id,
        engine.organization_id,
        {},
    )


async def test_what_tocsin_does_itself_is_done_by_the_system(engine: Engine) -> None:
    await engine.declare()
    await engine.pass_time(minutes=5)

    escalated = next(one for one in await engine.trail() if one.type is AuditType.ESCALATED)
    assert (escalated.actor_kind, escalated.actor_id, escalated.actor_name, escalated.surface) == (
        ActorKind.SYSTEM,
        None,
        "Tocsin",
        Surface.SYSTEM,
    )
    assert escalated.organization_id == engine.organization_id


async def test_an_event_about_no_incident_belongs_to_the_actors_organization(
    engine: Engine,
) -> None:
    async with engine.core.transaction(engine.system) as tx:
        event = audit.record(tx, AuditType.SETTINGS_CHANGED, setting="x")

    assert (event.organization_id, event.incident_id) == (engine.organization_id, None)


async def test_the_trail_of_an_incident_is_read_in_order_and_by_its_organization_alone(
    engine: Engine,
) -> None:
    incident = await engine.declare()
    await engine.declare()
    mallory = await given.stranger(engine)

    trail = await engine.trail()
    assert [one.sequence for one in trail] == sorted(one.sequence for one in trail)
    assert {one.incident_id for one in trail} == {incident.id}
    async with engine.core.reading(mallory) as tx:
        assert await audit.trail(tx, incident.id) == []


STATEMENTS = ("UPDATE audit_events SET actor_name = 'Nobody'", "DELETE FROM audit_events")


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda one: one.split()[0])
async def test_the_database_refuses_to_change_or_remove_an_event(
    engine: Engine, statement: str
) -> None:
    await engine.declare()
    before = await engine.types()

    with pytest.raises(DBAPIError, match="the audit trail is append-only"):
        async with engine.core.transaction(engine.system) as tx:
            await tx.db.execute(text(statement))

    assert await engine.types() == before


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
async def test_the_database_refuses_to_empty_the_trail(engine: Engine) -> None:
    with pytest.raises(DBAPIError, match="the audit trail is append-only"):
        async with engine.core.transaction(engine.system) as tx:
            await tx.db.execute(text("TRUNCATE audit_events"))


async def test_an_event_changed_through_its_model_is_refused_too(engine: Engine) -> None:
    async def change(tx: Transaction) -> None:
        event = audit.record(tx, AuditType.SETTINGS_CHANGED)
        await tx.db.flush()
        event.actor_name = "Somebody else"

    async def remove(tx: Transaction) -> None:
        event = audit.record(tx, AuditType.SETTINGS_CHANGED)
        await tx.db.flush()
        await tx.db.delete(event)

    for act in (change, remove):
        with pytest.raises(DBAPIError, match="the audit trail is append-only"):
            await engine.do("alice", act)


SECRET = "the password is hunter2"


async def test_the_text_of_an_update_is_never_on_the_trail(engine: Engine) -> None:
    incident = await engine.declare()
    await engine.do("bob", updates.post_update, incident.id, body=SECRET)
    await engine.do(
        "bob",
        updates.post_update,
        incident.id,
        body=SECRET,
        status_change=Status.IDENTIFIED,
        dedup_key="slack:V1",
    )
    engine.sender.before = given.failing(given.NEVER, kind="update_posted")
    await engine.do("bob", updates.resolve, incident.id, body=SECRET)
    await engine.settle()
    trail = await engine.trail()

    told = [(one.type, one.data) for one in trail if "updateId" in one.data]
    assert len(told) == 4 + 3  # updates, and their transitions
    assert SECRET not in json.dumps([one.data for one in trail])
    assert AuditType.DELIVERY_FAILED in await engine.types()
    async with engine.core.reading(engine.system) as tx:
        everything = await tx.db.scalars(select(AuditEvent.data))
        assert SECRET not in json.dumps(list(everything))


async def test_every_change_of_an_incident_is_on_its_trail_once(engine: Engine) -> None:
    incident = await engine.declare()
    await engine.do("bob", incidents.change_severity, incident.id, Severity.LOW)
    await engine.do("bob", escalation.acknowledge, incident.id)
    await engine.do("bob", escalation.hand_off, incident.id, to=engine.cast["dave"].id)
    await engine.do("bob", updates.post_update, incident.id, body="x")
    await engine.do("bob", updates.resolve, incident.id)
    await engine.do("bob", people.set_alerts_channel, "elsewhere")

    assert await engine.types() == [
        AuditType.INCIDENT_CREATED,
        AuditType.LAYER_PAGED,
        AuditType.SEVERITY_CHANGED,
        AuditType.INCIDENT_ACKNOWLEDGED,
        AuditType.ESCALATION_STOPPED,
        AuditType.PAGE_SUPERSEDED,
        AuditType.INCIDENT_HANDED_OFF,
        AuditType.OWNER_CHANGED,
        AuditType.UPDATE_POSTED,
        AuditType.UPDATE_POSTED,
        AuditType.STATUS_CHANGED,
        AuditType.UPDATE_POSTED,
        AuditType.STATUS_CHANGED,
        AuditType.UPDATE_POSTED,
        AuditType.STATUS_CHANGED,
        AuditType.ESCALATION_STOPPED,
        AuditType.PAGE_SUPERSEDED,
    ]
