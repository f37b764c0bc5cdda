"""The catalogue of components over REST (spec sections 8 and 9)."""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from fastapi import Path

from core import components, patching
from core.components import ComponentDraft
from core.errors import Forbidden, InUse, NameConflict
from core.transaction import Transaction
from web.api.endpoints import Endpoints
from web.api.schemas.components import ComponentChange, ComponentShown, NewComponent

ComponentId = Annotated[UUID, Path(alias="componentId")]


async def _exists(tx: Transaction, ids: Mapping[str, UUID]) -> None:
    await components.get_component(tx, ids["componentId"])


ENDPOINTS = Endpoints("Components", exists=_exists)


@ENDPOINTS.get("/components")
async def list_components(tx: Transaction) -> list[ComponentShown]:
    """List the components.

    Those without a group come first, then each group's by name.
    """
    found = await components.list_components(tx)
    return [ComponentShown.model_validate(one) for one in found]


@ENDPOINTS.post("/components", refuses=(Forbidden, NameConflict))
async def create_component(tx: Transaction, wanted: NewComponent) -> ComponentShown:
    """Make a component.

    Incidents can be tagged with it from now on, and status pages can select it. Its name and its
    description are public wherever a published page does.
    """
    draft = ComponentDraft(wanted.name, wanted.description, wanted.group_label)
    made = await patching.create_component(tx, draft, status_override=wanted.status_override)
    return ComponentShown.model_validate(made)


@ENDPOINTS.get("/components/{componentId}")
async def get_component(tx: Transaction, component_id: ComponentId) -> ComponentShown:
    """Get one component."""
    return ComponentShown.model_validate(await components.get_component(tx, component_id))


@ENDPOINTS.patch("/components/{componentId}", refuses=(Forbidden, NameConflict))
async def change_component(
    tx: Transaction, component_id: ComponentId, wanted: ComponentChange
) -> ComponentShown:
    """Change a component.

    What is left out stays. Open incidents follow its name; resolved ones keep the one they had.
    """
    changed = await patching.change_component(tx, component_id, **wanted.named)
    return ComponentShown.model_validate(changed)


@ENDPOINTS.delete("/components/{componentId}", refuses=(InUse,))
async def remove_component(tx: Transaction, component_id: ComponentId) -> None:
    """Remove a component.

    One that an open incident or a status page names can't be removed: `in_use` says which.
    """
    await components.remove_component(tx, component_id)
