"""What one act changes is read from what it wrote, and from nothing else's."""

from typing import Any

import pytest

from core import effects, escalation, incidents, updates
from core.effects import Effects
from core.errors import NotFound
from storage.vocabulary import Status, Visibility
from tests.core import given, public
from tests.engine import Engine

pytestmark = pytest.mark.postgresql_later


async def _act(engine: Engine, act: Any, **said: Any) -> Effects:
    async with engine.core.transaction(engine.actor("alice")) as tx:
        held = await incidents.lock(tx, (await incidents.find(tx, 1)).id)
        before = effects.mark(held)
        await act(tx, held.id, **said)
        return await effects.since(tx, held.id, before)


def _paged(done: Effects) -> list[str]:
    return [one.name for one in done.paged]


async def test_pages_and_updates_from_before_are_not_the_acts(engine: Engine) -> None:
    await engine.declare()
    await _act(engine, updates.post_update, body="Before")
    await engine.settle()

    done = await _act(engine, escalation.hand_off, to=engine.cast["dave"].id)
    said = await _act(engine, updates.post_update, body="After")

    assert (_paged(done), done.updates, done.changed) == (["Dave"], (), True)
    assert (_paged(said), [one.body for one in said.updates]) == ([], ["After"])


async def test_pages_of_the_next_layer_come_by_time_and_not_by_the_act(engine: Engine) -> None:
    await engine.declare()
    await engine.pass_time(minutes=5)

    done = await _act(engine, escalation.acknowledge)
    again = await _act(engine, escalation.acknowledge)

    assert (_paged(done), done.changed, again.changed) == ([], True, False)


async def test_status_pages_are_those_that_show_something_else_now(engine: Engine) -> None:
    api = await public.component(engine)
    await public.page(engine, api)
    await public.page(engine, api, slug="hidden", published=False)
    await engine.declare(component_ids=[api])

    found = [
        await _act(engine, updates.post_update, body="For staff"),
        await _act(engine, updates.post_update, body="For all", visibility=Visibility.PUBLIC),
        await _act(engine, updates.post_update, status_change=Status.IDENTIFIED),
        await _act(engine, escalation.acknowledge),
        await _act(engine, updates.resolve),
    ]

    assert [[one.slug for one in done.status_pages] for done in found] == [
        [],
        ["acme"],
        ["acme"],
        [],
        ["acme"],
    ]
    assert [one.status_change for one in found[-1].updates] == [Status.MONITORING, Status.RESOLVED]


async def test_an_overview_names_whom_and_what_the_incident_speaks_of(engine: Engine) -> None:
    await engine.declare()
    await given.remove(engine, "bob")

    done = await _act(engine, escalation.acknowledge)

    assert done.incident.owner
    assert done.incident.escalation_policy
    assert (done.incident.owner.name, done.incident.escalation_policy.name) == ("Bob", "Payments")
    async with engine.core.transaction(await given.stranger(engine)) as tx:
        with pytest.raises(NotFound):
            await effects.since(tx, done.incident.record.id, effects.UNDECLARED)
