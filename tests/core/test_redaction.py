"""A text taken back: by whom, until when, and that not one byte of it stays."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from core import escalation, redaction, updates
from core.errors import NotFound, NothingToRedact, RedactionNotPermitted
from core.redaction import AUTHORS_TIME
from core.sending import DeliveryFailed
from core.transaction import Actor
from storage.models import IncidentUpdate
from storage.vocabulary import AuditType, Status, Visibility
from tests.core import given, public
from tests.engine import Engine


async def _posted(engine: Engine, body: str | None = "Our key is hunter2", **more: Any) -> Any:
    incident = await engine.declare()
    posted = await engine.do("bob", updates.post_update, incident.id, body=body, **more)
    return incident.id, posted.id


async def _stored(engine: Engine, update_id: Any) -> IncidentUpdate:
    async with engine.core.reading(engine.system) as tx:
        return (await tx.db.scalars(select(IncidentUpdate).filter_by(id=update_id))).one()


async def test_the_text_goes_and_its_place_stays(engine: Engine) -> None:
    incident_id, id = await _posted(engine, status_change=Status.IDENTIFIED)
    engine.clock.at += timedelta(seconds=30)
    await engine.do("bob", redaction.redact_update, incident_id, id)

    stored = await _stored(engine, id)
    assert (stored.body, stored.redacted_at, stored.redacted_by) == (None, engine.clock.at, "Bob")
    assert (stored.status_change, stored.visibility, stored.sequence) == (
        Status.IDENTIFIED, Visibility.INTERNAL, 1,
    )  # fmt: skip
    assert (await engine.types())[-1] is AuditType.UPDATE_REDACTED
    assert "hunter2" not in json.dumps([one.data for one in await engine.trail()])


async def test_its_author_has_five_minutes_to_the_second(engine: Engine) -> None:
    incident_id, id = await _posted(engine)
    other = await engine.do("bob", updates.post_update, incident_id, body="Another")
    engine.clock.at += AUTHORS_TIME
    await engine.do("bob", redaction.redact_update, incident_id, id)
    engine.clock.at += timedelta(milliseconds=1)
    with pytest.raises(RedactionNotPermitted):
        await engine.do("bob", redaction.redact_update, incident_id, other.id)


async def test_others_are_refused_before_anything_is_judged(engine: Engine) -> None:
    incident_id, id = await _posted(engine)
    bare = await engine.do("bob", updates.post_update, incident_id, status_change=Status.IDENTIFIED)
    for update_id in (id, bare.id):
        with pytest.raises(RedactionNotPermitted):
            await engine.do("carol", redaction.redact_update, incident_id, update_id)
    with pytest.raises(NothingToRedact):
        await engine.do("bob", redaction.redact_update, incident_id, bare.id)


async def test_an_admin_may_at_any_time_on_a_resolved_incident_too(engine: Engine) -> None:
    await public.appoint(engine, "alice")
    incident_id, id = await _posted(engine)
    await engine.do("bob", updates.resolve, incident_id)
    engine.clock.at += timedelta(days=400)
    await engine.do("alice", redaction.redact_update, incident_id, id)
    first = await _stored(engine, id)
    engine.clock.at += timedelta(days=1)
    await engine.do("alice", redaction.redact_update, incident_id, id)

    again = await _stored(engine, id)
    assert (again.redacted_at, again.redacted_by) == (first.redacted_at, "Alice")
    assert (await engine.types()).count(AuditType.UPDATE_REDACTED) == 1


async def test_what_is_no_update_of_it_is_not_found(engine: Engine) -> None:
    incident_id, id = await _posted(engine)
    other = await engine.declare()
    mallory = await given.stranger(engine)
    for incident, update in ((incident_id, uuid4()), (other.id, id), (uuid4(), id)):
        with pytest.raises(NotFound):
            await engine.do("bob", redaction.redact_update, incident, update)
    async with engine.core.transaction(Actor.system(mallory.organization_id)) as tx:
        with pytest.raises(NotFound):
            await redaction.redact_update(tx, incident_id, id)


async def test_the_copy_in_slack_is_edited_and_no_message_keeps_the_text(engine: Engine) -> None:
    incident_id, id = await _posted(engine)
    await engine.settle()
    (notice,) = [one for one in engine.sender.posts.values() if one.kind == "update_posted"]
    await engine.do("bob", redaction.redact_update, incident_id, id)
    await engine.settle()

    assert notice.outgoing.update.body == "Our key is hunter2"
    assert [(one.update.body, one.update.redacted) for one in notice.edits] == [(None, True)]
    assert not [one for one in await engine.deliveries() if "hunter2" in json.dumps(one.message)]


@pytest.mark.parametrize("length", [20, 9_000], ids=["short", "long"])
async def test_not_one_byte_stays_in_the_file_or_its_log(engine: Engine, length: int) -> None:
    path = engine.core.database.url.database
    if not engine.core.database.is_sqlite:
        pytest.skip("what PostgreSQL keeps is told to operators")
    marker = b"zebrafinch"
    text = marker.decode() + "x" * length
    incident_id, id = await _posted(engine, text)
    for number in range(40):  # it lies among others, and pages were split since
        body = f"{number} " + "y" * 400
        await engine.do("bob", updates.post_update, incident_id, body=body)
    there = _found(path, marker)

    await engine.do("bob", redaction.redact_update, incident_id, id)
    await engine.core.scrubbing.finish()

    assert there, "to show that nothing is left, it was there"
    assert not _found(path, marker)


async def test_a_reader_puts_the_last_byte_off_until_it_is_done(engine: Engine) -> None:
    if not engine.core.database.is_sqlite:
        pytest.skip("what PostgreSQL keeps is told to operators")
    incident_id, id = await _posted(engine, "zebrafinch")
    async with engine.core.reading(engine.system) as tx:
        await tx.db.scalar(select(IncidentUpdate.id))
        await engine.do("bob", redaction.redact_update, incident_id, id)
        await asyncio.sleep(0.3)
        during = _found(engine.core.database.url.database, b"zebrafinch")
    await engine.core.scrubbing.finish()

    assert during
    assert not _found(engine.core.database.url.database, b"zebrafinch")


async def test_what_could_not_be_edited_once_is_edited_when_its_text_is_taken_back(
    engine: Engine,
) -> None:
    incident_id, id = await _posted(engine)
    await engine.settle()
    failure = DeliveryFailed("chat_update: edit_window_closed", permanent=True)
    engine.sender.before = given.failing(failure, "edit", times=1, kind="update_posted")
    await engine.do("carol", escalation.acknowledge, incident_id)
    await engine.settle()
    (notice,) = [one for one in engine.sender.posts.values() if one.kind == "update_posted"]
    missed = len(notice.edits)
    await engine.do("bob", redaction.redact_update, incident_id, id)
    await engine.settle()

    assert missed == 0
    assert [one.update.redacted for one in notice.edits] == [True]


async def test_on_postgresql_it_takes_a_full_vacuum_as_the_page_for_operators_says(
    engine: Engine,
) -> None:
    if engine.core.database.is_sqlite:
        pytest.skip("SQLite needs none")
    marker = uuid4().hex  # nobody else's text in this database
    incident_id, id = await _posted(engine, marker + "x" * 500)
    async with engine.core.database.engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text("CHECKPOINT"))
        there = await _in_the_files(connection, marker)
        await engine.do("bob", redaction.redact_update, incident_id, id)
        await connection.execute(text("VACUUM FULL incident_updates"))
        await connection.execute(text("CHECKPOINT"))
        left = await _in_the_files(connection, marker)

    assert there
    assert left == []


async def _in_the_files(connection: Any, marker: str) -> list[Path]:
    """The files of the database's own directory in which the text stands."""
    query = "SELECT current_setting('data_directory') || '/base/' || oid FROM pg_database"
    where = await connection.scalar(text(f"{query} WHERE datname = current_database()"))
    return _holding(Path(where), marker.encode())


def _holding(folder: Path, marker: bytes) -> list[Path]:
    return [one for one in folder.iterdir() if marker in one.read_bytes()]


def _found(path: str, marker: bytes) -> list[str]:
    """The files of the database in which the bytes stand."""
    file = Path(path)
    return [one.name for one in file.parent.glob(f"{file.name}*") if marker in one.read_bytes()]
