"""A failing history is shrunk to what it takes to fail."""

from dataclasses import replace

import pytest

from prove.plan import Declare, Plan
from prove.proving import Proof
from prove.shrinking import shrink

pytestmark = pytest.mark.long


def test_a_plan_is_shrunk_to_the_events_that_it_takes(proof: Proof) -> None:
    plan = next(one for seed in range(200) if len((one := proof.plan(seed)).events) > 6)
    needed = plan.events[3]

    def fails(smaller: Plan) -> bool:
        return needed in smaller.events

    assert shrink(plan, fails).events == (needed,)


def test_a_planted_bug_still_shows_in_the_shrunken_plan(proof: Proof) -> None:
    mutated = replace(proof, mutation="acknowledged in vain")
    seed, first = next(
        (seed, found[0]) for seed in range(100) if (found := mutated.judge(mutated.plan(seed)))
    )
    smaller = mutated.shrink(seed, first)
    assert len(smaller.events) < len(mutated.plan(seed).events)
    assert first.rule in {one.rule for one in mutated.judge(smaller)}
    assert any(isinstance(one, Declare) for one in smaller.events)
    assert proof.judge(smaller) == []
