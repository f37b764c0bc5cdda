"""The clock that pages layer after layer until somebody acknowledges (spec section 6).

Due instants are columns. `escalate_due` finds what is due, and everything that follows from it is
written in the same transaction; so a restart forgets nothing and a second replica adds nothing.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, case, func, select

from core import (
    audit,
    firing,
    incidents,
    last_resort,
    lifecycle,
    measuring,
    messages,
    notifications,
    outbox,
    people,
    targets,
)
from core.errors import AlreadyOwner
from core.targets import Resolver, Target, Why
from core.transaction import Transaction
from storage.columns import UtcDateTime
from storage.models import Delivery, EscalationPolicy, Incident
from storage.vocabulary import AuditType, EscalationState, Severity, Status

BATCH = 25

Meant = Callable[[Transaction], Awaitable[UUID]]
"""Finds the member whom somebody means who did not say an id. Raises InvalidTargetUser."""

STUMBLED_FOR = timedelta(minutes=1)
"""How long an escalation waits that could not be carried out."""


async def begin(
    tx: Transaction,
    incident: Incident,
    policy: EscalationPolicy | None,
    owner: Target | None,
    *,
    page_owner: bool,
) -> None:
    """Start the clock of an incident that was just declared, and page its first layer.

    An explicit owner (`page_owner`) is paged too, each person once. Without a policy the owner
    is paged once. If all that pages nobody, it is said loudly (spec section 2).
    """
    if policy is not None:
        incident.escalation_layers = targets.dump(targets.snapshot(policy))
        paged = await firing.fire_from(tx, incident, 0)
    else:
        incident.escalation_state = EscalationState.IDLE
        paged = ()
    if owner and (page_owner or policy is None) and owner.person.id not in paged:
        await firing.page_owner(tx, incident, owner)
        paged = (*paged, owner.person.id)
    if not paged:
        audit.record(tx, AuditType.NOBODY_PAGED, incident=incident)
        await notifications.say(tx, incident, messages.NobodyPaged(), key="declared")
        if policy is None:  # one that is exhausted has paged its last resort already
            await last_resort.page(tx, incident)


async def acknowledge(tx: Transaction, incident_id: UUID) -> Incident:
    """Take an incident: the clock stops, and no later layer pages once this is committed.

    Idempotent, and the first wins; on a resolved incident it changes nothing. Raises NotFound.
    """
    incident = await incidents.lock(tx, incident_id)
    if incident.status is Status.RESOLVED or incident.acknowledged_at:
        return incident
    incident.acknowledged_by = tx.actor.name
    incident.acknowledged_by_id = tx.actor.id
    incident.acknowledged_at = tx.now
    audit.record(tx, AuditType.INCIDENT_ACKNOWLEDGED, incident=incident)
    _stop_clock(tx, incident, EscalationState.ACKNOWLEDGED, reason="acknowledged")
    await outbox.supersede_pages(tx, incident, "acknowledged")
    await notifications.say(
        tx,
        incident,
        messages.Acknowledged(tx.actor.name),
        key=str(incident.escalation_round),
    )
    await notifications.refresh(tx, incident)
    return incident


async def hand_off(tx: Transaction, incident_id: UUID, *, to: UUID | Meant) -> Incident:
    """Make another member the owner, page them alone, and start the present layer's clock anew.

    Any acknowledgement is cleared. Raises NotFound, IncidentResolved, InvalidTargetUser,
    AlreadyOwner, in this order, however somebody says whom they mean (spec section 6.4).
    """
    incident = await incidents.lock(tx, incident_id)
    lifecycle.check_open(incident.status)
    member = await people.get_member(tx, to if isinstance(to, UUID) else await to(tx))
    if member.id == incident.owner_id:
        raise AlreadyOwner
    previous = await people.by_id(tx, [incident.owner_id] if incident.owner_id else [])
    before = next(iter(previous.values()), None)
    await outbox.supersede_pages(tx, incident, "handed off")
    incident.owner_id = member.id
    incident.acknowledged_by = None
    incident.acknowledged_by_id = None
    incident.acknowledged_at = None
    incident.escalation_round += 1
    who = {
        "previousOwnerId": str(before.id) if before else None,
        "previousOwner": before.name if before else None,
        "newOwnerId": str(member.id),
        "newOwner": member.name,
    }
    audit.record(tx, AuditType.INCIDENT_HANDED_OFF, incident=incident, **who)
    audit.record(tx, AuditType.OWNER_CHANGED, incident=incident, **who)
    layers = targets.parse(incident.escalation_layers)
    if layers and incident.escalation_layer:
        firing.wait(tx, incident, layers[incident.escalation_layer - 1])
    elif incident.escalation_state is EscalationState.ACKNOWLEDGED:
        incident.escalation_state = EscalationState.EXHAUSTED  # a policy without layers
    await notifications.page(
        tx,
        incident,
        Target(people.Person.of(member), Why("handoff", by=tx.actor.name)),
        layers=len(layers),
    )
    await notifications.say(
        tx,
        incident,
        messages.HandedOff(tx.actor.name, member.name, before.name if before else None),
        key=str(incident.escalation_round),
    )
    await notifications.refresh(tx, incident)
    return incident


async def stop(tx: Transaction, incident: Incident) -> None:
    """End the escalation of an incident that was just resolved (spec section 6.5)."""
    _stop_clock(tx, incident, EscalationState.STOPPED, reason="resolved")
    incident.escalation_state = EscalationState.STOPPED
    await outbox.supersede_pages(tx, incident, "resolved")


async def escalate_due(
    tx: Transaction,
    *,
    limit: int = BATCH,
    organization_id: UUID | None = None,
    incident_id: UUID | None = None,
) -> int:
    """Page the next layer of every escalation that is due, the worst and oldest first.

    Of one organization or one incident, where they are named. Returns how many there were, at
    most `limit`. Each waits for its own next layer from now on, so an hour of downtime is followed
    by the one layer that was due, not by a burst.
    """
    due = await _claim_due(tx, limit, organization_id, incident_id)
    if not due:
        return 0
    layers = {incident.id: targets.parse(incident.escalation_layers) for incident in due}
    resolver = await Resolver.for_layers(
        tx,
        [
            layer
            for incident in due
            for layer in layers[incident.id][incident.escalation_layer or 0 :]
        ],
    )
    await outbox.know(tx, due)
    with tx.db.no_autoflush:  # nothing read from here on is written here: one flush for them all
        for incident in due:
            measuring.note_escalation(tx, incident)
            await _escalate(tx, incident, "timeout", resolver)
    return len(due)


async def due_ids(tx: Transaction, *, organization_id: UUID | None = None) -> list[UUID]:
    """Which incidents are due, to be taken one by one where a batch could not be."""
    query = select(Incident.id).where(Incident.next_escalation_at <= tx.now)
    if organization_id:
        query = query.where(Incident.organization_id == organization_id)
    return list(await tx.db.scalars(query.order_by(Incident.next_escalation_at).limit(BATCH)))


async def stumble(tx: Transaction, incident_id: UUID, error: str) -> None:
    """An escalation that can't be carried out holds nobody else's up: said loudly, tried again."""
    incident = await tx.db.get_one(Incident, incident_id, with_for_update=True)
    if incident.escalation_state is not EscalationState.WAITING:
        return
    incident.next_escalation_at = tx.now + STUMBLED_FOR
    tx.due.append(incident.next_escalation_at)
    key = f"{incident.escalation_round}:{incident.escalation_layer}"
    audit.record(tx, AuditType.ESCALATION_STUMBLED, incident=incident, error=error)
    await notifications.say(tx, incident, messages.Stumbled(error), key=key)
    await notifications.refresh(tx, incident)


async def _claim_due(
    tx: Transaction, limit: int, organization_id: UUID | None, incident_id: UUID | None
) -> Sequence[Incident]:
    query, given = _DUE, {"now": tx.now, "limit": limit}
    if organization_id:
        query, given = _DUE_HERE, {**given, "organization_id": organization_id}
    if incident_id:
        query = query.where(Incident.id == incident_id)
    return (await tx.db.scalars(query, given)).all()


_DUE = (
    select(Incident)
    .where(Incident.next_escalation_at <= bindparam("now", type_=UtcDateTime))
    .order_by(
        case({one.value: one.rank for one in Severity}, value=Incident.severity),
        Incident.next_escalation_at,
        Incident.number,
    )
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True, key_share=True)
)
_DUE_HERE = _DUE.where(Incident.organization_id == bindparam("organization_id"))


async def page_failed(tx: Transaction, incident: Incident, page: Delivery) -> None:
    """A page can't be delivered at all: if it was its layer's last hope, escalate at once.

    Spec section 6.8. The caller holds the incident's lock.
    """
    current = page.round == incident.escalation_round and page.layer == incident.escalation_layer
    if not current or incident.escalation_state is not EscalationState.WAITING:
        return
    assert page.layer is not None  # noqa: S101  (an incident that waits has a layer)
    if not await outbox.reached_anybody(tx, incident, page.round, page.layer):
        await _escalate(tx, incident, "undeliverable", None)


async def earliest_due(tx: Transaction, *, organization_id: UUID | None = None) -> datetime | None:
    """When the next escalation is due, of one organization or of all: one look into an index."""
    query = select(func.min(Incident.next_escalation_at)).where(
        Incident.next_escalation_at.is_not(None)
    )
    if organization_id:
        query = query.where(Incident.organization_id == organization_id)
    return await tx.db.scalar(query)


async def _escalate(
    tx: Transaction, incident: Incident, reason: firing.Reason, resolver: Resolver | None
) -> None:
    before = incident.escalation_layer
    await firing.fire_from(tx, incident, before or 0, resolver=resolver, reason=reason)
    await notifications.refresh(tx, incident)


def _stop_clock(
    tx: Transaction, incident: Incident, state: EscalationState, *, reason: str
) -> None:
    if incident.escalation_state is EscalationState.IDLE:
        return
    if incident.escalation_state is EscalationState.WAITING:
        audit.record(
            tx,
            AuditType.ESCALATION_STOPPED,
            incident=incident,
            layer=incident.escalation_layer,
            reason=reason,
        )
    incident.escalation_state = state
    incident.next_escalation_at = None
