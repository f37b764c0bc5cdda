"""The catalogue of components, and what open and resolved incidents make of it."""

from uuid import uuid4

import pytest

from core import affected, components, facts, incidents, status_pages, updates
from core.components import ComponentDraft
from core.errors import (
    DuplicateComponentId,
    Forbidden,
    IncidentResolved,
    InUse,
    InvalidComponentId,
    NameConflict,
    NotFound,
    ValidationFailed,
)
from storage.limits import AFFECTED_COMPONENTS_MAX, COMPONENT_NAME_MAX
from storage.vocabulary import AuditType, ComponentStatus, Severity
from tests.core import given, public
from tests.engine import Engine

pytestmark = pytest.mark.postgresql_later


async def _status(engine: Engine, component_id: object) -> ComponentStatus:
    async with engine.core.reading(engine.system) as tx:
        return (await components.get_component(tx, component_id)).status


async def _tags(engine: Engine) -> list[str]:
    async with engine.core.reading(engine.system) as tx:
        return [one.name for one in await affected.of(tx, await engine.incident())]


async def test_components_are_listed_those_without_a_group_first(engine: Engine) -> None:
    await public.component(engine, "web", "Shop")
    await public.component(engine, "API", "Shop")
    await public.component(engine, "Search", "Data")
    await public.component(engine, "Docs")
    async with engine.core.reading(engine.system) as tx:
        names = [one.name for one in await components.list_components(tx)]
    assert names == ["Docs", "Search", "API", "web"]


async def test_a_component_is_found_by_its_name_as_it_is_written_first(engine: Engine) -> None:
    upper = await public.component(engine, "API")
    await public.component(engine, "api")
    async with engine.core.reading(engine.system) as tx:
        assert (await components.find_component(tx, "API")).id == upper
        with pytest.raises(NotFound, match="API, api"):
            await components.find_component(tx, "Api")


async def test_a_name_is_trimmed_unique_and_bounded(engine: Engine) -> None:
    made = await engine.do("bob", components.create_component, ComponentDraft(" API \n"))
    assert made.name == "API"
    with pytest.raises(NameConflict):
        await public.component(engine, "API ")
    with pytest.raises(ValidationFailed):
        await public.component(engine, "  ")
    with pytest.raises(ValidationFailed):
        await public.component(engine, "x" * (COMPONENT_NAME_MAX + 1))
    again = await engine.do("bob", components.create_component, ComponentDraft("Other"), id=made.id)
    assert again.name == "API", "asked for twice with one id, there is one"


async def test_every_change_is_on_the_trail_with_before_and_after(engine: Engine) -> None:
    id = await public.component(engine)
    wanted = ComponentDraft("Public API", "What you call.", "Core")
    await engine.do("bob", components.change_component, id, wanted)
    await engine.do("bob", components.change_component, id, wanted)
    await engine.do("bob", components.remove_component, id)

    found = [one for one in await given.organization_trail(engine) if "componentId" in one.data]
    assert [one.type for one in found] == [
        AuditType.COMPONENT_CREATED, AuditType.COMPONENT_CHANGED, AuditType.COMPONENT_REMOVED,
    ]  # fmt: skip
    assert found[1].data["before"]["name"] == "API"
    assert found[1].data["after"] == components.describe(wanted)
    with pytest.raises(NotFound):
        await engine.do("bob", components.remove_component, id)


@pytest.mark.parametrize(
    ("severity", "status"),
    [
        (Severity.CRITICAL, ComponentStatus.MAJOR_OUTAGE),
        (Severity.HIGH, ComponentStatus.PARTIAL_OUTAGE),
        (Severity.MEDIUM, ComponentStatus.DEGRADED),
        (Severity.LOW, ComponentStatus.DEGRADED),
    ],
)
async def test_an_open_incident_makes_a_component_as_bad_as_it_is(
    engine: Engine, severity: Severity, status: ComponentStatus
) -> None:
    id = await public.component(engine)
    incident = await engine.declare(severity=severity, component_ids=[id])
    during = await _status(engine, id)
    await engine.do("bob", updates.resolve, incident.id)

    assert (during, await _status(engine, id)) == (status, ComponentStatus.OPERATIONAL)


async def test_of_several_incidents_the_worst_counts_and_a_changed_severity_at_once(
    engine: Engine,
) -> None:
    id = await public.component(engine)
    first = await engine.declare(severity=Severity.LOW, component_ids=[id])
    second = await engine.declare(severity=Severity.HIGH, component_ids=[id])
    worst = await _status(engine, id)
    await engine.do("bob", incidents.change_severity, first.id, Severity.CRITICAL)
    raised = await _status(engine, id)
    await engine.do("bob", updates.resolve, first.id)
    await public.affect(engine, second.id)

    assert (worst, raised) == (ComponentStatus.PARTIAL_OUTAGE, ComponentStatus.MAJOR_OUTAGE)
    assert await _status(engine, id) is ComponentStatus.OPERATIONAL


async def test_an_admins_override_wins_until_it_is_taken_away(engine: Engine) -> None:
    await public.appoint(engine, "alice")
    id = await public.component(engine)
    await engine.declare(severity=Severity.CRITICAL, component_ids=[id])

    with pytest.raises(Forbidden):
        await engine.do("bob", components.override_status, id, ComponentStatus.OPERATIONAL)
    await engine.do("alice", components.override_status, id, ComponentStatus.MAINTENANCE)
    overridden = await _status(engine, id)
    await engine.do("alice", components.override_status, id, None)

    assert overridden is ComponentStatus.MAINTENANCE
    assert await _status(engine, id) is ComponentStatus.MAJOR_OUTAGE


async def test_what_is_in_use_is_not_removed_and_says_by_what(engine: Engine) -> None:
    id = await public.component(engine)
    incident = await engine.declare(component_ids=[id])
    page_id = await public.page(engine, id)

    with pytest.raises(InUse, match="the status page “Acme Status”, the open incident #1"):
        await engine.do("bob", components.remove_component, id)

    await engine.do("alice", status_pages.remove_page, page_id)
    await engine.do("bob", updates.resolve, incident.id)
    await engine.do("bob", components.remove_component, id)
    assert await _tags(engine) == ["API"], "a resolved incident keeps the name"


async def test_open_incidents_follow_a_name_and_resolved_ones_keep_theirs(engine: Engine) -> None:
    id = await public.component(engine)
    first = await engine.declare(component_ids=[id])
    await engine.do("bob", updates.resolve, first.id)
    second = await engine.declare(component_ids=[id])
    await engine.do("bob", components.change_component, id, ComponentDraft("Public API"))

    async with engine.core.reading(engine.system) as tx:
        named = await affected.of_many(tx, [await engine.incident(1), await engine.incident(2)])
    assert [[one.name for one in named[each.id]] for each in (first, second)] == [
        ["API"], ["Public API"],
    ]  # fmt: skip


async def test_what_is_affected_is_changed_until_the_end_and_on_the_trail(engine: Engine) -> None:
    api, web = await public.component(engine), await public.component(engine, "Web")
    incident = await engine.declare()
    await public.affect(engine, incident.id, web, api)
    await public.affect(engine, incident.id, api, web)
    async with engine.core.reading(engine.system) as tx:
        told = (await facts.of(tx, await engine.incident())).components
    await engine.do("bob", updates.resolve, incident.id)

    assert [one.name for one in told] == ["Web", "API"], "the same set again changes nothing"
    (event,) = await given.data_of(engine, AuditType.COMPONENTS_CHANGED)
    assert event == {
        "before": [],
        "after": [{"id": str(web), "name": "Web"}, {"id": str(api), "name": "API"}],
    }
    with pytest.raises(IncidentResolved):
        await public.affect(engine, incident.id)


async def test_what_is_no_component_or_named_twice_is_refused(engine: Engine) -> None:
    id = await public.component(engine)
    incident = await engine.declare()
    with pytest.raises(DuplicateComponentId):
        await public.affect(engine, incident.id, id, id)
    with pytest.raises(InvalidComponentId):
        await public.affect(engine, incident.id, uuid4())
    with pytest.raises(ValidationFailed):
        await public.affect(
            engine, incident.id, *(uuid4() for _ in range(AFFECTED_COMPONENTS_MAX + 1))
        )
    with pytest.raises(InvalidComponentId):
        await engine.declare(component_ids=[uuid4()])
    assert await _tags(engine) == []


async def test_another_organizations_component_is_none(engine: Engine) -> None:
    mallory = await given.stranger(engine)
    id = await public.component(engine)
    async with engine.core.transaction(mallory) as tx:
        with pytest.raises(NotFound):
            await components.get_component(tx, id)
        with pytest.raises(NotFound):
            await components.change_component(tx, id, ComponentDraft("Mine"))
        with pytest.raises(NotFound):
            await components.remove_component(tx, id)
        assert await components.list_components(tx) == []
