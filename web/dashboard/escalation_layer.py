"""What the form of an escalation layer holds, as text, and the layer that it asks for."""

from dataclasses import dataclass, replace
from uuid import uuid4

from core import durations
from core.errors import ValidationFailed
from core.policy_drafts import EscalationLayerDraft
from storage.vocabulary import TargetType
from web.dashboard.ids import id_in
from web.dashboard.pages import Asked
from web.dashboard.people_field import MORE_PEOPLE


@dataclass(frozen=True)
class EscalationLayerValues:
    """The fields of a layer's form as they stand."""

    layer: str
    as_seen: str
    target: str = TargetType.SCHEDULE.value
    schedule_id: str = ""
    people: tuple[str, ...] = ()
    timeout: str = "5 min"

    @property
    def places(self) -> tuple[str, ...]:
        """Those who are chosen, and empty places for more."""
        return (*(one for one in self.people if one), *[""] * MORE_PEOPLE)

    @property
    def pages_somebody(self) -> bool:
        """Whether it is chosen yet whom to page."""
        chosen = self.schedule_id if self.target == TargetType.SCHEDULE.value else any(self.people)
        return bool(chosen)


def sent(asked: Asked) -> EscalationLayerValues:
    """What somebody sent; a layer that the address names is that one."""
    values = EscalationLayerValues(
        layer=asked.one("layer"),
        as_seen=asked.one("as_seen"),
        target=asked.one("target"),
        schedule_id=asked.one("schedule_id"),
        people=tuple(asked.every("people")),
        timeout=asked.one("ack_timeout_minutes"),
    )
    in_path = asked.path.get("layer_id")
    return replace(values, layer=str(in_path)) if in_path else values


def draft_of(values: EscalationLayerValues) -> EscalationLayerDraft:
    """The layer that is asked for. Raises ValidationFailed for what is no timeout."""
    if not values.timeout:
        raise ValidationFailed(
            "Say how long to wait: 5 min, 2 h or 1 day.", field="ack_timeout_minutes"
        )
    try:
        timeout = durations.minutes(values.timeout)
    except ValueError as wrong:
        raise ValidationFailed(str(wrong), field="ack_timeout_minutes") from None
    layer_id = id_in(values.layer) or uuid4()
    if values.target != TargetType.USERS.value:
        return EscalationLayerDraft(timeout, id_in(values.schedule_id), (), id=layer_id)
    named = tuple(dict.fromkeys(found for one in values.people if (found := id_in(one))))
    return EscalationLayerDraft(timeout, None, named, id=layer_id)
