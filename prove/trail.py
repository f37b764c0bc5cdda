"""PURE. Who was paged when, through what, and why it stopped: from the audit trail and no more."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from storage.vocabulary import AuditType

Ending = Literal["sent", "superseded", "failed"]


@dataclass(frozen=True)
class Paged:
    """One page as the trail tells it."""

    delivery_id: str
    member_id: str
    channel: str
    layer: int | None
    round: int
    ending: Ending
    why: str | None
    """Why it was superseded, or how it failed."""
    at: datetime


@dataclass(frozen=True)
class Asked:
    """Somebody who was to be paged: by a layer, as owner, or by a handoff."""

    member_id: str
    layer: int | None
    round: int
    at: datetime


@dataclass(frozen=True)
class Story:
    """An incident's escalation, as its trail tells it."""

    asked: tuple[Asked, ...]
    pages: tuple[Paged, ...]
    stopped: str | None
    """Why the last round paged no further: acknowledged, resolved, exhausted; None if it runs."""


def tell(trail: Iterable[Any]) -> Story:
    """Reconstruct an incident's story from its audit events, in their order."""
    asked: dict[tuple[str, int | None, int], Asked] = {}
    pages: list[Paged] = []
    stopped: str | None = None
    round, layer = 1, None

    def ask(member_id: str, at: datetime) -> None:
        asked.setdefault((member_id, layer, round), Asked(member_id, layer, round, at))

    for event in trail:
        data = event.data
        match event.type:
            case AuditType.LAYER_PAGED:
                layer = data["layer"]
                for target in data["targets"]:
                    ask(target["id"], event.at)
            case AuditType.LAYER_UNSTAFFED:
                layer = data["layer"]
            case AuditType.OWNER_PAGED:
                for target in data["targets"]:
                    ask(target["id"], event.at)
            case AuditType.LAST_RESORT_PAGED:
                for target in data["targets"]:
                    who = Asked(target["id"], None, round, event.at)
                    asked.setdefault((who.member_id, None, round), who)
            case AuditType.INCIDENT_HANDED_OFF:
                round, stopped = round + 1, None
                ask(data["newOwnerId"], event.at)
            case AuditType.INCIDENT_ACKNOWLEDGED:
                stopped = "acknowledged"
            case AuditType.ESCALATION_EXHAUSTED:
                stopped = "exhausted"
            case AuditType.STATUS_CHANGED if data["after"] == "resolved":
                stopped = "resolved"
            case AuditType.RESPONDER_PAGED:
                pages.append(_page(event, "sent", None))
            case AuditType.PAGE_SUPERSEDED:
                pages.append(_page(event, "superseded", data["reason"]))
            case AuditType.DELIVERY_FAILED if data["givenUp"] and data["kind"] == "page":
                pages.append(_page(event, "failed", data["error"]))
    return Story(tuple(asked.values()), tuple(pages), stopped)


def _page(event: Any, ending: Ending, why: str | None) -> Paged:
    data = event.data
    return Paged(
        data["deliveryId"],
        data["memberId"],
        data["channel"],
        data["layer"],
        data["round"],
        ending,
        why,
        event.at,
    )
