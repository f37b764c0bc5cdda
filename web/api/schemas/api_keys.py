"""API keys as JSON (spec sections 1 and 9): the secret once, and never again."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from storage.limits import NAME_MAX
from storage.vocabulary import Role
from web.api.schemas.base import Given, GivenInstant, Instant, Shown, Text

Name = Annotated[Text, Field(min_length=1, max_length=NAME_MAX)]


class NewApiKey(Given):
    """A key to make."""

    name: Name
    role: Role = Role.MEMBER
    expires_at: GivenInstant | None = None


class ApiKeyShown(Shown):
    """What a program acts with."""

    id: UUID
    name: str
    role: Role
    created_at: Instant
    expires_at: Instant | None
    last_used_at: Annotated[Instant | None, Field(description="To the minute.")]


class ApiKeyMade(ApiKeyShown):
    """A key that was just made."""

    key: Annotated[
        str | None,
        Field(description="The secret, in the first answer alone: it is stored nowhere, so a "
              "request that is repeated with its Idempotency-Key is answered with null."),
    ]  # fmt: skip

    @property
    def repeated(self) -> "ApiKeyMade":
        """The same key, without the secret."""
        return self.model_copy(update={"key": None})
