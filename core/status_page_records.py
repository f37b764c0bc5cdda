"""Status pages as programs are told of them: what is set, and when it shows something new."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core import status_pages
from storage.models import StatusPage


@dataclass(frozen=True)
class StatusPageRecord:
    """A status page's settings; its components in the order in which it shows them."""

    id: UUID
    slug: str
    title: str
    component_ids: tuple[UUID, ...]
    published: bool
    created_at: datetime
    updated_at: datetime
    """When something that it shows last changed."""


def of(page: StatusPage) -> StatusPageRecord:
    """The record of a page that was loaded with what it selects."""
    draft = status_pages.draft_of(page)
    return StatusPageRecord(
        id=page.id,
        slug=draft.slug,
        title=draft.title,
        component_ids=draft.component_ids,
        published=draft.published,
        created_at=page.created_at,
        updated_at=page.changed_at,
    )
