"""Schedules managed in Slack by people who never read a manual."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from core import schedules, scheduling
from core.schedule_drafts import ScheduleDraft
from storage.models import AuditEvent
from storage.vocabulary import AuditType, RotationType
from tests.world import World, running_world, typed


@pytest.fixture
async def empty(database_url: str) -> AsyncIterator[World]:
    """An organization that nobody has set up."""
    async with running_world(database_url, blueprint="") as running:
        yield running
        assert running.slack.faulty_payloads == []


async def _draft(world: World, name: str = "Payments") -> ScheduleDraft:
    async with world.tocsin.core.reading(world.system) as tx:
        return scheduling.draft_of(await schedules.find_schedule(tx, name))


async def _changes(world: World) -> list[AuditEvent]:
    from sqlalchemy import select

    async with world.tocsin.core.reading(world.system) as tx:
        query = select(AuditEvent).where(
            AuditEvent.type.in_((AuditType.SCHEDULE_CREATED, AuditType.SCHEDULE_CHANGED,
                                 AuditType.SCHEDULE_REMOVED))
        )  # fmt: skip
        return list(await tx.db.scalars(query.order_by(AuditEvent.sequence)))


async def _open(world: World, person: Any, name: str = "Payments") -> Any:
    return (await person.command(f"/incident schedules {name}")).view


async def _edit(world: World, person: Any, name: str = "Payments", layer: str = "Primary") -> Any:
    view = await _open(world, person, name)
    return (await person.click("Edit", on=view, near=layer)).view


async def test_a_schedule_is_made_from_nothing(empty: World) -> None:
    world = empty
    listed = (await world.dave.command("/incident schedules")).view
    assert "There are no schedules yet" in listed.plain

    form = (await world.dave.click("New schedule")).view
    assert "Asia/Tokyo (UTC+9)" in form.plain
    await world.dave.fill(form, {"Name": "Search", "Time zone": "Europe/Berlin (UTC+1)"})
    assert (await world.dave.submit(form)).ok
    assert "Nobody is on call here yet" in world.dave.modal.plain
    assert "Search" in world.dave.modals[0].plain

    form = (await world.dave.click("Add rotation layer")).view
    assert typed(form, "name") == "Primary"
    assert "Choose people, and read here" in form.plain
    await world.dave.choose("Who takes turns", [world.bob.id, world.carol.id], on=form)
    assert "Nobody is on call" in form.plain
    assert (await world.dave.submit(form)).ok

    (layer,) = (await _draft(world, "Search")).layers
    assert layer.rotation_type is RotationType.WEEKLY
