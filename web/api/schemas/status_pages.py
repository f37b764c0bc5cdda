"""Status pages as JSON (spec section 8): what an admin sets, not what the public reads."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, StrictBool

from storage.limits import PAGE_COMPONENTS_MAX, PAGE_TITLE_MAX, SLUG_MAX
from web.api.schemas.base import Given, Instant, Shown, Text, left_out

Slug = Annotated[
    Text,
    Field(
        min_length=1,
        max_length=SLUG_MAX,
        pattern="^[a-z0-9-]*$",
        json_schema_extra={"pattern": "^[a-z0-9-]+$"},
        description="Its place in the address: `/status/<slug>`. No two pages share one.",
    ),
]
Title = Annotated[Text, Field(min_length=1, max_length=PAGE_TITLE_MAX)]
ComponentIds = Annotated[
    tuple[UUID, ...],
    Field(max_length=PAGE_COMPONENTS_MAX, description="In the order in which they are shown."),
]
Published = Annotated[StrictBool, Field(description="Whether everybody can read it.")]


class NewStatusPage(Given):
    """A status page to make. Nobody can read it before it is published."""

    slug: Slug
    title: Title
    component_ids: ComponentIds = ()
    published: Published = False


class StatusPageChange(Given):
    """What is to be another of a status page. What is left out stays."""

    slug: Slug = left_out()
    title: Title = left_out()
    component_ids: ComponentIds = left_out()
    published: Published = left_out()


class StatusPageShown(Shown):
    """A status page's settings."""

    id: UUID
    slug: str
    title: str
    component_ids: list[UUID]
    published: bool
    created_at: Instant
    updated_at: Annotated[Instant, Field(description="When what it shows last changed.")]
