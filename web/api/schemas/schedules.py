"""Schedules, their rotation layers and overrides, and who is on call, as JSON (spec section 5)."""

import re
from datetime import time
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, StrictInt, WithJsonSchema

from storage.limits import (
    DESCRIPTION_MAX,
    NAME_MAX,
    PARTICIPANTS_MAX,
    ROTATION_LENGTH_DAYS_MAX,
)
from storage.vocabulary import RotationType
from web.api.schemas.base import Given, GivenInstant, Instant, Named, Shown, Text, left_out

HANDOFF_TIME = r"^([01]\d|2[0-3]):[0-5]\d$"

Name = Annotated[Text, Field(min_length=1, max_length=NAME_MAX)]
Description = Annotated[Text, Field(max_length=DESCRIPTION_MAX)]
LengthDays = Annotated[StrictInt, Field(ge=1, le=ROTATION_LENGTH_DAYS_MAX)]
ParticipantIds = Annotated[
    list[UUID], Field(min_length=1, max_length=PARTICIPANTS_MAX), AfterValidator(tuple)
]


def _wall_clock(value: Any) -> time:
    if isinstance(value, str) and re.fullmatch(HANDOFF_TIME, value, re.ASCII):
        return time.fromisoformat(value)
    raise ValueError("It must be a time of day as HH:MM, such as 09:00.")


HandoffTime = Annotated[
    time,
    BeforeValidator(_wall_clock),
    WithJsonSchema({"type": "string", "pattern": HANDOFF_TIME, "examples": ["09:00"]}),
]


class NewSchedule(Given):
    """A schedule to make. `timezone` is an IANA name, such as Europe/Berlin."""

    name: Name
    timezone: Text
    description: Description | None = None


class ScheduleChanges(Given):
    """What is to change of a schedule; what is left out stays."""

    name: Name = left_out()
    timezone: Text = left_out()
    description: Description | None = None


class NewRotationLayer(Given):
    """A rotation layer to add below all others.

    `rotationLengthDays` may be left out of a daily and a weekly one.
    """

    name: Name
    rotation_type: RotationType
    length_days: LengthDays = left_out(alias="rotationLengthDays")
    handoff_time: HandoffTime
    effective_from: GivenInstant
    effective_until: GivenInstant | None = None
    participant_ids: ParticipantIds


class RotationLayerChanges(Given):
    """What is to change of a rotation layer; what is left out stays."""

    name: Name = left_out()
    rotation_type: RotationType = left_out()
    length_days: LengthDays = left_out(alias="rotationLengthDays")
    handoff_time: HandoffTime = left_out()
    effective_from: GivenInstant = left_out()
    effective_until: GivenInstant | None = None
    participant_ids: ParticipantIds = left_out()


class NewOverride(Given):
    """Who stands in, and when: from `startAt` until `endAt`, which is not part of it."""

    member_id: UUID = Field(alias="userId")
    start_at: GivenInstant
    end_at: GivenInstant


class OverrideChanges(Given):
    """What is to change of an override; what is left out stays."""

    member_id: UUID = left_out(alias="userId")
    start_at: GivenInstant = left_out()
    end_at: GivenInstant = left_out()


class LayerOrder(Given):
    """All layers, each exactly once, in the order that they are to have."""

    layer_ids: list[UUID]


class ScheduleListed(Shown):
    """A schedule in a list."""

    id: UUID
    name: str
    description: str | None
    timezone: str
    created_at: Instant


class RotationLayerShown(Shown):
    """A rotation layer. `handoffTime` is local; `position` 0 has precedence, and owns incidents."""

    id: UUID
    name: str
    position: int
    rotation_type: RotationType
    rotation_length_days: int
    handoff_time: Annotated[str, Field(pattern=HANDOFF_TIME)]
    effective_from: Instant
    effective_until: Instant | None
    participant_ids: list[UUID]


class OverrideShown(Shown):
    """An override: while it is active, its user stands in for the layer at position 0."""

    id: UUID
    user_id: UUID
    start_at: Instant
    end_at: Instant


class ScheduleShown(ScheduleListed):
    """A schedule with its layers by position, and the overrides that have not ended."""

    layers: list[RotationLayerShown]
    overrides: list[OverrideShown]


class OnCallShown(Shown):
    """Who is on call at an instant, and until when; `until` is null if it never changes."""

    at: Instant
    owner: Named | None
    paging_targets: list[Named]
    until: Instant | None


class ShiftShown(Shown):
    """A span in which somebody is on call. `layerId` is null where an override has no layer."""

    user: Named
    layer_id: UUID | None
    position: int
    override_id: UUID | None
    start_at: Instant
    end_at: Instant


class GapShown(Shown):
    """A span in which the schedule has no owner."""

    start_at: Instant
    end_at: Instant


class ShiftsShown(Shown):
    """The shifts of a window, in order of their starts, and its gaps."""

    shifts: list[ShiftShown]
    gaps: list[GapShown]
