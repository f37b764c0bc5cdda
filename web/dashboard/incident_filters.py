"""PURE. What somebody looks for in the list of incidents, read from its address and written there.

The address holds it all, so a list can be kept, sent and turned page by page without losing any.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from core.incident_list import Wanted
from storage.vocabulary import Severity, Status
from web.dashboard import words

OPEN, ANY = "open", "any"
STATUSES = [
    (OPEN, "Open"),
    *((one.value, words.STATUS[one]) for one in Status),
    (ANY, "Any status"),
]
SEVERITIES = [(ANY, "Any severity"), *((one.value, words.SEVERITY[one]) for one in Severity)]
_NUMBER_DIGITS = 12
_SEARCHED_MAX = 200


@dataclass(frozen=True)
class Filters:
    """What is looked for, as the fields of the form hold it."""

    q: str = ""
    status: str = OPEN
    severity: str = ANY
    mine: bool = False
    unacknowledged: bool = False
    from_: str = ""
    to: str = ""
    before: int | None = None
    faults: dict[str, str] = field(default_factory=dict)

    @property
    def are_set(self) -> bool:
        """Whether anything but what is open is looked for."""
        return bool(self.q) or self.has_more

    @property
    def has_more(self) -> bool:
        """Whether anything is looked for besides words."""
        return (self.status, self.severity) != (OPEN, ANY) or bool(
            self.mine or self.unacknowledged or self.from_ or self.to
        )

    def wanted(self, reader: UUID) -> Wanted:
        """The same for core. A day that is none is left out, and told as a fault."""
        return Wanted(
            words=self.q,
            statuses=_statuses(self.status),
            severities=[Severity(self.severity)] if self.severity != ANY else [],
            owner_id=reader if self.mine else None,
            is_unacknowledged=self.unacknowledged,
            created_from=_day(self.from_) if "from" not in self.faults else None,
            created_to=_day(self.to) if "to" not in self.faults else None,
        )

    def address(self, *, before: int | None = None) -> str:
        """Where this is found, from a place on."""
        said = {
            "q": self.q,
            "status": self.status if self.status != OPEN else "",
            "severity": self.severity if self.severity != ANY else "",
            "mine": "yes" if self.mine else "",
            "unacknowledged": "yes" if self.unacknowledged else "",
            "from": self.from_,
            "to": self.to,
            "before": str(before) if before is not None else "",
        }
        query = urlencode({name: one for name, one in said.items() if one})
        return f"/app/?{query}" if query else "/app/"


def read(query: Mapping[str, str]) -> Filters:
    """What an address asks for. What it says that can't be meant is as if it were not said."""
    status, severity = query.get("status", OPEN), query.get("severity", ANY)
    before = query.get("before", "")
    days = {name: query.get(name, "").strip()[:40] for name in ("from", "to")}
    return Filters(
        q=query.get("q", "").strip()[:_SEARCHED_MAX],
        status=status if status in dict(STATUSES) else OPEN,
        severity=severity if severity in dict(SEVERITIES) else ANY,
        mine=bool(query.get("mine")),
        unacknowledged=bool(query.get("unacknowledged")),
        from_=days["from"],
        to=days["to"],
        before=int(before) if _is_number(before) else None,
        faults={name: "Write a day as 2026-11-21." for name, said in days.items()
                if said and _day(said) is None},
    )  # fmt: skip


def _statuses(said: str) -> list[Status]:
    if said == OPEN:
        return [one for one in Status if one is not Status.RESOLVED]
    return [] if said == ANY else [Status(said)]


def _day(said: str) -> date | None:
    try:
        return date.fromisoformat(said) if said else None
    except ValueError:
        return None


def _is_number(said: str) -> bool:
    return said.isascii() and said.isdigit() and len(said) <= _NUMBER_DIGITS
