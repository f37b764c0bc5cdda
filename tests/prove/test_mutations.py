"""The simulator finds planted bugs: one that misses them would prove nothing."""

from dataclasses import replace

import pytest

from prove.mutations import MUTATIONS
from prove.proving import Proof, catch

pytestmark = pytest.mark.long

HISTORIES_MAX = 200
SECONDS_MAX = 60


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_planted_bug_is_caught(proof: Proof, name: str) -> None:
    mutated = replace(proof, mutation=name, replicas=MUTATIONS[name].replicas)
    first = MUTATIONS[name].first_seed
    caught = catch(mutated, range(first, first + HISTORIES_MAX))
    assert caught.violation is not None
    assert caught.seconds < SECONDS_MAX


def test_there_are_at_least_eight_planted_bugs() -> None:
    assert len(MUTATIONS) >= 8
