"""An incident's title and description: changed until it ends, told, and never changed unseen."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest

from core import affected, editing, escalation, incidents, redaction, timeline, updates
from core.errors import ChangedMeanwhile, IncidentResolved, NotFound, ValidationFailed
from core.transaction import Transaction
from storage.limits import DESCRIPTION_MAX, TITLE_MAX
from storage.models import Incident
from storage.vocabulary import AuditType, Severity, Status, Visibility
from tests.core import given, public
from tests.engine import Engine

pytestmark = pytest.mark.postgresql_later


async def _edit(engine: Engine, incident: Incident, **said: Any) -> Incident:
    edited: Incident = await engine.do("bob", editing.edit_incident, incident.id, **said)
    return edited


async def test_a_title_and_a_description_are_changed_and_what_they_were_is_on_the_trail(
    engine: Engine,
) -> None:
    incident = await engine.declare(description="Since 12:00")

    edited = await _edit(engine, incident, title="  Payments are down ", description="Since 11:50")

    assert (edited.title, edited.description) == ("Payments are down", "Since 11:50")
    assert await given.data_of(engine, AuditType.INCIDENT_EDITED) == [
        {
            "before": {"title": "Checkout is down", "description": "Since 12:00"},
            "after": {"title": "Payments are down", "description": "Since 11:50"},
        }
    ]


async def test_what_is_left_out_stays_and_a_description_can_be_taken_away(engine: Engine) -> None:
    incident = await engine.declare(description="Since 12:00")

    await _edit(engine, incident, title="Payments are down")
    assert (await engine.incident()).description == "Since 12:00"
    await _edit(engine, incident, description=None)

    found = await engine.incident()
    assert (found.title, found.description) == ("Payments are down", None)
    assert await given.data_of(engine, AuditType.INCIDENT_EDITED) == [
        {"before": {"title": "Checkout is down"}, "after": {"title": "Payments are down"}},
        {"before": {"description": "Since 12:00"}, "after": {"description": None}},
    ]


async def test_what_somebody_else_changed_meanwhile_is_not_written_over(engine: Engine) -> None:
    incident = await engine.declare()
    shown = editing.texts_seen(incident.title, incident.description)
    await _edit(engine, incident, description="Since 12:00")

    with pytest.raises(ChangedMeanwhile):
        await _edit(engine, incident, title="Payments are down", as_seen=shown)
    found = await engine.incident()
    assert (found.title, found.description) == ("Checkout is down", "Since 12:00")
    again = editing.texts_seen(found.title, found.description)
    await _edit(engine, incident, title="Payments are down", as_seen=again)
    await _edit(engine, incident, title="Payments are down", as_seen=again)  # sent twice


async def test_the_same_again_changes_nothing(engine: Engine) -> None:
    incident = await engine.declare()

    for said in ({}, {"title": "Checkout is down "}, {"description": None}, {"description": " "}):
        assert (await _edit(engine, incident, **said)).version == 1
    assert await given.data_of(engine, AuditType.INCIDENT_EDITED) == []


async def test_every_copy_shows_the_new_title_and_nothing_is_said_anew(engine: Engine) -> None:
    incident = await engine.declare()
    await engine.settle()
    before = len(engine.sender.posts)

    await _edit(engine, incident, title="Payments are down")
    await engine.settle()

    assert len(engine.sender.posts) == before
    shown = {
        post.kind: [edit.incident.title for edit in post.edits]
        for post in engine.sender.posts.values()
    }
    assert (shown["page"], shown["card"]) == (["Payments are down"], ["Payments are down"])


async def test_a_page_that_shows_the_incident_shows_its_new_title(engine: Engine) -> None:
    api = await public.component(engine)
    shown = await public.page(engine, api)
    incident = await engine.declare(component_ids=[api])
    await engine.do("bob", updates.post_update, incident.id, body="Looking",
                    visibility=Visibility.PUBLIC)  # fmt: skip
    before = await public.version(engine)

    await _edit(engine, incident, description="Nothing for customers")
    assert await public.version(engine) == before
    await _edit(engine, incident, title="Payments are down")

    assert await public.version(engine) == before + 1
    (one,) = (await public.shown(engine, shown)).incidents
    assert one.title == "Payments are down"


async def test_the_timeline_tells_of_an_edit(engine: Engine) -> None:
    incident = await engine.declare()
    await _edit(engine, incident, title="Payments are down")

    async with engine.core.reading(engine.system) as tx:
        *_, last = await timeline.of(tx, incident.id)
    assert (last.type, last.by) == (AuditType.INCIDENT_EDITED, "Bob")


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"title": " \n"}, "title"),
        ({"title": "x" * (TITLE_MAX + 1)}, "title"),
        ({"title": "a\0b"}, "title"),
        ({"description": "x" * (DESCRIPTION_MAX + 1)}, "description"),
        ({"description": "\ud800"}, "description"),
    ],
)
async def test_what_is_no_text_is_refused_at_its_field_and_nothing_is_changed(
    engine: Engine, said: dict[str, str], field: str
) -> None:
    incident = await engine.declare()

    with pytest.raises(ValidationFailed) as refused:
        await _edit(engine, incident, **{"title": "New", "description": "New", **said})

    assert refused.value.field == field
    assert (await engine.incident()).title == "Checkout is down"


async def test_what_is_resolved_or_not_ours_is_not_edited(engine: Engine) -> None:
    incident = await engine.declare()
    mallory = await given.stranger(engine)
    for unknown in (incident.id, uuid4()):
        with pytest.raises(NotFound):
            async with engine.core.transaction(mallory) as tx:
                await editing.edit_incident(tx, unknown, title="Mine")
    await engine.do("bob", updates.resolve, incident.id)

    for title in ("New", incident.title):
        with pytest.raises(IncidentResolved):
            await _edit(engine, incident, title=title)


async def test_several_things_are_changed_at_once_or_none(engine: Engine) -> None:
    incident = await engine.declare()

    with pytest.raises(ValidationFailed):
        await engine.do(
            "bob", editing.change_incident, incident.id, title=" ", severity=Severity.LOW
        )
    await engine.do("bob", editing.change_incident, incident.id)
    await engine.do("bob", editing.change_incident, incident.id, title="New", description="D",
                    severity=Severity.HIGH)  # fmt: skip

    found = await engine.incident()
    assert (found.title, found.description, found.severity) == ("New", "D", Severity.HIGH)
    assert await engine.types() == [
        AuditType.INCIDENT_CREATED,
        AuditType.LAYER_PAGED,
        AuditType.INCIDENT_EDITED,
        AuditType.SEVERITY_CHANGED,
    ]


async def test_a_change_of_what_was_not_seen_is_refused(engine: Engine) -> None:
    incident = await engine.declare()

    async def retitle(tx: Transaction, expected: int, title: str) -> Incident:
        await editing.check_version(tx, incident.id, (expected,))
        return await editing.edit_incident(tx, incident.id, title=title)

    results = await asyncio.gather(
        *(engine.do("bob", retitle, 1, f"Number {index}") for index in range(8)),
        return_exceptions=True,
    )

    refused = [one.code for one in results if isinstance(one, ChangedMeanwhile)]
    assert refused == ["precondition_failed"] * 7
    assert len(await given.data_of(engine, AuditType.INCIDENT_EDITED)) == 1
    with pytest.raises(NotFound):
        await engine.do("bob", editing.check_version, uuid4(), (1,))


async def test_each_change_that_a_reader_can_see_makes_the_version_another(engine: Engine) -> None:
    api = await public.component(engine)
    incident = await engine.declare(component_ids=[api])
    seen = 1

    async def has_changed() -> None:
        nonlocal seen
        before, seen = seen, (await engine.incident()).version
        assert seen > before

    async def do(act: Any, *args: Any, **said: Any) -> Any:
        done = await engine.do("bob", act, incident.id, *args, **said)
        await has_changed()
        return done

    await do(editing.edit_incident, title="Payments are down")
    await do(editing.edit_incident, description="Since 11:50")
    await do(incidents.change_severity, Severity.HIGH)
    await do(affected.set_components, [])
    await do(escalation.acknowledge)
    await do(escalation.hand_off, to=engine.cast["dave"].id)
    posted = await do(updates.post_update, body="Looking")
    await do(redaction.redact_update, posted.id)
    await do(updates.post_update, status_change=Status.IDENTIFIED)
    await do(_stumble)
    await engine.settle()
    while (await engine.incident()).next_escalation_at:  # to the next layer, and to the end
        engine.clock.at = (await engine.incident()).next_escalation_at  # type: ignore[assignment]
        async with engine.core.transaction(engine.system) as tx:
            assert await escalation.escalate_due(tx) == 1
        await has_changed()
    await do(updates.resolve)


async def _stumble(tx: Transaction, incident_id: UUID) -> None:
    await escalation.stumble(tx, incident_id, "a fault")
