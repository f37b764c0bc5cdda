"""Who would be paged, why they, what follows if they do not answer, and where it ends."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.pool import QueuePool

from core import scheduling, simulation
from core.people import Person
from core.policies import EscalationLayerDraft
from core.scheduling import ScheduleDraft
from core.simulation import Faults, Simulation
from core.walked import Because, Fate, Outcome, Paged, Reason, Route, Step
from storage.database import Database
from storage.vocabulary import Channel
from tests.cast import NOON
from tests.core import given
from tests.engine import Engine

pytestmark = pytest.mark.postgresql_later

FIVE, TEN = timedelta(minutes=5), timedelta(minutes=10)
MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)  # 09:00 in Berlin
DM = (Route(Channel.SLACK_DM, Fate.ARRIVES),)


async def _simulate(
    engine: Engine,
    *unreachable: str,
    at: datetime | None = None,
    slack_down: bool = False,
) -> Simulation:
    lost = frozenset(engine.cast[name].id for name in unreachable)
    return await simulation.simulate(
        engine.core,
        engine.system,
        engine.policy_id,
        at=at,
        faults=Faults(lost, slack_down=slack_down),
    )


def _person(engine: Engine, name: str) -> Person:
    return Person.of(engine.cast[name])


def _walk(found: Simulation) -> list[tuple[float, int, list[str], Reason]]:
    """Each turn: after how many minutes, which layer, whom it pages, and why it came."""
    return [
        (
            (step.at - found.at) / timedelta(minutes=1),
            step.layer,
            [one.person.name for one in step.people],
            step.reason,
        )
        for step in found.steps
    ]


async def test_it_says_who_through_what_why_and_what_follows(engine: Engine) -> None:
    found = await _simulate(engine)

    why_bob = Because(
        engine.schedule_id,
        "Payments",
        "Europe/Berlin",
        "Primary",
        "week 1",
        since=NOON - timedelta(days=2),
        until=MONDAY,
    )
    bob = Paged(_person(engine, "bob"), DM, why_bob)
    carol = Paged(_person(engine, "carol"), DM, Because())
    zone = "Europe/Berlin"
    first = Step(NOON, 1, 2, Reason.DECLARED, engine.schedule_id, "Payments", zone, (bob,), 5,
                 NOON + FIVE)  # fmt: skip
    then = Step(NOON + FIVE, 2, 2, Reason.TIMEOUT, None, None, None, (carol,), 10,
                NOON + FIVE + TEN)  # fmt: skip
    assert found == Simulation(
        policy_id=engine.policy_id,
        policy="Payments",
        at=NOON,
        steps=(first, then),
        ends_at=NOON + FIVE + TEN,
        reason=Reason.TIMEOUT,
        outcome=Outcome.EXHAUSTED,
        last_resort=None,
    )


async def test_whoever_stands_in_is_told_with_whom_they_relieve_and_until_when(
    engine: Engine,
) -> None:
    await given.override(engine, engine.schedule_id, "dave", hours=1)

    (dave,) = (await _simulate(engine)).steps[0].people
    (bob,) = (await _simulate(engine, at=NOON + timedelta(hours=1))).steps[0].people

    assert (dave.person.name, bob.person.name) == ("Dave", "Bob")
    assert dave.because.is_override
    assert dave.because.instead_of == "Bob"
    assert dave.because.rotation_layer == "Primary"
    assert (dave.because.since, dave.because.until) == (NOON, NOON + timedelta(hours=1))
    assert (bob.because.is_override, bob.because.instead_of) == (False, None)


async def test_an_override_that_ends_between_two_layers_counts_for_the_first_alone(
    engine: Engine,
) -> None:
    twice = EscalationLayerDraft(5, engine.schedule_id)
    engine.policy_id = await given.policy(engine, "Twice", twice, twice)
    await given.override(engine, engine.schedule_id, "dave", minutes=5)

    assert _walk(await _simulate(engine)) == [
        (0, 1, ["Dave"], Reason.DECLARED),
        (5, 2, ["Bob"], Reason.TIMEOUT),
    ]


async def test_whom_no_channel_reaches_is_followed_by_the_next_layer_at_once(
    engine: Engine,
) -> None:
    found = await _simulate(engine, "bob")

    assert _walk(found) == [
        (0, 1, ["Bob"], Reason.DECLARED),
        (0, 2, ["Carol"], Reason.UNDELIVERABLE),
    ]
    assert found.steps[0].people[0].routes == (Route(Channel.SLACK_DM, Fate.FAILS),)
    assert found.ends_at == NOON + TEN


async def test_whom_nobody_can_reach_at_all_ends_it_at_once(engine: Engine) -> None:
    found = await _simulate(engine, "bob", "carol")

    assert (found.ends_at, found.reason) == (NOON, Reason.UNDELIVERABLE)
    assert found.outcome is Outcome.EXHAUSTED, "they were paged, though none of it arrives"


async def test_with_slack_down_letters_arrive_and_nothing_is_hurried(engine: Engine) -> None:
    engine.core.person_channels = (Channel.SLACK_DM, Channel.MAIL)

    found = await _simulate(engine, slack_down=True)

    assert [step.at for step in found.steps] == [NOON, NOON + FIVE]
    assert found.steps[0].people[0].routes == (
        Route(Channel.SLACK_DM, Fate.KEPT_TRYING),
        Route(Channel.MAIL, Fate.ARRIVES),
    )


async def test_a_layer_without_anybody_is_skipped(engine: Engine) -> None:
    nights = EscalationLayerDraft(5, await given.empty_schedule(engine))
    carol = given.pages(engine, "carol")
    engine.policy_id = await given.policy(engine, "Skips", nights, carol, nights)

    found = await _simulate(engine)

    assert _walk(found) == [
        (0, 1, [], Reason.DECLARED),
        (0, 2, ["Carol"], Reason.UNSTAFFED),
        (5, 3, [], Reason.TIMEOUT),
    ]
    assert (found.ends_at, found.reason) == (NOON + FIVE, Reason.UNSTAFFED)


@pytest.mark.parametrize("layers", [0, 2])
async def test_a_policy_that_pages_nobody_goes_to_the_last_resort_at_once(
    engine: Engine, layers: int
) -> None:
    nights = EscalationLayerDraft(5, await given.empty_schedule(engine))
    engine.policy_id = await given.policy(engine, "Nobody's", *[nights] * layers)
    await given.stand_by(engine, "alice", "dave")

    found = await _simulate(engine, "dave")

    assert (found.outcome, found.ends_at) == (Outcome.NOBODY_PAGED, NOON)
    assert [step.people for step in found.steps] == [()] * layers
    assert found.last_resort == (
        Paged(_person(engine, "alice"), DM, Because()),
        Paged(_person(engine, "dave"), (Route(Channel.SLACK_DM, Fate.FAILS),), Because()),
    )


async def test_a_last_resort_by_schedule_is_whoever_is_on_call_at_the_end(engine: Engine) -> None:
    managers = await given.schedule(engine, "Managers", given.rotation(engine.cast["alice"].id))
    await given.stand_by(engine, schedule_id=managers)

    (alice,) = (await _simulate(engine)).last_resort or ()
    await given.remove(engine, "alice")

    assert alice.person == _person(engine, "alice")
    assert alice.because.schedule == "Managers"
    assert (await _simulate(engine)).last_resort == (), "named, and it pages nobody"


async def test_it_walks_across_a_clock_change(engine: Engine) -> None:
    spring = datetime(2027, 3, 28, 0, 55, tzinfo=UTC)  # at 01:00 Berlin goes from 02:00 to 03:00
    half_past_two = given.rotation(
        engine.cast["bob"].id, engine.cast["dave"].id, begins=spring - timedelta(days=7), at="02:30"
    )
    draft = ScheduleDraft("Nights", "Europe/Berlin", None, (half_past_two,))
    schedule = await engine.do("alice", scheduling.create_schedule, draft)
    layer = EscalationLayerDraft(5, schedule.id)
    engine.policy_id = await given.policy(engine, "Spring", layer, layer)

    found = await _simulate(engine, at=spring)

    assert _walk(found) == [
        (0, 1, ["Bob"], Reason.DECLARED),
        (5, 2, ["Dave"], Reason.TIMEOUT),
    ], "02:30 does not exist: the handoff is at 03:00, which is 01:00 UTC"


async def test_an_instant_without_a_zone_is_refused(engine: Engine) -> None:
    with pytest.raises(ValueError, match="has a zone"):
        await _simulate(engine, at=datetime(2026, 11, 18, 12))  # noqa: DTZ001


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
async def test_one_walks_at_a_time_through_whatever_lane(engine: Engine, database_url: str) -> None:
    lane = engine.core.lane(reading=2, writing=2)
    pool, other = engine.core.database.engine.pool, Database(database_url)
    assert isinstance(pool, QueuePool)
    async with other.writing() as session:
        await session.execute(text("LOCK TABLE escalation_policies IN ACCESS EXCLUSIVE MODE"))
        walks = [
            asyncio.create_task(simulation.simulate(core, engine.system, engine.policy_id))
            for core in (engine.core, lane, lane.giving_way(), engine.core)
        ]
        await asyncio.sleep(0.2)
        assert pool.checkedout() == 1
    walked = await asyncio.gather(*walks)
    await other.dispose()

    assert len({one.steps for one in walked}) == 1
