"""Changing one part of a schedule, its details or one rotation layer, and nothing beside it.

Who changes a part says what they had before their eyes (`as_seen`). If somebody else changed that
part meanwhile nothing is done, and they are told; changes to other parts meet without noticing.
"""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID
from zoneinfo import ZoneInfo

from core import layer_order, scheduling
from core.errors import ChangedMeanwhile, NameConflict, ValidationFailed
from core.layer_order import layer_of
from core.layer_terms import LayerTerms, as_draft, moved_to
from core.schedule_drafts import RotationDraft, ScheduleDraft, check_zone, describe_layer, seen
from core.transaction import Transaction
from storage import models

Layers = tuple[RotationDraft, ...]


def details_seen(draft: ScheduleDraft) -> str:
    """What a form shows of a schedule's details, in a few characters."""
    return seen(draft.name, draft.timezone, draft.description)


def layer_seen(draft: ScheduleDraft, layer: RotationDraft | None) -> str:
    """What a form shows of a layer, or of none yet: the zone that its times are in, too."""
    return seen(draft.timezone, layer and describe_layer(layer))


def with_details(
    draft: ScheduleDraft, *, name: str, timezone: str, description: str | None
) -> ScheduleDraft:
    """The schedule with other details. In another zone, its wall clocks show what they did.

    Raises ValidationFailed.
    """
    check_zone(timezone)
    old, new = ZoneInfo(draft.timezone), ZoneInfo(timezone)
    layers = draft.layers
    if old != new:
        layers = tuple(moved_to(layer, old, new) for layer in layers)
    return ScheduleDraft(name.strip(), timezone, (description or "").strip() or None, layers)


def with_layer(draft: ScheduleDraft, id: UUID, terms: LayerTerms) -> ScheduleDraft:
    """The schedule with this layer as the terms say: in its place, or after all others.

    Raises ValidationFailed, NameConflict.
    """
    was = layer_of(draft.layers, id)
    wanted = as_draft(terms, ZoneInfo(draft.timezone), id=id, was=was)
    if any(one.name == wanted.name for one in draft.layers if one is not was):
        raise NameConflict(f"This schedule has a layer called “{wanted.name}” already.",
                           field="name")  # fmt: skip
    return replace(draft, layers=layer_order.with_layer(draft.layers, wanted))


def without_layer(draft: ScheduleDraft, id: UUID) -> ScheduleDraft:
    """The schedule without this layer."""
    return replace(draft, layers=layer_order.without_layer(draft.layers, id))


async def change_details(
    tx: Transaction,
    schedule_id: UUID,
    *,
    name: str,
    timezone: str,
    description: str | None,
    as_seen: str,
) -> models.Schedule:
    """Change what a schedule is called, and where it is.

    Raises NotFound, ChangedMeanwhile, ValidationFailed, NameConflict.
    """

    def change(draft: ScheduleDraft) -> ScheduleDraft:
        return with_details(draft, name=name, timezone=timezone, description=description)

    return await _change(tx, schedule_id, change, lambda draft: details_seen(draft) == as_seen)


async def put_layer(
    tx: Transaction, schedule_id: UUID, layer_id: UUID, terms: LayerTerms, *, as_seen: str
) -> models.Schedule:
    """Add a layer, or change the one with this id; asked for twice, it is there once.

    Raises NotFound, ChangedMeanwhile, ValidationFailed, NameConflict, InvalidTargetUser.
    """
    return await _change(
        tx,
        schedule_id,
        lambda draft: with_layer(draft, layer_id, terms),
        lambda draft: layer_seen(draft, layer_of(draft.layers, layer_id)) == as_seen,
    )


async def move_layer(
    tx: Transaction, schedule_id: UUID, layer_id: UUID, *, to: int
) -> models.Schedule:
    """Give a layer another position, from 0; asked for twice, it moves once.

    Raises NotFound, and ChangedMeanwhile if the layer is gone.
    """
    return await _change(
        tx,
        schedule_id,
        lambda draft: replace(draft, layers=layer_order.moved(draft.layers, layer_id, to=to)),
        lambda draft: layer_of(draft.layers, layer_id) is not None,
    )


async def remove_layer(
    tx: Transaction, schedule_id: UUID, layer_id: UUID, *, as_seen: str
) -> models.Schedule:
    """Take a layer away; one that is gone stays gone. Raises NotFound, ChangedMeanwhile."""
    return await _change(
        tx,
        schedule_id,
        lambda draft: without_layer(draft, layer_id),
        lambda draft: layer_seen(draft, layer_of(draft.layers, layer_id)) == as_seen,
    )


async def _change(
    tx: Transaction,
    schedule_id: UUID,
    change: Callable[[ScheduleDraft], ScheduleDraft],
    is_as_seen: Callable[[ScheduleDraft], bool],
) -> models.Schedule:
    schedule = await scheduling.lock_schedule(tx, schedule_id)
    draft = scheduling.draft_of(schedule)
    unseen = not is_as_seen(draft)
    try:
        wanted = change(draft)
    except ValidationFailed:
        if unseen:
            raise ChangedMeanwhile from None
        raise
    if wanted != draft and unseen:
        raise ChangedMeanwhile
    return await scheduling.change_schedule(tx, schedule, wanted)
