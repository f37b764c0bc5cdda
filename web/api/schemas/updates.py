"""Updates as JSON (spec section 4), and a step of an incident's status."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from core import updates
from core.errors import ValidationFailed
from storage.limits import RESOLUTION_NOTE_MAX, UPDATE_BODY_MAX
from storage.vocabulary import Status, Visibility
from web.api.schemas.base import By, Given, Instant, Shown, Text


class NewUpdate(Given):
    """Something to say. At least one of `body` and `statusChange` is needed; a public update needs
    a `body`. With `statusChange` the status advances with it, or nothing happens at all.
    """

    body: Annotated[Text, Field(max_length=UPDATE_BODY_MAX)] | None = None
    status_change: Status | None = None
    visibility: Visibility = Visibility.INTERNAL

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        try:
            updates.check_said(self.body, self.status_change, self.visibility)
        except ValidationFailed as refusal:
            raise ValueError(refusal.message) from refusal
        return self


class StatusStep(Given):
    """The next status, and a note for your own people, whatever the step."""

    status: Status
    resolution_note: Annotated[Text, Field(min_length=1, max_length=RESOLUTION_NOTE_MAX)] | None = (
        None
    )


class UpdateShown(Shown):
    """Something said about an incident. `body` is null where nothing was said, and where it was
    removed: then `redactedAt` says when.
    """

    id: UUID
    incident_id: UUID
    body: str | None
    status_change: Status | None
    visibility: Visibility
    posted_by: By
    posted_at: Instant
    redacted_at: Instant | None
    redacted_by: By | None


class UpdatesListed(Shown):
    """All that was said about an incident, in the order it was posted."""

    updates: list[UpdateShown]
