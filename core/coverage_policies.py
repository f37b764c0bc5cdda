"""PURE. What is wrong with escalation policies and the last resort (spec sections 5 and 6)."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from core import policies
from core.findings import Finding, FindingKind, Looked, Target
from core.staffing import Staffed, Stretch
from storage.models import EscalationLayer, EscalationPolicy

TOO_LATE = timedelta(hours=24)
"""After so long a layer has lost its point.

A day of silence is a day of outage, and most rotations have handed over by then: whoever comes
after the first layer's person has the incident before the policy gets to anybody new.
"""


def unstaffed(looked: Looked) -> Iterator[Finding]:
    """Every stretch ahead in which an escalation layer, or the last resort, pages nobody."""
    for policy in looked.policies:
        for layer in policy.layers:
            zone = _zone(looked, layer.schedule_id)
            for one in looked.stretches(_nobody, Target.of(layer)):
                start_at, end_at = looked.bounds(one)
                yield Finding(
                    FindingKind.LAYER_UNSTAFFED,
                    f"unstaffed:{policy.id}:{layer.position}:{looked.key(one)}",
                    f"{_name(policy, layer)} pages nobody {looked.when(one, zone)}: {_why(layer)}.",
                    _remedy(layer.schedule_id),
                    schedule_id=layer.schedule_id,
                    policy_id=policy.id,
                    timezone=zone.key,
                    start_at=start_at,
                    end_at=end_at,
                )
    if looked.last_resort:
        schedule_id = looked.last_resort.schedule_id
        target = Target(schedule_id, looked.last_resort.member_ids)
        for one in looked.stretches(_nobody, target):
            start_at, end_at = looked.bounds(one)
            zone = _zone(looked, schedule_id)
            yield Finding(
                FindingKind.LAST_RESORT_UNSTAFFED,
                f"unstaffed:last_resort:{looked.key(one)}",
                f"The last resort pages nobody {looked.when(one, zone)}.",
                _remedy(schedule_id),
                schedule_id=schedule_id,
                timezone=zone.key,
                start_at=start_at,
                end_at=end_at,
            )


def _nobody(span: Staffed) -> bool:
    return not span.people


def _why(layer: EscalationLayer) -> str:
    if layer.schedule:
        return f"nobody is on call for {layer.schedule.name}"
    return "everybody whom it names was removed"


def _remedy(schedule_id: UUID | None) -> str:
    if schedule_id:
        return "Have somebody on call then, by an override or a rotation."
    return "Name somebody who is still here."


def repeats(looked: Looked) -> Iterator[Finding]:
    """Every stretch ahead in which a layer pages exactly those whom the layer before has paged.

    Both are asked at the same instant; that the second fires some minutes later is left out.
    """
    for policy in looked.policies:
        for before, layer in zip(policy.layers, policy.layers[1:], strict=False):
            zone = _zone(looked, layer.schedule_id or before.schedule_id)
            for one in looked.stretches(_the_same, Target.of(before), Target.of(layer)):
                start_at, end_at = looked.bounds(one)
                yield Finding(
                    FindingKind.LAYER_REPEATS,
                    f"repeats:{policy.id}:{layer.position}:{looked.key(one)}",
                    f"{_name(policy, layer)} pages nobody but whom layer {before.position} has "
                    f"paged already, {looked.when(one, zone)} ({_who(looked, layer, one)}).",
                    "Page somebody else in one of the two: who did not answer may not answer.",
                    schedule_id=layer.schedule_id,
                    policy_id=policy.id,
                    timezone=zone.key,
                    start_at=start_at,
                    end_at=end_at,
                )


def _the_same(before: Staffed, then: Staffed) -> bool:
    return bool(then.people) and before.people == then.people


def _who(looked: Looked, layer: EscalationLayer, one: Stretch) -> str:
    """Whom it pages when the stretch begins, or now where it has begun."""
    start, _ = looked.bounds(one)
    spans = looked.line(Target.of(layer))
    people = next(span.people for span in spans if span.start <= start < span.end)
    return ", ".join(sorted(looked.members[id].name for id in people))


def too_late(looked: Looked) -> Iterator[Finding]:
    """Policies that get to a layer, or to the last resort, only after `TOO_LATE`.

    Told of the first such layer alone: those after it are later still.
    """
    for policy in looked.policies:
        after = timedelta()
        for place, layer in enumerate(policy.layers):
            after += timedelta(minutes=layer.ack_timeout_minutes)
            is_last = place + 1 == len(policy.layers)
            if after <= TOO_LATE or (is_last and looked.last_resort is None):
                continue
            hours, minutes = divmod(after // timedelta(minutes=1), 60)
            late = f"{hours} h {minutes} min" if minutes else f"{hours} h"
            who = "the last resort" if is_last else f"layer {layer.position + 1}"
            yield Finding(
                FindingKind.LAYER_TOO_LATE,
                f"too_late:{policy.id}:{layer.position}:{after}",
                f"If nobody answers, {policy.name} pages {who} only after {late}: too late to be "
                "of use.",
                f"Shorten the timeouts up to layer {layer.position} to a day or less in all.",
                policy_id=policy.id,
            )
            break


def removed_members(looked: Looked) -> Iterator[Finding]:
    """Escalation layers and a last resort that name people who were removed."""
    places: list[tuple[str, UUID | None, str, Sequence[UUID]]] = [
        (
            f"{policy.id}:{layer.position}",
            policy.id,
            _name(policy, layer),
            [one.member_id for one in layer.members],
        )
        for policy in looked.policies
        for layer in policy.layers
    ]
    if looked.last_resort:
        places.append(("last_resort", None, "The last resort", looked.last_resort.member_ids))
    for key, policy_id, name, member_ids in places:
        for member_id in dict.fromkeys(member_ids):
            if looked.members[member_id].removed_at:
                yield Finding(
                    FindingKind.REMOVED_MEMBER,
                    f"removed:layer:{key}:{member_id}",
                    f"{name} names {looked.members[member_id].name}, who was removed.",
                    "Take them out, and name somebody else.",
                    policy_id=policy_id,
                    member_id=member_id,
                )


def empty(looked: Looked) -> Iterator[Finding]:
    """Policies without layers: they page nobody."""
    for policy in looked.policies:
        if not policy.layers:
            yield Finding(
                FindingKind.POLICY_EMPTY,
                f"empty:{policy.id}",
                f"{policy.name} has no layers, so it pages nobody.",
                "Add a layer, or remove the policy.",
                policy_id=policy.id,
            )


def unreached(looked: Looked) -> Iterator[Finding]:
    """Policies with layers that no schedule leads to: they run only where somebody chooses them."""
    chosen = policies.by_schedule(looked.policies)
    reached = {policy.id for policy in chosen.values()}
    for policy in looked.policies:
        if not policy.layers or policy.id in reached:
            continue
        ids = dict.fromkeys(one.schedule_id for one in policy.layers if one.schedule_id)
        first = [f"{looked.by_id[id].name} leads to {chosen[id].name}" for id in ids]
        why = "; ".join(first) or "none of its layers pages a schedule"
        winners = ":".join(sorted(str(chosen[id].id) for id in ids))
        yield Finding(
            FindingKind.POLICY_UNREACHED,
            f"unreached:{policy.id}:{winners}",
            f"No schedule leads to {policy.name}: {why}. It runs only where it is chosen by name.",
            "Have its first layer page a schedule that no other policy has, or remove it.",
            policy_id=policy.id,
        )


def _name(policy: EscalationPolicy, layer: EscalationLayer) -> str:
    return f"Layer {layer.position} of {policy.name}"


def _zone(looked: Looked, schedule_id: UUID | None) -> ZoneInfo:
    schedule = looked.by_id.get(schedule_id) if schedule_id else None
    return schedule.timezone if schedule else ZoneInfo("UTC")
