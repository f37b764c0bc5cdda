"""Bugs to be planted in the product, one at a time: a simulator that misses them proves nothing."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from unittest import mock

from core import (
    claims,
    delivering,
    escalation,
    firing,
    last_resort,
    notifications,
    outbox,
    outcomes,
    pacing,
)
from core.sending import DeliveryFailed
from prove import bugs
from storage.bell import Bell


@dataclass(frozen=True)
class Mutation:
    """A bug, and the block within which the product has it."""

    what: str
    planted: Callable[[], AbstractContextManager[Any]]
    replicas: int | None = None
    """How many replicas it takes to show; None if it shows with any number."""
    first_seed: int = 0
    """Where the search begins: for bugs that few histories show, shortly before one that does."""


def _patched(*patches: tuple[object, str, Any]) -> Callable[[], AbstractContextManager[Any]]:
    @contextmanager
    def planted() -> Iterator[None]:
        with ExitStack() as stack:
            for where, name, value in patches:
                stack.enter_context(mock.patch.object(where, name, value))
            yield

    return planted


_NONE = timedelta(0)
_MOMENT = timedelta(milliseconds=50)
_SHORT = timedelta(milliseconds=200)

MUTATIONS = {
    "marked sent before sending": Mutation(
        "the outcome is written first, and then the message is sent",
        _patched((delivering._Attempt, "send", bugs.marked_first)),
    ),
    "no lease": Mutation(
        "nothing is claimed: two workers take up the same delivery",
        _patched(
            (claims, "LEASE", _MOMENT),
            (delivering, "SEND_NEEDS", timedelta(days=-1)),
            (claims, "hold", bugs.hold_without_lease),
            (delivering._Attempt, "send", bugs.without_looking),
        ),
        replicas=2,
    ),
    "no re-check": Mutation(
        "nobody asks before sending whether a page is still wanted",
        _patched((delivering, "unwanted", lambda _delivery, _incident: None)),
        first_seed=4000,
    ),
    "due times in memory": Mutation(
        "a due instant is known only to the process that set it",
        bugs.due_in_memory,
    ),
    "no look-up": Mutation(
        "what may have arrived is sent again without looking",
        _patched((delivering._Attempt, "send", bugs.without_looking)),
    ),
    "failed look-up means not there": Mutation(
        "a look-up that fails counts as one that found nothing",
        _patched((delivering._Attempt, "send", bugs.carelessly)),
        first_seed=5000,
    ),
    "looked up at once": Mutation(
        "after a lost answer nobody waits until the call can no longer be carried out",
        _patched((outcomes, "MAY_STILL_ACT", _NONE), (delivering, "ON_ITS_WAY", _NONE)),
        first_seed=3010,
    ),
    "acknowledged in vain": Mutation(
        "an acknowledgement does not stop the clock",
        _patched((escalation, "_stop_clock", bugs.acknowledged_in_vain)),
    ),
    "clock from the old due time": Mutation(
        "a layer's time starts when it was due, so that downtime ends with a burst",
        _patched((firing, "wait", bugs.wait_from_old_due)),
    ),
    "500 did nothing": Mutation(
        "an unknown outcome counts as a refusal",
        _patched((DeliveryFailed, "__init__", bugs.surely_not_done)),
        first_seed=5005,
    ),
    "outcome without the lease": Mutation(
        "a lease ends before its call does, and the outcome is written all the same",
        _patched(
            (claims, "LEASE", _SHORT),
            (delivering, "SEND_NEEDS", _NONE),
            (claims, "hold", bugs.hold_without_lease),
        ),
        replicas=2,
        first_seed=0,
    ),
    "bundle unwritten": Mutation(
        "who is in a bundle is known only to the process that sends it",
        _patched((pacing, "join", bugs.unwritten)),
    ),
    "bundle of one": Mutation(
        "what a dead process had bundled is settled for the carrier alone",
        _patched((pacing, "bundle", bugs.carrier_alone)),
    ),
    "superseded in silence": Mutation(
        "a page that is no longer wanted leaves nothing on the trail",
        _patched((outbox, "supersede", bugs.superseded_in_silence)),
        first_seed=4000,
    ),
    "each its own clock": Mutation(
        "replicas on several machines go by the clocks of their machines",
        _patched((Bell, "_ask_the_time", bugs.time_unheard)),
        replicas=2,
    ),
    "last resort forgotten": Mutation(
        "nobody is paged when nobody is left to page",
        _patched((last_resort, "page", bugs.last_resort_forgotten)),
    ),
    "exhausted in silence": Mutation(
        "that nobody acknowledged is not said in the alerts channel",
        _patched((notifications, "say", bugs.exhausted_in_silence)),
    ),
}
