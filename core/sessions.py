"""Signing in to the dashboard: a link that is good once, and a session that ends when idle.

Looking at a link uses nothing up: Slack, and programs that guard people, open the links they see.
Of links and sessions hashes are stored; a session's cookie is signed besides, with the key of its
organization, and so are the forms that it is shown.
"""

import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_hex, token_urlsafe
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select, update

from core import audit, people
from core.errors import InvalidTargetUser, LinkOver, NotAMember, NotSignedIn
from core.people import Person
from core.transaction import Actor, Core, Transaction
from storage.models import DashboardSession, LoginLink, Member, Organization
from storage.vocabulary import AuditType, Role, Surface

LINK_LIFE = timedelta(minutes=10)
IDLE = timedelta(hours=12)
SEEN = timedelta(minutes=1)
"""How exactly it is kept when a session was seen last."""

KEPT = timedelta(days=1)
"""So long what is over stays, before it is swept away."""

_COOKIE = re.compile(r"([A-Za-z0-9_-]{43})\.([0-9a-f]{64})", re.ASCII)


@dataclass(frozen=True)
class Session:
    """Somebody who is signed in, as the dashboard sees them."""

    id: UUID
    actor: Actor
    person: Person
    email: str | None
    role: Role
    organization: str
    form_token: str
    """What proves that a form was shown to this session."""
    is_noted: bool
    """Whether it was kept within the last minute that it is used."""

    @property
    def is_admin(self) -> bool:
        """Whether they may do what is an admin's."""
        return self.role is Role.ADMIN


@dataclass(frozen=True)
class Opened:
    """A session in the list of its owner's: when it began, and whether it is the one they use."""

    began_at: datetime
    is_this: bool


async def make_link(tx: Transaction, member_id: UUID) -> str:
    """The secret of a link that signs this member in, within LINK_LIFE, once.

    Raises InvalidTargetUser for nobody, and for anybody but whoever acts: a link is personal.
    """
    member = await people.get_member(tx, member_id)
    if tx.actor.id != member.id:
        raise InvalidTargetUser("A link to sign in is personal: each makes their own.")
    await tx.db.execute(delete(LoginLink).where(LoginLink.made_at < tx.now - KEPT))
    secret = token_urlsafe(32)
    tx.db.add(
        LoginLink(
            organization_id=tx.organization_id,
            member_id=member.id,
            secret_hash=_hash(secret),
            made_at=tx.now,
        )
    )
    return secret


async def look_at_link(core: Core, secret: str) -> Person:
    """Whom a link would sign in. Changes nothing. Raises LinkOver, whatever the reason is."""
    async with core.reading(Actor.system()) as tx:
        return Person.of((await _good_link(tx, secret))[1])


async def use_link(core: Core, secret: str, *, instead_of: str = "") -> str:
    """Sign in by a link, which is good for nothing afterwards; the new session's cookie.

    `instead_of` as in `begin`. Raises LinkOver: of two who use it at once, one comes in.
    """
    async with core.transaction(Actor.system()) as tx:
        link, member = await _good_link(tx, secret)
        used = await tx.db.execute(
            update(LoginLink)
            .where(LoginLink.id == link.id, LoginLink.used_at.is_(None))
            .values(used_at=tx.now)
            .returning(LoginLink.id)
            .execution_options(synchronize_session=False)
        )
        if used.scalar_one_or_none() is None:
            raise LinkOver
        tx.actor = people.actor_of(member, Surface.DASHBOARD)
        return await begin(tx, member.id, instead_of=instead_of)


async def enter_as_slack_user(
    core: Core, slack_team_id: str, slack_user_id: str, *, instead_of: str = ""
) -> str:
    """Sign in whom Slack has named; the new session's cookie.

    `instead_of` as in `begin`. Raises NotAMember.
    """
    async with core.reading(Actor.system()) as tx:
        member = await tx.db.scalar(
            select(Member)
            .join(Organization, Organization.id == Member.organization_id)
            .where(
                Organization.slack_team_id == slack_team_id,
                Member.slack_user_id == slack_user_id,
                Member.removed_at.is_(None),
            )
        )
    if member is None:
        raise NotAMember(
            "Tocsin does not know you in this workspace. Type “/incident login” in Slack once: "
            "that makes every full member known."
        )
    async with core.transaction(people.actor_of(member, Surface.DASHBOARD)) as tx:
        return await begin(tx, member.id, instead_of=instead_of)


async def begin(tx: Transaction, member_id: UUID, *, instead_of: str = "") -> str:
    """A new session of a member's, however they have shown who they are; its cookie.

    `instead_of` is the cookie that the same browser held: the session that it opens, whoever's it
    is, ends here, so that nobody keeps one that no browser shows any more. Raises
    InvalidTargetUser for nobody.
    """
    member = await people.get_member(tx, member_id)
    organization = await people.lock_organization(tx)
    await _end_before(tx, instead_of)
    organization.link_key = key = organization.link_key or token_hex(32)
    await tx.db.execute(
        delete(DashboardSession).where(DashboardSession.seen_at < tx.now - IDLE - KEPT)
    )
    secret = token_urlsafe(32)
    tx.db.add(
        DashboardSession(
            organization_id=member.organization_id,
            member_id=member.id,
            secret_hash=_hash(secret),
            began_at=tx.now,
            seen_at=tx.now,
        )
    )
    audit.record(tx, AuditType.SIGNED_IN, memberId=str(member.id))
    return f"{secret}.{_sign(key, 'session', secret)}"


async def recognise(tx: Transaction, cookie: str) -> Session:
    """Whose session it is, who is the transaction's actor from here on. Raises NotSignedIn."""
    match = _COOKIE.fullmatch(cookie)
    if match is None:
        raise NotSignedIn
    secret, signature = match.groups()
    row = (
        await tx.db.execute(
            select(DashboardSession, Member, Organization)
            .join(Member, Member.id == DashboardSession.member_id)
            .join(Organization, Organization.id == DashboardSession.organization_id)
            .where(DashboardSession.secret_hash == _hash(secret))
        )
    ).one_or_none()
    if row is None:
        raise NotSignedIn
    session, member, organization = row
    key = organization.link_key or ""
    is_ours = hmac.compare_digest(_sign(key, "session", secret), signature)
    if not is_ours or member.removed_at or tx.now - session.seen_at >= IDLE:
        raise NotSignedIn
    tx.actor = people.actor_of(member, Surface.DASHBOARD)
    return Session(
        id=session.id,
        actor=tx.actor,
        person=Person.of(member),
        email=member.email,
        role=member.role,
        organization=organization.name,
        form_token=_sign(key, "form", secret),
        is_noted=tx.now - session.seen_at < SEEN,
    )


async def note_use(core: Core, session: Session) -> None:
    """Keep that a session is used, unless that was kept within the last minute."""
    if session.is_noted:
        return
    async with core.transaction(session.actor) as tx:
        await tx.db.execute(
            update(DashboardSession)
            .where(DashboardSession.id == session.id, DashboardSession.seen_at < tx.now)
            .values(seen_at=tx.now)
            .execution_options(synchronize_session=False)
        )


async def end(tx: Transaction, session: Session) -> None:
    """Sign out here. Ending it again changes nothing."""
    await _end(tx, DashboardSession.id == session.id, everywhere=False)


async def end_all(tx: Transaction, member_id: UUID) -> None:
    """Sign a member out everywhere, and kill the links that were not used yet."""
    await tx.db.execute(delete(LoginLink).filter_by(member_id=member_id))
    await _end(tx, DashboardSession.member_id == member_id, everywhere=True)


async def forget(tx: Transaction, member_id: UUID) -> None:
    """Leave no session and no link of a member's: they were removed, and may come back."""
    for model in (LoginLink, DashboardSession):
        await tx.db.execute(
            delete(model).where(
                model.organization_id == tx.organization_id, model.member_id == member_id
            )
        )


async def list_sessions(tx: Transaction, session: Session) -> list[Opened]:
    """Every session of whoever has this one that is not over, the newest first."""
    found = await tx.db.execute(
        select(DashboardSession.id, DashboardSession.began_at)
        .where(
            DashboardSession.organization_id == tx.organization_id,
            DashboardSession.member_id == session.person.id,
            DashboardSession.seen_at > tx.now - IDLE,
        )
        .order_by(DashboardSession.began_at.desc())
    )
    return [Opened(row.began_at, row.id == session.id) for row in found]


def is_shown_to(session: Session, form_token: str) -> bool:
    """PURE. Whether a form that carries this token was shown to this session."""
    return hmac.compare_digest(session.form_token.encode(), form_token.encode())


async def _end_before(tx: Transaction, cookie: str) -> None:
    """End the session that a browser leaves by signing in, in the name of whose it was."""
    actor = tx.actor
    try:
        await end(tx, await recognise(tx, cookie))
    except NotSignedIn:
        pass  # it held none, or one that is over
    finally:
        tx.actor = actor


async def _end(tx: Transaction, which: ColumnElement[bool], *, everywhere: bool) -> None:
    ended = await tx.db.execute(
        delete(DashboardSession)
        .where(DashboardSession.organization_id == tx.organization_id, which)
        .returning(DashboardSession.id)
        .execution_options(synchronize_session=False)
    )
    if ended.all():
        audit.record(tx, AuditType.SIGNED_OUT, memberId=str(tx.actor.id), everywhere=everywhere)


async def _good_link(tx: Transaction, secret: str) -> tuple[LoginLink, Member]:
    link = await tx.db.scalar(select(LoginLink).filter_by(secret_hash=_hash(secret)))
    if link is None or link.used_at or tx.now - link.made_at >= LINK_LIFE:
        raise LinkOver
    member = await tx.db.get_one(Member, link.member_id)
    if member.removed_at:
        raise LinkOver
    return link, member


def _sign(key: str, what: str, secret: str) -> str:
    return hmac.new(key.encode(), f"tocsin:{what}:{secret}".encode(), sha256).hexdigest()


def _hash(secret: str) -> str:
    """SHA-256 suffices: what is 256 bits of chance can't be guessed, however fast it is hashed."""
    return sha256(secret.encode()).hexdigest()
