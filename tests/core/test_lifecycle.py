"""The four statuses, by table."""

import pytest

from core import lifecycle
from core.errors import IncidentResolved, InvalidStatusTransition
from storage.vocabulary import Status

LEGAL = {
    (Status.INVESTIGATING, Status.IDENTIFIED),
    (Status.IDENTIFIED, Status.MONITORING),
    (Status.MONITORING, Status.RESOLVED),
}


@pytest.mark.parametrize("current", list(Status))
@pytest.mark.parametrize("wanted", list(Status))
def test_one_step_forward_is_legal_and_nothing_else(current: Status, wanted: Status) -> None:
    if (current, wanted) in LEGAL:
        lifecycle.check_transition(current, wanted)
    elif current is Status.RESOLVED:
        with pytest.raises(IncidentResolved):
            lifecycle.check_transition(current, wanted)
    else:
        with pytest.raises(InvalidStatusTransition):
            lifecycle.check_transition(current, wanted)


def test_a_refused_step_names_the_one_that_is_next() -> None:
    with pytest.raises(InvalidStatusTransition, match="the next step is identified, not resolved"):
        lifecycle.check_transition(Status.INVESTIGATING, Status.RESOLVED)


def test_resolving_walks_the_steps_that_are_missing() -> None:
    assert lifecycle.steps_to_resolved(Status.INVESTIGATING) == tuple(Status)[1:]
    assert lifecycle.steps_to_resolved(Status.MONITORING) == (Status.RESOLVED,)
    assert lifecycle.steps_to_resolved(Status.RESOLVED) == ()
