"""A receipt for every page: why this person, each attempt, and when and why it stopped.

Nothing here is kept a second time: it is read from the delivery and from the trail.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from core import audit, messages
from core.sending import Receipt
from core.targets import Why
from core.transaction import Transaction
from storage.models import AuditEvent, Delivery, Incident, Member
from storage.vocabulary import AuditType, Channel, DeliveryKind, DeliveryState, Status

_other = aliased(Delivery)


@dataclass(frozen=True)
class Responder:
    """Who was paged, under the name they have now."""

    id: UUID
    name: str


@dataclass(frozen=True)
class Attempt:
    """One try to send a page: when it began, how long it took, and what came of it."""

    at: datetime
    took: timedelta
    outcome: str
    """`sent`, `found` (an earlier try had arrived), `superseded`, `failed` or `unknown`."""
    error: str | None


@dataclass(frozen=True)
class Stop:
    """What ended the need for a page, and who did it."""

    at: datetime
    reason: str
    """`acknowledged`, `handed off` or `resolved`."""
    by: str


@dataclass(frozen=True)
class PageReceipt:
    """All that is known of one page."""

    delivery_id: UUID
    person: str
    person_id: UUID
    channel: Channel
    policy: str | None
    layer: int | None
    round: int
    why: Why
    committed_at: datetime
    state: DeliveryState
    sent_at: datetime | None
    provider: Receipt | None
    """Where it is, in the words of its channel: Slack's channel and `ts`, a letter's Message-ID."""
    failures: int
    """How many tries in a row have failed, while it is still tried."""
    attempts: tuple[Attempt, ...]
    """The latest ones, the oldest of them first."""
    error: str | None
    superseded: str | None
    """Why it was not sent, where that is not because somebody had stopped it."""
    stop: Stop | None
    together_with: int
    """With how many other pages it shared its message."""

    @property
    def responder(self) -> Responder:
        """Who was paged."""
        return Responder(self.person_id, self.person)

    @property
    def latency(self) -> timedelta | None:
        """From the commit to the channel's confirmation."""
        return self.sent_at - self.committed_at if self.sent_at else None


async def of(tx: Transaction, incident: Incident) -> tuple[PageReceipt, ...]:
    """The receipts of an incident's pages, in the order they were committed."""
    others = (
        select(func.count() - 1)
        .where(_other.carrier_id == Delivery.carrier_id)
        .correlate(Delivery)
        .scalar_subquery()
    )
    rows = await tx.db.execute(
        select(Delivery, Member, others)
        .join(Member, Member.id == Delivery.member_id)
        .where(Delivery.incident_id == incident.id, Delivery.kind == DeliveryKind.PAGE)
        .order_by(Delivery.sequence)
    )
    trail = await audit.trail(tx, incident.id)
    return tuple(
        _receipt(incident, page, member, trail, together_with=max(others, 0))
        for page, member, others in rows
    )


def _receipt(
    incident: Incident,
    page: Delivery,
    member: Member,
    trail: Sequence[AuditEvent],
    *,
    together_with: int,
) -> PageReceipt:
    message = messages.parse(page.message)
    assert isinstance(message, messages.Page)  # noqa: S101  (its kind says so)
    return PageReceipt(
        delivery_id=page.id,
        person=member.name,
        person_id=member.id,
        channel=page.channel,
        policy=incident.escalation_policy_name,
        layer=page.layer,
        round=page.round,
        why=message.why,
        committed_at=page.created_at,
        state=page.state,
        sent_at=page.sent_at,
        provider=page.receipt,
        failures=page.attempts if page.state is DeliveryState.PENDING else 0,
        attempts=tuple(_attempt(one) for one in page.history),
        error=page.last_error if page.state is not DeliveryState.SENT else None,
        superseded=_superseded(page),
        stop=_stop(page, trail),
        together_with=together_with,
    )


def _superseded(page: Delivery) -> str | None:
    reason = page.ended_reason if page.state is DeliveryState.SUPERSEDED else None
    return None if reason in ("acknowledged", "handed off", "resolved") else reason


def _attempt(kept: dict[str, object]) -> Attempt:
    return Attempt(
        at=datetime.fromisoformat(str(kept["at"])),
        took=timedelta(milliseconds=float(str(kept["ms"]))),
        outcome=str(kept["outcome"]),
        error=str(kept["error"]) if kept.get("error") else None,
    )


def _stop(page: Delivery, trail: Sequence[AuditEvent]) -> Stop | None:
    """The first event after the page that left nothing for its reader to do."""
    for event in trail:
        if event.at >= page.created_at and (reason := _stopping(event)):
            if reason == "handed off" and page.round > _round_before(event, trail):
                continue  # the handoff that this page tells of
            return Stop(event.at, reason, event.actor_name)
    return None


def _stopping(event: AuditEvent) -> str | None:
    if event.type is AuditType.INCIDENT_ACKNOWLEDGED:
        return "acknowledged"
    if event.type is AuditType.INCIDENT_HANDED_OFF:
        return "handed off"
    resolved = event.type is AuditType.STATUS_CHANGED and event.data.get("after") == Status.RESOLVED
    return "resolved" if resolved else None


def _round_before(handoff: AuditEvent, trail: Sequence[AuditEvent]) -> int:
    """The round that a handoff ended: each begins another."""
    earlier = [
        one
        for one in trail
        if one.type is AuditType.INCIDENT_HANDED_OFF and one.sequence < handoff.sequence
    ]
    return 1 + len(earlier)
