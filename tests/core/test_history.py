"""The history of an incident's status: transitions alone, with the notes that are not public."""

from datetime import timedelta
from uuid import uuid4

import pytest

from core import history, redaction, updates
from core.errors import NotFound
from core.history import Transition
from storage.models import Incident
from storage.vocabulary import Status, Visibility
from tests.cast import NOON
from tests.core import given, public
from tests.engine import Engine


async def _history(engine: Engine, incident: Incident) -> tuple[Transition, ...]:
    async with engine.core.reading(engine.system) as tx:
        return await history.status_history(tx, incident.id)


async def test_the_first_status_is_there_from_the_start_and_is_no_update(engine: Engine) -> None:
    incident = await engine.declare()

    assert await _history(engine, incident) == (
        Transition(incident.id, Status.INVESTIGATING, NOON, None),
    )


async def test_each_transition_is_told_with_its_internal_note_and_notes_alone_are_not(
    engine: Engine,
) -> None:
    api = await public.component(engine)
    await public.page(engine, api)
    incident = await engine.declare(component_ids=[api])
    posted = []
    for minute, said in enumerate(
        (
            {"body": "A note"},
            {"body": "It is the cache", "status_change": Status.IDENTIFIED},
            {"body": "Mended", "status_change": Status.MONITORING,
             "visibility": Visibility.PUBLIC},
            {"body": "It was the cache", "status_change": Status.RESOLVED},
        ),
        start=1,
    ):  # fmt: skip
        engine.clock.at = NOON + timedelta(minutes=minute)
        posted.append(await engine.do("bob", updates.post_update, incident.id, **said))
    await engine.do("bob", redaction.redact_update, incident.id, posted[3].id)

    ids = [incident.id, *(one.id for one in posted[1:])]
    found = await _history(engine, incident)
    assert [one.id for one in found] == ids
    assert [(one.status, one.resolution_note) for one in found] == [
        (Status.INVESTIGATING, None),
        (Status.IDENTIFIED, "It is the cache"),
        (Status.MONITORING, None),
        (Status.RESOLVED, None),
    ]
    assert [(one.changed_at - NOON) // timedelta(minutes=1) for one in found] == [0, 2, 3, 4]


async def test_resolving_in_one_go_leaves_every_step_and_the_note_with_the_last(
    engine: Engine,
) -> None:
    incident = await engine.declare()
    await engine.do("bob", updates.resolve, incident.id, body="Restarted")

    assert [(one.status, one.resolution_note) for one in await _history(engine, incident)] == [
        (Status.INVESTIGATING, None),
        (Status.IDENTIFIED, None),
        (Status.MONITORING, None),
        (Status.RESOLVED, "Restarted"),
    ]


async def test_the_history_of_what_is_not_ours_is_not_found(engine: Engine) -> None:
    incident = await engine.declare()
    mallory = await given.stranger(engine)

    async with engine.core.reading(mallory) as tx:
        for unknown in (incident.id, uuid4()):
            with pytest.raises(NotFound):
                await history.status_history(tx, unknown)


async def test_updates_are_listed_in_order_to_their_own_organization_alone(engine: Engine) -> None:
    incident = await engine.declare()
    first = await engine.do("bob", updates.post_update, incident.id, body="one")
    second = await engine.do("carol", updates.post_update, incident.id, body="two")
    mallory = await given.stranger(engine)

    async with engine.core.reading(engine.system) as tx:
        listed = await history.list_updates(tx, incident.id)
        assert [one.id for one in listed] == [first.id, second.id]
        assert (await history.get_update(tx, incident.id, second.id)).body == "two"
        with pytest.raises(NotFound):
            await history.get_update(tx, incident.id, uuid4())
    async with engine.core.reading(mallory) as tx:
        for asked in (
            history.list_updates(tx, incident.id),
            history.get_update(tx, incident.id, first.id),
        ):
            with pytest.raises(NotFound):
                await asked
