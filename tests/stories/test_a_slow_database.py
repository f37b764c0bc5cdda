"""Slack's three seconds are kept whatever the database does, and nothing typed is lost."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from core import incidents, people, updates
from core.transaction import Actor
from tests.world import World, running_world, typed

DEADLINE = 1.0


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    async with running_world(database_url, deadline=DEADLINE) as running:
        yield running


async def _hold_the_writers(world: World, until: asyncio.Event) -> None:
    """Somebody holds what every writer of this organization needs."""
    async with world.tocsin.core.transaction(Actor.system(world.organization_id)) as tx:
        await people.lock_organization(tx)  # the lock that declaring waits for
        await until.wait()


async def test_a_form_whose_write_must_wait_is_answered_in_time_and_declared_later(
    world: World,
) -> None:
    view = (await world.dave.command("/incident")).view
    await world.dave.fill(view, {"Title": "Checkout is down"})
    free = asyncio.Event()
    holding = asyncio.create_task(_hold_the_writers(world, free))
    await asyncio.sleep(0.05)

    submission = await asyncio.wait_for(world.dave.submit(view), timeout=2)

    assert submission.failed is None
    assert "Still working on it" in world.dave.modal.plain
    free.set()
    await holding
    await world.settle()
    assert "It is done" in world.dave.modal.plain
    assert "Paging Bob Okafor." in world.dave.ephemerals()[-1].plain
    assert len(world.bob.dm()) == 1


async def test_a_late_refusal_shows_the_form_again_with_what_was_typed(world: World) -> None:
    await world.declare(world.alice)
    opened = await world.bob.click("Update…", on=world.alerts.messages[0])
    await world.bob.fill(opened.view, {"What happened?": "We know more"})
    free = asyncio.Event()
    incident = await world.incident()
    holding = asyncio.create_task(_hold_incident(world, incident.id, free, resolves=True))
    await asyncio.sleep(0.05)

    await world.bob.submit(opened.view)
    free.set()
    await holding
    await world.settle()

    assert "This incident is resolved" in world.bob.modal.plain
    assert typed(world.bob.modal, "body") == "We know more"


async def _hold_incident(
    world: World, incident_id: UUID, until: asyncio.Event, *, resolves: bool = False
) -> None:
    async with world.tocsin.core.transaction(Actor.system(world.organization_id)) as tx:
        await incidents.lock(tx, incident_id)
        await until.wait()
        if resolves:
            await updates.resolve(tx, incident_id)


async def test_a_press_that_must_wait_is_acknowledged_in_time_and_told_later(
    world: World,
) -> None:
    await world.declare(world.alice)
    free = asyncio.Event()
    incident = await world.incident()
    holding = asyncio.create_task(_hold_incident(world, incident.id, free))
    await asyncio.sleep(0.05)

    answer = await world.bob.click("Acknowledge", on=world.bob.dm()[0])

    assert answer.failed is None
    free.set()
    await holding
    await world.settle()
    assert (await world.incident()).acknowledged_by == "Bob Okafor"
