"""One delivery's way out: every failure of the world, and the outcome that is written down."""

import logging
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from core import claims, escalation, incidents, updates
from core.delivering import deliver
from core.outcomes import BACKOFF_MAX, GIVE_UP_AFTER
from core.sending import DeliveryFailed, Outgoing
from storage.models import Delivery
from storage.vocabulary import AuditType, DeliveryKind, DeliveryState, Severity
from tests.cast import NOON
from tests.core import given
from tests.engine import Engine


def _nothing(_verb: str, _outgoing: Outgoing) -> None:
    """Everything goes well again."""


async def _one(engine: Engine, kind: DeliveryKind) -> Delivery:
    (found,) = [one for one in await engine.deliveries() if one.kind is kind]
    return found


async def _attempts(engine: Engine, verb: str, kind: str) -> list[datetime]:
    """When the sender was called, from now on; each call fails."""
    called: list[datetime] = []

    def hook(doing: str, outgoing: Outgoing) -> None:
        if doing == verb and outgoing.message.type == kind:
            called.append(engine.clock.at)
            raise given.LATER

    engine.sender.before = hook
    return called


def _since(instants: list[datetime]) -> list[float]:
    return [(instant - NOON).total_seconds() for instant in instants]


# Sent


async def test_what_was_sent_says_when_and_where(engine: Engine) -> None:
    await engine.declare()
    await engine.settle()

    page = await _one(engine, DeliveryKind.PAGE)
    assert (page.state, page.sent_at, page.attempts) == (DeliveryState.SENT, NOON, 0)
    assert page.receipt == {"id": str(page.id)}
    assert (page.due_at, page.lease, page.outcome_unknown) == (None, None, False)
    assert await given.data_of(engine, AuditType.RESPONDER_PAGED) == [
        {
            "deliveryId": str(page.id),
            "kind": "page",
            "channel": "slack_dm",
            "memberId": str(engine.cast["bob"].id),
            "name": "Bob",
            "layer": 1,
            "round": 1,
            "receipt": {"id": str(page.id)},
        }
    ]


async def test_a_message_carries_the_incident_as_it_is_when_it_is_sent(engine: Engine) -> None:
    incident = await engine.declare(severity=Severity.LOW)
    await engine.do("bob", incidents.change_severity, incident.id, Severity.CRITICAL)
    await engine.settle()

    assert [post.outgoing.incident.severity for post in engine.sender.posts.values()] == [
        Severity.CRITICAL
    ] * 4


async def test_an_acknowledgement_between_sending_and_writing_leaves_no_stale_button(
    engine: Engine,
) -> None:
    incident = await engine.declare()
    async with engine.core.transaction(engine.system) as tx:
        taken = (await claims.claim(tx, organization_id=engine.organization_id, limit=1)).claims

    class Acknowledging:
        """A sender during whose call somebody acknowledges on another surface."""

        async def aim(self, outgoing: Outgoing) -> bool:
            return False

        async def send(self, outgoing: Outgoing) -> dict[str, str]:
            receipt = await engine.sender.send(outgoing)
            await engine.do("carol", escalation.acknowledge, incident.id)
            return receipt

        async def edit(self, outgoing: Outgoing) -> None:
            raise AssertionError

        async def find(self, outgoing: Outgoing) -> None:
            raise AssertionError

    await deliver(engine.core, Acknowledging(), taken[0])
    await engine.settle()

    (page,) = [post for post in engine.sender.posts.values() if post.kind == "page"]
    assert page.outgoing.incident.acknowledged is False
    assert [edit.incident.acknowledged_by for edit in page.edits] == ["Carol"]
    assert (await _one(engine, DeliveryKind.PAGE)).state is DeliveryState.SENT


async def test_a_change_during_an_edit_is_followed_by_one_more_edit(engine: Engine) -> None:
    incident = await engine.declare()
    await engine.settle()
    await engine.do("bob", escalation.acknowledge, incident.id)
    async with engine.core.transaction(engine.system) as tx:
        taken = (
            await claims.claim(
                tx, organization_id=engine.organization_id, limit=1, busy_targets=[_alerts(engine)]
            )
        ).claims

    class Changing:
        """A sender during whose call the severity changes."""

        async def aim(self, outgoing: Outgoing) -> bool:
            return False

        async def send(self, outgoing: Outgoing) -> dict[str, str]:
            raise AssertionError

        async def edit(self, outgoing: Outgoing) -> None:
            await engine.sender.edit(outgoing)
            await engine.do("carol", incidents.change_severity, incident.id, Severity.LOW)

        async def find(self, outgoing: Outgoing) -> None:
            raise AssertionError

    await deliver(engine.core, Changing(), taken[0])
    await engine.settle()

    (page,) = [post for post in engine.sender.posts.values() if post.kind == "page"]
    assert [edit.incident.severity for edit in page.edits] == [Severity.CRITICAL, Severity.LOW]


def _alerts(engine: Engine) -> str:
    return f"alerts:{engine.organization_id}"


async def test_a_lease_that_ends_before_the_call_sends_nothing(engine: Engine) -> None:
    await engine.declare()
    async with engine.core.transaction(engine.system) as tx:
        taken = (await claims.claim(tx, organization_id=engine.organization_id, limit=1)).claims

    engine.clock.at = taken[0].until
    await deliver(engine.core, engine.sender, taken[0])

    assert engine.sender.posts == {}
    assert (await _one(engine, DeliveryKind.PAGE)).lease == taken[0].lease


async def test_a_process_that_was_stopped_while_it_looked_sends_nothing_stale(
    engine: Engine,
) -> None:
    await engine.declare()
    async with engine.core.transaction(engine.system) as tx:
        await claims.claim(tx, organization_id=engine.organization_id, limit=1)
    engine.clock.at += claims.LEASE
    async with engine.core.transaction(engine.system) as tx:
        taken = (await claims.claim(tx, organization_id=engine.organization_id, limit=1)).claims

    def stopped(verb: str, _outgoing: Outgoing) -> None:
        if verb == "find":
            engine.clock.at = taken[0].until

    engine.sender.before = stopped
    await deliver(engine.core, engine.sender, taken[0])

    assert engine.sender.looked_up == 1
    assert engine.sender.posts == {}


@pytest.mark.parametrize("outcome", ["sent", "failed", "superseded", "edited"])
async def test_an_outcome_is_not_written_by_who_has_lost_the_lease(
    engine: Engine, outcome: str
) -> None:
    incident = await engine.declare()
    if outcome == "edited":
        await engine.settle()
        await engine.do("bob", escalation.acknowledge, incident.id)
    busy = [_alerts(engine)]
    async with engine.core.transaction(engine.system) as tx:
        taken = (
            await claims.claim(
                tx, organization_id=engine.organization_id, limit=1, busy_targets=busy
            )
        ).claims

    async def take_over() -> None:
        async with engine.core.transaction(engine.system) as tx:
            delivery = await tx.db.get_one(Delivery, taken[0].delivery_id)
            delivery.lease = uuid4()

    class Slow:
        """A sender that takes so long that another process takes over."""

        async def aim(self, outgoing: Outgoing) -> bool:
            return False

        async def send(self, outgoing: Outgoing) -> dict[str, str]:
            await take_over()
            if outcome == "failed":
                raise given.NEVER
            return {"id": "x"}

        async def edit(self, outgoing: Outgoing) -> None:
            await take_over()

        async def find(self, outgoing: Outgoing) -> None:
            await take_over()

    claim = taken[0]
    if outcome == "superseded":
        await engine.do("bob", escalation.acknowledge, incident.id)
        claim = claims.Claim(**{**vars(claim), "look_up_first": True})
    before = await _one(engine, DeliveryKind.PAGE)
    await deliver(engine.core, Slow(), claim)
    after = await _one(engine, DeliveryKind.PAGE)

    assert (after.state, after.attempts, after.due_at, after.last_error) == (
        before.state,
        before.attempts,
        before.due_at,
        None,
    )


# Tried again


async def test_a_failure_is_tried_again_ever_more_slowly(engine: Engine) -> None:
    called = await _attempts(engine, "send", "page")
    await engine.declare(owner_schedule_id=None, owner_id=engine.cast["dave"].id)
    await engine.pass_time(minutes=5)

    assert _since(called) == [0, 1, 3, 7, 15, 31, 63, 123, 183, 243]
    assert timedelta(seconds=60) == BACKOFF_MAX
    page = await _one(engine, DeliveryKind.PAGE)
    assert (page.state, page.last_error, page.attempts) == (DeliveryState.PENDING, "not now", 10)


@pytest.mark.parametrize("seconds", [0.5, 1, 7, 61, 3600])
async def test_retry_after_is_honoured_exactly(engine: Engine, seconds: float) -> None:
    failure = DeliveryFailed("slow down", retry_after=seconds)
    engine.sender.before = given.failing(failure, kind="page", times=1)
    await engine.declare()
    await engine.settle()

    assert (await _one(engine, DeliveryKind.PAGE)).due_at == NOON + timedelta(seconds=seconds)
    engine.clock.at = NOON + timedelta(seconds=seconds, milliseconds=-1)
    await engine.worker.tick()
    await engine.settle()
    assert ("Bob", 1) not in engine.sender.pages()
    engine.clock.at = NOON + timedelta(seconds=seconds)
    await engine.settle()
    assert engine.sender.pages()[-1] == ("Bob", 1)


async def test_a_failure_that_did_nothing_for_sure_is_not_looked_up(engine: Engine) -> None:
    engine.sender.before = given.failing(given.LATER, times=1)
    await engine.declare()
    await engine.pass_time(seconds=5)

    assert engine.sender.looked_up == 0
    assert sorted(engine.sender.kinds()) == ["card", "layer_paged", "page"]


async def test_one_conversation_that_fails_delays_no_other(engine: Engine) -> None:
    engine.sender.before = given.failing(given.LATER, name="Bob")
    both = await given.policy(engine, "Both", given.pages(engine, "bob", "dave"))
    await engine.declare(escalation_policy_id=both)
    await engine.settle()

    assert engine.sender.pages() == [("Dave", 1)]
    assert engine.sender.kinds().count("card") == 1


async def test_an_edit_that_fails_is_tried_again(engine: Engine) -> None:
    incident = await engine.declare()
    await engine.settle()
    engine.sender.before = given.failing(given.LATER, "edit", kind="card", times=2)
    await engine.do("bob", escalation.acknowledge, incident.id)
    await engine.pass_time(minutes=1)

    (card,) = [post for post in engine.sender.posts.values() if post.kind == "card"]
    assert [edit.incident.acknowledged_by for edit in card.edits] == ["Bob"]


# An unknown outcome


async def test_an_unknown_outcome_that_is_found_is_not_sent_again(engine: Engine) -> None:
    engine.sender.after = given.failing(given.UNKNOWN, kind="page", times=1)
    await engine.declare()
    await engine.pass_time(seconds=40)

    page = await _one(engine, DeliveryKind.PAGE)
    assert (page.state, page.receipt) == (DeliveryState.SENT, {"id": str(page.id)})
    assert engine.sender.looked_up == 1
    assert engine.sender.duplicates == []


async def test_what_was_found_is_brought_up_to_date(engine: Engine) -> None:
    engine.sender.after = given.failing(given.UNKNOWN, kind="page", times=1)
    incident = await engine.declare()
    await engine.settle()
    await engine.do("carol", escalation.acknowledge, incident.id)
    await engine.pass_time(seconds=40)

    (page,) = [post for post in engine.sender.posts.values() if post.kind == "page"]
    assert [edit.incident.acknowledged_by for edit in page.edits] == ["Carol"]
    assert (await _one(engine, DeliveryKind.PAGE)).state is DeliveryState.SENT


async def test_an_unknown_outcome_that_is_not_found_is_sent(engine: Engine) -> None:
    engine.sender.before = given.failing(given.UNKNOWN, kind="page", times=1)
    await engine.declare()
    await engine.pass_time(seconds=40)

    assert engine.sender.looked_up == 2
    assert engine.sender.pages() == [("Bob", 1)]


async def test_an_unknown_outcome_that_is_not_found_nor_wanted_is_superseded(
    engine: Engine,
) -> None:
    engine.sender.before = given.failing(given.UNKNOWN, kind="page", times=1)
    incident = await engine.declare()
    await engine.settle()
    await engine.do("carol", escalation.acknowledge, incident.id)
    await engine.pass_time(seconds=40)

    page = await _one(engine, DeliveryKind.PAGE)
    assert (page.state, page.ended_reason) == (DeliveryState.SUPERSEDED, "acknowledged")
    assert engine.sender.pages() == []


@pytest.mark.parametrize(
    "failure",
    [given.LATER, DeliveryFailed("slow down", retry_after=2), given.UNKNOWN],
    ids=["refused", "rate limited", "no answer"],
)
async def test_a_look_up_that_fails_is_looked_up_again_before_anything_is_sent(
    engine: Engine, failure: DeliveryFailed
) -> None:
    engine.sender.after = given.failing(given.UNKNOWN, kind="page", times=1)
    engine.sender.before = given.failing(failure, "find", times=1)
    await engine.declare()
    await engine.pass_time(seconds=20)

    assert engine.sender.duplicates == []
    assert engine.sender.looked_up == 1
    assert (await _one(engine, DeliveryKind.PAGE)).state is DeliveryState.SENT


async def test_a_process_that_died_after_sending_does_not_send_twice(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    engine.sender.after = given.failing(RuntimeError("killed"), kind="page", times=1)
    await engine.declare()
    await engine.settle()
    page = await _one(engine, DeliveryKind.PAGE)
    assert (page.state, page.outcome_unknown) == (DeliveryState.PENDING, True)
    assert [one.getMessage() for one in caplog.records if one.levelno == logging.ERROR] == [
        f"delivery {page.id} stumbled"
    ]

    await engine.pass_time(seconds=30)

    assert (await _one(engine, DeliveryKind.PAGE)).state is DeliveryState.SENT
    assert engine.sender.looked_up == 1
    assert engine.sender.duplicates == []


# Given up


async def test_a_failure_for_good_is_audited_and_said_loudly(engine: Engine) -> None:
    engine.sender.before = given.failing(given.NEVER, name="Bob")
    await engine.declare()
    await engine.settle()

    page = next(one for one in await engine.deliveries() if one.layer == 1)
    assert (page.state, page.ended_reason) == (DeliveryState.FAILED, "no such person")
    assert (page.due_at, page.lease) == (None, None)
    assert await given.data_of(engine, AuditType.DELIVERY_FAILED) == [
        {
            "deliveryId": str(page.id),
            "kind": "page",
            "channel": "slack_dm",
            "memberId": str(engine.cast["bob"].id),
            "name": "Bob",
            "layer": 1,
            "round": 1,
            "error": "no such person",
            "givenUp": True,
        }
    ]
    assert engine.sender.kinds().count("page_failed") == 1


async def test_a_notice_that_fails_for_good_is_audited_and_that_is_all(engine: Engine) -> None:
    engine.sender.before = given.failing(given.NEVER, kind="layer_paged")
    await engine.declare()
    await engine.settle()

    (failed,) = await given.data_of(engine, AuditType.DELIVERY_FAILED)
    assert (failed["kind"], failed["channel"], failed["error"]) == (
        "notice",
        "alerts",
        "no such person",
    )
    assert sorted(engine.sender.kinds()) == ["card", "page"]


async def test_an_edit_that_fails_for_good_does_not_change_that_it_was_delivered(
    engine: Engine,
) -> None:
    incident = await engine.declare()
    await engine.settle()
    engine.sender.before = given.failing(given.NEVER, "edit")
    await engine.do("bob", escalation.acknowledge, incident.id)
    await engine.settle()

    page = await _one(engine, DeliveryKind.PAGE)
    assert (page.state, page.live, page.due_at) == (DeliveryState.SENT, False, None)
    assert await given.data_of(engine, AuditType.DELIVERY_FAILED) == []
    assert "page_failed" not in engine.sender.kinds()

    engine.sender.before = _nothing
    await engine.do("bob", updates.resolve, incident.id)
    await engine.settle()
    assert [post.edits for post in engine.sender.posts.values() if post.kind == "page"] == [[]]


async def test_a_card_that_nobody_takes_is_given_up_after_a_day(engine: Engine) -> None:
    called = await _attempts(engine, "send", "card")
    await engine.declare()
    engine.clock.at = NOON + GIVE_UP_AFTER
    await engine.settle()
    assert (await _one(engine, DeliveryKind.CARD)).state is DeliveryState.PENDING

    engine.clock.at += timedelta(minutes=2)
    await engine.settle()
    assert timedelta(hours=24) == GIVE_UP_AFTER
    card = await _one(engine, DeliveryKind.CARD)
    assert (card.state, card.ended_reason) == (DeliveryState.FAILED, "not now")
    assert len(called) == 2


async def test_a_page_is_tried_for_as_long_as_it_is_wanted(engine: Engine) -> None:
    engine.sender.before = given.failing(given.LATER, kind="page")
    await engine.declare(owner_schedule_id=None, owner_id=engine.cast["dave"].id)
    await engine.settle()
    engine.clock.at = NOON + timedelta(days=30)
    await engine.settle()
    assert (await _one(engine, DeliveryKind.PAGE)).state is DeliveryState.PENDING

    engine.sender.before = _nothing
    await engine.pass_time(minutes=2)
    assert engine.sender.pages() == [("Dave", None)]


@pytest.mark.parametrize(
    "failure",
    [given.LATER, DeliveryFailed("slow down", retry_after=3)],
    ids=["refused", "rate limited"],
)
async def test_an_old_card_whose_edit_fails_once_is_still_brought_up_to_date(
    engine: Engine, failure: DeliveryFailed
) -> None:
    incident = await engine.declare()
    await engine.settle()
    engine.clock.at = NOON + timedelta(hours=25)
    engine.sender.before = given.failing(failure, "edit", kind="card", times=1)

    await engine.do("bob", updates.resolve, incident.id)
    await engine.pass_time(minutes=2)

    (card,) = [post for post in engine.sender.posts.values() if post.kind == "card"]
    assert card.edits[-1:] != []
    assert card.edits[-1].incident.resolved


# What is not about people


async def test_the_card_of_an_incident_resolved_before_it_was_posted_is_still_posted(
    engine: Engine,
) -> None:
    engine.sender.before = given.failing(given.LATER, kind="card", times=1)
    incident = await engine.declare()
    await engine.settle()
    await engine.do("bob", updates.resolve, incident.id)
    await engine.pass_time(seconds=40)

    (card,) = [post for post in engine.sender.posts.values() if post.kind == "card"]
    assert card.outgoing.incident.resolved
    assert card.edits == []
