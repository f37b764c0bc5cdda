"""An organization whose coverage is looked at: what its report says, and what makes it worse."""

from datetime import datetime, timedelta

from sqlalchemy import select

from core import coverage_report
from core.findings import Finding, FindingKind
from storage.models import RotationLayer, ScheduleOverride
from tests.engine import Engine

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def report_of(engine: Engine, *, days: int = 30) -> tuple[Finding, ...]:
    async with engine.core.reading(engine.system) as tx:
        return await coverage_report.report(tx, days=days)


async def only(engine: Engine, kind: FindingKind) -> list[Finding]:
    return [one for one in await report_of(engine) if one.kind is kind]


async def end_the_rotation(engine: Engine, at: datetime | None) -> None:
    async with engine.core.transaction(engine.system) as tx:
        layers = await tx.db.scalars(
            select(RotationLayer).filter_by(schedule_id=engine.schedule_id)
        )
        for layer in layers:
            layer.effective_until = at


async def override(engine: Engine, name: str, start: datetime, end: datetime) -> None:
    async with engine.core.transaction(engine.system) as tx:
        tx.db.add(
            ScheduleOverride(
                schedule_id=engine.schedule_id,
                member_id=engine.cast[name].id,
                start_at=start,
                end_at=end,
            )
        )
