"""Escalation policies, their layers, and what they would do, as JSON (spec section 5)."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StrictInt

from core.walked import Outcome, Reason
from storage.limits import ACK_TIMEOUT_MINUTES_MAX, PARTICIPANTS_MAX
from storage.vocabulary import TargetType
from web.api.schemas.base import Given, Instant, Named, Shown, left_out
from web.api.schemas.schedules import Description, Name

Minutes = Annotated[StrictInt, Field(ge=1, le=ACK_TIMEOUT_MINUTES_MAX)]
Position = Annotated[StrictInt, Field(ge=1)]


class NewPolicy(Given):
    """An escalation policy to make."""

    name: Name
    description: Description | None = None


class PolicyChanges(Given):
    """What is to change of a policy; what is left out stays."""

    name: Name = left_out()
    description: Description | None = None


class GivenTarget(Given):
    """Whom a layer pages: `scheduleId` with type `schedule`, `userIds` with type `users`."""

    type: TargetType
    schedule_id: UUID | None = None
    user_ids: Annotated[list[UUID], Field(max_length=PARTICIPANTS_MAX)] | None = None


class NewEscalationLayer(Given):
    """A layer to add: at `position`, from where on the rest moves down, or after all others."""

    position: Position | None = None
    ack_timeout_minutes: Minutes
    target: GivenTarget


class EscalationLayerChanges(Given):
    """What is to change of a layer; what is left out stays. `target` changes as a whole."""

    position: Position = left_out()
    ack_timeout_minutes: Minutes = left_out()
    target: GivenTarget = left_out()


class PolicyListed(Shown):
    """A policy in a list."""

    id: UUID
    name: str
    description: str | None
    created_at: Instant


class ScheduleTargetShown(Shown):
    """Whoever is on call for a schedule when the layer fires."""

    type: Literal[TargetType.SCHEDULE]
    schedule_id: UUID


class UsersTargetShown(Shown):
    """These members, by name."""

    type: Literal[TargetType.USERS]
    user_ids: list[UUID]


class EscalationLayerShown(Shown):
    """A layer, and for how long it may acknowledge before the next one pages."""

    id: UUID
    position: int
    ack_timeout_minutes: int
    target: Annotated[ScheduleTargetShown | UsersTargetShown, Field(discriminator="type")]


class PolicyShown(PolicyListed):
    """A policy with its layers by position."""

    layers: list[EscalationLayerShown]


class StepShown(Shown):
    """A layer's turn: whom it would page (nobody: it is skipped), and why its turn had come."""

    at: Instant
    layer: int
    users: list[Named]
    reason: Reason


class SimulationShown(Shown):
    """What would happen if nobody answered: each layer's turn, and the end."""

    steps: list[StepShown]
    ends_at: Instant
    outcome: Outcome
