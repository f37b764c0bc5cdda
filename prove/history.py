"""A plan carried out from beginning to end, and what is left to be judged."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from unittest import mock
from uuid import UUID

from sqlalchemy import Row, select

from core import outages, stranded, worker
from core.transaction import Actor
from prove.clocks import Clocks
from prove.database import CURRENT, inline
from prove.exchange import exchange
from prove.ground import GROUND
from prove.life import only_closes
from prove.loop import Deadlock, Endless, VirtualLoop
from prove.plan import SLOWEST, Plan
from prove.stage import Stage, same_ids
from prove.world import Line, World
from storage.models import AuditEvent, Delivery, Incident


@dataclass(frozen=True)
class History:
    """What happened, and what the database and the servers outside hold in the end."""

    plan: Plan
    stage: Stage
    world: World
    lines: tuple[Line, ...]
    deliveries: tuple[Row[Any], ...]
    trail: tuple[Row[Any], ...]
    incidents: dict[UUID, Row[Any]]
    faults: tuple[str, ...]
    """What the product logged as a fault of its own."""

    @property
    def text(self) -> str:
        """The history, a line for each thing that happened; the same plan gives the same text."""
        return "\n".join(map(str, self.lines))


def unfold(plan: Plan, stage: Stage, clocks: Clocks) -> History:
    """Carry a plan out, under virtual time."""
    GROUND.set(stage.file)
    with same_ids(plan.seed + 1), _stumbles() as faults, _slow_sweep(), inline(), exchange():
        return _unfold(plan, stage, clocks, faults)


def _unfold(plan: Plan, stage: Stage, clocks: Clocks, faults: list[str]) -> History:
    loop = VirtualLoop()
    asyncio.set_event_loop(loop)
    world = World(plan, stage, GROUND, loop, clocks)
    loop.set_task_factory(_owned)
    try:
        try:
            loop.run_until_complete(world.unfold())
        except Deadlock:
            faults.append("nothing can ever happen again")
        except Endless:
            faults.append("the product runs in circles")
            loop._turns = 0
        found = loop.run_until_complete(_read(world))
    finally:
        _end(loop)
        for life in world.every_life:
            life.close()
        for keep in world.over:
            keep()
    return History(plan, stage, world, tuple(world.lines), *found, tuple(faults))


async def _read(
    world: World,
) -> tuple[tuple[Row[Any], ...], tuple[Row[Any], ...], dict[UUID, Row[Any]]]:
    life = world.alive(0)
    assert life is not None  # noqa: S101  (everybody is up when all is calm)
    async with life.core.reading(Actor.system(world.stage.organization_id)) as tx:
        found = [
            (await tx.db.execute(query)).all()
            for query in (
                select(*Delivery.__table__.c).order_by(Delivery.incident_id, Delivery.sequence),
                select(*AuditEvent.__table__.c)
                .where(AuditEvent.incident_id.is_not(None))
                .order_by(AuditEvent.sequence),
                select(*Incident.__table__.c).order_by(Incident.number),
            )
        ]
    return tuple(found[0]), tuple(found[1]), {row.id: row for row in found[2]}


def _owned(loop: asyncio.AbstractEventLoop, work: Any, **given: Any) -> asyncio.Task[Any]:
    """A task that belongs to the process in which it was begun, and ends with it."""
    task: asyncio.Task[Any] = asyncio.Task(work, loop=loop, **given)
    context = given.get("context")
    life = context.get(CURRENT) if context is not None else CURRENT.get()
    if life is not None:
        life.tasks[task] = None
        task.add_done_callback(lambda done: life.tasks.pop(done, None))
    return task


def _end(loop: VirtualLoop) -> None:
    """Cancel what still runs, and let it end."""
    for _ in range(3):
        left = asyncio.all_tasks(loop)
        for task in left:
            if not only_closes(task):
                task.cancel()
        if not left:
            break
        loop.run_until_complete(_all(left))
    asyncio.set_event_loop(None)
    loop.close()


async def _all(tasks: set[asyncio.Task[Any]]) -> None:
    await asyncio.gather(*tasks, return_exceptions=True)


@contextmanager
def _slow_sweep() -> Iterator[None]:
    """Sweeps are for what nothing else woke: seldom enough for thousands of histories a minute."""
    seldom = timedelta(seconds=SLOWEST)
    with (
        mock.patch.object(worker, "LOOK_SECONDS", SLOWEST),
        mock.patch.object(stranded, "LOOK_EVERY", seldom),
        mock.patch.object(outages, "LOOK_EVERY", seldom),
    ):
        yield


@contextmanager
def _stumbles() -> Iterator[list[str]]:
    """Collect what the product logs with a trace, and print none of it."""
    found: list[str] = []

    class _Collect(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            life = CURRENT.get()
            error = record.exc_info[1] if record.exc_info else None
            if error is not None and not (life and life.dead):
                found.append(f"{record.getMessage()}: {type(error).__name__}: {error}")

    logs = [logging.getLogger(name) for name in ("core", "storage")]
    before = [(log.handlers, log.propagate, log.level) for log in logs]
    for log in logs:
        log.handlers, log.propagate, log.level = [_Collect()], False, logging.WARNING
    try:
        yield found
    finally:
        for log, was in zip(logs, before, strict=True):
            log.handlers, log.propagate, log.level = was
