"""What the form of a rotation layer holds, as text, and the terms that it asks for."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID, uuid4

from core import layer_terms
from core.errors import DomainError, InvalidTargetUser, ValidationFailed
from core.layer_terms import LayerTerms
from core.schedule_drafts import FIXED_LENGTHS
from core.schedule_facts import LayerFacts, ScheduleFacts
from storage.limits import ROTATION_LENGTH_DAYS_MAX
from storage.vocabulary import RotationType
from web.dashboard.pages import Asked
from web.dashboard.people_field import MORE_PEOPLE

_FIELDS = {"until": "last_day", "layers": "name"}


@dataclass(frozen=True)
class RotationLayerValues:
    """The fields of the form as they stand."""

    layer: str
    as_seen: str
    name: str
    participants: tuple[str, ...]
    rotation_type: str
    length_days: str
    handoff: str
    first_day: str
    last_day: str

    @classmethod
    def sent(cls, asked: Asked) -> "RotationLayerValues":
        """What somebody sent."""
        return cls(
            layer=asked.one("layer"),
            as_seen=asked.one("as_seen"),
            name=asked.one("name"),
            participants=tuple(asked.every("participants")),
            rotation_type=asked.one("rotation_type"),
            length_days=asked.one("length_days"),
            handoff=asked.one("handoff"),
            first_day=asked.one("first_day"),
            last_day=asked.one("last_day"),
        )

    @property
    def chosen(self) -> tuple[str, ...]:
        """Those who are to take turns, in order."""
        return tuple(one for one in self.participants if one)

    @property
    def places(self) -> tuple[str, ...]:
        """The same, and empty places for more."""
        return (*self.chosen, *[""] * MORE_PEOPLE)


def as_typed(layer: LayerFacts) -> RotationLayerValues:
    """A layer that is there, as the form shows it."""
    terms = layer.terms
    return RotationLayerValues(
        layer=str(layer.id),
        as_seen=layer.seen,
        name=terms.name,
        participants=tuple(str(one) for one in terms.participant_ids),
        rotation_type=terms.rotation_type.value,
        length_days=str(terms.length_days),
        handoff=f"{terms.handoff:%H:%M}",
        first_day=terms.first_day.isoformat(),
        last_day=terms.last_day.isoformat() if terms.last_day else "",
    )


def proposed(facts: ScheduleFacts, now: datetime, seen: str) -> RotationLayerValues:
    """A new layer, as the form opens."""
    return RotationLayerValues(
        layer=str(uuid4()),
        as_seen=seen,
        name=layer_terms.proposed_name([one.terms.name for one in facts.layers]),
        participants=(),
        rotation_type=RotationType.WEEKLY.value,
        length_days="7",
        handoff="09:00",
        first_day=layer_terms.proposed_first_day(now, facts.zone).isoformat(),
        last_day="",
    )


def read_terms(values: RotationLayerValues) -> LayerTerms:
    """What was agreed on. Raises ValidationFailed and InvalidTargetUser at their fields."""
    try:
        kind = RotationType(values.rotation_type)
    except ValueError:
        raise ValidationFailed("Choose how long a shift lasts.", field="rotation_type") from None
    written = values.length_days
    days = FIXED_LENGTHS.get(kind) or (int(written) if written.isdecimal() else 0)
    if not 1 <= days <= ROTATION_LENGTH_DAYS_MAX:
        said = f"A shift lasts 1 to {ROTATION_LENGTH_DAYS_MAX} days."
        raise ValidationFailed(said, field="length_days")
    try:
        people = tuple(UUID(one) for one in values.chosen)
    except ValueError:
        raise InvalidTargetUser(field="participants") from None
    return LayerTerms(
        name=values.name,
        rotation_type=kind,
        length_days=days,
        handoff=_handoff(values.handoff),
        first_day=_day(values.first_day, "first_day"),
        last_day=_day(values.last_day, "last_day") if values.last_day else None,
        participant_ids=people,
    )


@contextmanager
def told_at() -> Iterator[None]:
    """Tell what core refuses at the field that the form has for it."""
    try:
        yield
    except InvalidTargetUser as refusal:
        raise InvalidTargetUser(refusal.message, field="participants") from None
    except DomainError as refusal:
        refusal.field = _FIELDS.get(refusal.field or "", refusal.field or "") or None
        raise


def _handoff(text: str) -> time:
    try:
        found = time.fromisoformat(text)
    except ValueError:
        raise ValidationFailed("Choose a time of day.", field="handoff") from None
    return time(found.hour, found.minute)


def _day(text: str, field: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValidationFailed("Choose a day.", field=field) from None
