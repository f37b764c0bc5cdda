"""PURE. The four statuses of an incident, and the one legal step from each (spec section 3)."""

from itertools import pairwise

from core.errors import IncidentResolved, InvalidStatusTransition
from storage.vocabulary import Status

ORDER = tuple(Status)


def next_status(status: Status) -> Status | None:
    """The only status that can follow, or None after `resolved`."""
    steps = dict(pairwise(ORDER))
    return steps.get(status)


def steps_to_resolved(status: Status) -> tuple[Status, ...]:
    """The steps that are still missing, in order; none for a resolved incident."""
    return ORDER[ORDER.index(status) + 1 :]


def check_open(status: Status) -> None:
    """Raises IncidentResolved for what is over."""
    if status is Status.RESOLVED:
        raise IncidentResolved


def check_transition(current: Status, wanted: Status) -> None:
    """Refuse every step but the next one.

    Raises IncidentResolved once resolved, InvalidStatusTransition for a skip or a step back.
    """
    check_open(current)
    following = next_status(current)
    if wanted is not following:
        raise InvalidStatusTransition(
            f"This incident is {current}; the next step is {following}, not {wanted}.",
            field="status_change",
        )
