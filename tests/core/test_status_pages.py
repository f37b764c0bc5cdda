"""Status pages: who may change them, what they cover, and when they are to be shown anew."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest

from core import affected, components, incidents, publishing, status_pages, updates
from core.components import ComponentDraft
from core.errors import (
    DuplicateComponentId,
    Forbidden,
    InvalidComponentId,
    NameConflict,
    NoPublicSurface,
    NotFound,
    ValidationFailed,
)
from core.status_pages import StatusPageDraft
from storage.models import Incident
from storage.vocabulary import AuditType, ComponentStatus, Severity, Status, Visibility
from tests.core import given, public
from tests.engine import Engine

pytestmark = pytest.mark.postgresql_later

PUBLIC = Visibility.PUBLIC


async def _post(engine: Engine, incident: Incident, body: str = "We look into it") -> Any:
    return await engine.do(
        "bob", updates.post_update, incident.id, body=body, visibility=Visibility.PUBLIC
    )


async def test_only_an_admin_makes_changes_and_removes_pages(engine: Engine) -> None:
    id = await public.page(engine)
    for act, *args in (
        (status_pages.create_page, StatusPageDraft("x", "X")),
        (status_pages.change_page, id, StatusPageDraft("x", "X")),
        (status_pages.remove_page, id),
    ):
        with pytest.raises(Forbidden):
            await engine.do("bob", act, *args)


async def test_every_change_is_on_the_trail_with_before_and_after(engine: Engine) -> None:
    api = await public.component(engine)
    id = await public.page(engine, published=False)
    wanted = StatusPageDraft("acme", "Acme", (api,), True)
    await engine.do("alice", status_pages.change_page, id, wanted)
    await engine.do("alice", status_pages.change_page, id, wanted)
    await engine.do("alice", status_pages.remove_page, id)

    found = [one for one in await given.organization_trail(engine) if "statusPageId" in one.data]
    assert [one.type for one in found] == [
        AuditType.STATUS_PAGE_CREATED, AuditType.STATUS_PAGE_CHANGED, AuditType.STATUS_PAGE_REMOVED,
    ]  # fmt: skip
    assert found[1].data["before"] == status_pages.describe(StatusPageDraft("acme", "Acme Status"))
    assert found[1].data["after"] == status_pages.describe(wanted)


@pytest.mark.parametrize(
    ("draft", "refusal"),
    [
        (StatusPageDraft("Ac me", "Acme"), ValidationFailed),
        (StatusPageDraft("", "Acme"), ValidationFailed),
        (StatusPageDraft("a" * 64, "Acme"), ValidationFailed),
        (StatusPageDraft("acme/..", "Acme"), ValidationFailed),
        (StatusPageDraft("new", " "), ValidationFailed),
        (StatusPageDraft("new", "x" * 101), ValidationFailed),
        (StatusPageDraft("acme", "Another"), NameConflict),
        (StatusPageDraft("new", "New", (uuid4(),)), InvalidComponentId),
    ],
)
async def test_what_can_be_no_page_is_refused(
    engine: Engine, draft: StatusPageDraft, refusal: type[Exception]
) -> None:
    await public.page(engine)
    with pytest.raises(refusal):
        await engine.do("alice", status_pages.create_page, draft)


async def test_a_component_is_selected_once(engine: Engine) -> None:
    api = await public.component(engine)
    await public.appoint(engine, "alice")
    with pytest.raises(DuplicateComponentId):
        await engine.do("alice", status_pages.create_page, StatusPageDraft("x", "X", (api, api)))


async def test_a_page_is_found_by_its_title_or_its_address(engine: Engine) -> None:
    id = await public.page(engine)
    async with engine.core.reading(engine.system) as tx:
        found = [await status_pages.find_page(tx, name) for name in ("ACME", "acme st")]
        with pytest.raises(NotFound, match="Acme Status"):
            await status_pages.find_page(tx, "other")
    assert {one.id for one in found} == {id}


async def test_a_public_update_needs_a_published_page_that_shows_what_is_affected(
    engine: Engine,
) -> None:
    api, web = await public.component(engine), await public.component(engine, "Web")
    incident = await engine.declare()
    said = []

    async def refusal() -> None:
        with pytest.raises(NoPublicSurface) as refused:
            await _post(engine, incident)
        said.append((refused.value.message, refused.value.field))

    await refusal()
    await public.affect(engine, incident.id, api)
    await refusal()
    id = await public.page(engine, web)
    await refusal()
    change = status_pages.change_page
    await engine.do("alice", change, id, StatusPageDraft("acme", "Acme Status", (api, web)))
    await refusal()
    await engine.do("alice", change, id, StatusPageDraft("acme", "Acme Status", (api, web), True))
    posted = await _post(engine, incident)

    assert [field for _, field in said] == ["visibility"] * 4
    for (message, _), missing in zip(
        said,
        (
            "#1 affects no component yet, so no status page shows it",
            "There is no status page yet that could show “API”",
            "No status page shows “API”. Have an admin add it to “Acme Status”",
            "“Acme Status” would show “API”, but is not published",
        ),
        strict=True,
    ):
        assert missing in message
    assert posted.visibility is Visibility.PUBLIC


async def test_a_refused_update_leaves_nothing_behind(engine: Engine) -> None:
    incident = await engine.declare()
    before = await engine.types()
    with pytest.raises(NoPublicSurface):
        await engine.do(
            "bob", updates.post_update, incident.id, body="Found", visibility=Visibility.PUBLIC,
            status_change=Status.IDENTIFIED,
        )  # fmt: skip
    assert await engine.types() == before
    assert (await engine.incident()).status is Status.INVESTIGATING


CHANGES: dict[str, Callable[[Engine, Any, Any, Any], Awaitable[Any]]] = {
    "a public update": lambda engine, incident, *_: _post(engine, incident),
    "a step of the status": lambda engine, incident, *_: engine.do(
        "bob", updates.post_update, incident.id, status_change=Status.IDENTIFIED
    ),
    "its end": lambda engine, incident, *_: engine.do("bob", updates.resolve, incident.id),
    "a severity": lambda engine, incident, *_: engine.do(
        "bob", incidents.change_severity, incident.id, Severity.LOW
    ),
    "what is affected": lambda engine, incident, *_: engine.do(
        "bob", affected.set_components, incident.id, ()
    ),
    "a new incident": lambda engine, _, api, __: engine.declare(component_ids=[api]),
    "a component's name": lambda engine, _, api, __: engine.do(
        "bob", components.change_component, api, ComponentDraft("Public API")
    ),
    "a component's status": lambda engine, _, api, __: engine.do(
        "alice", components.override_status, api, ComponentStatus.MAINTENANCE
    ),
    "the page's title": lambda engine, _, api, page: engine.do(
        "alice", status_pages.change_page, page, StatusPageDraft("acme", "Other", (api,), True)
    ),
}


@pytest.mark.parametrize("change", CHANGES)
async def test_a_page_is_shown_anew_after(engine: Engine, change: str) -> None:
    api = await public.component(engine)
    page = await public.page(engine, api)
    incident = await engine.declare(component_ids=[api])
    before = await public.version(engine)
    await CHANGES[change](engine, incident, api, page)
    assert await public.version(engine) > before


async def _override_as_it_is(engine: Engine) -> None:
    async with engine.core.reading(engine.system) as tx:
        api = await components.find_component(tx, "API")
    assert api.status is not ComponentStatus.OPERATIONAL
    await engine.do("alice", components.override_status, api.id, api.status)


QUIET: dict[str, Callable[[Engine, Any], Awaitable[Any]]] = {
    "an internal note": lambda engine, incident: engine.do(
        "bob", updates.post_update, incident.id, body="The database is down"
    ),
    "an incident of nothing it shows": lambda engine, _: engine.declare(),
    "an override that says what is so": lambda engine, incident: _override_as_it_is(engine),
}


@pytest.mark.parametrize("change", QUIET)
async def test_a_page_stays_as_it_is_after(engine: Engine, change: str) -> None:
    api = await public.component(engine)
    await public.page(engine, api)
    incident = await engine.declare(component_ids=[api])
    before = await public.version(engine)
    await QUIET[change](engine, incident)
    assert await public.version(engine) == before


async def test_what_is_not_published_is_not_there(engine: Engine) -> None:
    id = await public.page(engine, published=False)
    looked = publishing.Publishing(engine.core)
    assert (await looked.versions(), await looked.load(id)) == ({}, None)
    await engine.do("alice", status_pages.change_page, id, StatusPageDraft("acme", "A", (), True))
    assert list(await looked.versions()) == ["acme"]
    await engine.do("alice", status_pages.remove_page, id)
    assert (await looked.versions(), await looked.load(id)) == ({}, None)


async def test_another_organizations_page_is_none_and_its_address_is_taken(engine: Engine) -> None:
    mallory = await given.stranger(engine)
    id = await public.page(engine)
    async with engine.core.transaction(engine.system.system(mallory.organization_id)) as tx:
        with pytest.raises(NotFound):
            await status_pages.change_page(tx, id, StatusPageDraft("mine", "Mine"))
        with pytest.raises(NotFound):
            await status_pages.remove_page(tx, id)
        with pytest.raises(NameConflict):
            await status_pages.create_page(tx, StatusPageDraft("acme", "Mine"))
