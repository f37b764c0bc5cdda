"""Status pages over REST: what they select, and whether they are published (spec 8 and 9)."""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from fastapi import Path

from core import patching, status_page_records, status_pages
from core.errors import DuplicateComponentId, InvalidComponentId, NameConflict
from core.status_pages import StatusPageDraft
from core.transaction import Transaction
from web.api.endpoints import Endpoints
from web.api.schemas.status_pages import NewStatusPage, StatusPageChange, StatusPageShown

PageId = Annotated[UUID, Path(alias="pageId")]

ADMINS = "Making and changing status pages"


async def _exists(tx: Transaction, ids: Mapping[str, UUID]) -> None:
    await status_pages.get_page(tx, ids["pageId"])


ENDPOINTS = Endpoints("Status pages", exists=_exists)


@ENDPOINTS.get("/status-pages")
async def list_status_pages(tx: Transaction) -> list[StatusPageShown]:
    """List the status pages, by title.

    Those that are not published are among them.
    """
    found = [status_page_records.of(one) for one in await status_pages.list_pages(tx)]
    return [StatusPageShown.model_validate(one) for one in found]


@ENDPOINTS.post(
    "/status-pages",
    admins=ADMINS,
    refuses=(DuplicateComponentId, InvalidComponentId, NameConflict),
)
async def create_status_page(tx: Transaction, wanted: NewStatusPage) -> StatusPageShown:
    """Make a status page.

    It shows the components in the order in which they are named here, and the incidents that
    affect one of them. Nobody can read it before it is `published`.
    """
    draft = StatusPageDraft(wanted.slug, wanted.title, wanted.component_ids, wanted.published)
    made = await status_pages.create_page(tx, draft)
    return StatusPageShown.model_validate(status_page_records.of(made))


@ENDPOINTS.get("/status-pages/{pageId}")
async def get_status_page(tx: Transaction, page_id: PageId) -> StatusPageShown:
    """Get one status page's settings.

    What the public reads of it stands at `/status/<slug>.json`, once it is published.
    """
    page = await status_pages.get_page(tx, page_id)
    return StatusPageShown.model_validate(status_page_records.of(page))


@ENDPOINTS.patch(
    "/status-pages/{pageId}",
    admins=ADMINS,
    refuses=(DuplicateComponentId, InvalidComponentId, NameConflict),
)
async def change_status_page(
    tx: Transaction, page_id: PageId, wanted: StatusPageChange
) -> StatusPageShown:
    """Change a status page, publish it, or take it back.

    What is left out stays; `componentIds` sets all of them, in their order. Publishing shows at
    once what is open, and ninety days of history.
    """
    changed = await patching.change_page(tx, page_id, **wanted.named)
    return StatusPageShown.model_validate(status_page_records.of(changed))


@ENDPOINTS.delete("/status-pages/{pageId}", admins=ADMINS)
async def remove_status_page(tx: Transaction, page_id: PageId) -> None:
    """Remove a status page.

    Its address answers as one that never was, and is free for another.
    """
    await status_pages.remove_page(tx, page_id)
