"""Calendar feeds: a schedule's shifts, or a person's, at an address that is its own key.

Whoever knows the address reads names, schedules and times, and nothing else of the organization.
Revoked, it is dead at once and for ever; asked for again, there is a new one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from secrets import token_urlsafe
from uuid import UUID

from sqlalchemy import select

from core import audit, people, schedules
from core.calendar_events import REACH, ShiftEvent, events_of, gaps_of
from core.errors import Forbidden
from core.oncall import Schedule
from core.transaction import Actor, Core, Transaction
from storage.models import CalendarFeed, Member
from storage.vocabulary import ActorKind, AuditType

PATH = "/calendars"
BACK = timedelta(days=30)
AHEAD = timedelta(days=180)

_SECRET_BYTES = 24
"""192 bits: nobody finds an address by trying."""
_SECRET = re.compile(r"[A-Za-z0-9_-]{32}", re.ASCII)


@dataclass(frozen=True)
class Feed:
    """One feed and its secret. Exactly one of `schedule_id` and `member_id` is set."""

    secret: str
    schedule_id: UUID | None
    member_id: UUID | None
    created_at: datetime

    @property
    def path(self) -> str:
        """Where it is, below PUBLIC_URL."""
        return f"{PATH}/{self.secret}.ics"


@dataclass(frozen=True)
class Calendar:
    """What a feed shows: of a person's, `member` is theirs; of a schedule's, it is None."""

    name: str
    timezone: str
    member: str | None
    events: tuple[ShiftEvent, ...]
    at: datetime


async def feed_for_schedule(tx: Transaction, schedule_id: UUID) -> Feed:
    """The feed of a schedule, made if there is none. Raises NotFound."""
    await people.lock_organization(tx)
    await schedules.get_schedule(tx, schedule_id)
    found = await find_feed(tx, schedule_id=schedule_id)
    return found or await _make(tx, schedule_id=schedule_id)


async def feed_for_member(tx: Transaction, member_id: UUID) -> Feed:
    """The feed of a member, made if there is none.

    A member who acts has it for themselves alone, else Forbidden. Raises InvalidTargetUser.
    """
    _refuse_another(tx, member_id)
    await people.lock_organization(tx)
    await people.get_member(tx, member_id)
    found = await find_feed(tx, member_id=member_id)
    return found or await _make(tx, member_id=member_id)


async def find_feed(
    tx: Transaction, *, schedule_id: UUID | None = None, member_id: UUID | None = None
) -> Feed | None:
    """The feed of a schedule or of a member, if one was made. Changes nothing.

    Raises Forbidden as `feed_for_member` does.
    """
    _refuse_another(tx, member_id)
    row = await _row(tx, schedule_id, member_id)
    return _feed_of(row) if row else None


async def revoke(
    tx: Transaction, *, schedule_id: UUID | None = None, member_id: UUID | None = None
) -> bool:
    """Make the address of a schedule's or a member's feed dead; whether there was one.

    Doing it again changes nothing. Raises Forbidden as `feed_for_member` does.
    """
    _refuse_another(tx, member_id)
    await people.lock_organization(tx)
    return await _end(tx, schedule_id, member_id)


async def end_feed_of(tx: Transaction, member_id: UUID) -> bool:
    """Make the address of somebody dead who leaves, whoever has them leave; whether there was one.

    The caller holds the organization.
    """
    return await _end(tx, None, member_id)


async def look(core: Core, secret: str) -> Calendar | None:
    """What the feed with this secret shows now, from BACK before to AHEAD after today (UTC).

    None for an unknown secret, a revoked one, and that of somebody who was removed: who asks
    can't tell them apart. Raises Unavailable (spec section 5).
    """
    if not _SECRET.fullmatch(secret):
        return None
    async with core.reading(Actor.system()) as tx:
        feed = await tx.db.scalar(select(CalendarFeed).filter_by(secret=secret))
        if feed is None:
            return None
    async with core.reading(Actor.system(feed.organization_id)) as tx:
        today = datetime.combine(tx.now.astimezone(UTC).date(), time(), UTC)
        window = today - BACK, today + AHEAD
        if feed.schedule_id:
            return await _of_schedule(tx, feed.schedule_id, *window)
        member = await tx.db.get(Member, feed.member_id)
        return None if not member or member.removed_at else await _of_member(tx, member, *window)


async def _of_schedule(
    tx: Transaction, schedule_id: UUID, start: datetime, end: datetime
) -> Calendar | None:
    loaded = await schedules.load(tx, [schedule_id], overrides_from=start - REACH)
    schedule = loaded.get(schedule_id)
    if schedule is None:
        return None
    names = await _names(tx, [schedule])
    coming = [gap for gap in gaps_of(schedule, start, end) if gap.end_at > tx.now]
    events = [*events_of(schedule, names, start, end), *coming]
    name = f"{schedule.name} on call"
    return Calendar(name, schedule.timezone.key, None, _in_order(events), tx.now)


async def _of_member(tx: Transaction, member: Member, start: datetime, end: datetime) -> Calendar:
    every = [one.id for one in await schedules.list_schedules(tx)]
    loaded = await schedules.load(tx, every, overrides_from=start - REACH)
    theirs = [one for one in loaded.values() if member.id in _named(one)]
    names = await _names(tx, theirs)
    events = [
        event
        for schedule in theirs
        for event in events_of(schedule, names, start, end, member_id=member.id)
    ]
    name = f"{member.name} on call"
    return Calendar(name, member.timezone, member.name, _in_order(events), tx.now)


def _in_order(events: Sequence[ShiftEvent]) -> tuple[ShiftEvent, ...]:
    return tuple(sorted(events, key=lambda one: (one.start_at, one.schedule, one.position)))


def _named(schedule: Schedule) -> set[UUID]:
    layers = {one.member_id for layer in schedule.layers for one in layer.participants}
    return layers | {one.member.member_id for one in schedule.overrides}


async def _names(tx: Transaction, loaded: Sequence[Schedule]) -> dict[UUID, str]:
    named = {member_id for schedule in loaded for member_id in _named(schedule)}
    return {id: member.name for id, member in (await people.by_id(tx, named)).items()}


async def _row(
    tx: Transaction, schedule_id: UUID | None, member_id: UUID | None
) -> CalendarFeed | None:
    if (schedule_id is None) == (member_id is None):
        raise ValueError("A feed is of either a schedule or a member.")
    query = select(CalendarFeed).filter_by(
        organization_id=tx.organization_id, schedule_id=schedule_id, member_id=member_id
    )
    return await tx.db.scalar(query)


async def _make(
    tx: Transaction, *, schedule_id: UUID | None = None, member_id: UUID | None = None
) -> Feed:
    row = CalendarFeed(
        organization_id=tx.organization_id,
        schedule_id=schedule_id,
        member_id=member_id,
        secret=token_urlsafe(_SECRET_BYTES),
        created_at=tx.now,
    )
    tx.db.add(row)
    await tx.db.flush()
    _record(tx, AuditType.CALENDAR_MADE, schedule_id, member_id)
    return _feed_of(row)


async def _end(tx: Transaction, schedule_id: UUID | None, member_id: UUID | None) -> bool:
    row = await _row(tx, schedule_id, member_id)
    if row is None:
        return False
    await tx.db.delete(row)
    await tx.db.flush()
    _record(tx, AuditType.CALENDAR_REVOKED, schedule_id, member_id)
    return True


def _refuse_another(tx: Transaction, member_id: UUID | None) -> None:
    if member_id and tx.actor.kind is ActorKind.MEMBER and tx.actor.id != member_id:
        raise Forbidden("A person's calendar is shown to them alone. Ask them for its address.")


def _record(
    tx: Transaction, type: AuditType, schedule_id: UUID | None, member_id: UUID | None
) -> None:
    """Say on the trail whose feed it was, and never its secret."""
    if schedule_id:
        audit.record(tx, type, scheduleId=str(schedule_id))
    else:
        audit.record(tx, type, memberId=str(member_id))


def _feed_of(row: CalendarFeed) -> Feed:
    return Feed(row.secret, row.schedule_id, row.member_id, row.created_at)
