"""Replicas on several machines follow the database's clock, and that is judged."""

import pytest

from prove.judges import judge
from prove.plan import Declare, Freeze, Plan
from prove.proving import Proof

pytestmark = pytest.mark.long

HOURS_APART = (3000.0, -3500.0)


def _plan(*events: Declare | Freeze) -> Plan:
    return Plan(1, 2, mail=False, alerts=True, last_resort=None, apart=HOURS_APART, events=events)


def _declared(at: float) -> Declare:
    return Declare(at, by=0, replica=0, severity=0, policy=0, schedule=0, owner=None)


def test_some_histories_with_several_replicas_have_several_machines(proof: Proof) -> None:
    plans = [proof.plan(seed) for seed in range(200)]
    assert {one.apart is None for one in plans if one.replicas > 1} == {True, False}
    assert {one.apart for one in plans if one.replicas == 1} == {None}
    assert all(len(one.apart) == one.replicas for one in plans if one.apart)


def test_machines_that_are_hours_apart_show_the_databases_time(proof: Proof) -> None:
    history = proof.unfold(_plan(_declared(0.0)))

    world = history.world
    shown = [life.clock.now().timestamp() for life in world.lives.values()]
    assert shown == pytest.approx([world.epoch + world.loop.time()] * 2, abs=0.05)
    assert len(world.slack.posts) > 3
    assert judge(history) == []


def test_a_process_that_stood_still_as_it_asked_the_time_asks_anew(proof: Proof) -> None:
    history = proof.unfold(_plan(Freeze(0.0, replica=0, seconds=70.0), _declared(70.5)))

    assert judge(history) == []
    assert history.deliveries[0].created_at.timestamp() - history.world.epoch == pytest.approx(
        70.5, abs=1
    )
