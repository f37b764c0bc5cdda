"""Who would be paged: a whole policy walked at any instant, by the very functions that page.

An incident is declared in a rehearsal, time moves to each instant at which its escalation is due,
and then all of it is undone. Nobody acknowledges in a simulation (spec section 9).
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4
from weakref import WeakKeyDictionary

from sqlalchemy import bindparam, select

from core import (
    escalation,
    failing,
    last_resort,
    outbox,
    people,
    policies,
    reach,
    schedules,
    targets,
    walked,
)
from core.errors import ValidationFailed
from core.instants import as_utc
from core.people import Person
from core.transaction import Actor, Core, Transaction
from core.walked import Outcome, Paged, Reason, Step
from storage.columns import UtcDateTime
from storage.models import AuditEvent, Delivery, EscalationPolicy, Incident
from storage.vocabulary import DeliveryKind, DeliveryState, Severity, Status

NUMBERS = 2**31


@dataclass(frozen=True)
class Faults:
    """What goes wrong in a simulation.

    `unreachable`: members for whom every channel fails for good. `slack_down`: a page in Slack is
    kept trying and arrives nowhere, while letters do.
    """

    unreachable: frozenset[UUID] = frozenset()
    slack_down: bool = False


NO_FAULTS = Faults()
_WALKING: WeakKeyDictionary[Core, asyncio.Lock] = WeakKeyDictionary()


@dataclass(frozen=True)
class Simulation:
    """A policy walked from `at` to `ends_at`, in UTC, with whoever is paged after the end.

    `reason` is what became of the last layer. `last_resort` is None where none is named, and empty
    where the one that is named pages nobody.
    """

    policy_id: UUID
    policy: str
    at: datetime
    steps: tuple[Step, ...]
    ends_at: datetime
    reason: Reason
    outcome: Outcome
    last_resort: tuple[Paged, ...] | None


async def simulate(
    core: Core,
    actor: Actor,
    policy_id: UUID,
    *,
    at: datetime | None = None,
    faults: Faults = NO_FAULTS,
) -> Simulation:
    """Walk a policy as if an incident were declared at `at` (None: now) and nobody answered.

    Policy, schedules and members are as they are stored now; the past is walked with them too.
    Nothing is left behind. On SQLite other writers wait meanwhile: 5 to 10 ms for a layer,
    more where there are dozens; so one walks at a time.
    Raises NotFound, ValidationFailed where the walk would leave the calendar, ValueError for an
    instant without a zone (spec section 9).
    """
    instant = as_utc(at) if at else core.clock.now()
    try:
        return await _simulate(core, actor, policy_id, instant, faults)
    except OverflowError:
        raise ValidationFailed(
            "That is at the very end of the calendar. Choose another instant.", field="at"
        ) from None


async def _simulate(
    core: Core, actor: Actor, policy_id: UUID, instant: datetime, faults: Faults
) -> Simulation:
    one_at_a_time = _WALKING.setdefault(core.whole, asyncio.Lock())
    async with one_at_a_time, core.rehearsing(actor) as rehearsal:
        tx = rehearsal.at(instant)
        policy = await policies.get_policy(tx, policy_id)
        incident = _declare(tx, policy)
        with tx.db.no_autoflush:  # as where an incident is declared: one flush for it all
            await escalation.begin(tx, incident, policy, None, page_owner=False)
        await _fail_what_must(tx, incident, faults)
        while due := incident.next_escalation_at:
            tx = rehearsal.at(due)
            await escalation.escalate_due(tx, incident_id=incident.id)
            await _fail_what_must(tx, incident, faults)
        written = await _written(tx, incident, faults)
    steps, end = walked.read(written)
    return Simulation(
        policy_id=policy.id,
        policy=policy.name,
        at=instant,
        steps=steps,
        ends_at=end.at,
        reason=end.reason,
        outcome=end.outcome,
        last_resort=end.last_resort,
    )


def _declare(tx: Transaction, policy: EscalationPolicy) -> Incident:
    """An incident as `declaring` makes it, but for its number: that would keep others waiting.

    Its own is below zero, and drawn: two rehearsals with the same one would wait for each other.
    """
    incident = Incident(
        id=uuid4(),
        organization_id=tx.organization_id,
        number=-1 - uuid4().int % NUMBERS,
        title="A rehearsal",
        severity=Severity.CRITICAL,
        status=Status.INVESTIGATING,
        created_by=tx.actor.name,
        created_by_kind=tx.actor.kind,
        created_by_id=tx.actor.id,
        created_at=tx.now,
        updated_at=tx.now,
        version=1,
        last_sequence=0,
        last_delivery=0,
        escalation_policy_id=policy.id,
        escalation_policy_name=policy.name,
        escalation_layers=[],
        escalation_round=1,
    )
    tx.db.add(incident)
    outbox.none_yet(tx, incident)
    return incident


async def _fail_what_must(tx: Transaction, incident: Incident, faults: Faults) -> None:
    """Every page that can't arrive comes to its end, and so do those which that brings about."""
    while lost := await _lost(tx, incident, faults):
        for page, person in lost:
            page.last_error = "can't be reached"
            await failing.end(tx, incident, page, person)


async def _lost(
    tx: Transaction, incident: Incident, faults: Faults
) -> list[tuple[Delivery, Person]]:
    """The pages of this instant that surely never arrive."""
    pages = [
        page
        for page in await tx.db.scalars(_PAGES, {"incident_id": incident.id, "since": tx.now})
        if page.state is DeliveryState.PENDING
    ]
    members = await people.by_id(tx, [page.member_id for page in pages if page.member_id])
    paged = [(page, members[page.member_id]) for page in pages if page.member_id]
    return [
        (page, Person.of(member))
        for page, member in paged
        if member.id in faults.unreachable or not reach.can_arrive(member, page.channel)
    ]


_PAGES = (
    select(Delivery)
    .where(
        Delivery.incident_id == bindparam("incident_id"),
        Delivery.kind == DeliveryKind.PAGE,
        Delivery.created_at >= bindparam("since", type_=UtcDateTime),
    )
    .order_by(Delivery.sequence)
)
_EVENTS = (
    select(AuditEvent)
    .where(AuditEvent.incident_id == bindparam("incident_id"))
    .order_by(AuditEvent.sequence)
)


async def _written(tx: Transaction, incident: Incident, faults: Faults) -> walked.Written:
    """What the rehearsal has written, and the schedules from its first instant on."""
    which = {"incident_id": incident.id}
    events = (await tx.db.scalars(_EVENTS, which)).all()
    pages = (await tx.db.scalars(_PAGES, {**which, "since": incident.created_at})).all()
    layers = targets.parse(incident.escalation_layers)
    resort = await last_resort.stored(tx)
    ids = {layer.schedule_id for layer in layers} | {resort.schedule_id if resort else None}
    loaded = await schedules.load(tx, [one for one in ids if one])
    named = {UUID(one["id"]) for event in events for one in event.data.get("targets", ())} | {
        person.member_id
        for schedule in loaded.values()
        for layer in schedule.layers
        for person in layer.participants
    }
    return walked.Written(
        layers=layers,
        events=events,
        pages=pages,
        members=await people.by_id(tx, named),
        schedules=loaded,
        last_resort_schedule_id=resort.schedule_id if resort else None,
        slack_down=faults.slack_down,
    )
