"""Slack has been silent for too long: admins are told by mail, once for each outage.

Nothing is remembered for it: the outbox's own rows say since when nothing has arrived, and the
last message that did arrive is the outage's name.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from core import incidents, notifications, people
from core.notifications import SlackSilent
from core.transaction import Actor, Core, Transaction
from storage.models import Delivery
from storage.vocabulary import Channel, DeliveryKind, DeliveryState, Role

SILENT_FOR = timedelta(minutes=5)
"""How long a page waits for Slack, while nothing else arrives there either."""

LOOK_EVERY = timedelta(seconds=30)

_OF_SLACK = (Channel.SLACK_DM, Channel.ALERTS)


class SlackWatch:
    """Looks now and then, and gives Slack its time after a start of our own."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._began: datetime | None = None
        self._looked: datetime | None = None

    async def look(self, organization_id: UUID | None) -> None:
        """Tell the admins if it is time to; cheap where there is nothing to tell."""
        if organization_id is None or Channel.MAIL not in self._core.person_channels:
            return
        now = self._core.clock.now()
        self._began = self._began or now
        if self._looked and now - self._looked < LOOK_EVERY:
            return
        self._looked = now
        if now - self._began >= SILENT_FOR:
            await tell_if_slack_is_silent(self._core, organization_id)


async def tell_if_slack_is_silent(core: Core, organization_id: UUID) -> bool:
    """Write to every admin with an e-mail if a page has waited for Slack for `SILENT_FOR`.

    Asked again in the same outage, it changes nothing. Returns whether Slack is silent.
    """
    async with core.reading(Actor.system(organization_id)) as tx:
        waiting = await _waiting_page(tx)
        if waiting is None:
            return False
        last = await _last_arrival(tx)
        if last and last > waiting.created_at:
            return False  # Slack takes messages; that this one waits has a reason of its own
        name = f"slack_silent:{organization_id}:{last.timestamp() if last else 'from the start'}"
        keys = {
            admin.id: f"{name}:{admin.id}"
            for admin in await people.members(tx)
            if admin.role is Role.ADMIN and admin.email
        }
        known = Delivery.dedup_key.in_(keys.values())
        told = set(await tx.db.scalars(select(Delivery.dedup_key).where(known)))
    if all(key in told for key in keys.values()):
        return True
    async with core.transaction(Actor.system(organization_id)) as tx:
        incident = await incidents.lock(tx, waiting.incident_id)
        message = SlackSilent(since=waiting.created_at, error=waiting.last_error)
        for admin_id, key in keys.items():
            if key not in told:
                await notifications.tell_admin(tx, incident, admin_id, message, key=key)
    return True


async def _waiting_page(tx: Transaction) -> Delivery | None:
    """The page that has waited longest for Slack, if it has waited too long."""
    return await tx.db.scalar(
        select(Delivery)
        .where(
            Delivery.organization_id == tx.organization_id,
            Delivery.due_at.is_not(None),
            Delivery.state == DeliveryState.PENDING,
            Delivery.kind == DeliveryKind.PAGE,
            Delivery.channel == Channel.SLACK_DM,
            Delivery.created_at <= tx.now - SILENT_FOR,
        )
        .order_by(Delivery.created_at, Delivery.id)
        .limit(1)
    )


async def _last_arrival(tx: Transaction) -> datetime | None:
    """When Slack took a message the last time."""
    found: datetime | None = await tx.db.scalar(
        select(func.max(Delivery.sent_at)).where(
            Delivery.organization_id == tx.organization_id, Delivery.channel.in_(_OF_SLACK)
        )
    )
    return found
