"""Who exists, who they are in Slack, and who may be paged."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from core import people
from core.errors import InvalidTargetUser
from core.people import SlackProfile
from core.transaction import Actor
from storage.models import Member
from storage.vocabulary import ActorKind, AuditType, Role, Surface
from tests.core import given
from tests.engine import Engine

pytestmark = pytest.mark.postgresql_later

EVE = SlackProfile("U9", "Eve@Example.com", "Eve", "Asia/Tokyo")


async def _told(engine: Engine) -> list[tuple[AuditType, dict[str, object]]]:
    """What is on the organization's trail since the engine was set up."""
    ready = await given.organization_trail(engine)
    start = max(i for i, event in enumerate(ready) if event.type is AuditType.POLICY_CREATED)
    return [(event.type, event.data) for event in ready[start + 1 :]]


async def _recognise(engine: Engine, profile: SlackProfile) -> Member:
    member: Member = await engine.do("alice", people.recognise, profile)
    return member


async def test_a_workspace_is_one_organization_made_at_first_sight(engine: Engine) -> None:
    first = await people.ensure_organization(engine.core, slack_team_id="T1", name="One")
    again = await people.ensure_organization(engine.core, slack_team_id="T1", name="Renamed")

    assert (again.id, again.name) == (first.id, "One")
    async with engine.core.reading(engine.system) as tx:
        every = [one.id for one in await people.organizations(tx)]
        assert sorted(every) == sorted([engine.organization_id, first.id])
        assert (await people.organization(tx)).id == engine.organization_id


async def test_a_new_organization_is_on_its_own_trail(engine: Engine) -> None:
    first, *_ = await given.organization_trail(engine)

    assert (first.type, first.actor_kind) == (AuditType.ORGANIZATION_CREATED, ActorKind.SYSTEM)
    assert first.data["name"] == "Acme"


async def test_a_workspace_seen_by_many_at_once_is_one_organization(engine: Engine) -> None:
    made = await asyncio.gather(
        *(
            people.ensure_organization(engine.core, slack_team_id="T1", name="One")
            for _ in range(8)
        ),
        return_exceptions=True,
    )

    assert [one for one in made if isinstance(one, BaseException)] == []
    assert len({one.id for one in made}) == 1  # type: ignore[union-attr]


async def test_the_alerts_channel_is_named_once(engine: Engine) -> None:
    for channel in ("alarms", "alarms", None):
        await engine.do("alice", people.set_alerts_channel, channel)

    assert await _told(engine) == [
        (
            AuditType.SETTINGS_CHANGED,
            {"setting": "alertsChannel", "before": "incidents", "after": "alarms"},
        ),
        (
            AuditType.SETTINGS_CHANGED,
            {"setting": "alertsChannel", "before": "alarms", "after": None},
        ),
    ]


async def test_an_unknown_slack_user_is_made_a_member(engine: Engine) -> None:
    eve = await _recognise(engine, EVE)

    assert (eve.name, eve.email, eve.timezone) == ("Eve", "eve@example.com", "Asia/Tokyo")
    assert (eve.slack_user_id, eve.role, eve.slack_checked_at) == (
        "U9",
        Role.MEMBER,
        engine.clock.at,
    )
    assert await _told(engine) == [
        (AuditType.MEMBER_ADDED, {"memberId": str(eve.id), "name": "Eve"})
    ]


async def test_a_member_without_an_e_mail_exists_all_the_same(engine: Engine) -> None:
    eve = await _recognise(engine, SlackProfile("U9", None, "Eve", "UTC"))
    again = await _recognise(engine, SlackProfile("U9", None, "Eve", "UTC"))

    assert (again.id, again.email) == (eve.id, None)


async def test_an_e_mail_matches_a_member_who_was_named_before(engine: Engine) -> None:
    bob = await _recognise(engine, SlackProfile("U2", "BOB@example.com", "Bob O.", "Europe/Berlin"))

    assert (bob.id, bob.slack_user_id, bob.name) == (engine.cast["bob"].id, "U2", "Bob O.")
    assert await _told(engine) == [
        (AuditType.MEMBER_MATCHED, {"memberId": str(bob.id), "slackUserId": "U2"})
    ]


async def test_the_slack_user_is_known_by_id_whatever_the_e_mail_has_become(
    engine: Engine,
) -> None:
    eve = await _recognise(engine, EVE)
    moved = await _recognise(engine, SlackProfile("U9", "eve@new.example", "Evelyn", "Asia/Seoul"))

    assert (moved.id, moved.email, moved.name, moved.timezone) == (
        eve.id,
        "eve@new.example",
        "Evelyn",
        "Asia/Seoul",
    )


async def test_an_e_mail_that_somebody_else_has_stays_theirs(engine: Engine) -> None:
    eve = await _recognise(engine, EVE)
    again = await _recognise(engine, SlackProfile("U9", "bob@example.com", "Eve", "UTC"))

    assert (again.id, again.email) == (eve.id, "eve@example.com")


async def test_a_new_slack_account_of_the_same_e_mail_opens_a_new_conversation(
    engine: Engine,
) -> None:
    eve = await _recognise(engine, EVE)
    await engine.do("alice", people.remember_dm, eve.id, "D9")
    moved = await _recognise(engine, SlackProfile("U10", "eve@example.com", "Eve", "UTC"))

    assert (moved.id, moved.slack_user_id, moved.slack_dm_id) == (eve.id, "U10", None)


async def test_a_name_that_slack_does_not_tell_is_kept(engine: Engine) -> None:
    await _recognise(engine, EVE)

    assert (await _recognise(engine, SlackProfile("U9", EVE.email, "", "UTC"))).name == "Eve"


async def test_the_first_admin_of_the_workspace_becomes_admin_if_there_is_none(
    engine: Engine,
) -> None:
    first = await _recognise(engine, SlackProfile("U9", None, "Eve", "UTC", workspace_admin=True))
    second = await _recognise(engine, SlackProfile("U8", None, "Fay", "UTC", workspace_admin=True))

    assert (first.role, second.role) == (Role.ADMIN, Role.MEMBER)
    assert [told for told in await _told(engine) if told[0] is AuditType.ROLE_CHANGED] == [
        (
            AuditType.ROLE_CHANGED,
            {"memberId": str(first.id), "before": "member", "after": "admin"},
        )
    ]


async def test_the_admins_of_the_configuration_are_appointed_once(engine: Engine) -> None:
    for _ in range(2):
        await engine.do("bob", people.appoint_admins, ["Alice@example.com", "new@example.com"])

    async with engine.core.reading(engine.system) as tx:
        admins = [one.name for one in await people.members(tx) if one.role is Role.ADMIN]
    assert admins == ["Alice", "new"]
    told = [type for type, _ in await _told(engine)]
    assert told == [AuditType.ROLE_CHANGED, AuditType.MEMBER_ADDED, AuditType.ROLE_CHANGED]


async def test_somebody_recognised_by_many_at_once_is_one_member(engine: Engine) -> None:
    made = await asyncio.gather(
        *(_recognise(engine, EVE) for _ in range(8)), return_exceptions=True
    )

    assert [one for one in made if isinstance(one, BaseException)] == []
    assert len({one.id for one in made}) == 1  # type: ignore[union-attr]


async def test_only_members_of_the_organization_can_be_paged(engine: Engine) -> None:
    mallory = await given.stranger(engine)
    await given.remove(engine, "dave")
    bob = engine.cast["bob"].id
    assert (await engine.do("alice", people.get_member, bob)).id == bob

    for nobody in (uuid4(), mallory.id, engine.cast["dave"].id):
        with pytest.raises(InvalidTargetUser):
            await engine.do("alice", people.get_member, nobody)


async def test_members_are_listed_by_name_without_those_who_left(engine: Engine) -> None:
    await given.stranger(engine)
    await given.remove(engine, "bob")

    async with engine.core.reading(engine.system) as tx:
        assert [one.name for one in await people.members(tx)] == ["Alice", "Carol", "Dave"]


async def test_those_who_left_are_still_known_by_id(engine: Engine) -> None:
    await given.remove(engine, "bob")
    bob = engine.cast["bob"].id

    async with engine.core.reading(engine.system) as tx:
        assert list(await people.by_id(tx, [bob, bob, uuid4()])) == [bob]
        assert await people.by_id(tx, []) == {}


async def test_the_conversation_with_a_member_is_remembered(engine: Engine) -> None:
    bob = engine.cast["bob"].id
    await engine.do("alice", people.remember_dm, bob, "D2")
    await engine.do("alice", people.remember_dm, uuid4(), "D3")

    assert (await engine.do("alice", people.get_member, bob)).slack_dm_id == "D2"


async def test_slacks_word_on_a_member_is_good_for_a_while(engine: Engine) -> None:
    bob = engine.cast["bob"]
    assert people.seen_recently(bob, engine.clock.at, 60) is False

    eve = await _recognise(engine, EVE)
    for seconds, recent in ((0, True), (59, True), (60, False)):
        now = engine.clock.at + timedelta(seconds=seconds)
        assert people.seen_recently(eve, now, 60) is recent


async def test_the_same_person_is_found_by_their_slack_id_in_their_organization_alone(
    engine: Engine,
) -> None:
    mallory = await given.stranger(engine)
    eve = await _recognise(engine, EVE)

    async with engine.core.reading(engine.system) as tx:
        found = await people.find_by_slack_user_id(tx, "U9")
        assert found is not None
        assert people.Person.of(found) == people.Person(eve.id, "Eve", "U9", "Asia/Tokyo")
    async with engine.core.reading(mallory) as tx:
        assert await people.find_by_slack_user_id(tx, "U9") is None


def test_a_member_acts_in_their_organization_through_a_surface() -> None:
    organization = uuid4()
    eve = Member(id=uuid4(), name="Eve", organization_id=organization)

    assert people.actor_of(eve, Surface.API) == Actor(
        ActorKind.MEMBER, eve.id, "Eve", Surface.API, organization
    )
