"""Components as JSON (spec section 8)."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from storage.limits import COMPONENT_DESCRIPTION_MAX, COMPONENT_NAME_MAX, GROUP_LABEL_MAX
from storage.vocabulary import ComponentStatus
from web.api.schemas.base import Given, Instant, Shown, Text, left_out

Name = Annotated[Text, Field(min_length=1, max_length=COMPONENT_NAME_MAX)]
Description = Annotated[Text, Field(max_length=COMPONENT_DESCRIPTION_MAX)]
GroupLabel = Annotated[Text, Field(max_length=GROUP_LABEL_MAX)]

Override = Annotated[
    ComponentStatus | None,
    Field(description="What an admin says it is, whatever the incidents say; null lets them "
          "say it again. Naming it, null or not, is an admin's."),
]  # fmt: skip


class NewComponent(Given):
    """A component to make."""

    name: Name
    description: Description | None = None
    group_label: GroupLabel | None = None
    status_override: Override = left_out()


class ComponentChange(Given):
    """What is to be another of a component. What is left out stays; null takes away."""

    name: Name = left_out()
    description: Description | None = left_out()
    group_label: GroupLabel | None = left_out()
    status_override: Override = left_out()


class ComponentShown(Shown):
    """A part of the product that customers know by name, and how it is now."""

    id: UUID
    name: str
    description: str | None
    group_label: str | None
    status: Annotated[
        ComponentStatus,
        Field(description="The override, else what the worst open incident makes of it."),
    ]
    status_override: ComponentStatus | None
    created_at: Instant
