"""How late an escalation fires while many others wait, and how much memory that takes."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

from sqlalchemy import func, insert, select, update

from bench.product import Bench, resident_megabytes
from bench.table import Row
from core.declaring import open_incident
from core.transaction import Transaction
from storage.models import Delivery, Incident, Organization, Schedule
from storage.vocabulary import EscalationState, Severity

ROUNDS = 30
APART = timedelta(milliseconds=1_200)  # a conversation rests for a second after a page
BATCH = 5_000


async def lateness(bench: Bench, sizes: tuple[int, ...]) -> AsyncIterator[Row]:
    """For each number of open escalations: from the due instant to the page at Slack."""
    for open_ones in sizes:
        due = await _stage(bench, open_ones)
        async with bench.served() as pid:
            await bench.quiet()
            seen = len(bench.workspace.calls)
            first = bench.core.clock.now() + timedelta(seconds=3)  # it looks by itself every second
            instants = [first + APART * place for place in range(len(due))]
            await _set_due(bench, due, instants)
            await bench.workspace.until(partial(_have_left, bench, seen, len(due)), 90)
            pages = bench.pages(seen)
            memory = resident_megabytes(pid)
        late = [at - instant.timestamp() for at, instant in zip(pages, instants, strict=True)]
        name = f"due → the page is at Slack, {open_ones:,} open ({memory:.0f} MB)"
        yield Row(name, late)


def _have_left(bench: Bench, seen: int, count: int) -> bool:
    return len(bench.pages(seen)) >= count


async def _stage(bench: Bench, open_ones: int) -> list[int]:
    """So many escalations that are due tomorrow; returns the numbers of some that will be soon."""
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    async with bench.core.transaction(bench.system) as tx:
        await put_to_rest(tx)
        model = await model_incident(tx)
        numbers = await insert_like(
            tx,
            model,
            open_ones,
            lambda place: {"next_escalation_at": tomorrow + timedelta(milliseconds=place)},
        )
    return numbers[-ROUNDS:]


async def put_to_rest(tx: Transaction) -> None:
    """Nothing of what was before is due any more."""
    await tx.db.execute(update(Incident).values(
        escalation_state=EscalationState.STOPPED, next_escalation_at=None))  # fmt: skip
    await tx.db.execute(update(Delivery).values(due_at=None, lease=None))


async def model_incident(tx: Transaction) -> Incident:
    """An incident of the product's own making, to be copied."""
    schedule_id = await tx.db.scalar(select(Schedule.id))
    model = await open_incident(
        tx, title="Benchmark", severity=Severity.HIGH, owner_schedule_id=schedule_id
    )
    await tx.db.flush()
    await tx.db.execute(update(Delivery).values(due_at=None))
    model.escalation_state, model.next_escalation_at = EscalationState.STOPPED, None
    return model


async def insert_like(
    tx: Transaction, model: Incident, count: int, changes: Callable[[int], dict[str, Any]]
) -> list[int]:
    """So many copies of an incident, each with its changes; their numbers."""
    columns = {c.key: getattr(model, c.key) for c in Incident.__mapper__.column_attrs}
    first = 1 + ((await tx.db.scalar(select(func.max(Incident.number)))) or 0)
    for begin in range(0, count, BATCH):
        rows = [
            {**columns, "id": uuid4(), "number": first + place, "dedup_key": None,
             "escalation_state": EscalationState.WAITING, **changes(place)}
            for place in range(begin, min(begin + BATCH, count))
        ]  # fmt: skip
        await tx.db.execute(insert(Incident), rows)
    await tx.db.execute(update(Organization).values(last_incident_number=first + count))
    return list(range(first, first + count))


async def _set_due(bench: Bench, numbers: list[int], instants: list[datetime]) -> None:
    async with bench.core.transaction(bench.system) as tx:
        for number, instant in zip(numbers, instants, strict=True):
            await tx.db.execute(
                update(Incident).where(Incident.number == number).values(next_escalation_at=instant)
            )
