"""The bugs themselves: what stands in the product's place while one is planted."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import select

from core import audit, delivering, escalation, firing, notifications, outbox, outcomes, pacing
from core.messages import Exhausted
from core.sending import DeliveryFailed
from storage.models import Delivery
from storage.vocabulary import EscalationState

_send = delivering._Attempt.send


async def marked_first(attempt: Any, ready: Any) -> None:
    """Writes the outcome, and then sends."""
    receipt = {"channel": "somewhere", "ts": "0"}
    await outcomes.settle_sent(attempt.core, attempt.claim, ready.outgoing, receipt)
    await attempt.sender.send(ready.outgoing)


async def without_looking(attempt: Any, ready: Any) -> None:
    """Sends again what may have arrived."""
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


async def carelessly(attempt: Any, ready: Any) -> None:
    """Believes a look-up that failed."""
    attempt.sender = _Careless(attempt.sender)
    await _send(attempt, ready)


_stop_clock = escalation._stop_clock


def acknowledged_in_vain(tx: Any, incident: Any, state: Any, *, reason: str) -> None:
    """Stops the clock, but not for an acknowledgement."""
    if state is not EscalationState.ACKNOWLEDGED:
        _stop_clock(tx, incident, state, reason=reason)


def wait_from_old_due(tx: Any, incident: Any, layer: Any) -> None:
    """Counts a layer's time from when it was due."""
    since = incident.next_escalation_at or tx.now
    incident.escalation_state = EscalationState.WAITING
    incident.next_escalation_at = since + layer.timeout
    tx.due.append(incident.next_escalation_at)


_init = DeliveryFailed.__init__


def surely_not_done(self: DeliveryFailed, message: str, **given: Any) -> None:
    """Takes every failure for a refusal."""
    _init(self, message, **{**given, "unknown": False})


async def hold_without_lease(tx: Any, claimed: Any) -> Any:
    """Holds what was claimed, whoever has claimed it since."""
    found = []
    for claim in claimed:
        for id in claim.delivery_ids:
            found.append(await tx.db.get_one(Delivery, id))
            found[-1].lease = claim.lease
    return found


def superseded_in_silence(tx: Any, incident: Any, delivery: Any, reason: str) -> None:
    """Ends a page without a word on the trail."""
    with mock.patch.object(audit, "record"):
        _supersede(tx, incident, delivery, reason)


_supersede = outbox.supersede
_say = notifications.say


async def exhausted_in_silence(tx: Any, incident: Any, notice: Any, *, key: str) -> None:
    """Says everything but that nobody acknowledged."""
    if not isinstance(notice, Exhausted):
        await _say(tx, incident, notice, key=key)


@contextmanager
def due_in_memory() -> Iterator[None]:
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


async def unwritten(tx: Any, carriers: Any) -> Any:
    """Nothing says afterwards who was in a bundle."""
    with mock.patch.object(pacing, "_JOIN", select(Delivery.id).limit(0)):
        return await _join(tx, carriers)


_join = pacing.join


async def carrier_alone(_tx: Any, carrier_id: UUID) -> Any:
    """A bundle is its carrier."""
    return [carrier_id]


async def time_unheard(_bell: Any, _connection: Any) -> None:
    """The database is not asked what time it is."""


async def last_resort_forgotten(_tx: Any, _incident: Any) -> tuple[UUID, ...]:
    """Nobody is paged when nobody is left."""
    return ()
