"""PURE. A schedule as somebody asks for it: what is wrong with it, how the trail tells of it."""

import json
from dataclasses import dataclass, field
from datetime import datetime, time
from hashlib import sha256
from uuid import UUID

from core.errors import ValidationFailed
from core.timezones import is_zone
from storage.limits import NAME_MAX, PARTICIPANTS_MAX, ROTATION_LENGTH_DAYS_MAX
from storage.vocabulary import RotationType

FIXED_LENGTHS = {RotationType.DAILY: 1, RotationType.WEEKLY: 7}
"""Days that a shift lasts where the rotation's type says so (spec section 5)."""


@dataclass(frozen=True)
class RotationDraft:
    """A rotation layer as somebody asks for it; its position is its place in the list.

    With an `id` it is that layer, whatever it was called before; without one, its namesake.
    """

    name: str
    rotation_type: RotationType
    length_days: int
    handoff_time: time
    effective_from: datetime
    effective_until: datetime | None
    participant_ids: tuple[UUID, ...]
    id: UUID | None = field(default=None, compare=False)


@dataclass(frozen=True)
class ScheduleDraft:
    """A schedule as somebody asks for it."""

    name: str
    timezone: str
    description: str | None
    layers: tuple[RotationDraft, ...]


def check_words(draft: ScheduleDraft) -> None:
    """Refuse what no schedule can be. Raises ValidationFailed, naming the field."""
    if not 1 <= len(draft.name) <= NAME_MAX:
        raise ValidationFailed(f"A schedule's name has 1 to {NAME_MAX} characters.", field="name")
    check_zone(draft.timezone)
    names = [layer.name for layer in draft.layers]
    if len(set(names)) != len(names):
        raise ValidationFailed("Two rotation layers have the same name.", field="layers")
    for layer in draft.layers:
        if not 1 <= len(layer.name) <= NAME_MAX:
            raise ValidationFailed(
                f"A rotation layer's name has 1 to {NAME_MAX} characters.", field="name"
            )
        check_turns(layer)


def check_turns(layer: RotationDraft) -> None:
    """Refuse turns that nobody can take, whatever the layer is called. Raises ValidationFailed."""
    wanted = FIXED_LENGTHS.get(layer.rotation_type, layer.length_days)
    if layer.length_days != wanted or not 1 <= wanted <= ROTATION_LENGTH_DAYS_MAX:
        raise ValidationFailed(
            f"“{layer.name}”: a shift lasts 1 to {ROTATION_LENGTH_DAYS_MAX} days "
            "(daily 1, weekly 7).",
            field="length_days",
        )
    if not layer.participant_ids:
        raise ValidationFailed(f"“{layer.name}” has no participants.", field="participants")
    if len(layer.participant_ids) > PARTICIPANTS_MAX:
        raise ValidationFailed(
            f"“{layer.name}” has more than {PARTICIPANTS_MAX} participants.", field="participants"
        )
    if layer.effective_until and layer.effective_until <= layer.effective_from:
        raise ValidationFailed(f"“{layer.name}” ends before it begins.", field="until")


def check_zone(timezone: str) -> None:
    """Refuse what is no IANA time zone. Raises ValidationFailed."""
    if not is_zone(timezone):
        raise ValidationFailed(
            f"“{timezone}” is not a time zone. Use an IANA name such as Europe/Berlin.",
            field="timezone",
        )


def describe(draft: ScheduleDraft) -> dict[str, object]:
    """A schedule as the trail tells of it."""
    return {
        "name": draft.name,
        "timezone": draft.timezone,
        "description": draft.description,
        "layers": [describe_layer(layer) for layer in draft.layers],
    }


def describe_layer(layer: RotationDraft) -> dict[str, object]:
    """A rotation layer as the trail tells of it."""
    return {
        "name": layer.name,
        "rotationType": layer.rotation_type.value,
        "rotationLengthDays": layer.length_days,
        "handoffTime": layer.handoff_time.strftime("%H:%M"),
        "effectiveFrom": layer.effective_from.isoformat(),
        "effectiveUntil": layer.effective_until and layer.effective_until.isoformat(),
        "participantIds": [str(one) for one in layer.participant_ids],
    }


def seen(*parts: object) -> str:
    """What somebody had before their eyes when they opened a form, in a few characters.

    Two that are alike are the same; so a form can tell whether its part was changed since.
    """
    return sha256(json.dumps(parts, default=str).encode()).hexdigest()[:16]
