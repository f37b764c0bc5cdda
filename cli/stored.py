"""What the database has before an `apply`, and where a blueprint contradicts it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from cli.drafts import schedule_draft
from cli.naming import other_cases, unknown
from cli.reading import Fault
from cli.stored_public import StoredPublic, public_contradictions, read_public
from cli.wanted import Blueprint, PolicyBlueprint, ScheduleBlueprint, Word
from core import last_resort, people, policies, schedules, scheduling
from core.covering import OverrideDraft
from core.last_resort import LastResortDraft
from core.policies import PolicyDraft
from core.scheduling import ScheduleDraft
from core.transaction import Transaction
from storage.models import EscalationPolicy, Member, Schedule


@dataclass(frozen=True)
class Stored:
    """What there is now, and when now is."""

    now: datetime
    alerts_channel: str | None
    """Without the # that the environment may have given it."""
    members: list[Member]
    """Those who were removed included: an old rotation may still name them."""
    schedules: dict[str, Schedule]
    policies: dict[str, EscalationPolicy]
    last_resort: LastResortDraft | None
    overrides: dict[str, tuple[OverrideDraft, ...]]
    """By schedule: those that have not ended, the earliest first."""
    public: StoredPublic

    @property
    def by_email(self) -> dict[str, Member]:
        """The members whose e-mail is known."""
        return {one.email: one for one in self.members if one.email}

    @property
    def removed(self) -> frozenset[UUID]:
        """Those who are no members any more."""
        return frozenset(one.id for one in self.members if one.removed_at)

    def schedule_draft(self, name: str) -> ScheduleDraft | None:
        """The schedule of this name as one would ask for it, if there is one."""
        found = self.schedules.get(name)
        return scheduling.draft_of(found) if found else None

    def policy_draft(self, name: str) -> PolicyDraft | None:
        """The policy of this name as one would ask for it, if there is one."""
        found = self.policies.get(name)
        return policies.draft_of(found) if found else None


async def read_stored(tx: Transaction, blueprint: Blueprint | None = None) -> Stored:
    """Everything of the organization that a blueprint can speak of, whether or not this one does.

    Of others only which of the addresses that it names are taken.
    """
    channel = (await people.organization(tx)).alerts_channel
    members = select(Member).where(Member.organization_id == tx.organization_id)
    every = await schedules.list_schedules(tx)
    loaded = await schedules.load(tx, [one.id for one in every])
    return Stored(
        now=tx.now,
        alerts_channel=channel.removeprefix("#") if channel else None,
        members=list(await tx.db.scalars(members)),
        schedules={one.name: one for one in every},
        policies={one.name: one for one in await policies.list_policies(tx)},
        last_resort=await last_resort.stored(tx),
        overrides={
            one.name: tuple(
                OverrideDraft(covering.member.member_id, covering.start_at, covering.end_at)
                for covering in sorted(one.overrides, key=lambda each: each.start_at)
            )
            for one in loaded.values()
        },
        public=await read_public(tx, [one.slug for one in blueprint.pages] if blueprint else ()),
    )


def contradictions(stored: Stored, blueprint: Blueprint) -> Iterator[Fault]:
    """Every line of the file that the database makes impossible, and what to do."""
    for word in blueprint.people:
        found = stored.by_email.get(word.text)
        if found and found.removed_at:
            said = f"{word.text} was removed from the organization. Name somebody else."
            yield Fault(word.line, said)
    yield from other_cases("schedule", _words(blueprint.schedules), stored.schedules)
    yield from other_cases("policy", _words(blueprint.policies), stored.policies)
    for schedule in blueprint.schedules:
        yield from _ends_too_early(stored, blueprint, schedule)
    known = [*(one.name for one in blueprint.schedules), *stored.schedules]
    paged = [layer.schedule for policy in blueprint.policies for layer in policy.layers]
    if blueprint.last_resort:
        paged.append(blueprint.last_resort.schedule)
    yield from unknown("schedule", "schedules", [one for one in paged if one], known)
    yield from public_contradictions(stored.public, blueprint)


def _words(named: Sequence[ScheduleBlueprint] | Sequence[PolicyBlueprint]) -> list[Word]:
    return [Word(one.name, one.line) for one in named]


def _ends_too_early(
    stored: Stored, blueprint: Blueprint, schedule: ScheduleBlueprint
) -> Iterator[Fault]:
    nobody = dict.fromkeys(blueprint.emails, UUID(int=0))
    was = stored.schedule_draft(schedule.name)
    draft = schedule_draft(schedule, was, nobody, stored.now)
    for wanted, layer in zip(schedule.rotation, draft.layers, strict=True):
        if layer.effective_until and layer.effective_until <= layer.effective_from:
            yield Fault(wanted.line, f"“{wanted.name}” ends before it begins. Say from or until.")
