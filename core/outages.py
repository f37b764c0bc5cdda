"""Slack has been silent for too long: admins are told by mail, and told when it is back.

Once for each outage. Nothing is remembered for it: the outbox's own rows say since when nothing has
arrived, the last message that did arrive is the outage's name, and a letter that told of one asks
for another that tells of its end.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, exists, func, literal, select
from sqlalchemy.orm import aliased

from core import incidents, messages, notifications, people
from core.messages import SlackBack, SlackSilent
from core.transaction import Actor, Core, Transaction
from storage.columns import UtcDateTime
from storage.models import Delivery, Member
from storage.vocabulary import Channel, DeliveryKind, DeliveryState, Role

SILENT_FOR = timedelta(minutes=5)
"""How long a page waits for Slack, while nothing else arrives there either."""

LOOK_EVERY = timedelta(seconds=30)

WORTH_TELLING = timedelta(days=7)
"""The end of an outage that was told longer ago is no news."""

_OF_SLACK = (Channel.SLACK_DM, Channel.ALERTS)
_SILENT, _BACK = "slack_silent:", "slack_back:"
"""How the keys begin of the letters that tell of an outage and of its end."""


class SlackWatch:
    """Looks now and then, and gives Slack its time after a start of our own."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._began: datetime | None = None
        self._looked: datetime | None = None
        self._may_be_told = True
        """Whether an outage may have been told whose end was not: so at a start, and after one."""

    async def look(self, organization_id: UUID | None) -> None:
        """Tell the admins if it is time to; cheap where there is nothing to tell."""
        if organization_id is None or Channel.MAIL not in self._core.person_channels:
            return
        now = self._core.clock.now()
        self._began = self._began or now
        if self._looked and now - self._looked < LOOK_EVERY:
            return
        self._looked = now
        if now - self._began < SILENT_FOR:
            return
        if await tell_if_slack_is_silent(self._core, organization_id):
            self._may_be_told = True
        elif self._may_be_told:
            self._may_be_told = await tell_that_slack_is_back(self._core, organization_id)


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
        name = f"{_SILENT}{organization_id}:{last.timestamp() if last else 'from the start'}"
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


async def tell_that_slack_is_back(core: Core, organization_id: UUID) -> bool:
    """Write to those who were told of an outage once Slack has taken something since.

    Each is told once for each letter, and in answer to it. Returns whether somebody who was told
    of an outage still waits for its end.
    """
    async with core.reading(Actor.system(organization_id)) as tx:
        given = {"organization_id": organization_id, "since": tx.now - WORTH_TELLING}
        told = (await tx.db.scalars(_UNANSWERED, given)).all()
        over = {letter.id: await _first_answer(tx, letter.created_at) for letter in told}
    for letter in told:
        at = over[letter.id]
        if at and letter.member_id:
            await _tell_its_end(core, letter, letter.member_id, at)
    return not all(over.values())


async def _tell_its_end(core: Core, letter: Delivery, admin_id: UUID, at: datetime) -> None:
    outage = messages.parse(letter.message)
    assert isinstance(outage, SlackSilent)  # noqa: S101  (its key says so)
    async with core.transaction(Actor.system(letter.organization_id)) as tx:
        incident = await incidents.lock(tx, letter.incident_id)
        await notifications.tell_admin(
            tx,
            incident,
            admin_id,
            SlackBack(since=outage.since, at=at),
            key=f"{_BACK}{letter.dedup_key}",
            answers=letter.id,
        )


_answer = aliased(Delivery)
_UNANSWERED = (
    select(Delivery)
    .join(Member, Member.id == Delivery.member_id)
    .where(
        Delivery.organization_id == bindparam("organization_id"),
        Delivery.channel == Channel.MAIL,
        Delivery.kind == DeliveryKind.NOTICE,
        Delivery.state.in_((DeliveryState.PENDING, DeliveryState.SENT)),
        Delivery.dedup_key.startswith(_SILENT),
        Delivery.created_at >= bindparam("since", type_=UtcDateTime),
        Member.removed_at.is_(None),
        ~exists().where(_answer.dedup_key == literal(_BACK) + Delivery.dedup_key),
    )
    .order_by(Delivery.created_at, Delivery.id)
)
"""Letters that told of an outage, to people who were not told of its end."""


async def _first_answer(tx: Transaction, since: datetime) -> datetime | None:
    """When Slack did what it was asked the first time after an instant: took or changed a message.

    A message that was changed says when by the attempt that nothing has gone wrong with.
    """
    went_well = (
        Delivery.live,
        Delivery.attempts == 0,
        Delivery.outcome_unknown.is_(False),
        Delivery.attempted_at > since,
    )
    of_slack = (
        Delivery.organization_id == tx.organization_id,
        Delivery.channel.in_(_OF_SLACK),
        Delivery.state == DeliveryState.SENT,
    )
    posted = select(func.min(Delivery.sent_at)).where(*of_slack, Delivery.sent_at > since)
    changed = select(func.min(Delivery.attempted_at)).where(*of_slack, *went_well)
    found = [await tx.db.scalar(posted), await tx.db.scalar(changed)]
    return min((at for at in found if at), default=None)


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
