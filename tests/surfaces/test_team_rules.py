"""Members: the same rule by each door gives the same refusal, and changes nothing."""

from typing import Any

import pytest

from core.errors import AlreadyMember, Forbidden, LastAdmin
from storage.vocabulary import Surface
from tests.surfaces.covered import rule
from tests.surfaces.house import House

pytestmark = pytest.mark.asyncio(loop_scope="session")


@rule(AlreadyMember)
async def test_nobody_is_a_member_twice(house: House) -> None:
    async with house.unchanged():
        refusal = await house.door.add_member("alice", "Dave@example.com")

    assert refusal == house.told(AlreadyMember, "dave@example.com is a member already.")


@rule(LastAdmin)
async def test_the_last_admin_stays(house: House) -> None:
    async with house.unchanged():
        refusal = await house.door.remove_member("alice", house.members["alice"])

    assert refusal == house.told(LastAdmin)


@rule(Forbidden)
async def test_only_an_admin_says_who_is_a_member(house: House) -> None:
    """Each names what is an admin's in its own words: a form is for one thing alone."""
    dave = house.members["dave"]

    async with house.unchanged():
        refusals = [
            await house.door.add_member("bob", "new@example.com"),
            await house.door.change_role("bob", dave, "admin"),
            await house.door.remove_member("bob", dave),
        ]

    whats = ["Adding a member", "Changing a role", "Removing a member"]
    if house.door.surface is Surface.API:
        whats = ["Managing members"] * 3
    assert refusals == [
        house.told(Forbidden, f"{one} is for admins. Ask one of them.") for one in whats
    ]


async def test_members_come_and_go_with_the_same_trail(house: House) -> None:
    email = f"{house.name('new').replace(' ', '-')}@example.com"

    async with house.trail_of("alice") as trail:
        refusals: list[Any] = [await house.door.add_member("alice", email)]
        member = await house.member(email)
        refusals += [
            await house.door.change_role("alice", member, "admin"),
            await house.door.remove_member("alice", member),
        ]

    assert refusals == [None] * 3
    assert [type for type, _ in trail] == ["member_added", "role_changed", "member_removed"]
