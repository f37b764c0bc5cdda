"""Outcomes written together: what comes in during a commit shares the next one.

A commit is most of what an outcome costs. Alone, an outcome is written at once; in a storm those
of all that is in flight wait for the commit that is under way, and follow in one.
"""

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from uuid import UUID
from weakref import WeakKeyDictionary, ref

from core import claims, incidents
from core.claims import Claim
from core.errors import Unavailable
from core.measures import Measures
from core.sending import Outgoing, Part
from core.transaction import Actor, Core, Transaction
from storage.models import Delivery, Incident

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Held:
    """A delivery that is still ours, with its incident if it speaks of one, both locked."""

    locked: Incident | None
    delivery: Delivery
    part: Part

    @property
    def incident(self) -> Incident:
        """Its incident, where the kind of delivery says that there is one."""
        assert self.locked is not None  # noqa: S101  (asked for such deliveries alone)
        return self.locked


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
    """Where one process writes outcomes: one transaction at a time, which waits for nobody."""

    def __init__(self, core: Core) -> None:
        self._core = ref(core)
        self._waiting: list[_Outcome] = []
        self._writing: asyncio.Task[None] | None = None
        self._alone: set[asyncio.Task[None]] = set()

    async def settle(self, outcome: _Outcome) -> None:
        """Until it is committed. Raises what kept it from being."""
        self._waiting.append(outcome)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_all(), context=outcome.context.copy())
        await outcome.written

    async def _write_all(self) -> None:
        while self._waiting:
            organization_id = self._waiting[0].outgoing.organization_id
            together = [
                one for one in self._waiting if one.outgoing.organization_id == organization_id
            ]
            self._waiting = [one for one in self._waiting if one not in together]
            try:
                left = await self._write(organization_id, together, wait=False)
            except Unavailable as error:
                _fail(together, error)
            except Exception:
                log.exception("outcomes that met stumbled; taking them one by one")
                self._write_alone(together)
            else:
                self._write_alone(left)
            finally:
                if sys.exc_info()[0] is not None:  # it is being ended: nobody may wait for ever
                    _fail([*together, *self._waiting], Unavailable())

    def _write_alone(self, outcomes: Sequence[_Outcome]) -> None:
        """What somebody else holds up, and what stumbles, must not take the others with it."""
        for one in outcomes:
            task = asyncio.create_task(self._write_one(one), context=one.context.copy())
            self._alone.add(task)
            task.add_done_callback(self._alone.discard)

    async def _write_one(self, outcome: _Outcome) -> None:
        try:
            organization_id = outcome.outgoing.organization_id
            await self._write(organization_id, [outcome], wait=True)
        except Exception as error:
            _fail([outcome], error)
        finally:
            _fail([outcome], Unavailable())

    async def _write(
        self, organization_id: UUID, outcomes: Sequence[_Outcome], *, wait: bool
    ) -> list[_Outcome]:
        """Write outcomes in one transaction; returns those whose incidents somebody else holds."""
        core = self._core()
        assert core is not None  # noqa: S101  (who settles has it)
        async with core.transaction(Actor.system(organization_id)) as tx:
            # The incidents first: an acknowledgement in between would leave a stale button.
            parts = [part for one in outcomes for part in one.outgoing.parts]
            ids = {part.incident_id for part in parts if part.incident_id}
            found = await incidents.lock_all(tx, ids, wait=wait) if ids else {}
            locked: dict[UUID | None, Incident | None] = {None: None}
            locked.update(found.items())
            ready = [
                one
                for one in outcomes
                if all(part.incident_id in locked for part in one.outgoing.parts)
            ]
            if ready:
                await _write_each(tx, ready, locked)
            # Whoever carried these out looks as they land: of what is due now nobody need be told.
            tx.due[:] = [instant for instant in tx.due if instant > tx.now]
        for one in ready:
            if not one.written.done():
                one.written.set_result(None)
        return [one for one in outcomes if one not in ready]


async def _write_each(
    tx: Transaction, outcomes: Sequence[_Outcome], locked: Mapping[UUID | None, Incident | None]
) -> None:
    """Each as if it were alone: what it logs and counts is told as of its own delivery."""
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
