"""Bugs to be planted in the product, one at a time: a simulator that misses them proves nothing."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from unittest import mock
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import select

from core import (
    audit,
    claims,
    delivering,
    escalation,
    firing,
    notifications,
    outbox,
    outcomes,
    pacing,
)
from core.notifications import Exhausted
from core.sending import DeliveryFailed
from storage.models import Delivery
from storage.vocabulary import EscalationState


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


_send = delivering._Attempt.send


async def _marked_first(attempt: Any, ready: Any) -> None:
    """Writes the outcome, and then sends."""
    receipt = {"channel": "somewhere", "ts": "0"}
    await outcomes.settle_sent(attempt.core, attempt.claim, ready.outgoing, receipt)
    await attempt.sender.send(ready.outgoing)


async def _without_looking(attempt: Any, ready: Any) -> None:
    attempt.unknown = False
    await _send(attempt, ready)


class _Careless:
    """A sender for which a look-up that fails means that nothing is there."""

    def __init__(self, sender: Any) -> None:
        self._sender = sender

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sender, name)

    async def find(self, outgoing: Any) -> Any:
        try:
            return await self._sender.find(outgoing)
        except DeliveryFailed:
            return None


async def _carelessly(attempt: Any, ready: Any) -> None:
    attempt.sender = _Careless(attempt.sender)
    await _send(attempt, ready)


_stop_clock = escalation._stop_clock


def _acknowledged_in_vain(tx: Any, incident: Any, state: Any, *, reason: str) -> None:
    if state is not EscalationState.ACKNOWLEDGED:
        _stop_clock(tx, incident, state, reason=reason)


def _wait_from_old_due(tx: Any, incident: Any, layer: Any) -> None:
    since = incident.next_escalation_at or tx.now
    incident.escalation_state = EscalationState.WAITING
    incident.next_escalation_at = since + layer.timeout
    tx.due.append(incident.next_escalation_at)


_init = DeliveryFailed.__init__


def _surely_not_done(self: DeliveryFailed, message: str, **given: Any) -> None:
    _init(self, message, **{**given, "unknown": False})


async def _hold_without_lease(tx: Any, claimed: Any) -> Any:
    found = []
    for claim in claimed:
        for id in claim.delivery_ids:
            found.append(await tx.db.get_one(Delivery, id))
            found[-1].lease = claim.lease
    return found


def _superseded_in_silence(tx: Any, incident: Any, delivery: Any, reason: str) -> None:
    with mock.patch.object(audit, "record"):
        _supersede(tx, incident, delivery, reason)


_supersede = outbox.supersede
_say = notifications.say


async def _exhausted_in_silence(tx: Any, incident: Any, notice: Any, *, key: str) -> None:
    if not isinstance(notice, Exhausted):
        await _say(tx, incident, notice, key=key)


@contextmanager
def _due_in_memory() -> Iterator[None]:
    """Each process knows only the due instants that it has set itself."""
    known: WeakKeyDictionary[Any, set[UUID]] = WeakKeyDictionary()
    wait, claim_due = firing.wait, escalation._claim_due

    def remember(tx: Any, incident: Any, layer: Any) -> None:
        known.setdefault(tx.clock, set()).add(incident.id)
        wait(tx, incident, layer)

    async def of_ours(tx: Any, *given: Any) -> list[Any]:
        ours = known.get(tx.clock, set())
        return [one for one in await claim_due(tx, *given) if one.id in ours]

    with (
        mock.patch.object(firing, "wait", remember),
        mock.patch.object(escalation, "_claim_due", of_ours),
    ):
        yield


async def _unwritten(tx: Any, carriers: Any) -> Any:
    """Nothing says afterwards who was in a bundle."""
    with mock.patch.object(pacing, "_JOIN", select(Delivery.id).limit(0)):
        return await _join(tx, carriers)


_join = pacing.join


async def _carrier_alone(_tx: Any, carrier_id: UUID) -> Any:
    return [carrier_id]


_NONE = timedelta(0)
_MOMENT = timedelta(milliseconds=50)
_SHORT = timedelta(milliseconds=200)

MUTATIONS = {
    "marked sent before sending": Mutation(
        "the outcome is written first, and then the message is sent",
        _patched((delivering._Attempt, "send", _marked_first)),
    ),
    "no lease": Mutation(
        "nothing is claimed: two workers take up the same delivery",
        _patched(
            (claims, "LEASE", _MOMENT),
            (delivering, "SEND_NEEDS", timedelta(days=-1)),
            (claims, "hold", _hold_without_lease),
            (delivering._Attempt, "send", _without_looking),
        ),
        replicas=2,
    ),
    "no re-check": Mutation(
        "nobody asks before sending whether a page is still wanted",
        _patched((delivering, "unwanted", lambda _delivery, _incident: None)),
        first_seed=50,
    ),
    "due times in memory": Mutation(
        "a due instant is known only to the process that set it",
        _due_in_memory,
    ),
    "no look-up": Mutation(
        "what may have arrived is sent again without looking",
        _patched((delivering._Attempt, "send", _without_looking)),
    ),
    "failed look-up means not there": Mutation(
        "a look-up that fails counts as one that found nothing",
        _patched((delivering._Attempt, "send", _carelessly)),
        first_seed=28,
    ),
    "looked up at once": Mutation(
        "after a lost answer nobody waits until the call can no longer be carried out",
        _patched((outcomes, "MAY_STILL_ACT", _NONE), (delivering, "ON_ITS_WAY", _NONE)),
        first_seed=155,
    ),
    "acknowledged in vain": Mutation(
        "an acknowledgement does not stop the clock",
        _patched((escalation, "_stop_clock", _acknowledged_in_vain)),
    ),
    "clock from the old due time": Mutation(
        "a layer's time starts when it was due, so that downtime ends with a burst",
        _patched((firing, "wait", _wait_from_old_due)),
    ),
    "500 did nothing": Mutation(
        "an unknown outcome counts as a refusal",
        _patched((DeliveryFailed, "__init__", _surely_not_done)),
        first_seed=30,
    ),
    "outcome without the lease": Mutation(
        "a lease ends before its call does, and the outcome is written all the same",
        _patched(
            (claims, "LEASE", _SHORT),
            (delivering, "SEND_NEEDS", _NONE),
            (claims, "hold", _hold_without_lease),
        ),
        replicas=2,
        first_seed=0,
    ),
    "bundle unwritten": Mutation(
        "who is in a bundle is known only to the process that sends it",
        _patched((pacing, "join", _unwritten)),
    ),
    "bundle of one": Mutation(
        "what a dead process had bundled is settled for the carrier alone",
        _patched((pacing, "bundle", _carrier_alone)),
    ),
    "superseded in silence": Mutation(
        "a page that is no longer wanted leaves nothing on the trail",
        _patched((outbox, "supersede", _superseded_in_silence)),
        first_seed=45,
    ),
    "exhausted in silence": Mutation(
        "that nobody acknowledged is not said in the alerts channel",
        _patched((notifications, "say", _exhausted_in_silence)),
    ),
}
