"""PURE. A blueprint's schedules and policies as core's drafts, and drafts as people read them.

What a blueprint does not say keeps its stored value (spec section 5).
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from datetime import datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from cli.values import say_instant, say_shift
from cli.wanted import (
    LastResortBlueprint,
    PolicyBlueprint,
    RotationBlueprint,
    ScheduleBlueprint,
)
from core.covering import OverrideDraft
from core.durations import say_minutes
from core.instants import first_instant
from core.last_resort import LastResortDraft
from core.policies import EscalationLayerDraft, PolicyDraft
from core.scheduling import RotationDraft, ScheduleDraft

Ids = Mapping[str, UUID]
"""E-mail addresses, or names of schedules, to ids."""
Names = Mapping[UUID, str]
"""The way back: what to call an id."""


NOBODY: frozenset[UUID] = frozenset()


def schedule_draft(
    wanted: ScheduleBlueprint,
    stored: ScheduleDraft | None,
    members: Ids,
    now: datetime,
    *,
    removed: Set[UUID] = NOBODY,
) -> ScheduleDraft:
    """The whole schedule as the blueprint wants it, on top of what is stored.

    Where it names, in the places of those who were `removed`, who stands in for them, the stored
    order stays: it says the same, and keeps the past.
    """
    kept = {layer.name: layer for layer in stored.layers} if stored else {}
    return ScheduleDraft(
        name=wanted.name,
        timezone=wanted.timezone,
        description=_kept(wanted.description, stored),
        layers=tuple(
            _rotation_draft(
                layer, kept.get(layer.name), members, _today(now, wanted.timezone), removed
            )
            for layer in wanted.rotation
        ),
    )


def override_drafts(
    wanted: ScheduleBlueprint, stored: Sequence[OverrideDraft], members: Ids, now: datetime
) -> tuple[OverrideDraft, ...] | None:
    """The overrides that the blueprint wants, without those that are over; None: as they are.

    The past stays: one that should have begun already begins now, or when it did.
    """
    if wanted.overrides is None:
        return None
    running = {one.member_id: one.start_at for one in stored if one.start_at <= now}
    found = []
    for one in wanted.overrides:
        member_id = members[one.person.text]
        start_at = one.start_at if one.start_at > now else running.get(member_id, now)
        if one.end_at > now:
            found.append(OverrideDraft(member_id, start_at, one.end_at))
    return tuple(found)


def override_fields(drafts: Sequence[OverrideDraft], people: Names, zone: str) -> dict[str, str]:
    """Overrides as a diff shows them."""
    return {
        f"override from {say_instant(one.start_at, zone)}": (
            f"{people[one.member_id]}, until {say_instant(one.end_at, zone)}"
        )
        for one in drafts
    }


def policy_draft(
    wanted: PolicyBlueprint,
    stored: PolicyDraft | None,
    members: Ids,
    schedules: Ids,
    *,
    removed: Set[UUID] = NOBODY,
) -> PolicyDraft:
    """The whole policy as the blueprint wants it, on top of what is stored.

    One that differs only in not naming those who were `removed` is as it was: nobody pages them.
    """
    draft = PolicyDraft(
        name=wanted.name,
        description=_kept(wanted.description, stored),
        layers=tuple(
            EscalationLayerDraft(
                ack_timeout_minutes=layer.timeout_minutes,
                schedule_id=schedules[layer.schedule.text] if layer.schedule else None,
                member_ids=tuple(members[one.text] for one in layer.people),
            )
            for layer in wanted.layers
        ),
    )
    return stored if stored and draft == policy_without(stored, removed) else draft


def last_resort_draft(
    wanted: LastResortBlueprint,
    stored: LastResortDraft | None,
    members: Ids,
    schedules: Ids,
    *,
    removed: Set[UUID] = NOBODY,
) -> LastResortDraft:
    """The last resort as the blueprint wants it; of those who were `removed`, as for a policy."""
    draft = LastResortDraft(
        schedule_id=schedules[wanted.schedule.text] if wanted.schedule else None,
        member_ids=tuple(members[one.text] for one in wanted.people),
    )
    return stored if stored and draft == last_resort_without(stored, removed) else draft


def with_stand_ins(order: Sequence[UUID], removed: Set[UUID]) -> tuple[UUID, ...]:
    """An order in which each place of somebody removed is that of who stands in for them.

    It is empty where nobody is left (spec section 5).
    """
    staying = [one for one in order if one not in removed]
    if not staying:
        return ()
    found, following = [], staying[0]
    for one in reversed(order):
        following = following if one in removed else one
        found.append(following)
    return tuple(reversed(found))


def policy_without(draft: PolicyDraft, removed: Set[UUID]) -> PolicyDraft:
    """A policy that does not name those who were removed."""
    layers = (
        replace(layer, member_ids=tuple(one for one in layer.member_ids if one not in removed))
        for layer in draft.layers
    )
    return replace(draft, layers=tuple(layers))


def last_resort_without(draft: LastResortDraft, removed: Set[UUID]) -> LastResortDraft:
    """A last resort that does not name those who were removed."""
    return replace(draft, member_ids=tuple(one for one in draft.member_ids if one not in removed))


def last_resort_fields(draft: LastResortDraft, people: Names, schedules: Names) -> dict[str, str]:
    """The last resort as a diff shows it."""
    return {"page": _said_target(draft.schedule_id, draft.member_ids, people, schedules)}


def schedule_fields(draft: ScheduleDraft, people: Names, zone: str) -> dict[str, str]:
    """A schedule as a diff shows it, with its instants on the wall clock of `zone`."""
    fields = {"timezone": draft.timezone}
    if draft.description:
        fields["description"] = draft.description
    fields["rotation"] = ", ".join(layer.name for layer in draft.layers)
    for layer in draft.layers:
        until = layer.effective_until
        shown = {
            "shift": say_shift(layer.rotation_type, layer.length_days),
            "handoff": layer.handoff_time.strftime("%H:%M"),
            "from": say_instant(layer.effective_from, zone),
            "until": say_instant(until, zone) if until else None,
            "people": ", ".join(people[one] for one in layer.participant_ids),
        }
        fields |= {f"{layer.name}, {key}": text for key, text in shown.items() if text is not None}
    return fields


def policy_fields(draft: PolicyDraft, people: Names, schedules: Names) -> dict[str, str]:
    """A policy as a diff shows it."""
    fields = {"description": draft.description} if draft.description else {}
    for position, layer in enumerate(draft.layers, start=1):
        fields[f"layer {position}, page"] = _said_target(
            layer.schedule_id, layer.member_ids, people, schedules
        )
        fields[f"layer {position}, timeout"] = say_minutes(layer.ack_timeout_minutes)
    return fields


def _said_target(
    schedule_id: UUID | None, member_ids: Sequence[UUID], people: Names, schedules: Names
) -> str:
    if schedule_id:
        return f"schedule {schedules[schedule_id]}"
    return ", ".join(people[one] for one in member_ids)


def _rotation_draft(
    wanted: RotationBlueprint,
    stored: RotationDraft | None,
    members: Ids,
    today: datetime,
    removed: Set[UUID],
) -> RotationDraft:
    until = wanted.effective_until
    if until is None and stored:
        until = stored.effective_until
    order = tuple(members[one.text] for one in wanted.people)
    if stored and order == with_stand_ins(stored.participant_ids, removed):
        order = stored.participant_ids
    rotation_type = wanted.rotation_type
    if stored and stored.length_days == wanted.length_days:
        rotation_type = stored.rotation_type  # seven days and weekly are the same
    return RotationDraft(
        name=wanted.name,
        rotation_type=rotation_type,
        length_days=wanted.length_days,
        handoff_time=wanted.handoff_time,
        effective_from=wanted.effective_from or (stored.effective_from if stored else today),
        effective_until=None if until == "never" else until,
        participant_ids=order,
    )


def _kept(wanted: str | None, stored: ScheduleDraft | PolicyDraft | None) -> str | None:
    return wanted if wanted is not None or stored is None else stored.description


def _today(now: datetime, zone: str) -> datetime:
    """When today begins where the schedule is."""
    return first_instant(now.astimezone(ZoneInfo(zone)).date(), time(), ZoneInfo(zone))
