"""The weekly line in the alerts channel: what the coverage report has found anew.

Nothing is remembered for it but what was said: last week's line names what was known then. The
week's name is its key, so that one of any number of replicas says it, and once.
"""

import asyncio
import logging
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from core import coverage_report, messages, outbox, people
from core.errors import Unavailable
from core.findings import Finding
from core.remarks import CoverageTold, ToldFinding
from core.transaction import Actor, Core, Transaction
from storage.models import Delivery
from storage.vocabulary import Channel, DeliveryState

log = logging.getLogger(__name__)

BEGINS = timedelta(hours=8)
"""Into Monday (UTC): when a week's line is due."""

LOOK_EVERY = timedelta(minutes=10)
TOLD = 5


class WeeklyLine:
    """Looks now and then whether a week has begun; the report is reckoned beside the engine."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._looked: datetime | None = None
        self._done: str | None = None
        self.under_way: set[asyncio.Task[None]] = set()

    async def look(self, organization_id: UUID | None) -> None:
        """Begin to say this week's line if nobody has; does not wait until it is said."""
        now = self._core.clock.now()
        if organization_id is None or self.under_way or self._done == week_of(now):
            return
        if not _is_monday(now):
            return
        if self._looked and now - self._looked < LOOK_EVERY:
            return
        self._looked = now
        async with self._core.reading(Actor.system(organization_id)) as tx:
            if not await _is_due(tx):
                return
        saying = asyncio.create_task(self._say(organization_id, week_of(now)))
        self.under_way.add(saying)
        saying.add_done_callback(self.under_way.discard)

    async def _say(self, organization_id: UUID, week: str) -> None:
        try:
            await say_weekly_line(self._core, organization_id)
            self._done = week
        except Unavailable:
            return  # it is tried at the next look
        except Exception:
            log.exception("the weekly line about coverage stumbled; it is tried again")


def week_of(now: datetime) -> str:
    """PURE. The week that is told of, as ISO counts them."""
    year, week, _ = (now - BEGINS).isocalendar()
    return f"{year}-W{week:02}"


async def say_weekly_line(core: Core, organization_id: UUID) -> bool:
    """Say in the alerts channel what is found anew since last week, with what to do.

    Said once, on the week's first day, to an organization that saw the week begin; nothing new
    is nothing said. Returns whether it was said now.
    """
    actor = Actor.system(organization_id)
    async with core.reading(actor) as tx:
        if not await _is_due(tx):
            return False
        known = await _known(tx)
        found = await coverage_report.report(tx)
    new = [one for one in found if one.key not in known]
    if not new:
        return False
    async with core.transaction(actor) as tx:
        await people.lock_organization(tx)
        if await _is_said(tx):
            return False
        await outbox.enqueue_apart(
            tx,
            dedup_key=_key(tx),
            channel=Channel.ALERTS,
            target=f"alerts:{organization_id}:apart",
            message=messages.dump(_line(new, found)),
        )
    return True


async def _is_due(tx: Transaction) -> bool:
    ours = await people.organization(tx)
    is_new = week_of(ours.created_at) == week_of(tx.now)
    if not ours.alerts_channel or not _is_monday(tx.now) or is_new:
        return False
    return not await _is_said(tx)


def _is_monday(now: datetime) -> bool:
    return (now - BEGINS).weekday() == 0


def _line(new: list[Finding], found: tuple[Finding, ...]) -> CoverageTold:
    told = tuple(ToldFinding(one.said, one.to_do, *one.instants) for one in new[:TOLD])
    return CoverageTold(told, len(new), len(found), tuple(one.key for one in found))


def _key(tx: Transaction) -> str:
    return f"{_begins_with(tx)}{week_of(tx.now)}"


def _begins_with(tx: Transaction) -> str:
    return f"coverage_told:{tx.organization_id}:"


async def _is_said(tx: Transaction) -> bool:
    return bool(await tx.db.scalar(select(Delivery.id).where(Delivery.dedup_key == _key(tx))))


async def _known(tx: Transaction) -> frozenset[str]:
    """What the last line that was said knew of."""
    last = await tx.db.scalar(
        select(Delivery.message)
        .where(
            Delivery.dedup_key.startswith(_begins_with(tx), autoescape=True),
            Delivery.state != DeliveryState.FAILED,
        )
        .order_by(Delivery.created_at.desc())
        .limit(1)
    )
    return frozenset(last["keys"]) if last else frozenset()
