"""What rule tests are given: schedules, policies, a stranger, a sender that fails as it is told."""

from collections.abc import Callable
from copy import copy
from datetime import datetime, time, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select

from core import last_resort, people, policies, scheduling
from core.last_resort import LastResortDraft
from core.policies import EscalationLayerDraft, PolicyDraft
from core.scheduling import RotationDraft, ScheduleDraft
from core.sending import DeliveryFailed, Outgoing
from core.transaction import Actor
from storage.models import AuditEvent, EscalationPolicy, Schedule, ScheduleOverride
from storage.vocabulary import AuditType, RotationType
from tests.cast import NOON
from tests.engine import Engine


def rotation(
    *participants: UUID,
    name: str = "Primary",
    begins: datetime = NOON - timedelta(days=2),
    until: datetime | None = None,
    at: str = "09:00",
) -> RotationDraft:
    """A weekly rotation with its handoff at 09:00, or when it is said to be."""
    handoff = time.fromisoformat(at)
    return RotationDraft(name, RotationType.WEEKLY, 7, handoff, begins, until, participants)


async def schedule(engine: Engine, name: str, *layers: RotationDraft) -> UUID:
    """A schedule of these rotation layers."""
    draft = ScheduleDraft(name, "Europe/Berlin", None, layers)
    made: Schedule = await engine.do("alice", scheduling.create_schedule, draft)
    return made.id


async def empty_schedule(engine: Engine, name: str = "Nights") -> UUID:
    """A schedule with nobody on call: its only layer begins next year."""
    later = rotation(engine.cast["dave"].id, begins=NOON + timedelta(days=365))
    return await schedule(engine, name, later)


async def policy(engine: Engine, name: str, *layers: EscalationLayerDraft) -> UUID:
    """A policy of these layers."""
    draft = PolicyDraft(name, None, layers)
    made: EscalationPolicy = await engine.do("alice", policies.create_policy, draft)
    return made.id


def pages(engine: Engine, *names: str, after: int = 5) -> EscalationLayerDraft:
    """An escalation layer that pages these people by name."""
    return EscalationLayerDraft(after, None, tuple(engine.cast[name].id for name in names))


async def remove(engine: Engine, name: str) -> None:
    """Somebody leaves the organization now."""
    async with engine.core.transaction(engine.system) as tx:
        member = await people.get_member(tx, engine.cast[name].id)
        member.removed_at = tx.now


async def override(engine: Engine, schedule_id: UUID, name: str, **lasts: float) -> None:
    """Somebody stands in from now on."""
    async with engine.core.transaction(engine.system) as tx:
        tx.db.add(
            ScheduleOverride(
                schedule_id=schedule_id,
                member_id=engine.cast[name].id,
                start_at=tx.now,
                end_at=tx.now + timedelta(**lasts),
            )
        )


async def stand_by(engine: Engine, *names: str, schedule_id: UUID | None = None) -> None:
    """These people, or a schedule, are the last resort."""
    draft = LastResortDraft(schedule_id, tuple(engine.cast[name].id for name in names))
    await engine.do("alice", last_resort.change, draft)


async def stranger(engine: Engine) -> Actor:
    """Mallory, a member of another organization on the same database."""
    other = await people.ensure_organization(
        engine.core, slack_team_id=f"T{uuid4().hex[:8]}", name="Other"
    )
    async with engine.core.transaction(Actor.system(other.id)) as tx:
        mallory = await people.ensure_by_email(tx, "mallory@other.example", name="Mallory")
    return people.actor_of(mallory, engine.actor("alice").surface)


async def organization_trail(engine: Engine) -> list[AuditEvent]:
    """What is on the trail of the organization itself, without its incidents."""
    async with engine.core.reading(engine.system) as tx:
        query = (
            select(AuditEvent)
            .filter_by(organization_id=engine.organization_id, incident_id=None)
            .order_by(AuditEvent.sequence)
        )
        return list(await tx.db.scalars(query))


async def data_of(engine: Engine, type: AuditType, number: int = 1) -> list[dict[str, object]]:
    """The data of every event of this type on an incident's trail."""
    return [event.data for event in await engine.trail(number) if event.type is type]


def failing(
    failure: Exception,
    verb: str = "send",
    *,
    times: int = 10_000,
    kind: str | None = None,
    name: str | None = None,
) -> Callable[[str, Outgoing], None]:
    """A hook for the sender: so many calls of this verb, of this message or person, fail.

    Each with a failure of its own: one that is raised again and again keeps all that it passed.
    """
    left = [times]

    def hook(called: str, outgoing: Outgoing) -> None:
        person = outgoing.person.name if outgoing.person else None
        matches = called == verb and kind in (None, outgoing.message.type)
        if matches and name in (None, person) and left[0]:
            left[0] -= 1
            raise copy(failure)

    return hook


LATER = DeliveryFailed("not now")
NEVER = DeliveryFailed("no such person", permanent=True)
UNKNOWN = DeliveryFailed("no answer", unknown=True)
