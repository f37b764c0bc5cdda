"""PURE. What may leave the house: the values a status page is rendered from, and nothing else.

No field here can hold an internal body, an owner, a responder, a page that was sent or an audit
event. What customers read of redaction and of internal transitions is decided here, once
(spec section 8).
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from storage.vocabulary import ComponentStatus, Severity, Status

HISTORY_DAYS = 90
"""How far back a page looks (spec section 8)."""

REMOVED = "This update has been removed."
"""What stands in the slot of a redacted public update, on every public surface (spec section 4)."""


@dataclass(frozen=True)
class PublicUpdate:
    """One entry under an incident: a public text, a bare transition, or a slot that was emptied.

    `body` is None for a bare transition and where it `is_removed`.
    """

    posted_at: datetime
    body: str | None
    status_change: Status | None
    removed_at: datetime | None = None

    @property
    def is_removed(self) -> bool:
        """Whether its text was taken back: its slot says so."""
        return self.removed_at is not None


@dataclass(frozen=True)
class PublicTag:
    """A component that an incident affects, of those that the page selects."""

    id: UUID
    name: str


@dataclass(frozen=True)
class PublicIncident:
    """An incident as customers read it; its updates are the newest first."""

    id: UUID
    number: int
    title: str
    severity: Severity
    status: Status
    components: tuple[PublicTag, ...]
    started_at: datetime
    resolved_at: datetime | None
    updates: tuple[PublicUpdate, ...]
    amended_at: datetime | None = None
    """When its severity or what it affects last changed, if ever."""

    @property
    def changed_at(self) -> datetime:
        """When it last read otherwise: begun, amended, an entry posted or emptied, ended."""
        posted = (one.removed_at or one.posted_at for one in self.updates)
        instants = (self.started_at, self.amended_at, self.resolved_at, *posted)
        return max(one for one in instants if one)


@dataclass(frozen=True)
class ComponentDay:
    """A component on one day (UTC): how bad it was at its worst, and for how long it was down.

    `worst` is None on a day on which the component did not exist yet. `down` is the time of a
    partial or a major outage; what is degraded or maintained still works.
    """

    day: date
    worst: ComponentStatus | None
    down: timedelta
    degraded: timedelta


@dataclass(frozen=True)
class PublicComponent:
    """A component that the page selects: how it is now, and the last HISTORY_DAYS days."""

    id: UUID
    name: str
    group_label: str | None
    description: str | None
    status: ComponentStatus
    days: tuple[ComponentDay, ...]
    """One for each day, the oldest first, today last."""
    uptime: float | None
    """The share of the time it has existed, within those days, in which it was not down: 0 to 1.

    None if it has not existed long enough to say.
    """


@dataclass(frozen=True)
class PublicStatusPage:
    """All that a status page shows. The components are in the page's own order."""

    id: UUID
    slug: str
    title: str
    banner: ComponentStatus
    """The worst of its components; maintenance never makes it worse than operational."""
    updated_at: datetime
    """When something on it last changed."""
    components: tuple[PublicComponent, ...]
    incidents: tuple[PublicIncident, ...]
    """Open, the newest first."""
    history: tuple[PublicIncident, ...]
    """Resolved within the last HISTORY_DAYS days, the newest first."""

    @property
    def groups(self) -> tuple[tuple[str | None, tuple[PublicComponent, ...]], ...]:
        """Its components by group, each group where its first component stands."""
        found: dict[str | None, list[PublicComponent]] = {}
        for one in self.components:
            found.setdefault(one.group_label, []).append(one)
        return tuple((label, tuple(of_it)) for label, of_it in found.items())
