"""The promise holds in histories that are full of faults, and a history can be had again."""

import pytest

from prove.ground import GROUND
from prove.plan import FAULTS, Declare
from prove.proving import Proof, prove

pytestmark = pytest.mark.long

PARTS = 2
EACH = 12


@pytest.mark.parametrize("part", range(PARTS))
def test_the_promise_is_kept_in_every_history(proof: Proof, part: int) -> None:
    seeds = range(1_000_000 + part * EACH, 1_000_000 + (part + 1) * EACH)
    verdicts = list(prove(proof, seeds))
    assert {one.seed: one.violations for one in verdicts if one.violations} == {}
    assert sum(one.deaths for one in verdicts) > 0
    assert sum(one.pages for one in verdicts) > EACH


def test_every_history_has_an_incident_and_a_fault(proof: Proof) -> None:
    for seed in range(500):
        events = proof.plan(seed).events
        assert any(isinstance(one, Declare) for one in events), seed
        assert any(isinstance(one, FAULTS) for one in events), seed


def test_the_same_seed_gives_the_same_history_to_the_byte(proof: Proof) -> None:
    first, again = (proof.unfold(proof.plan(3)) for _ in range(2))
    assert first.text == again.text
    assert len(first.lines) > 5


def test_a_history_leaves_nothing_behind_for_the_next(proof: Proof) -> None:
    GROUND.clear()
    alone = proof.unfold(proof.plan(8))
    for seed in (3, 5, 13):
        proof.unfold(proof.plan(seed))
    after = proof.unfold(proof.plan(8))
    assert after.text == alone.text
    assert after.deliveries == alone.deliveries
    assert after.trail == alone.trail
    assert after.incidents == alone.incidents
