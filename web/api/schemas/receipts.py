"""What became of each page of an incident, as JSON."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, PlainSerializer, WithJsonSchema

from storage.vocabulary import Channel, DeliveryState
from web.api.schemas.base import Instant, Named, Shown


def _milliseconds(lasts: timedelta) -> int:
    return round(lasts / timedelta(milliseconds=1))


Milliseconds = Annotated[
    timedelta,
    PlainSerializer(_milliseconds, return_type=int, when_used="unless-none"),
    WithJsonSchema({"type": "integer"}, mode="serialization"),
]


class WhyShown(Shown):
    """Why they were paged: on call, named by the policy, the owner, handed it, or the last resort.
    Where `byOverride` is true, `overriding` names whom they stood in for, if anybody.
    """

    kind: Literal["schedule", "users", "owner", "handoff", "last_resort"]
    schedule: str | None
    rotation_layer: str | None
    until: Instant | None
    by_override: bool
    overriding: str | None
    by: str | None


class AttemptShown(Shown):
    """One try to send it. `found` is one of which an earlier try was found to have arrived."""

    at: Instant
    took_ms: Milliseconds = Field(validation_alias="took", serialization_alias="tookMs")
    outcome: str
    error: str | None


class StopShown(Shown):
    """What ended the need for it, and who did it: `acknowledged`, `handed off` or `resolved`."""

    at: Instant
    reason: str
    by: str


class ReceiptShown(Shown):
    """All that is known of one page: to whom and why, each try to send it, and what ended it.

    `latencyMs` is from the commit that asked for it to the channel's confirmation. `provider` says
    where it is, in the channel's own words. `superseded` says why it was not sent, where nobody had
    stopped it.
    """

    delivery_id: UUID
    responder: Named
    channel: Channel
    policy: str | None
    layer: int | None
    round: int
    why: WhyShown
    committed_at: Instant
    state: DeliveryState
    sent_at: Instant | None
    latency_ms: Milliseconds | None = Field(
        validation_alias="latency", serialization_alias="latencyMs"
    )
    provider: Mapping[str, str] | None
    failures: int
    attempts: list[AttemptShown]
    error: str | None
    superseded: str | None
    stop: StopShown | None
    together_with: int
