"""Components managed in Slack: all of them, one of them, its details, its status, its end."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

from bot import below
from bot.answering import Answer, Show
from bot.blocks import ids, simple, values
from bot.blocks.component_form import (
    ComponentForm,
    component_modal,
    read_component,
    read_status,
    status_modal,
)
from bot.blocks.components import component_view, components_view
from bot.gesture import Gesture
from core import amending, component_facts, components, permissions
from core.errors import DomainError, InUse

LISTS = (ids.COMPONENTS_VIEW, ids.STATUS_PAGES_VIEW)


async def open_components(gesture: Gesture, page: int = 0) -> Answer:
    """Open all components, or turn the page where a list is open already."""
    if gesture.view.get("callback_id") in LISTS:
        return Show(await list_view(gesture, page))
    return await gesture.open_modal(
        "Components", lambda: list_view(gesture, page), push=gesture.in_a_modal
    )


async def open_by_name(gesture: Gesture, name: str) -> Answer:
    """Open the component whose name somebody typed. Raises NotFound, naming those there are."""
    async with gesture.core.reading(gesture.actor) as tx:
        component_id = (await components.find_component(tx, name)).id
    return await open_component(gesture, component_id)


async def open_component(gesture: Gesture, component_id: UUID) -> Answer:
    """Open one component."""
    over_list = _page_of(gesture)
    return await gesture.open_modal(
        "Component",
        lambda: one_view(gesture, component_id, over_list),
        push=gesture.in_a_modal,
    )


async def open_new(gesture: Gesture) -> Answer:
    """Open the form of a new component, which needs nothing but a name."""

    async def build() -> dict[str, Any]:
        async with gesture.core.reading(gesture.actor) as tx:
            groups = await component_facts.groups_in_use(tx)
        return component_modal(ComponentForm(uuid4(), True, "", _page_of(gesture)), groups)

    return await gesture.open_modal("New component", build, push=gesture.in_a_modal)


async def open_edit(gesture: Gesture, component_id: UUID) -> Answer:
    """Open the form of a component's details."""
    over_list = values.metadata(gesture.view).get("list")

    async def build() -> dict[str, Any]:
        async with gesture.core.reading(gesture.actor) as tx:
            facts = await component_facts.of(tx, component_id)
            groups = await component_facts.groups_in_use(tx)
        form = ComponentForm(
            component_id,
            False,
            facts.seen,
            over_list,
            name=facts.draft.name,
            group_label=facts.draft.group_label or "",
            description=facts.draft.description or "",
        )
        return component_modal(form, groups)

    return await gesture.open_modal("Edit component", build, push=gesture.in_a_modal)


async def open_status(gesture: Gesture, component_id: UUID) -> Answer:
    """Open the form in which an admin says how a component is."""
    over_list = values.metadata(gesture.view).get("list")

    async def build() -> dict[str, Any]:
        async with gesture.core.reading(gesture.actor) as tx:
            await permissions.require_admin(tx, "Setting a component's status")
            return status_modal(await component_facts.of(tx, component_id), over_list=over_list)

    return await gesture.open_modal("Set status", build, push=gesture.in_a_modal)


async def submit(gesture: Gesture) -> Answer:
    """Make the component, or change it; submitted twice it is done once."""
    form = read_component(gesture.view)
    async with gesture.core.transaction(gesture.actor) as tx:
        if form.is_new:
            await components.create_component(tx, form.draft, id=form.component_id)
        else:
            await amending.change_component(tx, form.component_id, form.draft, as_seen=form.seen)
    if not form.is_new:
        return await _show_change(gesture, form.component_id, form.over_list)
    await below.refresh(gesture, parent=None, root=_list_below(gesture, form.over_list))
    return Show(await one_view(gesture, form.component_id, form.over_list))


async def submit_status(gesture: Gesture) -> Answer:
    """Say how a component is, or let the incidents say it."""
    form = read_status(gesture.view)
    async with gesture.core.transaction(gesture.actor) as tx:
        await amending.override_status(tx, form.component_id, form.override, as_seen=form.seen)
    return await _show_change(gesture, form.component_id, form.over_list)


async def remove(gesture: Gesture, component_id: UUID) -> Answer:
    """Remove a component; if something uses it, say in its view what does."""
    over_list = values.metadata(gesture.view).get("list")
    try:
        async with gesture.core.transaction(gesture.actor) as tx:
            name = (await components.get_component(tx, component_id)).name
            await components.remove_component(tx, component_id)
    except InUse as refusal:
        return Show(await one_view(gesture, component_id, over_list, error=refusal.message))
    except DomainError as refusal:
        return Show(simple.message_view("Component", refusal.message))
    await below.refresh(gesture, parent=None, root=_list_below(gesture, over_list))
    return Show(simple.message_view("Component removed", f"“{name}” was removed."))


async def list_view(gesture: Gesture, page: int) -> dict[str, Any]:
    """All components as they are now."""
    async with gesture.core.reading(gesture.actor) as tx:
        return components_view(await component_facts.lines(tx), page=page)


async def one_view(
    gesture: Gesture, component_id: UUID, over_list: int | None, *, error: str | None = None
) -> dict[str, Any]:
    """One component as it is now. Raises NotFound."""
    async with gesture.core.reading(gesture.actor) as tx:
        facts = await component_facts.of(tx, component_id)
    return component_view(facts, over_list=over_list, error=error)


async def _show_change(gesture: Gesture, component_id: UUID, over_list: int | None) -> Answer:
    return await below.refresh(
        gesture,
        parent=lambda: one_view(gesture, component_id, over_list),
        root=_list_below(gesture, over_list),
    )


def _list_below(gesture: Gesture, page: int | None) -> below.Build | None:
    return None if page is None else lambda: list_view(gesture, page)


def _page_of(gesture: Gesture) -> int | None:
    """The page of the list that was pressed, if it was in the list."""
    if gesture.view.get("callback_id") != ids.COMPONENTS_VIEW:
        return None
    return int(values.metadata(gesture.view).get("list") or 0)


BUTTONS: dict[str, Callable[[Gesture, str], Awaitable[Answer]]] = {
    ids.COMPONENTS_OPEN: lambda gesture, value: open_components(
        gesture, int(value) if value.isdecimal() else 0
    ),
    ids.COMPONENT_OPEN: lambda gesture, value: open_component(gesture, UUID(value)),
    ids.COMPONENT_NEW: lambda gesture, _: open_new(gesture),
    ids.COMPONENT_EDIT: lambda gesture, value: open_edit(gesture, UUID(value)),
    ids.COMPONENT_STATUS: lambda gesture, value: open_status(gesture, UUID(value)),
    ids.COMPONENT_REMOVE: lambda gesture, value: remove(gesture, UUID(value)),
}

SUBMISSIONS: dict[str, Callable[[Gesture], Awaitable[Answer]]] = {
    ids.COMPONENT_FORM_VIEW: submit,
    ids.COMPONENT_STATUS_VIEW: submit_status,
}
