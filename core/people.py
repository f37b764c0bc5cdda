"""The organization, its members, and who they are in Slack."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, func, select
from sqlalchemy.exc import IntegrityError

from core import audit
from core.errors import InvalidTargetUser, NotAMember
from core.timezones import is_zone
from core.transaction import Actor, Core, Transaction
from storage.limits import NAME_MAX
from storage.models import Member, Organization
from storage.vocabulary import ActorKind, AuditType, Role, Surface


@dataclass(frozen=True)
class Person:
    """A member as messages and views show them."""

    id: UUID
    name: str
    slack_user_id: str | None
    timezone: str

    @classmethod
    def of(cls, member: Member) -> "Person":
        """The person a member's row speaks of."""
        return cls(member.id, member.name, member.slack_user_id, member.timezone)


@dataclass(frozen=True)
class SlackProfile:
    """What Slack says of a full member of the workspace."""

    user_id: str
    email: str | None
    name: str
    timezone: str
    workspace_admin: bool = False


async def ensure_organization(core: Core, *, slack_team_id: str, name: str) -> Organization:
    """The organization of a Slack workspace, made at first sight (spec section 11)."""
    async with core.reading(Actor.system()) as tx:
        found = await tx.db.scalar(select(Organization).filter_by(slack_team_id=slack_team_id))
    if found:
        return found
    organization_id = uuid4()
    async with core.transaction(Actor.system(organization_id)) as tx:
        organization = Organization(
            id=organization_id, slack_team_id=slack_team_id, name=name, created_at=tx.now
        )
        try:
            async with tx.db.begin_nested():
                tx.db.add(organization)
        except IntegrityError:  # another process saw the workspace first
            first = select(Organization).filter_by(slack_team_id=slack_team_id)
            return (await tx.db.scalars(first)).one()
        audit.record(tx, AuditType.ORGANIZATION_CREATED, name=name, slackTeamId=slack_team_id)
    return organization


async def lock_organization(tx: Transaction) -> Organization:
    """The actor's organization, held until the transaction ends.

    Whoever adds what must be unique in it asks for this first: of two, the second then sees what
    the first has added.
    """
    return (await tx.db.scalars(_LOCKED, {"id": tx.organization_id})).one()


_LOCKED = (
    select(Organization)
    .where(Organization.id == bindparam("id"))
    .with_for_update(key_share=True)
    .execution_options(populate_existing=True)
)


async def organization(tx: Transaction) -> Organization:
    """The actor's own organization."""
    found = await tx.db.get(Organization, tx.organization_id)
    assert found is not None, "an actor's organization exists"  # noqa: S101
    return found


async def organizations(tx: Transaction) -> list[Organization]:
    """Every organization in this database, the oldest first."""
    return list(await tx.db.scalars(select(Organization).order_by(Organization.created_at)))


ALERTS_CHANNEL = "alerts channel"
"""What a transaction remembers of it, by this name and the organization's id."""


async def set_alerts_channel(tx: Transaction, channel: str | None) -> None:
    """Name the channel where incidents are announced; saying the same again changes nothing."""
    found = await organization(tx)
    if found.alerts_channel == channel:
        return
    tx.memo.pop((ALERTS_CHANNEL, found.id), None)
    audit.record(
        tx,
        AuditType.SETTINGS_CHANGED,
        setting="alertsChannel",
        before=found.alerts_channel,
        after=channel,
    )
    found.alerts_channel = channel


async def recognise(tx: Transaction, profile: SlackProfile) -> Member:
    """The member behind a Slack user: known by id, else matched by e-mail, else made.

    Recognising somebody again brings name, e-mail and time zone up to date. Raises NotAMember for
    one who was removed (spec section 1).
    """
    await lock_organization(tx)
    member = await find_by_slack_user_id(tx, profile.user_id)
    if member is None and profile.email:
        member = await find_by_email(tx, profile.email)
        if member and member.slack_user_id != profile.user_id:
            member.slack_user_id = profile.user_id
            member.slack_dm_id = None
            audit.record(
                tx,
                AuditType.MEMBER_MATCHED,
                memberId=str(member.id),
                slackUserId=profile.user_id,
            )
    if member is None:
        member = await _add(tx, profile.email, profile.name)
        member.slack_user_id = profile.user_id
    refuse_removed(member)
    member.name = profile.name or member.name
    member.timezone = profile.timezone
    member.slack_checked_at = tx.now
    if profile.email and not await find_by_email(tx, profile.email):
        member.email = profile.email.lower()
    if profile.workspace_admin and not await _has_admin(tx):
        set_role(tx, member, Role.ADMIN)
    return member


def refuse_removed(member: Member) -> None:
    """Raises NotAMember for one who was removed: nobody acts in their name."""
    if member.removed_at:
        raise NotAMember("You were removed from Tocsin. An admin can add you again.")


async def ensure_by_email(tx: Transaction, email: str, *, name: str | None = None) -> Member:
    """The member with this e-mail, made if there is none yet."""
    if found := await find_by_email(tx, email):
        return found
    await lock_organization(tx)
    found = await find_by_email(tx, email)
    return found or await _add(tx, email, name or email.partition("@")[0][:NAME_MAX])


async def appoint_admins(tx: Transaction, emails: Iterable[str]) -> None:
    """Make these people admins, as the configuration says (spec section 1)."""
    for email in emails:
        member = await ensure_by_email(tx, email)
        if member.role is not Role.ADMIN:
            set_role(tx, member, Role.ADMIN)


def set_role(tx: Transaction, member: Member, role: Role) -> None:
    """Give a member another role, and say so on the trail. Whether that is allowed is `team`'s."""
    audit.record(
        tx,
        AuditType.ROLE_CHANGED,
        memberId=str(member.id),
        before=member.role.value,
        after=role.value,
    )
    member.role = role


async def find_by_email(tx: Transaction, email: str) -> Member | None:
    """The member with this e-mail, one who was removed included."""
    return await tx.db.scalar(
        select(Member).filter_by(organization_id=tx.organization_id, email=email.strip().lower())
    )


async def find_by_slack_user_id(tx: Transaction, slack_user_id: str) -> Member | None:
    """The member matched to this Slack user before, if there is one."""
    wanted = {"organization_id": tx.organization_id, "slack_user_id": slack_user_id}
    return await tx.db.scalar(_BY_SLACK_USER_ID, wanted)


_BY_SLACK_USER_ID = select(Member).where(
    Member.organization_id == bindparam("organization_id"),
    Member.slack_user_id == bindparam("slack_user_id"),
)


async def by_slack_user_id(tx: Transaction, slack_user_ids: Iterable[str]) -> dict[str, Member]:
    """The members matched to these Slack users before, those who were removed included."""
    found = await tx.db.scalars(
        select(Member).where(
            Member.organization_id == tx.organization_id,
            Member.slack_user_id.in_(set(slack_user_ids)),
        )
    )
    return {str(member.slack_user_id): member for member in found}


async def get_member(tx: Transaction, member_id: UUID) -> Member:
    """A member who can be paged and can own. Raises InvalidTargetUser for everybody else."""
    member = await tx.db.get(Member, member_id)
    if not member or member.organization_id != tx.organization_id or member.removed_at:
        raise InvalidTargetUser
    return member


async def members(tx: Transaction) -> list[Member]:
    """Everybody who has not been removed, by name."""
    return list(
        await tx.db.scalars(
            select(Member)
            .filter_by(organization_id=tx.organization_id, removed_at=None)
            .order_by(Member.name, Member.joined_at)
        )
    )


async def by_id(tx: Transaction, ids: Iterable[UUID]) -> dict[UUID, Member]:
    """These members, those who were removed included."""
    wanted = set(ids)
    known: dict[UUID, Member] = tx.memo.setdefault("members", {})
    if missing := wanted - known.keys():
        found = await tx.db.scalars(_BY_ID, {"ids": missing})
        known.update({member.id: member for member in found})
    return {id: known[id] for id in wanted if id in known}


_BY_ID = select(Member).where(Member.id.in_(bindparam("ids", expanding=True)))


async def remember_dm(tx: Transaction, member_id: UUID, slack_dm_id: str | None) -> None:
    """Keep the conversation that Slack opened with a member, or forget it."""
    member = await tx.db.get(Member, member_id)
    if member:
        member.slack_dm_id = slack_dm_id


def actor_of(member: Member, surface: Surface) -> Actor:
    """A member who acts through a surface."""
    return Actor(ActorKind.MEMBER, member.id, member.name, surface, member.organization_id)


def zone_of(member: Member) -> ZoneInfo:
    """Where a member is; UTC if Slack said something that is no zone."""
    return ZoneInfo(member.timezone if is_zone(member.timezone) else "UTC")


async def zone_name_of(tx: Transaction, member_id: UUID | None) -> str:
    """Where a member is, by the zone's name; UTC for whoever is none."""
    found = await by_id(tx, [member_id] if member_id else [])
    return next((zone_of(one).key for one in found.values()), "UTC")


def seen_recently(member: Member, now: datetime, seconds: float) -> bool:
    """Whether Slack has confirmed this member within the last `seconds`."""
    checked = member.slack_checked_at
    return checked is not None and (now - checked).total_seconds() < seconds


async def _has_admin(tx: Transaction) -> bool:
    count = await tx.db.scalar(
        select(func.count())
        .select_from(Member)
        .filter_by(organization_id=tx.organization_id, role=Role.ADMIN, removed_at=None)
    )
    return bool(count)


async def _add(tx: Transaction, email: str | None, name: str) -> Member:
    member = Member(
        organization_id=tx.organization_id,
        name=name,
        email=email.strip().lower() if email else None,
        role=Role.MEMBER,
        timezone="UTC",
        joined_at=tx.now,
    )
    tx.db.add(member)
    await tx.db.flush()
    audit.record(tx, AuditType.MEMBER_ADDED, memberId=str(member.id), name=name)
    return member
