"""One delivery's way out: it shows what holds when it is sent, by whoever holds the lease."""

from uuid import uuid4

import pytest

from core import claims, escalation, incidents, updates
from core.delivering import deliver
from core.sending import Outgoing
from storage.models import Delivery
from storage.vocabulary import AuditType, DeliveryKind, DeliveryState, Severity
from tests.cast import NOON
from tests.core import given
from tests.core.deliveries import the_only
from tests.engine import Engine


async def test_what_was_sent_says_when_and_where(engine: Engine) -> None:
    await engine.declare()
    await engine.settle()

    page = await the_only(engine, DeliveryKind.PAGE)
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
    assert (await the_only(engine, DeliveryKind.PAGE)).state is DeliveryState.SENT


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
    assert (await the_only(engine, DeliveryKind.PAGE)).lease == taken[0].lease


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
    before = await the_only(engine, DeliveryKind.PAGE)
    await deliver(engine.core, Slow(), claim)
    after = await the_only(engine, DeliveryKind.PAGE)

    assert (after.state, after.attempts, after.due_at, after.last_error) == (
        before.state,
        before.attempts,
        before.due_at,
        None,
    )


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
