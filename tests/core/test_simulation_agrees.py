"""A simulation says what then really happens: of any policy, at any instant, with any faults."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from core import audit, declaring, people, simulation
from core.instants import END
from core.simulation import Faults, Simulation
from core.transaction import Transaction
from core.walked import Fate, Outcome, Paged, Reason
from core.worker import Worker
from storage.models import AuditEvent, Delivery, Incident, Member
from storage.vocabulary import AuditType, Channel, DeliveryKind, DeliveryState, Severity
from tests.core import given
from tests.core.any_policy import Team
from tests.engine import Engine, RecordingSender, running_engine

CHANNELS = {
    "slack": (Channel.SLACK_DM,),
    "mail": (Channel.SLACK_DM, Channel.MAIL),
    "slack down": (Channel.SLACK_DM, Channel.MAIL),
}
OF_SLACK = frozenset({Channel.SLACK_DM, Channel.ALERTS})
HOWS = ("slack", "mail", "slack", "slack down")
AT_ONCE = 25
"""Policies drawn for each round; a round for each of `HOWS` makes a hundred."""
CLOCK_CHANGES = (
    datetime(2027, 3, 28, 0, 50, tzinfo=UTC),  # Berlin springs forward at 01:00
    datetime(2027, 10, 31, 0, 50, tzinfo=UTC),  # and back
    datetime(2027, 11, 7, 5, 55, tzinfo=UTC),  # New York back
    datetime(2028, 4, 1, 14, 55, tzinfo=UTC),  # Lord Howe by half an hour
    datetime(2027, 2, 7, 1, 55, tzinfo=UTC),  # Casablanca for Ramadan
)


@dataclass
class Teams:
    """An engine for teams that are drawn, and whom no channel reaches."""

    engine: Engine
    nobodys: UUID
    """A schedule that nobody is on call for, to declare with."""
    unreachable: set[UUID] = field(default_factory=set)

    async def draw(self, seed: int, at: datetime, how: str) -> list[UUID]:
        """New teams, their policies' ids; who can't be reached, and perhaps a last resort."""
        random = Random(seed)
        self.unreachable.clear()
        async with self.engine.core.transaction(self.engine.system) as tx:
            channel = "incidents" if random.random() < 0.2 else None
            await people.set_alerts_channel(tx, channel)
            reachable = how == "slack down"
            teams = [Team(f"t{seed}x{place}", random, at, reachable) for place in range(AT_ONCE)]
            for team in teams:
                team.write(tx)
                if not reachable:
                    self.unreachable |= {m.id for m in team.members if random.random() < 0.25}
            await tx.db.flush()
            if seed % 3:
                await teams[0].stand_by(tx)
        return [team.policy_id for team in teams]

    async def simulate(self, policy_id: UUID, at: datetime, how: str) -> Simulation:
        faults = Faults(frozenset(self.unreachable), slack_down=how == "slack down")
        return await simulation.simulate(
            self.engine.core, self.engine.system, policy_id, at=at, faults=faults
        )

    async def declare(self, policies: list[UUID]) -> list[UUID]:
        async with self.engine.core.transaction(self.engine.actor("alice")) as tx:
            declared = [
                await declaring.open_incident(
                    tx,
                    title="Down",
                    severity=Severity.CRITICAL,
                    owner_schedule_id=self.nobodys,
                    escalation_policy_id=policy_id,
                )
                for policy_id in policies
            ]
        return [one.id for one in declared]


@pytest.fixture
async def teams(database_url: str) -> AsyncIterator[Teams]:
    async with running_engine(database_url) as engine:
        slack, mail = RecordingSender(), RecordingSender()
        senders = {**dict.fromkeys(OF_SLACK, slack), Channel.MAIL: mail}
        engine.worker = Worker(engine.core, senders)
        engine.worker.organization_id = engine.organization_id
        engine.core.on_due = engine.worker.due
        found = Teams(engine, await given.empty_schedule(engine, "Nobody's"))

        def slack_refuses(_verb: str, outgoing: Any) -> None:
            person = outgoing.person
            known = person is None or person.slack_user_id or outgoing.email
            if not known or (person and person.id in found.unreachable):
                raise given.NEVER

        def mail_refuses(_verb: str, outgoing: Any) -> None:
            if not outgoing.email or outgoing.person.id in found.unreachable:
                raise given.NEVER

        slack.before, mail.before = slack_refuses, mail_refuses
        yield found


@pytest.mark.long
@pytest.mark.parametrize(
    ("backend", "hundred"),
    [*(("sqlite", hundred) for hundred in range(5)), ("postgresql", 5)],
    indirect=["backend"],
)
async def test_it_pages_the_same_people_at_the_same_instants(teams: Teams, hundred: int) -> None:
    engine = teams.engine
    random = Random(hundred)
    seen: set[object] = set()
    for turn, how in enumerate(HOWS):
        engine.core.person_channels = CHANNELS[how]
        engine.worker.held = OF_SLACK if how == "slack down" else frozenset()
        at = CLOCK_CHANGES[hundred % len(CLOCK_CHANGES)]
        if turn:
            at = engine.clock.at.replace(second=0, microsecond=0)
            at += timedelta(minutes=random.randint(5, 60 * 24 * 150))
        policies = await teams.draw(len(HOWS) * hundred + turn, at, how)
        foreseen = [await teams.simulate(one, at, how) for one in policies]

        engine.clock.at = at
        declared = await teams.declare(policies)
        await engine.pass_time(hours=6)

        for expected, incident_id in zip(foreseen, declared, strict=True):
            async with engine.core.reading(engine.system) as tx:
                happened = await _happened(tx, incident_id)
            assert _as_told(expected) == happened, expected.policy
            seen |= {expected.outcome, *(step.reason for step in expected.steps)}
        for expected in foreseen[::10]:
            again = await teams.simulate(expected.policy_id, at, how)
            assert again == expected, "now it is the past"
    assert seen == {*Outcome, *Reason}, "there is something of everything"


def _as_told(found: Simulation) -> dict[str, Any]:
    turns = [(step.at, step.layer) for step in found.steps]
    pages = [
        (step.at, step.layer, *page)
        for step in found.steps
        for one in step.people
        for page in _pages(one)
    ]
    last = [(found.ends_at, None, *page) for one in found.last_resort or () for page in _pages(one)]
    return {
        "turns": turns,
        "pages": sorted([*pages, *last], key=str),
        "skipped": [step.layer for step in found.steps if not step.people],
        "last resort": None
        if found.last_resort is None
        else [one.person.name for one in found.last_resort],
        "ends": found.ends_at,
        "nobody": found.outcome is Outcome.NOBODY_PAGED,
    }


def _pages(one: Paged) -> list[tuple[Any, ...]]:
    why = one.because
    return [
        (
            one.person.name,
            route.channel,
            route.fate,
            (why.schedule, why.rotation_layer, why.until, why.instead_of),
        )
        for route in one.routes
    ]


async def _happened(tx: Transaction, incident_id: UUID) -> dict[str, Any]:
    events = await audit.trail(tx, incident_id)
    incident = await tx.db.get_one(Incident, incident_id)
    deliveries = await tx.db.execute(
        select(Delivery, Member.name)
        .join(Member, Member.id == Delivery.member_id)
        .filter(Delivery.incident_id == incident_id, Delivery.kind == DeliveryKind.PAGE)
    )
    pages = [
        (page.created_at, page.layer, name, *_page_happened(page)) for page, name in deliveries
    ]
    turns = _of(events, AuditType.LAYER_PAGED, AuditType.LAYER_UNSTAFFED)
    last = _of(events, AuditType.LAST_RESORT_PAGED)
    (end,) = _of(events, AuditType.ESCALATION_EXHAUSTED)
    assert incident.escalation_state == "exhausted"
    return {
        "turns": [(event.at, event.data["layer"]) for event in turns],
        "pages": sorted(pages, key=str),
        "skipped": [one.data["layer"] for one in _of(events, AuditType.LAYER_UNSTAFFED)],
        "last resort": [one["name"] for one in last[0].data["targets"]] if last else None,
        "ends": end.at,
        "nobody": bool(_of(events, AuditType.NOBODY_PAGED)),
    }


def _of(events: Any, *types: AuditType) -> list[AuditEvent]:
    return [event for event in events if event.type in types]


FATES = {
    DeliveryState.SENT: Fate.ARRIVES,
    DeliveryState.FAILED: Fate.FAILS,
    DeliveryState.PENDING: Fate.KEPT_TRYING,
}


def _page_happened(page: Delivery) -> tuple[Any, ...]:
    why = page.message["why"]
    until = why["until"] and datetime.fromisoformat(why["until"])
    until = None if until == END else until
    told = (why["schedule"], why["rotation_layer"], until, why["overriding"])
    return page.channel, FATES[page.state], told
