"""The trail as people read it: names for ids, read bit by bit, and nothing of anybody else's."""

import pytest

from core import audit, people, trail_facts
from core.errors import Forbidden
from core.trail_facts import TrailLine
from core.transaction import Actor
from storage.vocabulary import AuditType, Role
from tests.core import given, public
from tests.engine import Engine

pytestmark = pytest.mark.postgresql_later


@pytest.fixture
async def admin(engine: Engine) -> Engine:
    """Alice is an admin."""
    await public.appoint(engine, "alice")
    return engine


async def _every(engine: Engine, *, limit: int = 1_000) -> list[TrailLine]:
    actor = engine.actor("alice")
    return [one async for one in trail_facts.every(engine.core, actor, limit=limit)]


async def test_ids_have_names_and_incidents_numbers(admin: Engine) -> None:
    await admin.declare()
    async with admin.core.transaction(admin.system) as tx:
        bob, schedule = str(admin.cast["bob"].id), str(admin.schedule_id)
        span = {"userId": bob, "startAt": "", "endAt": ""}
        audit.record(tx, AuditType.OVERRIDE_CREATED, scheduleId=schedule, after=span)
        audit.record(tx, AuditType.SETTINGS_CHANGED, setting="lastResort", before=None, after=None)
    _, override, *_ = lines = await _every(admin)

    assert override.names[bob] == admin.cast["bob"].name
    assert override.names[schedule] == "Payments"
    assert override.incident is None
    assert {one.incident for one in lines if one.type is AuditType.LAYER_PAGED} == {1}


async def test_another_organizations_names_are_not_told(admin: Engine) -> None:
    mallory = await given.stranger(admin)
    async with admin.core.transaction(admin.system) as tx:
        audit.record(tx, AuditType.MEMBER_MATCHED, memberId=str(mallory.id))
    newest, *_ = await _every(admin)

    assert str(mallory.id) not in newest.names


async def test_it_is_read_bit_by_bit_and_each_line_once(
    admin: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        await admin.declare()
    whole = [one.sequence for one in await _every(admin)]
    monkeypatch.setattr(trail_facts, "AT_ONCE", 4)

    assert [one.sequence for one in await _every(admin)] == whole
    assert [one.sequence for one in await _every(admin, limit=7)] == whole[:7]


async def test_who_is_no_admin_any_longer_reads_no_further(
    admin: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trail_facts, "AT_ONCE", 1)
    lines = trail_facts.every(admin.core, admin.actor("alice"), limit=10)
    await anext(lines)
    async with admin.core.transaction(Actor.system(admin.organization_id)) as tx:
        alice = await people.get_member(tx, admin.cast["alice"].id)
        people.set_role(tx, alice, Role.MEMBER)

    with pytest.raises(Forbidden):
        await anext(lines)
