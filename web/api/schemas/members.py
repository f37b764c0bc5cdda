"""Members as JSON (spec sections 1 and 9)."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from storage.limits import EMAIL_MAX
from storage.vocabulary import Role
from web.api.schemas.base import Given, Instant, Shown, Text, left_out

Email = Annotated[Text, Field(min_length=1, max_length=EMAIL_MAX)]


class NewMember(Given):
    """Somebody to add to the team, by the address that Slack knows."""

    email: Email
    role: Role = Role.MEMBER


class MemberChange(Given):
    """What is to be another of a member. What is left out stays."""

    role: Role = left_out()


class MemberShown(Shown):
    """A member of the organization."""

    id: UUID
    name: str
    email: Annotated[str | None, Field(description="Null only where Slack does not tell it.")]
    role: Role
    timezone: str
    slack_user_id: Annotated[
        str | None,
        Field(description="Null until Slack is found to know the address: till then, mail alone."),
    ]
    joined_at: Instant


class MembersListed(Shown):
    """Everybody who has not been removed, by name."""

    members: list[MemberShown]
