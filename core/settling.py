"""Outcomes written together: what comes in during a commit shares the next one.

A commit is most of what an outcome costs. Alone, an outcome is written at once; in a storm those
of all that is in flight wait for the commit that is under way, and follow in one.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from uuid import UUID
from weakref import WeakKeyDictionary

from core import claims, incidents
from core.claims import Claim
from core.errors import Unavailable
from core.measures import Measures
from core.sending import Outgoing, Part
from core.transaction import Actor, Core, Transaction
from storage.models import Delivery, Incident


@dataclass(frozen=True)
class Held:
    """A delivery that is still ours, with its incident, both locked."""

    incident: Incident
    delivery: Delivery
    part: Part


Write = Callable[[Transaction, list[Held]], Awaitable[None]]
"""Writes the outcome of one message; given nothing where somebody else took it over."""


@dataclass(frozen=True, eq=False)
class _Outcome:
    claim: Claim
    outgoing: Outgoing
    write: Write
    context: Context = field(default_factory=copy_context)
    written: "asyncio.Future[None]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class _Desk:
    """Where one process writes outcomes: one transaction at a time."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._waiting: list[_Outcome] = []
        self._writing: asyncio.Task[None] | None = None

    async def settle(self, outcome: _Outcome) -> None:
        """Until it is committed. Raises what kept it from being."""
        self._waiting.append(outcome)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_all(), context=outcome.context.copy())
        await outcome.written

    async def _write_all(self) -> None:
        while self._waiting:
            organization_id = self._waiting[0].outgoing.incident.organization_id
            together = [
                one
                for one in self._waiting
                if one.outgoing.incident.organization_id == organization_id
            ]
            self._waiting = [one for one in self._waiting if one not in together]
            try:
                await self._write(organization_id, together)
            except Unavailable as error:
                _fail(together, error)
            except Exception as error:
                if len(together) == 1:
                    _fail(together, error)
                else:
                    await self._one_by_one(organization_id, together)

    async def _one_by_one(self, organization_id: UUID, outcomes: Sequence[_Outcome]) -> None:
        """What stumbles must not take the others with it."""
        for one in outcomes:
            try:
                await self._write(organization_id, [one])
            except Exception as error:
                _fail([one], error)

    async def _write(self, organization_id: UUID, outcomes: Sequence[_Outcome]) -> None:
        async with self._core.transaction(Actor.system(organization_id)) as tx:
            # The incidents first: an acknowledgement in between would leave a stale button.
            parts = [part for one in outcomes for part in one.outgoing.parts]
            locked = await incidents.lock_all(tx, {part.incident_id for part in parts})
            held = {
                (delivery.id, delivery.lease): delivery
                for delivery in await claims.hold(tx, [one.claim for one in outcomes])
            }
            for one in outcomes:
                ours = [
                    Held(locked[part.incident_id], held[part.delivery_id, one.claim.lease], part)
                    for part in one.outgoing.parts
                    if (part.delivery_id, one.claim.lease) in held
                ]
                before = len(tx.committed)
                await asyncio.create_task(_awaited(one.write(tx, ours)), context=one.context)
                tx.committed[before:] = [
                    _within(one.context, happened) for happened in tx.committed[before:]
                ]
        for one in outcomes:
            if not one.written.done():
                one.written.set_result(None)


def _within(context: Context, happened: Callable[[Measures], None]) -> Callable[[Measures], None]:
    """What is told once it is committed, told as of the delivery that it is about."""
    return lambda measures: context.run(happened, measures)


async def _awaited(writing: Awaitable[None]) -> None:
    await writing


def _fail(outcomes: Sequence[_Outcome], error: Exception) -> None:
    for one in outcomes:
        if not one.written.done():
            one.written.set_exception(error)


_DESKS: WeakKeyDictionary[Core, _Desk] = WeakKeyDictionary()


async def settle(core: Core, claim: Claim, outgoing: Outgoing, write: Write) -> None:
    """Write an outcome, under the locks of its incidents and its deliveries.

    Raises what `write` or the database raises; nothing of it is written then.
    """
    desk = _DESKS.get(core)
    if desk is None:
        desk = _DESKS[core] = _Desk(core)
    await desk.settle(_Outcome(claim, outgoing, write))
