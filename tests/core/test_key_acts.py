"""An API key acts: what it does is told as the key's, and what it wrote is its own to take back."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from core import (
    affected,
    declaring,
    editing,
    escalation,
    facts,
    history,
    incidents,
    redaction,
    timeline,
    updates,
)
from core.errors import RedactionNotPermitted
from core.transaction import Actor
from storage.models import Incident, Member
from storage.vocabulary import ActorKind, AuditType, Severity, Status, Surface
from tests.core import public
from tests.engine import Engine


def _key(engine: Engine, name: str = "Grafana") -> Actor:
    return Actor(ActorKind.API_KEY, uuid4(), name, Surface.API, engine.organization_id)


async def _do(engine: Engine, key: Actor, act: Any, *args: Any, **said: Any) -> Any:
    async with engine.core.transaction(key) as tx:
        return await act(tx, *args, **said)


async def test_all_that_a_key_does_to_an_incident_is_told_as_the_keys(engine: Engine) -> None:
    key = _key(engine)
    api = await public.component(engine)
    incident: Incident = await _do(
        engine, key, declaring.open_incident, title="Down", severity=Severity.LOW,
        owner_schedule_id=engine.schedule_id,
    )  # fmt: skip
    before = len(await engine.trail())
    await engine.settle()
    for act, said in (
        (editing.edit_incident, {"title": "Checkout is down"}),
        (incidents.change_severity, {"severity": Severity.CRITICAL}),
        (affected.set_components, {"component_ids": [api]}),
        (escalation.acknowledge, {}),
        (escalation.hand_off, {"to": engine.cast["dave"].id}),
        (updates.post_update, {"body": "Looking", "status_change": Status.IDENTIFIED}),
        (updates.resolve, {"body": "Fixed"}),
    ):
        await _do(engine, key, act, incident.id, **said)
    await engine.settle()

    assert (incident.created_by, incident.created_by_id) == ("Grafana", key.id)
    by_us = [one for one in await engine.trail() if one.actor_kind is not ActorKind.SYSTEM]
    assert {(one.actor_kind, one.actor_id, one.surface) for one in by_us} == {
        (ActorKind.API_KEY, key.id, Surface.API)
    }
    assert len(by_us) > before
    async with engine.core.reading(key) as tx:
        told = await timeline.of(tx, incident.id)
        assert {one.by for one in told if one.type is not AuditType.RESPONDER_PAGED} == {"Grafana"}
        steps = await history.status_history(tx, incident.id)
        assert [one.resolution_note for one in steps] == [None, "Looking", None, "Fixed"]


async def test_what_a_key_acknowledged_shows_its_name_and_whom_it_handed_to_is_told_why(
    engine: Engine,
) -> None:
    incident = await engine.declare()
    key = _key(engine)
    acknowledged = await _do(engine, key, escalation.acknowledge, incident.id)
    assert (acknowledged.acknowledged_by, acknowledged.acknowledged_by_id) == ("Grafana", key.id)
    async with engine.core.reading(engine.system) as tx:
        assert (await facts.of(tx, acknowledged)).acknowledged_by == "Grafana"

    await _do(engine, key, escalation.hand_off, incident.id, to=engine.cast["dave"].id)
    await engine.settle()

    whys = {post.name: post.outgoing.message.why.by for post in engine.sender.posts.values()
            if post.kind == "page"}  # fmt: skip
    assert whys["Dave"] == "Grafana"


async def test_a_key_takes_back_what_it_wrote_and_nobody_elses(engine: Engine) -> None:
    incident = await engine.declare()
    key, other = _key(engine), _key(engine, "Jenkins")
    alice: Member = engine.cast["alice"]
    namesake = Actor(ActorKind.MEMBER, key.id, alice.name, Surface.API, engine.organization_id)
    mine = await _do(engine, key, updates.post_update, incident.id, body="Mine")

    for another in (other, namesake):
        with pytest.raises(RedactionNotPermitted):
            await _do(engine, another, redaction.redact_update, incident.id, mine.id)
    engine.clock.at += timedelta(seconds=300)
    async with engine.core.reading(key) as tx:
        assert list(await redaction.removable(tx, [mine])) == [mine.id]
    redacted = await _do(engine, key, redaction.redact_update, incident.id, mine.id)

    assert (redacted.body, redacted.redacted_by, redacted.redacted_by_id) == (
        None, "Grafana", key.id,
    )  # fmt: skip


async def test_a_key_too_late_is_too_late(engine: Engine) -> None:
    incident = await engine.declare()
    key = _key(engine)
    mine = await _do(engine, key, updates.post_update, incident.id, body="Mine")

    engine.clock.at += timedelta(seconds=301)

    with pytest.raises(RedactionNotPermitted):
        await _do(engine, key, redaction.redact_update, incident.id, mine.id)
