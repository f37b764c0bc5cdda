"""Stored schedules, found by those who ask, and read into the values that `oncall` reckons with."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, time
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import joinedload

from core import oncall, people
from core.errors import NotFound
from core.transaction import Transaction
from storage import models

Thing = TypeVar("Thing")


async def list_schedules(tx: Transaction) -> Sequence[models.Schedule]:
    """Every schedule of the organization by name, its layers loaded."""
    return (await tx.db.scalars(_whole(tx).order_by(models.Schedule.name))).unique().all()


async def get_schedule(tx: Transaction, schedule_id: UUID) -> models.Schedule:
    """One schedule with its layers. Raises NotFound."""
    found = (
        (await tx.db.scalars(_whole(tx).where(models.Schedule.id == schedule_id)))
        .unique()
        .one_or_none()
    )
    if found is None:
        raise NotFound("There is no such schedule. It may have been removed.")
    return found


async def value_of(
    tx: Transaction, schedule_id: UUID, *, at: datetime | None = None
) -> oncall.Schedule:
    """One schedule as a value, with the overrides that have not ended, by `at` if that is earlier.

    Raises NotFound.
    """
    earlier = at if at and at < tx.now else None
    found = (await load(tx, [schedule_id], overrides_from=earlier)).get(schedule_id)
    if found is None:
        raise NotFound("There is no such schedule. It may have been removed.")
    return found


async def find_schedule(tx: Transaction, name: str) -> models.Schedule:
    """The schedule that somebody means by what they typed: its name in any case, or its start.

    Raises NotFound, naming the schedules there are.
    """
    every = await list_schedules(tx)
    return meant(name, [(one.name, one) for one in every], "schedule", "schedules")


def meant(typed: str, known: Sequence[tuple[str, Thing]], noun: str, nouns: str) -> Thing:
    """What somebody means by a name in any case, or by its start.

    Raises NotFound, naming those there are.
    """
    wanted = typed.strip().casefold()
    same = [one for name, one in known if name == typed.strip()]
    exact = same or [one for name, one in known if name.casefold() == wanted]
    near = [one for name, one in known if name.casefold().startswith(wanted)]
    found = exact or near
    if len(found) == 1:
        return found[0]
    names = ", ".join(name for name, _ in known) or "none yet"
    raise NotFound(f"There is no {noun} called “{typed.strip()}”. The {nouns} are: {names}.")


async def load(
    tx: Transaction, ids: Iterable[UUID], *, overrides_from: datetime | None = None
) -> dict[UUID, oncall.Schedule]:
    """These schedules as values, with the overrides that have not ended by `overrides_from`.

    Without `overrides_from` that is the transaction's instant (spec section 5). Those of another
    organization than the actor's are left out.
    """
    wanted = set(ids)
    known: dict[UUID, oncall.Schedule] = tx.memo.setdefault(("schedules", overrides_from), {})
    if missing := wanted - known.keys():
        known.update(await _load(tx, missing, overrides_from or tx.now))
    return {id: known[id] for id in wanted if id in known}


async def _load(
    tx: Transaction, wanted: set[UUID], overrides_from: datetime
) -> dict[UUID, oncall.Schedule]:
    found = (await tx.db.scalars(_BY_ID, {"ids": wanted})).unique()
    ours = tx.actor.organization_id
    rows = [row for row in found if ours in (None, row.organization_id)]
    which = {"schedule_ids": [row.id for row in rows], "ended_after": overrides_from}
    overrides = (await tx.db.scalars(_OVERRIDES, which)).all()
    named = [p.member_id for row in rows for layer in row.layers for p in layer.participants]
    members = await people.by_id(tx, [*named, *(one.member_id for one in overrides)])
    removed = {member_id: member.removed_at for member_id, member in members.items()}
    by_schedule = defaultdict(list)
    for override in overrides:
        by_schedule[override.schedule_id].append(override)
    return {row.id: _as_value(row, by_schedule[row.id], removed) for row in rows}


_LAYERS = joinedload(models.Schedule.layers).joinedload(models.RotationLayer.participants)
_BY_ID = (
    select(models.Schedule)
    .where(models.Schedule.id.in_(bindparam("ids", expanding=True)))
    .options(_LAYERS)
    .execution_options(populate_existing=True)
)
_OVERRIDES = select(models.ScheduleOverride).where(
    models.ScheduleOverride.schedule_id.in_(bindparam("schedule_ids", expanding=True)),
    models.ScheduleOverride.end_at > bindparam("ended_after"),
)


def _whole(tx: Transaction) -> Select[models.Schedule]:
    return (
        select(models.Schedule)
        .where(models.Schedule.organization_id == tx.organization_id)
        .options(_LAYERS)
    )


def _as_value(
    row: models.Schedule,
    overrides: Sequence[models.ScheduleOverride],
    removed: dict[UUID, datetime | None],
) -> oncall.Schedule:
    def participant(member_id: UUID) -> oncall.Participant:
        return oncall.Participant(member_id, removed.get(member_id))

    return oncall.Schedule(
        id=row.id,
        name=row.name,
        timezone=ZoneInfo(row.timezone),
        layers=tuple(
            oncall.RotationLayer(
                id=layer.id,
                name=layer.name,
                position=layer.position,
                length_days=layer.rotation_length_days,
                handoff=time.fromisoformat(layer.handoff_time),
                effective_from=layer.effective_from,
                effective_until=layer.effective_until,
                participants=tuple(participant(p.member_id) for p in layer.participants),
            )
            for layer in row.layers
        ),
        overrides=tuple(
            oncall.Override(one.id, participant(one.member_id), one.start_at, one.end_at)
            for one in overrides
        ),
    )
