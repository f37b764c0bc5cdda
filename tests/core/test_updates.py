"""The single road to a status change, and the order in which it refuses."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from core import updates
from core.errors import (
    DomainError,
    IncidentResolved,
    InvalidStatusTransition,
    NoPublicSurface,
    NotFound,
    ValidationFailed,
)
from storage.models import IncidentUpdate
from storage.vocabulary import AuditType, Status, Visibility
from tests.core import given
from tests.engine import Engine

PUBLIC = Visibility.PUBLIC


async def _posted(engine: Engine) -> list[tuple[int, str | None, Status | None]]:
    """Every update of the first incident, as it is stored."""
    incident = await engine.incident()
    query = select(IncidentUpdate).filter_by(incident_id=incident.id)
    async with engine.core.reading(engine.system) as tx:
        return [
            (update.sequence, update.body, update.status_change)
            for update in await tx.db.scalars(query.order_by(IncidentUpdate.sequence))
        ]


async def test_an_update_is_internal_unless_public_is_said(engine: Engine) -> None:
    incident = await engine.declare()

    posted = await engine.do("bob", updates.post_update, incident.id, body="  Looking \n")

    assert (posted.body, posted.visibility) == ("Looking", Visibility.INTERNAL)
    assert (posted.posted_by, posted.posted_by_id) == ("Bob", engine.cast["bob"].id)
    assert (posted.posted_at, posted.sequence) == (engine.clock.at, 1)
    assert (await engine.incident()).status is Status.INVESTIGATING


async def test_a_status_change_goes_with_its_update_both_or_neither(engine: Engine) -> None:
    incident = await engine.declare()
    await engine.do(
        "bob", updates.post_update, incident.id, body="Found", status_change=Status.IDENTIFIED
    )
    with pytest.raises(InvalidStatusTransition):
        await engine.do(
            "bob", updates.post_update, incident.id, body="Done", status_change=Status.RESOLVED
        )

    assert await _posted(engine) == [(1, "Found", Status.IDENTIFIED)]
    assert (await engine.incident()).status is Status.IDENTIFIED
    assert (await engine.types())[2:] == [AuditType.UPDATE_POSTED, AuditType.STATUS_CHANGED]


async def test_a_bare_transition_needs_no_text(engine: Engine) -> None:
    incident = await engine.declare()

    await engine.do("bob", updates.post_update, incident.id, status_change=Status.IDENTIFIED)

    assert await _posted(engine) == [(1, None, Status.IDENTIFIED)]


async def test_reaching_resolved_step_by_step_stops_the_escalation(engine: Engine) -> None:
    incident = await engine.declare()
    for status in (Status.IDENTIFIED, Status.MONITORING, Status.RESOLVED):
        await engine.do("bob", updates.post_update, incident.id, status_change=status)

    resolved = await engine.incident()
    assert (resolved.status, resolved.resolved_at) == (Status.RESOLVED, engine.clock.at)
    assert resolved.next_escalation_at is None


@pytest.mark.parametrize(
    ("resolved", "asked", "refusal"),
    [
        (True, {"body": " \n\t"}, ValidationFailed),
        (True, {}, ValidationFailed),
        (True, {"status_change": Status.MONITORING, "visibility": PUBLIC}, ValidationFailed),
        (True, {"body": "x" * 10_001}, ValidationFailed),
        (True, {"body": "x\0"}, ValidationFailed),
        (True, {"body": "x", "status_change": Status.MONITORING}, IncidentResolved),
        (True, {"body": "x", "visibility": PUBLIC}, IncidentResolved),
        (True, {"body": "x"}, IncidentResolved),
        (False, {"body": "  ", "visibility": PUBLIC}, ValidationFailed),
        (False, {"status_change": Status.IDENTIFIED, "visibility": PUBLIC}, ValidationFailed),
        (
            False,
            {"body": "x", "status_change": Status.MONITORING, "visibility": PUBLIC},
            InvalidStatusTransition,
        ),
        (False, {"status_change": Status.INVESTIGATING}, InvalidStatusTransition),
        (
            False,
            {"body": "x", "status_change": Status.IDENTIFIED, "visibility": PUBLIC},
            NoPublicSurface,
        ),
        (False, {"body": "x", "visibility": PUBLIC}, NoPublicSurface),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
async def test_checks_come_in_order_and_what_is_refused_writes_nothing(
    engine: Engine, resolved: bool, asked: dict[str, Any], refusal: type[DomainError]
) -> None:
    incident = await engine.declare()
    if resolved:
        await engine.do("bob", updates.resolve, incident.id)
    before = await _state(engine)

    with pytest.raises(DomainError) as refused:
        await engine.do("bob", updates.post_update, incident.id, **asked)

    assert type(refused.value) is refusal
    assert await _state(engine) == before


async def _state(engine: Engine) -> tuple[Any, ...]:
    incident = await engine.incident()
    return (
        await _posted(engine),
        await engine.types(),
        incident.status,
        incident.version,
        [one.id for one in await engine.deliveries()],
    )


async def test_existence_is_judged_before_the_schema(engine: Engine) -> None:
    incident = await engine.declare()
    mallory = await given.stranger(engine)

    with pytest.raises(NotFound):
        await engine.do("bob", updates.post_update, uuid4(), body="")
    with pytest.raises(NotFound):
        async with engine.core.transaction(mallory) as tx:
            await updates.post_update(tx, incident.id, body="")


async def test_a_refusal_for_want_of_a_page_has_its_code_and_field(engine: Engine) -> None:
    incident = await engine.declare()

    with pytest.raises(NoPublicSurface) as refused:
        await engine.do("bob", updates.post_update, incident.id, body="x", visibility=PUBLIC)

    assert (refused.value.code, refused.value.field) == ("NO_PUBLIC_SURFACE", "visibility")


async def test_a_body_may_be_ten_thousand_code_points(engine: Engine) -> None:
    incident = await engine.declare()
    body = "\U0001f525" * 10_000

    posted = await engine.do("bob", updates.post_update, incident.id, body=f" {body} ")

    assert posted.body == body


async def test_resolving_walks_the_missing_steps_one_update_each(engine: Engine) -> None:
    incident = await engine.declare()

    resolved = await engine.do("bob", updates.resolve, incident.id, body=" Fixed ")

    assert (resolved.status, resolved.resolved_at) == (Status.RESOLVED, engine.clock.at)
    assert await _posted(engine) == [
        (1, None, Status.IDENTIFIED),
        (2, None, Status.MONITORING),
        (3, "Fixed", Status.RESOLVED),
    ]
    steps = await given.data_of(engine, AuditType.STATUS_CHANGED)
    assert [(step["before"], step["after"]) for step in steps] == [
        ("investigating", "identified"),
        ("identified", "monitoring"),
        ("monitoring", "resolved"),
    ]


async def test_resolving_from_monitoring_is_one_step(engine: Engine) -> None:
    incident = await engine.declare()
    for status in (Status.IDENTIFIED, Status.MONITORING):
        await engine.do("bob", updates.post_update, incident.id, status_change=status)

    await engine.do("bob", updates.resolve, incident.id)

    assert await _posted(engine) == [
        (1, None, Status.IDENTIFIED),
        (2, None, Status.MONITORING),
        (3, None, Status.RESOLVED),
    ]


async def test_resolving_is_told_once(engine: Engine) -> None:
    incident = await engine.declare()
    await engine.settle()

    await engine.do("bob", updates.resolve, incident.id)
    await engine.settle()

    assert engine.sender.kinds().count("update_posted") == 1


async def test_resolving_what_is_resolved_is_refused(engine: Engine) -> None:
    incident = await engine.declare()
    await engine.do("bob", updates.resolve, incident.id)
    before = await _state(engine)

    with pytest.raises(IncidentResolved):
        await engine.do("carol", updates.resolve, incident.id)

    assert await _state(engine) == before


async def test_resolving_with_a_text_that_is_too_long_resolves_nothing(engine: Engine) -> None:
    incident = await engine.declare()
    before = await _state(engine)

    with pytest.raises(ValidationFailed):
        await engine.do("carol", updates.resolve, incident.id, body="x" * 10_001)

    assert await _state(engine) == before


async def test_the_same_gesture_again_returns_the_update_that_it_made(engine: Engine) -> None:
    incident = await engine.declare()
    first = await engine.do(
        "bob",
        updates.post_update,
        incident.id,
        body="Found",
        status_change=Status.IDENTIFIED,
        dedup_key="slack:V1",
    )
    before = await _state(engine)

    again = await engine.do(
        "bob",
        updates.post_update,
        incident.id,
        body="Found",
        status_change=Status.IDENTIFIED,
        dedup_key="slack:V1",
    )

    assert again.id == first.id
    assert await _state(engine) == before


async def test_without_a_key_the_same_words_are_two_updates(engine: Engine) -> None:
    incident = await engine.declare()
    for _ in range(2):
        await engine.do("bob", updates.post_update, incident.id, body="Still looking")

    assert await _posted(engine) == [(1, "Still looking", None), (2, "Still looking", None)]


async def test_what_is_told_of_an_update_is_read_when_it_is_told(engine: Engine) -> None:
    incident = await engine.declare()
    posted = await engine.do("bob", updates.post_update, incident.id, body="Secret words")
    await engine.settle()

    told = [
        post.outgoing.update
        for post in engine.sender.posts.values()
        if post.outgoing.update is not None
    ]
    assert [(update.id, update.body, update.redacted) for update in told] == [
        (posted.id, "Secret words", False)
    ]
    assert "Secret words" not in str([one.message for one in await engine.deliveries()])
