"""Members added, their roles changed, and removed: an admin's, and one admin always stays."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from core import calendars, escalation, incidents, keys, people, team
from core.errors import (
    AlreadyMember,
    CannotChangeOwnRole,
    DomainError,
    Forbidden,
    InvalidTargetUser,
    LastAdmin,
    NotAMember,
    NotFound,
    ValidationFailed,
)
from core.people import SlackProfile
from core.transaction import Transaction
from storage.limits import NAME_MAX
from storage.models import Member
from storage.vocabulary import AuditType, DeliveryState, Role, Severity, Surface
from tests.core import given, public
from tests.engine import Engine

pytestmark = pytest.mark.postgresql_later

EVE = "eve@example.com"


@pytest.fixture
async def admins(engine: Engine) -> Engine:
    """Alice and Bob are admins."""
    await public.appoint(engine, "alice", "bob")
    return engine


async def _told(engine: Engine) -> list[tuple[AuditType, dict[str, object]]]:
    """What is on the organization's trail since the last admin was appointed."""
    trail = await given.organization_trail(engine)
    start = max(i for i, one in enumerate(trail) if one.data.get("after") == "admin")
    return [(one.type, one.data) for one in trail[start + 1 :]]


async def _roles(engine: Engine) -> dict[str, Role]:
    async with engine.core.reading(engine.system) as tx:
        return {one.name: one.role for one in await people.members(tx)}


async def test_a_member_is_added_by_e_mail_and_named_by_it_until_slack_knows(
    admins: Engine,
) -> None:
    eve: Member = await admins.do("alice", team.add_member, email=" Eve@Example.com ")

    assert (eve.name, eve.email, eve.role) == ("eve", EVE, Role.MEMBER)
    assert await _told(admins) == [
        (AuditType.MEMBER_ADDED, {"memberId": str(eve.id), "name": "eve"})
    ]
    profile = SlackProfile("U9", EVE, "Eve Moore", "Asia/Tokyo")
    assert (await admins.do("bob", people.recognise, profile)).id == eve.id
    assert "Eve Moore" in await _roles(admins)


async def test_an_admin_is_added_as_one(admins: Engine) -> None:
    eve = await admins.do("alice", team.add_member, email=EVE, role=Role.ADMIN)

    assert (await _roles(admins))["eve"] is Role.ADMIN
    trail = await given.organization_trail(admins)
    assert [one.type for one in trail[-2:]] == [AuditType.MEMBER_ADDED, AuditType.ROLE_CHANGED]
    assert trail[-1].data == {"memberId": str(eve.id), "before": "member", "after": "admin"}


async def test_an_address_may_be_longer_than_a_name(admins: Engine) -> None:
    eve = await admins.do("alice", team.add_member, email="e" * 300 + "@a.example")

    assert eve.name == "e" * NAME_MAX


async def test_who_is_a_member_already_is_not_added_again(admins: Engine) -> None:
    with pytest.raises(AlreadyMember) as refused:
        await admins.do("alice", team.add_member, email="CAROL@example.com", role=Role.ADMIN)

    assert refused.value.field == "email"
    assert (await _roles(admins))["Carol"] is Role.MEMBER


async def test_one_person_added_by_many_at_once_is_added_once(admins: Engine) -> None:
    results = await asyncio.gather(
        *(admins.do(name, team.add_member, email=EVE) for name in ("alice", "bob") * 4),
        return_exceptions=True,
    )

    refused = [one.code for one in results if isinstance(one, DomainError)]
    assert refused == ["already_member"] * 7


@pytest.mark.parametrize("email", ["", "eve", "eve@example", "<eve@example.com>", "a b@c.example",
                                   "eve@example.com\0", "e" * 320 + "@a.example"])  # fmt: skip
async def test_what_is_no_address_is_refused_at_its_field(admins: Engine, email: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        await admins.do("alice", team.add_member, email=email)

    assert refused.value.field == "email"


async def test_who_was_removed_comes_back_as_who_they_were(admins: Engine) -> None:
    profile = SlackProfile("U9", "dave@example.com", "Dave", "Asia/Tokyo")
    dave: Member = await admins.do("alice", people.recognise, profile)
    await admins.do("alice", team.remove_member, dave.id)
    with pytest.raises(NotAMember):
        await admins.do("alice", people.recognise, profile)

    back = await admins.do("bob", team.add_member, email="dave@example.com", role=Role.ADMIN)

    assert (back.id, back.name, back.slack_user_id) == (dave.id, "Dave", "U9")
    assert back.slack_checked_at is None
    trail = await given.organization_trail(admins)
    assert [(one.type, one.actor_name) for one in trail[-3:]] == [
        (AuditType.MEMBER_REMOVED, "Alice"),
        (AuditType.MEMBER_RESTORED, "Bob"),
        (AuditType.ROLE_CHANGED, "Bob"),
    ]
    assert (await admins.do("alice", people.recognise, profile)).id == dave.id


async def test_a_role_is_changed_and_the_same_again_changes_nothing(admins: Engine) -> None:
    carol = admins.cast["carol"].id
    for _ in range(2):
        changed = await admins.do("alice", team.change_role, carol, Role.ADMIN)
        assert changed.role is Role.ADMIN
    for _ in range(2):
        await admins.do("alice", team.change_role, carol, Role.MEMBER)

    who = {"memberId": str(carol)}
    trail = await given.organization_trail(admins)
    assert [one.data for one in trail[-2:]] == [
        {**who, "before": "member", "after": "admin"},
        {**who, "before": "admin", "after": "member"},
    ]


async def test_nobody_changes_their_own_role(admins: Engine) -> None:
    for role in Role:
        with pytest.raises(CannotChangeOwnRole):
            await admins.do("alice", team.change_role, admins.cast["alice"].id, role)


async def test_the_last_admin_is_neither_demoted_nor_removed(engine: Engine) -> None:
    await public.appoint(engine, "alice")
    alice = engine.cast["alice"].id

    async with engine.core.transaction(engine.system) as tx:
        with pytest.raises(LastAdmin):
            await team.change_role(tx, alice, Role.MEMBER)
        with pytest.raises(LastAdmin):
            await team.remove_member(tx, alice)
        await team.change_role(tx, alice, Role.ADMIN)
    with pytest.raises(LastAdmin):
        await engine.do("alice", team.remove_member, alice)
    assert (await _roles(engine))["Alice"] is Role.ADMIN


async def test_an_admin_who_was_removed_is_none_that_stays(admins: Engine) -> None:
    await admins.do("alice", team.remove_member, admins.cast["bob"].id)

    with pytest.raises(LastAdmin):
        await admins.do("alice", team.remove_member, admins.cast["alice"].id)


@pytest.mark.parametrize(
    "act",
    [lambda tx, id: team.change_role(tx, id, Role.MEMBER), team.remove_member],
    ids=["demote", "remove"],
)
async def test_of_two_admins_who_turn_on_each_other_at_once_one_stays(
    admins: Engine, act: Callable[[Transaction, UUID], Awaitable[Any]]
) -> None:
    alice, bob = (admins.cast[name].id for name in ("alice", "bob"))

    results = await asyncio.gather(
        admins.do("alice", act, bob), admins.do("bob", act, alice), return_exceptions=True
    )

    assert [type(one) for one in results if isinstance(one, Exception)] == [Forbidden]
    assert list((await _roles(admins)).values()).count(Role.ADMIN) == 1


async def test_who_is_no_admin_is_refused_before_anything_else_is_judged(admins: Engine) -> None:
    for unknown in (uuid4(), admins.cast["dave"].id):
        with pytest.raises(Forbidden):
            await admins.do("carol", team.change_role, unknown, Role.ADMIN)
        with pytest.raises(Forbidden):
            await admins.do("carol", team.remove_member, unknown)
    for email in ("", "dave@example.com", EVE):
        with pytest.raises(Forbidden):
            await admins.do("carol", team.add_member, email=email)


async def test_a_key_manages_the_team_if_its_role_is_admin(admins: Engine) -> None:
    async def act(role: Role) -> Role:
        made = await admins.do("alice", keys.create_key, name=role, role=role)
        key = await keys.authenticate(admins.core, made.secret, Surface.API)
        async with admins.core.transaction(key) as tx:
            eve = await team.add_member(tx, email=EVE)
            await team.change_role(tx, eve.id, Role.ADMIN)
            for one in ("alice", "bob"):
                await team.remove_member(tx, admins.cast[one].id)
            with pytest.raises(LastAdmin):
                await team.remove_member(tx, eve.id)
            return eve.role

    with pytest.raises(Forbidden):
        await act(Role.MEMBER)
    assert await act(Role.ADMIN) is Role.ADMIN
    trail = await given.organization_trail(admins)
    assert (trail[-1].type, trail[-1].actor_name) == (AuditType.MEMBER_REMOVED, "admin")


async def test_who_is_not_there_or_not_ours_is_not_found(admins: Engine) -> None:
    mallory = (await given.stranger(admins)).id
    await admins.do("alice", team.remove_member, admins.cast["dave"].id)

    for unknown in (uuid4(), mallory, admins.cast["dave"].id):
        with pytest.raises(NotFound):
            await admins.do("alice", team.change_role, unknown, Role.ADMIN)
        with pytest.raises(NotFound):
            await admins.do("alice", team.remove_member, unknown)


async def test_what_somebody_owned_stays_theirs_and_nothing_new_becomes_theirs(
    admins: Engine,
) -> None:
    carol = admins.cast["carol"].id
    owned = await admins.declare(owner_id=carol)
    other = await admins.declare()
    await admins.settle()

    removed = await admins.do("alice", team.remove_member, carol)

    assert removed.removed_at == admins.clock.at
    assert (await admins.incident()).owner_id == carol
    with pytest.raises(InvalidTargetUser):
        await admins.do("alice", escalation.hand_off, other.id, to=carol)
    assert await admins.do("alice", escalation.hand_off, owned.id, to=admins.cast["dave"].id)


async def test_the_address_of_a_leavers_calendar_is_dead_for_ever(admins: Engine) -> None:
    carol = admins.cast["carol"].id
    feed = await admins.do("carol", calendars.feed_for_member, carol)

    await admins.do("alice", team.remove_member, carol)
    assert await calendars.look(admins.core, feed.secret) is None
    await admins.do("alice", team.add_member, email="carol@example.com")

    assert await calendars.look(admins.core, feed.secret) is None
    assert [type for type, _ in await _told(admins)] == [
        AuditType.CALENDAR_MADE,
        AuditType.MEMBER_REMOVED,
        AuditType.CALENDAR_REVOKED,
        AuditType.MEMBER_RESTORED,
    ]


async def test_a_page_on_its_way_to_a_leaver_fails_out_loud_and_the_next_layer_is_paged(
    admins: Engine,
) -> None:
    admins.sender.before = given.failing(given.LATER, kind="page", name="Bob")
    await admins.declare()
    await admins.settle()

    await admins.do("alice", team.remove_member, admins.cast["bob"].id)
    await admins.settle()

    assert admins.sender.pages() == [("Carol", 2)]
    (failed,) = await given.data_of(admins, AuditType.DELIVERY_FAILED)
    assert (failed["name"], failed["error"]) == ("Bob", "removed from the organization")
    assert "page_failed" in admins.sender.kinds()


async def test_a_leavers_copies_stay_as_they_were(admins: Engine) -> None:
    incident = await admins.declare()
    await admins.settle()
    await admins.do("alice", team.remove_member, admins.cast["bob"].id)

    await admins.do("carol", incidents.change_severity, incident.id, Severity.LOW)
    await admins.settle()

    edits = {post.kind: len(post.edits) for post in admins.sender.posts.values()}
    assert (edits["page"], edits["card"]) == (0, 1)
    pages = [one for one in await admins.deliveries() if one.kind == "page"]
    assert [one.state for one in pages] == [DeliveryState.SENT]


async def test_later_layers_pass_over_who_has_left(admins: Engine) -> None:
    await admins.declare()
    await admins.settle()
    await admins.do("alice", team.remove_member, admins.cast["carol"].id)

    admins.clock.at = (await admins.incident()).next_escalation_at  # type: ignore[assignment]
    await admins.settle()

    assert admins.sender.pages() == [("Bob", 1)]
    assert AuditType.LAYER_UNSTAFFED in await admins.types()
