"""The judgement: what is in Slack and in the database, held against the promise.

docs/promise.md has its sentences.
"""

import asyncio
import re
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select

from core.transaction import Actor, Core
from storage.models import AuditEvent, Delivery, Incident
from storage.vocabulary import AuditType, DeliveryKind, DeliveryState, EscalationState
from tests.safety.victim import SPEED

if TYPE_CHECKING:
    from tests.safety.stage import Stage

PAGED = ("alice", "bob", "carol", "dave")
A_MOMENT = 1.0
"""Real seconds between the last question whether a page is wanted and its arrival in Slack."""


async def until_quiet(core: Core, *, seconds: float = 60) -> None:
    """Nothing is due and nothing waits; so many seconds are enough at the usual speed."""
    until = time.monotonic() + seconds * max(1, 30 / SPEED)
    while time.monotonic() < until:
        async with core.reading(Actor.system()) as tx:
            # In this order: what the last escalation sends was committed with its end.
            waiting = await tx.db.scalar(
                select(Incident.id).where(Incident.next_escalation_at.is_not(None)).limit(1)
            )
            pending = await tx.db.scalar(
                select(Delivery.id).where(Delivery.due_at.is_not(None)).limit(1)
            )
        if pending is None and waiting is None:
            return
        await asyncio.sleep(0.2)
    raise AssertionError("the engine did not come to rest")


async def check_the_promise(stage: "Stage", *, incidents_at_least: int) -> None:
    workspace, core = stage.workspace, stage.core
    async with core.reading(Actor.system()) as tx:
        incidents = list(await tx.db.scalars(select(Incident)))
        deliveries = list(await tx.db.scalars(select(Delivery)))
        trail = list(await tx.db.scalars(select(AuditEvent).order_by(AuditEvent.sequence)))
    assert len(incidents) >= incidents_at_least

    assert {one.state for one in deliveries} <= {DeliveryState.SENT, DeliveryState.SUPERSEDED}
    check_the_posts(workspace, deliveries, {one.id: one.number for one in incidents})

    for incident in incidents:
        events = [event for event in trail if event.incident_id == incident.id]
        types = [event.type for event in events]
        layers = [event.data["layer"] for event in events if event.type is AuditType.LAYER_PAGED]
        assert layers == [1, 2][: len(layers)], "a layer was skipped, or fired twice"
        if AuditType.INCIDENT_ACKNOWLEDGED in types:
            after = types[types.index(AuditType.INCIDENT_ACKNOWLEDGED) :]
            assert AuditType.LAYER_PAGED not in after, "a layer fired after an acknowledgement"
            assert incident.escalation_state is EscalationState.ACKNOWLEDGED
        else:
            assert layers == [1, 2]
            assert incident.escalation_state is EscalationState.EXHAUSTED
        pages = [
            one
            for one in deliveries
            if one.incident_id == incident.id and one.kind is DeliveryKind.PAGE
        ]
        assert len(pages) == len(layers)
    check_that_nothing_was_stale(workspace, incidents)


def check_that_nothing_was_stale(workspace: Any, incidents: Sequence[Incident]) -> None:
    """Nobody was paged for what was acknowledged before, but for a moment's worth of work."""
    acknowledged = {
        one.number: one.acknowledged_at.timestamp() for one in incidents if one.acknowledged_at
    }
    stale = [
        (person, number, float(message.ts) - acknowledged[number])
        for person in PAGED
        for message in workspace.person(person).dm()
        for number in _named_in(message)
        if number in acknowledged and float(message.ts) > acknowledged[number] + A_MOMENT * SPEED
    ]
    assert stale == [], "paged, though it was acknowledged by then"


def check_the_posts(
    workspace: Any, deliveries: Sequence[Delivery], numbers: Mapping[UUID, int]
) -> None:
    """What is in Slack is what the database says was sent: as often, and to whom."""
    carried = Counter(
        str(one.carrier_id or one.id) for one in deliveries if one.state is DeliveryState.SENT
    )
    posted = Counter(
        message.metadata["event_payload"]["delivery_id"]
        for messages in (
            *(workspace.person(person).dm() for person in PAGED),
            workspace.channel("incidents").messages,
        )
        for message in messages
        if message.metadata
    )
    assert [key for key, count in posted.items() if count > 1] == [], "sent twice"
    assert set(posted) == set(carried), "lost, or sent though superseded"
    # And by what people can read: each page is named in one message, alone or among others.
    named = Counter(
        (message.channel, number)
        for person in PAGED
        for message in workspace.person(person).dm()
        for number in _named_in(message)
    )
    sent = Counter(
        (one.receipt["channel"], numbers[one.incident_id])
        for one in deliveries
        if one.kind is DeliveryKind.PAGE and one.receipt
    )
    assert named == sent


def _named_in(message: Any) -> set[int]:
    return {int(number) for number in re.findall(r"#(\d+) ", message.plain)}
