"""The team: members added, their roles changed, and removed. An admin's; one admin always stays.

Whoever changes it holds the organization first, and is judged by the role that they have then: of
two admins who demote each other at the same instant one stays.
"""

from uuid import UUID

from sqlalchemy import func, select

from core import audit, calendars, leaving, people, permissions, sessions
from core.addresses import clean_address
from core.errors import AlreadyMember, CannotChangeOwnRole, LastAdmin, NotFound
from core.transaction import Transaction
from storage.models import Member
from storage.vocabulary import ActorKind, AuditType, Role


async def get_member(tx: Transaction, member_id: UUID) -> Member:
    """A member who has not been removed. Raises NotFound, for another organization's too."""
    member = await tx.db.scalar(
        select(Member)
        .filter_by(organization_id=tx.organization_id, id=member_id, removed_at=None)
        .execution_options(populate_existing=True)
    )
    if member is None:
        raise NotFound("There is no such member.")
    return member


async def add_member(tx: Transaction, *, email: str, role: Role = Role.MEMBER) -> Member:
    """Make somebody a member, by e-mail. One who was removed comes back as who they were.

    Until Slack says otherwise their name is what stands before the @. Raises Forbidden,
    ValidationFailed, AlreadyMember, in this order (spec sections 1 and 9).
    """
    await people.lock_organization(tx)
    await permissions.require_admin(tx, "Adding a member")
    address = clean_address(email)
    member = await people.find_by_email(tx, address)
    if member and not member.removed_at:
        raise AlreadyMember(f"{address} is a member already.", field="email")
    if member:
        member.removed_at = None
        _ask_slack_again(member)
        audit.record(tx, AuditType.MEMBER_RESTORED, memberId=str(member.id), name=member.name)
    else:
        member = await people.ensure_by_email(tx, address)
    if member.role is not role:
        people.set_role(tx, member, role)
    await tx.db.flush()
    return member


async def change_role(tx: Transaction, member_id: UUID, role: Role) -> Member:
    """Give a member a role; the same again changes nothing.

    Raises Forbidden, NotFound, CannotChangeOwnRole, LastAdmin, in this order (spec section 1).
    """
    await people.lock_organization(tx)
    await permissions.require_admin(tx, "Changing a role")
    member = await get_member(tx, member_id)
    if tx.actor.kind is ActorKind.MEMBER and tx.actor.id == member.id:
        raise CannotChangeOwnRole
    if member.role is role:
        return member
    await _refuse_the_last_admin(tx, member)
    people.set_role(tx, member, role)
    await tx.db.flush()
    return member


async def remove_member(tx: Transaction, member_id: UUID) -> Member:
    """Take somebody out of the organization; the past, and what they own, stays theirs.

    From now on nothing pages them, nobody is let in by their name, and their calendar's address is
    dead. Raises Forbidden, NotFound, LastAdmin, in this order (spec sections 1 and 5).
    """
    await people.lock_organization(tx)
    await permissions.require_admin(tx, "Removing a member")
    member = await get_member(tx, member_id)
    await _refuse_the_last_admin(tx, member)
    member.removed_at = tx.now
    _ask_slack_again(member)
    audit.record(tx, AuditType.MEMBER_REMOVED, memberId=str(member.id), name=member.name)
    await calendars.end_feed_of(tx, member.id)
    await tx.db.flush()
    await sessions.forget(tx, member.id)
    await leaving.end_pages(tx, member)
    return member


async def _refuse_the_last_admin(tx: Transaction, member: Member) -> None:
    if member.role is not Role.ADMIN:
        return
    others = await tx.db.scalar(
        select(func.count())
        .select_from(Member)
        .filter_by(organization_id=tx.organization_id, role=Role.ADMIN, removed_at=None)
        .where(Member.id != member.id)
    )
    if not others:
        raise LastAdmin


def _ask_slack_again(member: Member) -> None:
    """What Slack said of them is not relied on any longer."""
    member.slack_checked_at = None
