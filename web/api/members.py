"""The team over REST: who belongs to it, and as what (spec sections 1 and 9)."""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from fastapi import Path

from core import patching, people, team
from core.errors import AlreadyMember, CannotChangeOwnRole, LastAdmin
from core.transaction import Transaction
from web.api.endpoints import Endpoints
from web.api.schemas.members import MemberChange, MemberShown, MembersListed, NewMember

MemberId = Annotated[UUID, Path(alias="memberId")]

ADMINS = "Managing members"


async def _exists(tx: Transaction, ids: Mapping[str, UUID]) -> None:
    await team.get_member(tx, ids["memberId"])


ENDPOINTS = Endpoints("Members", exists=_exists)


@ENDPOINTS.get("/team/members")
async def list_members(tx: Transaction) -> MembersListed:
    """List the members, by name.

    Those who were removed are not among them.
    """
    found = await people.members(tx)
    return MembersListed(members=[MemberShown.model_validate(one) for one in found])


@ENDPOINTS.post("/team/members", admins=ADMINS, refuses=(AlreadyMember,))
async def add_member(tx: Transaction, wanted: NewMember) -> MemberShown:
    """Add a member, by e-mail.

    They can be paged at once, by mail; as soon as Slack knows the address, in Slack too. Until
    then their name is what stands before the @. One who was removed comes back as who they were,
    in the role that is asked for.
    """
    added = await team.add_member(tx, email=wanted.email, role=wanted.role)
    return MemberShown.model_validate(added)


@ENDPOINTS.patch(
    "/team/members/{memberId}", admins=ADMINS, refuses=(CannotChangeOwnRole, LastAdmin)
)
async def change_member(tx: Transaction, member_id: MemberId, wanted: MemberChange) -> MemberShown:
    """Change a member's role.

    The last admin stays one, and nobody changes their own role. Name, e-mail and time zone are
    what Slack says they are.
    """
    changed = await patching.change_member(tx, member_id, **wanted.named)
    return MemberShown.model_validate(changed)


@ENDPOINTS.delete("/team/members/{memberId}", admins=ADMINS, refuses=(LastAdmin,))
async def remove_member(tx: Transaction, member_id: MemberId) -> None:
    """Remove a member.

    Nothing pages them from now on. What they own stays theirs until it is handed on, and on
    schedules the next participant stands in. The last admin can't be removed.
    """
    await team.remove_member(tx, member_id)
