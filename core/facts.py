"""An incident as messages and views show it: frozen facts, read at one instant.

Surfaces render these and nothing else, so what a card says is decided here, once.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select

from core import affected, people, targets
from core.affected import Affected
from core.people import Person
from core.transaction import Transaction
from storage.models import Delivery, Incident, IncidentUpdate, Member
from storage.vocabulary import (
    DeliveryKind,
    DeliveryState,
    EscalationState,
    Severity,
    Status,
    Visibility,
)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class NextStep:
    """What the escalation does next if nobody acknowledges: a layer, or its end (`layer` None)."""

    at: datetime
    layer: int | None
    people: tuple[str, ...]


@dataclass(frozen=True)
class Copy:
    """A page that was sent: to whom, when, and for which round."""

    person: str
    person_id: UUID
    layer: int | None
    round: int
    sent_at: datetime | None


@dataclass(frozen=True)
class IncidentFacts:
    """An incident at one version."""

    id: UUID
    organization_id: UUID
    number: int
    version: int
    title: str
    description: str | None
    severity: Severity
    status: Status
    owner: Person | None
    schedule: str | None
    policy: str | None
    created_by: str
    created_at: datetime
    acknowledged_by: str | None
    acknowledged_by_id: UUID | None
    acknowledged_at: datetime | None
    resolved_at: datetime | None
    escalation_state: EscalationState
    layer: int | None
    layers: int
    round: int
    next_step: NextStep | None
    pages: tuple[Copy, ...]
    components: tuple[Affected, ...] = ()
    """What it affects."""

    @property
    def acknowledged(self) -> bool:
        """Whether somebody has taken it since it was last handed off."""
        return self.acknowledged_at is not None

    @property
    def resolved(self) -> bool:
        """Whether it is over."""
        return self.status is Status.RESOLVED


@dataclass(frozen=True)
class UpdateFacts:
    """An update as a message shows it; `body` is None where it never had one or was redacted."""

    id: UUID
    body: str | None
    status_change: Status | None
    posted_by: str
    posted_at: datetime
    redacted: bool
    visibility: Visibility = Visibility.INTERNAL
    redacted_by: str | None = None
    redacted_at: datetime | None = None

    @property
    def public(self) -> bool:
        """Whether customers read it."""
        return self.visibility is Visibility.PUBLIC

    @classmethod
    def of(cls, update: IncidentUpdate) -> "UpdateFacts":
        """The facts of an update's row."""
        return cls(
            update.id,
            update.body,
            update.status_change,
            update.posted_by,
            update.posted_at,
            update.redacted_at is not None,
            update.visibility,
            update.redacted_by,
            update.redacted_at,
        )


async def of(
    tx: Transaction,
    incident: Incident,
    *,
    owner: Member | None = None,
    without_pages: bool = False,
    without_next_step: bool = False,
) -> IncidentFacts:
    """The facts of an incident, as the transaction sees it.

    `owner` is its owner's row where the caller has it already. Who was paged and what comes next
    are left out for what does not say it.
    """
    if owner is None and incident.owner_id:
        owner = await tx.db.get(Member, incident.owner_id)
    pages = () if without_pages else (await _pages(tx, [incident])).get(incident.id, ())
    next_step = None if without_next_step else await _next_step_or_none(tx, incident)
    return _facts(incident, owner, next_step, pages, await affected.of(tx, incident))


async def of_many(tx: Transaction, found: Sequence[Incident]) -> list[IncidentFacts]:
    """The facts of several incidents, read in as few statements as those of one."""
    owners = await people.by_id(tx, [one.owner_id for one in found if one.owner_id])
    pages = await _pages(tx, found)
    resolver = await targets.Resolver.for_layers(
        tx, [layer for one in found if one.next_escalation_at for layer in _following(one)]
    )
    components = await affected.of_many(tx, found)
    return [
        _facts(
            one,
            owners.get(one.owner_id) if one.owner_id else None,
            await _next_step_or_none(tx, one, resolver),
            pages.get(one.id, ()),
            components.get(one.id, ()),
        )
        for one in found
    ]


def _facts(
    incident: Incident,
    owner: Member | None,
    next_step: NextStep | None,
    pages: tuple[Copy, ...],
    components: tuple[Affected, ...],
) -> IncidentFacts:
    return IncidentFacts(
        id=incident.id,
        organization_id=incident.organization_id,
        number=incident.number,
        version=incident.version,
        title=incident.title,
        description=incident.description,
        severity=incident.severity,
        status=incident.status,
        owner=Person.of(owner) if owner else None,
        schedule=incident.owner_schedule_name,
        policy=incident.escalation_policy_name,
        created_by=incident.created_by,
        created_at=incident.created_at,
        acknowledged_by=incident.acknowledged_by,
        acknowledged_by_id=incident.acknowledged_by_id,
        acknowledged_at=incident.acknowledged_at,
        resolved_at=incident.resolved_at,
        escalation_state=incident.escalation_state,
        layer=incident.escalation_layer,
        layers=len(incident.escalation_layers),
        round=incident.escalation_round,
        next_step=next_step,
        pages=pages,
        components=components,
    )


async def _next_step_or_none(
    tx: Transaction, incident: Incident, resolver: targets.Resolver | None = None
) -> NextStep | None:
    """What comes next; a fault in working it out must not keep the message itself back."""
    try:
        return await _next_step(tx, incident, resolver)
    except (ValueError, KeyError):
        log.exception("what comes next for incident #%s can't be said", incident.number)
        return None


async def _next_step(
    tx: Transaction, incident: Incident, resolver: targets.Resolver | None
) -> NextStep | None:
    at = incident.next_escalation_at
    if at is None:
        return None
    following = _following(incident)
    resolver = resolver or await targets.Resolver.for_layers(tx, following)
    for layer in following:
        people = resolver.targets(layer, at)
        if people:
            return NextStep(at, layer.position, tuple(one.person.name for one in people))
    return NextStep(at, None, ())


def _following(incident: Incident) -> list[targets.LayerSnapshot]:
    """The layers that have not fired yet."""
    return targets.parse(incident.escalation_layers)[incident.escalation_layer or 0 :]


async def _pages(tx: Transaction, found: Sequence[Incident]) -> dict[UUID, tuple[Copy, ...]]:
    copies: dict[UUID, list[Copy]] = {}
    for row in await tx.db.execute(_PAGES, {"ids": [one.id for one in found]}):
        copies.setdefault(row.incident_id, []).append(Copy(*row[1:]))
    return {incident_id: tuple(of_it) for incident_id, of_it in copies.items()}


_PAGES = (
    select(
        Delivery.incident_id,
        Member.name,
        Member.id,
        Delivery.layer,
        Delivery.round,
        Delivery.sent_at,
    )
    .join(Member, Member.id == Delivery.member_id)
    .where(
        Delivery.incident_id.in_(bindparam("ids", expanding=True)),
        Delivery.kind == DeliveryKind.PAGE,
        Delivery.state.in_((DeliveryState.SENT, DeliveryState.PENDING)),
    )
    .order_by(Delivery.created_at, Delivery.layer, Member.name)
)
