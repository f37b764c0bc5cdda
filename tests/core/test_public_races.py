"""Many hands at once: no component stays down for ever, and nobody waits for another for ever."""

import asyncio
import random
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from core import affected, components, incidents, redaction, status_pages, surfaces, updates
from core.components import ComponentDraft
from core.errors import IncidentResolved, NameConflict, NoPublicSurface
from core.status_pages import StatusPageDraft
from core.transaction import Actor
from storage.models import Component, Incident, IncidentComponent
from storage.vocabulary import ComponentStatus, Severity, Status, Visibility
from tests.core import given, public
from tests.engine import Engine
from tests.sample import some_at_once


async def test_two_incidents_that_end_at_once_leave_nothing_down(engine: Engine) -> None:
    id = await public.component(engine)
    for _ in range(5):
        pair = [
            await engine.declare(severity=Severity.CRITICAL, component_ids=[id]) for _ in range(4)
        ]
        await asyncio.gather(*(engine.do("bob", updates.resolve, one.id) for one in pair))
        async with engine.core.reading(engine.system) as tx:
            status = (await components.get_component(tx, id)).status
        assert status is ComponentStatus.OPERATIONAL


@pytest.mark.parametrize("seed", some_at_once(6, at_once=1))
async def test_whatever_is_done_at_once_ends_and_agrees(engine: Engine, seed: int) -> None:
    chance = random.Random(seed)
    ids = [await public.component(engine, f"Part {n}") for n in range(5)]
    pages = [await public.page(engine, *ids[:3], slug="one"),
             await public.page(engine, *reversed(ids), slug="two")]  # fmt: skip
    known = [(await engine.declare(component_ids=chance.sample(ids, 2))).id for _ in range(4)]

    async def act(number: int) -> None:
        incident, component = chance.choice(known), chance.choice(ids)
        acts: list[tuple[str, Any, Any, dict[str, Any]]] = [
            ("bob", affected.set_components, (incident, chance.sample(ids, 3)), {}),
            ("bob", incidents.change_severity, (incident, chance.choice(list(Severity))), {}),
            ("bob", updates.resolve, (incident,), {}),
            ("bob", updates.post_update, (incident,),
             {"body": f"{number}", "visibility": Visibility.PUBLIC}),
            ("bob", components.change_component, (component, ComponentDraft(f"New {number}")), {}),
            ("alice", components.override_status,
             (component, chance.choice([None, *ComponentStatus])), {}),
            ("alice", status_pages.change_page, (
                (at := chance.choice([0, 1])) is not None and pages[at],
                StatusPageDraft(["one", "two"][at], f"Title {number}",
                          tuple(chance.sample(ids, 4)), True)), {}),
        ]  # fmt: skip
        by, what, given, named = chance.choice(acts)
        with suppress(IncidentResolved, NoPublicSurface):
            await engine.do(by, what, *given, **named)
        if chance.random() < 0.3:
            known.append((await engine.declare(component_ids=chance.sample(ids, 2))).id)

    async with asyncio.timeout(60):
        for begin in range(0, 80, 16):
            await asyncio.gather(*(act(number) for number in range(begin, begin + 16)))

    assert await _disagreeing(engine, ids) == []


async def test_what_is_tagged_while_a_component_is_renamed_has_the_new_name(
    engine: Engine,
) -> None:
    id = await public.component(engine)
    known = [(await engine.declare()).id for _ in range(8)]
    await asyncio.gather(
        *(public.affect(engine, one, id) for one in known[:4]),
        engine.do("bob", components.change_component, id, ComponentDraft("Public API")),
        *(public.affect(engine, one, id) for one in known[4:]),
    )
    async with engine.core.reading(engine.system) as tx:
        names = await tx.db.scalars(select(IncidentComponent.name))
    assert set(names) == {"Public API"}


async def test_two_organizations_take_one_address_and_one_is_refused(engine: Engine) -> None:
    mallory = await given.stranger(engine)

    async def take(organization_id: UUID | None) -> str:
        async with engine.core.transaction(Actor.system(organization_id)) as tx:
            try:
                await status_pages.create_page(tx, StatusPageDraft("acme", "Acme"))
            except NameConflict as refusal:
                return refusal.code
            await asyncio.sleep(0.1)  # uncommitted, while the other asks
        return "made"

    both = (engine.organization_id, mallory.organization_id)
    assert sorted(await asyncio.gather(*map(take, both))) == ["made", "name_conflict"]


async def test_a_text_is_taken_back_while_it_is_edited_into_the_page(engine: Engine) -> None:
    api = await public.component(engine)
    page = await public.page(engine, api)
    incident = await engine.declare(component_ids=[api])
    said = await engine.do(
        "bob", updates.post_update, incident.id, body="zebrafinch", visibility=Visibility.PUBLIC
    )
    await asyncio.gather(
        engine.do("bob", redaction.redact_update, incident.id, said.id),
        engine.do("bob", updates.post_update, incident.id, status_change=Status.IDENTIFIED),
        engine.do("carol", incidents.change_severity, incident.id, Severity.LOW),
    )
    (shown,) = (await public.shown(engine, page)).incidents
    assert [one.is_removed for one in shown.updates] in ([True, False], [False, True])


async def _disagreeing(engine: Engine, ids: list[UUID]) -> list[str]:
    """Components whose status is not what their override and the open incidents make of them."""
    wrong = []
    async with engine.core.reading(engine.system) as tx:
        for one in await tx.db.scalars(select(Component).where(Component.id.in_(ids))):
            severities = await tx.db.scalars(
                select(Incident.severity)
                .join(IncidentComponent, IncidentComponent.incident_id == Incident.id)
                .where(IncidentComponent.component_id == one.id, Incident.status != Status.RESOLVED)
            )
            meant = surfaces.status_of(one.status_override, severities.all())
            if one.status is not meant:
                wrong.append(f"{one.name}: {one.status}, not {meant}")
    return wrong
