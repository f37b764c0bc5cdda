"""What could hold a page back in silence, or let one out too late: each shown not to."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import update

import sandbox
from bot.sender import SlackSender
from core import claims, declaring, escalation, people
from core.delivering import deliver, prepare
from core.sending import Outgoing
from storage.models import Delivery
from storage.vocabulary import AuditType, Channel, DeliveryKind, DeliveryState, Severity
from tests.engine import DeliveryFailed, Engine
from tests.world import World


async def test_one_escalation_that_cannot_be_carried_out_holds_up_no_other(
    engine: Engine,
) -> None:
    await engine.declare(title="Broken")
    await engine.declare(title="Sound", owner_schedule_id=engine.schedule_id)
    await engine.settle()
    async with engine.core.transaction(engine.system) as tx:
        broken = await engine.incident(1)
        broken = await tx.db.merge(broken)
        broken.escalation_layers = [*broken.escalation_layers[:1], {"position": "nonsense"}]

    await engine.pass_time(minutes=5)

    assert ("Carol", 2) in engine.sender.pages()
    assert AuditType.ESCALATION_STUMBLED in await engine.types(1)
    assert engine.sender.kinds().count("stumbled") == 1
    await engine.declare(title="Later")
    await engine.settle()
    assert Counter(engine.sender.pages())["Bob", 1] == 3


async def test_an_acknowledgement_while_the_dm_is_being_opened_stops_the_page(
    engine: Engine,
) -> None:
    incident = await engine.declare()
    engine.sender.asks_where = True
    async with engine.core.transaction(engine.system) as tx:
        taken = (await claims.claim(tx, organization_id=engine.organization_id, limit=9)).claims
    (page,) = [claim for claim in taken if claim.channel is Channel.SLACK_DM]

    class Opening:
        """A sender during whose opening of the DM somebody acknowledges."""

        async def aim(self, outgoing: Outgoing) -> bool:
            await engine.do("carol", escalation.acknowledge, incident.id)
            return True

        async def send(self, outgoing: Outgoing) -> dict[str, str]:
            raise AssertionError("a page went out after a committed acknowledgement")

        async def edit(self, outgoing: Outgoing) -> None:
            raise AssertionError

        async def find(self, outgoing: Outgoing) -> None:
            raise AssertionError

    await deliver(engine.core, Opening(), page)

    (row,) = [one for one in await engine.deliveries() if one.kind is DeliveryKind.PAGE]
    assert (row.state, row.ended_reason) == (DeliveryState.SUPERSEDED, "acknowledged")


async def test_a_look_up_that_used_up_the_lease_is_followed_by_no_post(engine: Engine) -> None:
    await engine.declare()
    async with engine.core.transaction(engine.system) as tx:
        await tx.db.execute(update(Delivery).values(outcome_unknown=True))
        taken = (await claims.claim(tx, organization_id=engine.organization_id, limit=1)).claims

    class SlowToLook:
        """A sender whose look-up lasts almost as long as the lease."""

        async def aim(self, outgoing: Outgoing) -> bool:
            return False

        async def find(self, outgoing: Outgoing) -> None:
            engine.clock.at += claims.LEASE - timedelta(seconds=1)

        async def send(self, outgoing: Outgoing) -> dict[str, str]:
            raise AssertionError("it was posted while the lease was ending")

        async def edit(self, outgoing: Outgoing) -> None:
            raise AssertionError

    await deliver(engine.core, SlowToLook(), taken[0])
    await engine.settle()

    assert engine.sender.pages() == [("Bob", 1)]


async def test_a_page_whose_process_stood_still_while_it_was_composed_is_not_posted(
    world: World,
) -> None:
    core, system = world.tocsin.core, world.system
    async with core.transaction(system) as tx:
        bob = await people.find_by_slack_user_id(tx, world.bob.id)
        assert bob is not None
        await declaring.open_incident(tx, title="The till", severity=Severity.HIGH, owner_id=bob.id)
    async with core.transaction(system) as tx:
        taken = await claims.claim(tx, organization_id=world.organization_id, limit=9)
        ready = await prepare(tx, taken.claims)
    (page,) = [one.outgoing for claim, one in ready.items() if claim.wakes]
    sender = SlackSender(core, world.tocsin.workspace)
    await sender.aim(page)
    world.clock.at += claims.LEASE

    with pytest.raises(DeliveryFailed) as late:
        await sender.send(page)

    assert not late.value.unknown
    assert world.bob.dm() == []


async def test_a_bug_in_a_sender_is_a_failure_like_any_other_and_is_said(engine: Engine) -> None:
    def stumble(verb: str, outgoing: Outgoing) -> None:
        if verb == "send" and outgoing.person:
            raise KeyError("a bug")

    engine.sender.before = stumble
    await engine.declare()
    await engine.pass_time(minutes=2)

    assert (await engine.types()).count(AuditType.DELIVERY_FAILED) == 1
    assert engine.sender.kinds().count("page_failed") == 1
    engine.sender.before = lambda _verb, _outgoing: None
    await engine.pass_time(minutes=2)
    assert engine.sender.pages() == [("Bob", 1)]


async def test_what_is_loud_is_said_even_if_the_card_never_gets_out(engine: Engine) -> None:
    def refuse(verb: str, outgoing: Outgoing) -> None:
        if verb == "send" and outgoing.message.type == "card":
            raise DeliveryFailed("no")

    engine.sender.before = refuse
    await engine.declare()
    await engine.pass_time(minutes=20)

    assert engine.sender.kinds().count("exhausted") == 1


async def test_a_dm_that_is_gone_is_opened_anew(world: World) -> None:
    async with world.tocsin.core.transaction(world.system) as tx:
        bob = await people.find_by_slack_user_id(tx, world.bob.id)
        await people.remember_dm(tx, bob.id, "D0GONE")

    await world.declare(world.alice)
    await world.pass_time(seconds=5)

    assert len(world.bob.dm()) == 1


async def test_a_bot_that_was_removed_from_the_alerts_channel_joins_again(world: World) -> None:
    await world.declare(world.alice)
    world.slack.faults.add(
        sandbox.Fault(method="chat.postMessage", kind="error", error="not_in_channel", times=1,
                      channel="incidents")
    )  # fmt: skip

    await world.declare(world.alice, "Again")
    await world.pass_time(seconds=5)

    assert "Again" in [one for one in world.alerts.messages if not one.thread_ts][-1].plain


async def test_notices_stay_in_the_cards_channel_when_the_alerts_channel_changes(
    world: World,
) -> None:
    await world.declare(world.alice)
    async with world.tocsin.core.transaction(world.system) as tx:
        await people.set_alerts_channel(tx, "general")

    await world.pass_time(minutes=10)

    assert any(one.broadcast and "exhausted" in one.plain for one in world.alerts.messages)


@pytest.mark.parametrize("hours", [-1, 1])
async def test_requests_are_judged_by_real_time_whatever_the_engines_clock_says(
    world: World, hours: int
) -> None:
    world.clock.at += timedelta(hours=hours)

    answer = await world.dave.command("/incident help")

    assert answer.failed is None
