"""The cast that every test knows."""

from datetime import UTC, datetime

from sqlalchemy import func, select

from core import pacing
from core.transaction import Actor, Core
from storage.models import Delivery
from storage.vocabulary import DeliveryState

NOON = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
"""When every story begins: a Wednesday, 13:00 in Berlin."""

BLUEPRINT = """
alerts_channel: incidents
admins: [alice@example.com]
schedules:
  Payments:
    timezone: Europe/Berlin
    rotation:
      - name: Primary
        shift: weekly
        handoff: "09:00"
        from: 2026-11-16T09:00:00+01:00
        people: [bob@example.com]
policies:
  Payments:
    layers:
      - page: {schedule: Payments}
        timeout: 5 min
      - page: {people: [carol@example.com]}
        timeout: 5 min
"""


class StoryClock:
    """A clock that stands still until the story moves it."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def seconds_until(self, instant: datetime) -> float:
        return (instant - self.at).total_seconds()


async def rest(core: Core, clock: StoryClock) -> bool:
    """Where a page waits for its conversation to have rested, let that time pass."""
    async with core.reading(Actor.system()) as tx:
        until = await tx.db.scalar(
            select(func.min(Delivery.due_at)).where(
                Delivery.state == DeliveryState.PENDING,
                Delivery.attempts == 0,
                Delivery.due_at > clock.at,
                Delivery.due_at <= clock.at + pacing.REST,
            )
        )
    clock.at = until or clock.at
    return until is not None
