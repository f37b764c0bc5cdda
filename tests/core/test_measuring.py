"""What is counted: each outcome once, after its commit, and on the clock of the trail."""

from contextlib import suppress
from datetime import timedelta

import pytest

from core import escalation, incidents
from core.measures import Outcome
from core.transaction import Transaction
from storage.vocabulary import Channel, DeliveryKind, Severity
from tests.core import given
from tests.engine import Engine

pytestmark = pytest.mark.postgresql_later


class Counted:
    """Measures that keep what they are told."""

    def __init__(self) -> None:
        self.pages: list[tuple[Channel, float]] = []
        self.lateness: list[float] = []
        self.outcomes: list[tuple[DeliveryKind, Outcome]] = []
        self.methods: list[str] = []

    def page_confirmed(self, channel: Channel, seconds: float) -> None:
        self.pages.append((channel, seconds))

    def escalation_fired(self, seconds: float) -> None:
        self.lateness.append(seconds)

    def delivery_ended(self, channel: Channel, kind: DeliveryKind, outcome: Outcome) -> None:
        self.outcomes.append((kind, outcome))

    def held_back(self, method: str) -> None:
        self.methods.append(method)

    def of_pages(self) -> list[Outcome]:
        return [outcome for kind, outcome in self.outcomes if kind is DeliveryKind.PAGE]


def _counting(engine: Engine) -> Counted:
    engine.core.measures = counted = Counted()
    return counted


async def test_a_page_is_counted_from_its_commit_to_the_answer_of_its_channel(
    engine: Engine,
) -> None:
    counted = _counting(engine)
    await engine.declare()
    engine.clock.at += timedelta(seconds=2)
    await engine.settle()

    assert counted.pages == [(Channel.SLACK_DM, 2.0)]
    assert counted.of_pages() == [Outcome.SENT]


async def test_an_escalation_is_counted_from_the_instant_at_which_it_was_due(
    engine: Engine,
) -> None:
    counted = _counting(engine)
    await engine.declare()
    await engine.settle()
    assert counted.lateness == [], "nothing was due yet"

    engine.clock.at += timedelta(minutes=5, seconds=7)
    await engine.settle()

    assert counted.lateness == [7.0]


async def test_each_way_in_which_a_page_can_end_is_told_apart(engine: Engine) -> None:
    counted = _counting(engine)
    engine.sender.before = given.failing(given.LATER, times=1, name="Bob")
    await engine.declare()
    await engine.settle()
    assert counted.of_pages() == [Outcome.RETRIED]

    await engine.pass_time(minutes=1)
    assert counted.of_pages() == [Outcome.RETRIED, Outcome.SENT]

    engine.sender.before = given.failing(given.NEVER, name="Carol")
    await engine.pass_time(minutes=5)
    assert Outcome.FAILED in counted.of_pages()


async def test_a_page_that_nobody_needs_any_more_is_superseded(engine: Engine) -> None:
    counted = _counting(engine)
    incident = await engine.declare()
    await engine.do("carol", escalation.acknowledge, incident.id)
    await engine.settle()

    assert counted.of_pages() == [Outcome.SUPERSEDED]
    assert counted.pages == []


async def test_what_was_sent_and_is_brought_up_to_date_was_edited(engine: Engine) -> None:
    incident = await engine.declare()
    await engine.settle()
    counted = _counting(engine)
    await engine.do("alice", incidents.change_severity, incident.id, Severity.LOW)
    await engine.settle()

    assert (DeliveryKind.CARD, Outcome.EDITED) in counted.outcomes


async def test_an_edit_that_can_never_be_made_is_no_page_that_failed(engine: Engine) -> None:
    incident = await engine.declare()
    await engine.settle()
    counted = _counting(engine)
    engine.sender.before = given.failing(given.NEVER, "edit")
    await engine.do("alice", incidents.change_severity, incident.id, Severity.LOW)
    await engine.settle()

    assert set(counted.of_pages()) == {Outcome.EDIT_FAILED}


async def test_what_was_rolled_back_is_not_counted(engine: Engine) -> None:
    incident = await engine.declare()
    counted = _counting(engine)

    async def stumble(tx: Transaction) -> None:
        await escalation.acknowledge(tx, incident.id)
        raise KeyError

    with suppress(KeyError):
        await engine.do("bob", stumble)

    assert counted.outcomes == []
