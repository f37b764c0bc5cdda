"""Incidents looked through by words, by whose they are and by who took them, however many."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import insert

from core import escalation, incident_list
from core.incident_list import Wanted
from storage.models import Incident
from storage.vocabulary import ActorKind, EscalationState, Severity, Status
from tests.cast import NOON
from tests.core import given
from tests.engine import Engine

pytestmark = pytest.mark.postgresql_later


async def _fill(engine: Engine, titles: list[str], **more: Any) -> None:
    """An incident of each title, the last of them now."""
    rows = [
        {
            "id": uuid4(), "organization_id": engine.organization_id, "number": number,
            "title": title, "severity": Severity.HIGH, "status": Status.INVESTIGATING,
            "created_by": "Alice", "created_by_kind": ActorKind.MEMBER,
            "created_at": NOON - timedelta(minutes=len(titles) - number), "updated_at": NOON,
            "escalation_state": EscalationState.IDLE, **more,
        }
        for number, title in enumerate(titles, start=1)
    ]  # fmt: skip
    async with engine.core.transaction(engine.system) as tx:
        await tx.db.execute(insert(Incident), rows)


async def _look(
    engine: Engine, *, before: int | None = None, limit: int = 20, at: int = 5_000, **wanted: Any
) -> Any:
    async with engine.core.reading(engine.system) as tx:
        return await incident_list.look(
            tx, Wanted(**wanted), before_number=before, limit=limit, looked_at=at
        )


async def _numbers(engine: Engine, **asked: Any) -> list[int]:
    return [one.number for one in (await _look(engine, **asked)).incidents]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("checkout", [3, 1]),
        ("  DOWN check ", [1]),
        ("straße", [2]),
        ("STRASSE", [2]),
        ("100%", [4]),
        ("_", []),
        ("3", [3]),
        ("#3", [3]),
        ("#3 down", []),
        ("", [4, 3, 2, 1]),
        ("cafe\u0301", [2]),
    ],
)
async def test_words_of_a_title_find_it_in_any_case_and_order_and_so_does_its_number(
    engine: Engine, words: str, found: list[int]
) -> None:
    await _fill(
        engine, ["Checkout is down", "Café in der Straße", "Slow CHECKOUT", "Disk 100% full"]
    )
    assert await _numbers(engine, words=words) == found


async def test_a_page_after_the_other_is_all_there_is_once_each(engine: Engine) -> None:
    await _fill(engine, [f"{'Down' if number % 3 else 'Slow'} {number}" for number in range(1, 31)])

    found: list[int] = []
    before: int | None = None
    while True:
        page = await _look(engine, words="down", before=before, limit=7)
        found += [one.number for one in page.incidents]
        before = page.before_number
        if before is None:
            break

    assert found == [number for number in range(30, 0, -1) if number % 3]
    assert (await _look(engine, limit=30)).before_number is None
    assert (await _look(engine, limit=29)).before_number == 2


async def test_ones_own_and_what_nobody_has_taken_are_told_apart(engine: Engine) -> None:
    first, second = await engine.declare(), await engine.declare()
    assert first.owner_id == second.owner_id == engine.cast["bob"].id
    await engine.do("carol", escalation.acknowledge, first.id)
    await engine.do("carol", escalation.hand_off, second.id, to=engine.cast["carol"].id)

    assert await _numbers(engine, owner_id=engine.cast["bob"].id) == [1]
    assert await _numbers(engine, is_unacknowledged=True) == [2]
    assert await _numbers(engine, owner_id=engine.cast["bob"].id, is_unacknowledged=True) == []
    assert await _numbers(engine, is_unacknowledged=True, severities=[Severity.LOW]) == []


async def test_however_many_there_are_a_page_looks_at_so_many_and_says_where_to_go_on(
    engine: Engine,
) -> None:
    await _fill(engine, ["The needle", *["Hay"] * 35])

    first = await _look(engine, words="needle", at=20)
    second = await _look(engine, words="needle", before=first.before_number, at=20)

    assert (first.incidents, first.before_number, first.is_unfinished) == ((), 17, True)
    assert [one.number for one in second.incidents] == [1]
    assert (second.before_number, second.is_unfinished) == (None, False)


async def test_another_organizations_are_never_looked_at(engine: Engine) -> None:
    await _fill(engine, ["Checkout is down"])
    async with engine.core.reading(await given.stranger(engine)) as tx:
        assert (await incident_list.look(tx, Wanted("checkout"))).incidents == ()
        assert (await incident_list.look(tx, Wanted())).incidents == ()
