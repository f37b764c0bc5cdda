"""The messages, as frozen values: what a delivery keeps, and a sender renders. Core never does.

A message carries facts that do not change. What does change (the incident) is read anew whenever
the message is rendered, so a message sent late is never out of date.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, TypeAdapter

from core.remarks import Remark
from core.targets import Why


@dataclass(frozen=True)
class Page:
    """Wakes somebody: this incident wants you, and this is why you."""

    why: Why
    layer: int | None
    layers: int
    type: Literal["page"] = "page"


@dataclass(frozen=True)
class Card:
    """The incident in the alerts channel, kept current in place."""

    type: Literal["card"] = "card"


@dataclass(frozen=True)
class LayerPaged:
    """A layer fired: these people are being paged."""

    layer: int
    layers: int
    people: tuple[str, ...]
    type: Literal["layer_paged"] = "layer_paged"


@dataclass(frozen=True)
class Acknowledged:
    """Somebody took the incident; the clock stopped."""

    by: str
    type: Literal["acknowledged"] = "acknowledged"


@dataclass(frozen=True)
class HandedOff:
    """The incident has a new owner."""

    by: str
    to: str
    previous: str | None
    type: Literal["handed_off"] = "handed_off"


@dataclass(frozen=True)
class SeverityChanged:
    """The severity is another."""

    by: str
    before: str
    after: str
    type: Literal["severity_changed"] = "severity_changed"


@dataclass(frozen=True)
class UpdatePosted:
    """An update was posted. Its text is read when it is told, never kept here."""

    update_id: UUID
    type: Literal["update_posted"] = "update_posted"


@dataclass(frozen=True)
class LayerUnstaffed:
    """A layer pages nobody and was skipped. Loud."""

    layer: int
    target: str
    type: Literal["layer_unstaffed"] = "layer_unstaffed"


@dataclass(frozen=True)
class Exhausted:
    """The last timeout passed and nobody acknowledged. Loud."""

    policy: str
    type: Literal["exhausted"] = "exhausted"


@dataclass(frozen=True)
class NobodyPaged:
    """The incident was declared and pages nobody. Loud."""

    type: Literal["nobody_paged"] = "nobody_paged"


@dataclass(frozen=True)
class LastResortPaged:
    """Nobody acknowledged, or nobody was there to page: the last resort is being paged."""

    people: tuple[str, ...]
    type: Literal["last_resort_paged"] = "last_resort_paged"


@dataclass(frozen=True)
class LastResortUnstaffed:
    """The last resort pages nobody either. Loud."""

    type: Literal["last_resort_unstaffed"] = "last_resort_unstaffed"


@dataclass(frozen=True)
class PageFailed:
    """A page can't be delivered to this person. Loud."""

    person: str
    channel: str
    error: str
    type: Literal["page_failed"] = "page_failed"


@dataclass(frozen=True)
class Stumbled:
    """The next layer could not be paged because of a fault of ours; it is tried again. Loud."""

    error: str
    type: Literal["stumbled"] = "stumbled"


@dataclass(frozen=True)
class CopyLeft:
    """A text was taken back, and Slack refuses to change the message that shows it. Loud."""

    error: str
    type: Literal["copy_left"] = "copy_left"


@dataclass(frozen=True)
class SlackSilent:
    """Slack has taken nothing for a while. Told to admins by mail, never in Slack."""

    since: datetime
    error: str | None
    type: Literal["slack_silent"] = "slack_silent"


@dataclass(frozen=True)
class SlackBack:
    """Slack takes messages again. Told to the admins who were told that it did not."""

    since: datetime
    """Since when it had taken nothing."""
    at: datetime
    """When it took something again."""
    type: Literal["slack_back"] = "slack_back"


Notice = (
    LayerPaged
    | Acknowledged
    | HandedOff
    | SeverityChanged
    | UpdatePosted
    | LayerUnstaffed
    | Exhausted
    | NobodyPaged
    | LastResortPaged
    | LastResortUnstaffed
    | PageFailed
    | Stumbled
    | CopyLeft
)
ToAdmin = SlackSilent | SlackBack
Message = Page | Card | Notice | ToAdmin | Remark
LOUD = (LayerUnstaffed, Exhausted, NobodyPaged, LastResortUnstaffed, PageFailed, Stumbled, CopyLeft)

_MESSAGES: TypeAdapter[Message] = TypeAdapter(Annotated[Message, Field(discriminator="type")])


def parse(message: dict[str, Any]) -> Message:
    """A message from the JSON that its delivery keeps."""
    return _MESSAGES.validate_python(message)


def dump(message: Message) -> dict[str, Any]:
    """A message as the JSON that its delivery keeps."""
    return _MESSAGES.dump_python(message, mode="json")  # type: ignore[no-any-return]  # JSON
