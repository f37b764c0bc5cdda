"""Two organizations in one database, everything in each, and one's own words in the other.

Every text of the other one holds a word that nobody else uses: whoever reads it has read too much.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from core import (
    affected,
    components,
    escalation,
    overrides,
    people,
    policies,
    redaction,
    scheduling,
    status_pages,
    updates,
)
from core.components import ComponentDraft
from core.covering import OverrideDraft
from core.policies import EscalationLayerDraft, PolicyDraft
from core.scheduling import ScheduleDraft
from core.status_pages import StatusPageDraft
from storage.models import EscalationPolicy, Member, RotationLayer, Schedule
from storage.vocabulary import Role, Status, Visibility
from tests.cast import NOON
from tests.engine import payments
from tests.rows import rows_of
from tests.web.api.caller import Office, running_office

WORD = "zebrafinch"
"""In every text of the other organization, and nowhere else."""

TABLES = {
    "incident": ("incidents", None),
    "update": ("incident_updates", "incident_id"),
    "schedule": ("schedules", None),
    "rotation layer": ("rotation_layers", "schedule_id"),
    "override": ("schedule_overrides", "schedule_id"),
    "policy": ("escalation_policies", None),
    "escalation layer": ("escalation_layers", "policy_id"),
    "component": ("components", None),
    "page": ("status_pages", None),
    "member": ("members", None),
    "key": ("api_keys", None),
}
"""Each kind of thing that has an id: its table, and the column that says what it is a part of."""


@dataclass
class Ids:
    """Every id of one organization by kind, and what is a part of what."""

    of: dict[str, list[UUID]] = field(default_factory=dict)
    parts: dict[str, dict[UUID, list[UUID]]] = field(default_factory=dict)

    @property
    def every(self) -> set[str]:
        """All of them, as they are written."""
        return {str(one) for known in self.of.values() for one in known}


@dataclass
class TwoOffices:
    """Ours, whose admin asks; and theirs, of which nothing may be seen."""

    ours: Office
    theirs: Office

    async def ids(self, office: Office) -> Ids:
        """What there is now, but for the keys that the tests ask with."""
        tables = {table for table, _ in TABLES.values()}
        core, whose = office.engine.core, office.engine.organization_id
        rows = await rows_of(core, whose, only=tables)
        mine = {self.ours.admin.key_id, self.ours.member.key_id}
        found = Ids()
        for kind, (table, parent) in TABLES.items():
            known = [one for one in rows[table] if one["id"] not in mine]
            found.of[kind] = [one["id"] for one in known]
            if parent:
                parts = found.parts.setdefault(kind, {})
                for one in known:
                    parts.setdefault(one[parent], []).append(one["id"])
        return found


@asynccontextmanager
async def running_two_offices(database_url: str) -> AsyncIterator[TwoOffices]:
    """Both, furnished."""
    async with running_office(database_url) as ours, running_office(database_url) as theirs:
        await furnish(ours, "ours")
        await furnish(theirs, WORD)
        await _rename(theirs)
        yield TwoOffices(ours, theirs)


async def furnish(office: Office, word: str) -> None:
    """Two of everything that an organization can have, with the word in every text."""
    engine, cast = office.engine, office.engine.cast
    shown = [await _component(office, f"{word} {name}") for name in ("API", "Web", "Mail")]
    for slug, published in (("status", True), ("draft", False)):
        draft = StatusPageDraft(f"{word}-{slug}", f"{word} {slug}", tuple(shown[:2]), published)
        await engine.do("alice", status_pages.create_page, draft)
    again = payments(cast["carol"].id, cast["dave"].id)
    (layer,) = again.layers
    layers = tuple(replace(layer, name=f"{word} {name}") for name in ("Primary", "Secondary"))
    schedule = await engine.do(
        "bob",
        scheduling.create_schedule,
        ScheduleDraft(f"{word} Search", "Asia/Tokyo", f"Who looks after {word}", layers),
    )
    named = EscalationLayerDraft(7, None, (cast["carol"].id, cast["dave"].id))
    await engine.do(
        "bob",
        policies.create_policy,
        PolicyDraft(f"{word} Search", word, (EscalationLayerDraft(5, schedule.id), named)),
    )
    for hours, who in ((1, "dave"), (30, "carol")):
        start = NOON + timedelta(hours=hours)
        draft = OverrideDraft(cast[who].id, start, start + timedelta(hours=2))
        await engine.do("dave", overrides.create, schedule.id, draft)
    async with engine.core.transaction(engine.system) as tx:
        await people.ensure_by_email(tx, f"{word}@example.com", name=f"{word} Erin")
    for name in ("Grafana", "Backups"):
        await office.caller(f"{word} {name}", Role.ADMIN if name == "Backups" else Role.MEMBER)
    for number in (1, 2, 3):
        await _incident(office, f"{word} {number}", shown, resolved=number == 3)


async def _component(office: Office, name: str) -> UUID:
    draft = ComponentDraft(name, f"What {name} does", f"Group of {name}")
    made = await office.engine.do("bob", components.create_component, draft)
    return UUID(str(made.id))


async def _incident(office: Office, title: str, shown: list[UUID], *, resolved: bool) -> None:
    engine = office.engine
    made = await engine.declare("bob", title=title, description=f"All about {title}")
    await engine.do("bob", affected.set_components, made.id, shown[:2])
    said: Callable[..., Any] = updates.post_update
    first = await engine.do("bob", said, made.id, body=f"Not for long: {title}")
    await engine.do("bob", said, made.id, body=f"Internal: {title}")
    await engine.do(
        "carol", said, made.id, body=f"Public: {title}", visibility=Visibility.PUBLIC,
        status_change=Status.IDENTIFIED,
    )  # fmt: skip
    await engine.do("alice", redaction.redact_update, made.id, first.id)
    if resolved:
        await engine.do("carol", escalation.acknowledge, made.id)
        await engine.do("carol", updates.resolve, made.id, body=f"The end of {title}")


async def _rename(office: Office) -> None:
    """What the engine's cast is called in every test is not called so there."""
    mine = office.engine.organization_id
    async with office.engine.core.transaction(office.engine.system) as tx:
        (await people.organization(tx)).name = f"{WORD} Inc."
        for query in (
            select(Member).filter_by(organization_id=mine),
            select(Schedule).filter_by(organization_id=mine),
            select(EscalationPolicy).filter_by(organization_id=mine),
            select(RotationLayer).join(Schedule).where(Schedule.organization_id == mine),
        ):
            for one in await tx.db.scalars(query):
                one.name = one.name if WORD in one.name else f"{WORD} {one.name}"
                if isinstance(one, Member):
                    one.email = f"{WORD}.{one.email}"
