"""Status pages managed in Slack: all of them, one of them, its form, who can read it, its end."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

from slack_sdk.errors import SlackApiError

from bot import below
from bot.answering import Answer, Show
from bot.blocks import ids, simple, values
from bot.blocks.status_page_form import (
    Consequence,
    StatusPageForm,
    read_status_page,
    status_page_modal,
)
from bot.blocks.status_pages import status_page_view, status_pages_view
from bot.component_modals import LISTS
from bot.gesture import Gesture
from core import amending, components, permissions, status_page_facts, status_pages
from core.errors import DomainError, NotFound


async def open_pages(gesture: Gesture, page: int = 0) -> Answer:
    """Open all status pages, or turn the page where a list is open already."""
    if gesture.view.get("callback_id") in LISTS:
        return Show(await list_view(gesture, page))
    return await gesture.open_modal(
        "Status pages", lambda: list_view(gesture, page), push=gesture.in_a_modal
    )


async def open_by_name(gesture: Gesture, name: str) -> Answer:
    """Open the page of this title or address. Raises NotFound, naming those there are."""
    async with gesture.core.reading(gesture.actor) as tx:
        page_id = (await status_pages.find_page(tx, name)).id
    return await open_page(gesture, page_id)


async def open_page(gesture: Gesture, page_id: UUID) -> Answer:
    """Open one status page."""
    over_list = _page_of(gesture)
    return await gesture.open_modal(
        "Status page", lambda: one_view(gesture, page_id, over_list), push=gesture.in_a_modal
    )


async def open_new(gesture: Gesture) -> Answer:
    """Open the form of a new status page. Raises Forbidden."""

    async def build() -> dict[str, Any]:
        form = StatusPageForm(uuid4(), True, "", _page_of(gesture))
        return await _form_view(gesture, form, "Making a status page")

    return await gesture.open_modal("New status page", build, push=gesture.in_a_modal)


async def open_edit(gesture: Gesture, page_id: UUID) -> Answer:
    """Open the form of a status page. Raises Forbidden."""
    over_list = values.metadata(gesture.view).get("list")

    async def build() -> dict[str, Any]:
        async with gesture.core.reading(gesture.actor) as tx:
            draft = status_pages.draft_of(await status_pages.get_page(tx, page_id))
        form = StatusPageForm(
            page_id,
            False,
            amending.page_seen(draft),
            over_list,
            title=draft.title,
            slug=draft.slug,
            component_ids=draft.component_ids,
            published=draft.published,
        )
        return await _form_view(gesture, form, "Changing a status page")

    return await gesture.open_modal("Edit status page", build, push=gesture.in_a_modal)


async def recompute(gesture: Gesture) -> Answer:
    """Say anew who could read what. Where Slack has had enough of it, the next change does."""
    form = read_status_page(gesture.view)
    view = await _form_view(gesture, form, "Changing a status page")
    try:
        await gesture.redraw(view)
    except SlackApiError as error:
        if error.response.get("error") != "ratelimited":
            raise
    return None


async def submit(gesture: Gesture) -> Answer:
    """Make the status page, or change it; submitted twice it is done once."""
    form = read_status_page(gesture.view)
    async with gesture.core.transaction(gesture.actor) as tx:
        draft = form.draft(await status_page_facts.free_slug(tx, form.title))
        if form.is_new:
            await status_pages.create_page(tx, draft, id=form.page_id)
        else:
            await amending.change_page(tx, form.page_id, draft, as_seen=form.seen)
    root = _list_below(gesture, form.over_list)
    if not form.is_new:
        return await below.refresh(
            gesture, parent=lambda: one_view(gesture, form.page_id, form.over_list), root=root
        )
    await below.refresh(gesture, parent=None, root=root)
    return Show(await one_view(gesture, form.page_id, form.over_list))


async def publish(gesture: Gesture, value: str) -> Answer:
    """Publish a status page as it was seen, or take it back; a refusal is shown in its view."""
    id, seen, wanted = value.split(":")
    over_list, page_id = values.metadata(gesture.view).get("list"), UUID(id)
    try:
        async with gesture.core.transaction(gesture.actor) as tx:
            await amending.publish_page(tx, page_id, published=wanted == "1", as_seen=seen)
    except DomainError as refusal:
        return await _refused(gesture, page_id, over_list, refusal)
    await below.refresh(gesture, parent=None, root=_list_below(gesture, over_list))
    return Show(await one_view(gesture, page_id, over_list))


async def remove(gesture: Gesture, page_id: UUID) -> Answer:
    """Take a status page away; a refusal is shown in its view."""
    over_list = values.metadata(gesture.view).get("list")
    try:
        async with gesture.core.transaction(gesture.actor) as tx:
            title = (await status_pages.get_page(tx, page_id)).title
            await status_pages.remove_page(tx, page_id)
    except DomainError as refusal:
        return await _refused(gesture, page_id, over_list, refusal)
    await below.refresh(gesture, parent=None, root=_list_below(gesture, over_list))
    return Show(simple.message_view("Status page removed", f"“{title}” was removed."))


async def list_view(gesture: Gesture, page: int) -> dict[str, Any]:
    """All status pages as they are now."""
    async with gesture.core.reading(gesture.actor) as tx:
        every = await status_page_facts.lines(tx)
        may_change = await permissions.is_admin(tx)
    url = gesture.workspace.public_url
    return status_pages_view(every, url, may_change=may_change, page=page)


async def one_view(
    gesture: Gesture, page_id: UUID, over_list: int | None, *, error: str | None = None
) -> dict[str, Any]:
    """One status page as it is now. Raises NotFound."""
    async with gesture.core.reading(gesture.actor) as tx:
        facts = await status_page_facts.of(tx, page_id)
    return status_page_view(facts, gesture.workspace.public_url, over_list=over_list, error=error)


async def _refused(
    gesture: Gesture, page_id: UUID, over_list: int | None, refusal: DomainError
) -> Answer:
    """The view as it is now, with why nothing was done; of a page that is gone, that alone."""
    try:
        return Show(await one_view(gesture, page_id, over_list, error=refusal.message))
    except NotFound:
        return Show(simple.message_view("Status page", refusal.message))


async def _form_view(gesture: Gesture, form: StatusPageForm, what: str) -> dict[str, Any]:
    async with gesture.core.reading(gesture.actor) as tx:
        await permissions.require_admin(tx, what)
        before = None
        if not form.is_new:
            before = status_pages.draft_of(await status_pages.get_page(tx, form.page_id))
        told = Consequence(
            before,
            await status_page_facts.free_slug(tx, form.title),
            await status_page_facts.exposure(tx, form.component_ids),
        )
        known = await components.list_components(tx)
        return status_page_modal(form, known, told, gesture.workspace.public_url)


def _list_below(gesture: Gesture, page: int | None) -> below.Build | None:
    return None if page is None else lambda: list_view(gesture, page)


def _page_of(gesture: Gesture) -> int | None:
    """The page of the list that was pressed, if it was in the list."""
    if gesture.view.get("callback_id") != ids.STATUS_PAGES_VIEW:
        return None
    return int(values.metadata(gesture.view).get("list") or 0)


BUTTONS: dict[str, Callable[[Gesture, str], Awaitable[Answer]]] = {
    ids.STATUS_PAGES_OPEN: lambda gesture, value: open_pages(
        gesture, int(value) if value.isdecimal() else 0
    ),
    ids.STATUS_PAGE_OPEN: lambda gesture, value: open_page(gesture, UUID(value)),
    ids.STATUS_PAGE_NEW: lambda gesture, _: open_new(gesture),
    ids.STATUS_PAGE_EDIT: lambda gesture, value: open_edit(gesture, UUID(value)),
    ids.STATUS_PAGE_PUBLISH: publish,
    ids.STATUS_PAGE_REMOVE: lambda gesture, value: remove(gesture, UUID(value)),
    ids.STATUS_PAGE_FORM: lambda gesture, _: recompute(gesture),
}

SUBMISSIONS: dict[str, Callable[[Gesture], Awaitable[Answer]]] = {
    ids.STATUS_PAGE_FORM_VIEW: submit,
}
