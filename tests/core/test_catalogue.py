"""What is published at a glance, what a draft of a page would lead to, and the alerts channel."""

import pytest

from core import alerting, catalogue_facts, components, people, status_page_facts
from core.errors import Forbidden, NameConflict, NotFound, ValidationFailed
from core.status_pages import StatusPageDraft
from storage.vocabulary import ComponentStatus, Severity
from tests.core import given, public
from tests.engine import Engine

pytestmark = pytest.mark.postgresql_later


async def test_components_and_pages_are_as_they_are_now(engine: Engine) -> None:
    api = await public.component(engine, "API")
    search = await public.component(engine, "Search", "Shop")
    page_id = await public.page(engine, search, api)
    first = await engine.declare(severity=Severity.LOW)
    second = await engine.declare(severity=Severity.HIGH)
    await public.affect(engine, first.id, api, search)
    await public.affect(engine, second.id, api)
    await engine.do("alice", components.override_status, search, ComponentStatus.MAINTENANCE)

    async with engine.core.reading(engine.actor("bob")) as tx:
        found = await catalogue_facts.of(tx)

    assert [(one.label, [row.line.name for row in one.rows]) for one in found.groups] == [
        (None, ["API"]),
        ("Shop", ["Search"]),
    ]
    (page,) = found.pages
    assert [one.name for one in page.components] == ["Search", "API"]
    assert page.banner is ComponentStatus.PARTIAL_OUTAGE
    assert [one.number for one in page.incidents] == [2, 1]
    assert [one.id for one in found.groups[0].rows[0].pages] == [page_id]
    assert not found.may_change_pages


async def test_nothing_of_anybody_elses_is_in_it(engine: Engine) -> None:
    await public.page(engine, await public.component(engine))
    async with engine.core.reading(await given.stranger(engine)) as tx:
        found = await catalogue_facts.of(tx)

    assert (found.groups, found.pages) == ((), ())


async def test_what_concerns_the_public_is_foreseen_and_nothing_is_changed(
    engine: Engine,
) -> None:
    api = await public.component(engine)
    page_id = await public.page(engine, published=True)
    hidden_id = await public.page(engine, slug="hidden", published=False)
    before = StatusPageDraft("acme", "Acme", (), True)

    async def foreseen(id: object, draft: StatusPageDraft) -> bool:
        told = await engine.do("alice", status_page_facts.foresee, draft, id)
        assert told.exposure.components == (("API",) if draft.component_ids else ())
        return bool(told.concerns_the_public)

    async with engine.core.reading(engine.actor("alice")) as tx:
        before = (await status_page_facts.of(tx, page_id)).draft
        hidden = (await status_page_facts.of(tx, hidden_id)).draft
    assert not await foreseen(page_id, before)
    assert await foreseen(page_id, StatusPageDraft("acme", "Acme", (api,), True))
    assert await foreseen(page_id, StatusPageDraft("acme", before.title, (), False))
    assert not await foreseen(hidden_id, StatusPageDraft("new", "New", (api,), False))
    assert await foreseen(hidden_id, StatusPageDraft("hidden", hidden.title, (), True))
    assert not await foreseen(None, StatusPageDraft("third", "Third", (api,)))
    async with engine.core.reading(engine.actor("alice")) as tx:
        assert (await status_page_facts.of(tx, page_id)).draft == before


async def test_what_would_be_refused_is_refused_before(engine: Engine) -> None:
    page_id = await public.page(engine, published=True)
    await public.page(engine, slug="taken")
    draft = StatusPageDraft("taken", "Acme")
    with pytest.raises(NameConflict):
        await engine.do("alice", status_page_facts.foresee, draft, page_id)
    with pytest.raises(Forbidden):
        await engine.do("bob", status_page_facts.foresee, draft, page_id)
    async with engine.core.transaction(await given.stranger(engine)) as tx:
        await people.appoint_admins(tx, ["mallory@other.example"])
        with pytest.raises(NotFound):
            await status_page_facts.foresee(tx, StatusPageDraft("x", "X"), page_id)


async def test_an_admin_says_where_incidents_are_announced(engine: Engine) -> None:
    await public.appoint(engine, "alice")
    with pytest.raises(Forbidden):
        await engine.do("bob", alerting.change_alerts_channel, "general")
    for typed, kept in ((" #general ", "general"), ("C0123", "C0123"), ("#", None), (None, None)):
        assert await engine.do("alice", alerting.change_alerts_channel, typed) == kept
        async with engine.core.reading(engine.system) as tx:
            assert (await people.organization(tx)).alerts_channel == kept
    for wrong, by in (("two words", None), ("x" * 256, None), ("general", "incidents")):
        with pytest.raises(ValidationFailed) as refused:
            await engine.do("alice", alerting.change_alerts_channel, wrong, by_environment=by)
        assert refused.value.field == "channel"
