"""Who is to hear which message, and through what: written into the outbox, once an occasion."""

from uuid import UUID

from core import messages, outbox, people
from core.outbox import Priority
from core.remarks import Remark, TrialPage
from core.targets import Target
from core.transaction import Transaction
from storage.models import Incident, Organization
from storage.vocabulary import Channel, DeliveryKind


async def announce(tx: Transaction, incident: Incident) -> None:
    """Put the incident's card into the alerts channel, if the organization has one."""
    if not await _alerts_channel(tx, incident):
        return
    await outbox.enqueue(
        tx,
        incident,
        dedup_key=f"card:{incident.id}:{Channel.ALERTS}",
        kind=DeliveryKind.CARD,
        channel=Channel.ALERTS,
        target=f"alerts:{incident.organization_id}",
        message=messages.dump(messages.Card()),
        priority=Priority.CARD,
        live=True,
    )


async def page(
    tx: Transaction,
    incident: Incident,
    target: Target,
    *,
    layers: int,
    instead_of_a_layer: str | None = None,
) -> None:
    """Page a person through every channel they have, for the incident's present layer and round.

    Asked twice for the same person, layer and round, it pages once. What pages people though it
    is no layer of the policy says what it is (`instead_of_a_layer`).
    """
    member_id = target.person.id
    layer = None if instead_of_a_layer else incident.escalation_layer
    occasion = instead_of_a_layer or layer or 0
    for channel in await channels_of(tx, member_id):
        first = await outbox.first_page(tx, incident, member_id, channel)
        await outbox.enqueue(
            tx,
            incident,
            dedup_key=(
                f"page:{incident.id}:{incident.escalation_round}:{occasion}:{member_id}:{channel}"
            ),
            kind=DeliveryKind.PAGE,
            channel=channel,
            target=f"{channel}:{member_id}",
            member_id=member_id,
            message=messages.dump(messages.Page(target.why, layer, layers)),
            layer=layer,
            parent_id=first.id if first else None,
            priority=Priority.PAGE if first else Priority.FIRST_PAGE,
            live=channel is not Channel.MAIL,  # a letter that was sent is never changed
        )


async def channels_of(tx: Transaction, member_id: UUID) -> tuple[Channel, ...]:
    """Through what this person is paged: by mail only where their address is known."""
    if Channel.MAIL not in tx.person_channels:
        return tx.person_channels
    member = (await people.by_id(tx, [member_id])).get(member_id)
    has_address = bool(member and member.email)
    return tuple(one for one in tx.person_channels if has_address or one is not Channel.MAIL)


async def say(tx: Transaction, incident: Incident, notice: messages.Notice, *, key: str) -> None:
    """Say something once in the alerts channel, in the thread of the incident's card.

    `key` names the occasion within the incident; the same occasion is said once.
    """
    if not await _alerts_channel(tx, incident):
        return
    card = await outbox.card(tx, incident)
    await outbox.enqueue(
        tx,
        incident,
        dedup_key=f"notice:{incident.id}:{notice.type}:{key}",
        kind=DeliveryKind.NOTICE,
        channel=Channel.ALERTS,
        target=f"alerts:{incident.organization_id}",
        message=messages.dump(notice),
        parent_id=card.id if card else None,
        priority=Priority.LOUD if isinstance(notice, messages.LOUD) else Priority.NOTICE,
        live=isinstance(notice, (messages.UpdatePosted, *messages.LOUD)),
    )


async def tell(tx: Transaction, person_id: UUID, remark: Remark, *, key: str) -> None:
    """Tell a member what speaks of no incident, once for each `key`.

    In Slack; one who was never seen there is written to as well.
    """
    member = (await people.by_id(tx, [person_id])).get(person_id)
    if member and member.slack_user_id:
        await _tell_through(tx, Channel.SLACK_DM, person_id, remark, key)
        return
    for channel in await channels_of(tx, person_id):
        await _tell_through(tx, channel, person_id, remark, key)


async def _tell_through(
    tx: Transaction, channel: Channel, person_id: UUID, remark: Remark, key: str
) -> None:
    await outbox.enqueue_apart(
        tx,
        dedup_key=f"{remark.type}:{key}:{person_id}:{channel}",
        channel=channel,
        target=f"{channel}:{person_id}:apart",  # so that it never holds a page up
        member_id=person_id,
        message=messages.dump(remark),
    )


async def send_trial_page(tx: Transaction, person_id: UUID) -> tuple[Channel, ...]:
    """Send somebody a page that is none, the way pages go; returns through which channels."""
    channels = await channels_of(tx, person_id)
    for channel in channels:
        await _tell_through(tx, channel, person_id, TrialPage(tx.now), tx.now.isoformat())
    return channels


async def tell_admin(
    tx: Transaction,
    incident: Incident,
    admin_id: UUID,
    message: messages.ToAdmin,
    *,
    key: str,
    answers: UUID | None = None,
) -> None:
    """Write to an admin, once for each `key`. The letter leans on an incident that suffers.

    One that `answers` an earlier letter waits until that one's outcome is known.
    """
    await outbox.enqueue(
        tx,
        incident,
        dedup_key=key,
        kind=DeliveryKind.NOTICE,
        channel=Channel.MAIL,
        target=f"{Channel.MAIL}:{admin_id}",
        member_id=admin_id,
        message=messages.dump(message),
        parent_id=answers,
        priority=Priority.NOTICE if answers else Priority.LOUD,
    )


async def refresh(tx: Transaction, incident: Incident) -> None:
    """Have every copy of the incident brought up to date: its version is another now."""
    incident.version += 1
    incident.updated_at = tx.now
    await outbox.refresh(tx, incident)


async def _alerts_channel(tx: Transaction, incident: Incident) -> str | None:
    key = people.ALERTS_CHANNEL, incident.organization_id
    if key not in tx.memo:
        organization = await tx.db.get(Organization, incident.organization_id)
        tx.memo[key] = organization.alerts_channel if organization else None
    channel: str | None = tx.memo[key]
    return channel
