"""Twenty at once on one incident: each rule holds, one audit event each, on both databases."""

import asyncio
from collections import Counter
from itertools import pairwise
from typing import Any

from core import escalation, updates
from core.errors import DomainError
from storage.vocabulary import AuditType, Severity, Status
from tests.engine import Engine

AT_ONCE = 20


async def _all_at_once(*gestures: Any) -> list[Any]:
    return await asyncio.gather(*gestures, return_exceptions=True)


async def test_twenty_acknowledge_at_once_and_the_first_wins(engine: Engine) -> None:
    incident = await engine.declare()
    names = ["alice", "bob", "carol", "dave"] * 5

    results = await _all_at_once(
        *(engine.do(name, escalation.acknowledge, incident.id) for name in names)
    )

    assert len({one.acknowledged_by for one in results}) == 1
    assert Counter(await engine.types())[AuditType.INCIDENT_ACKNOWLEDGED] == 1


async def test_twenty_advance_at_once_and_exactly_one_wins(engine: Engine) -> None:
    incident = await engine.declare()

    results = await _all_at_once(
        *(
            engine.do("bob", updates.post_update, incident.id, status_change=Status.IDENTIFIED)
            for _ in range(AT_ONCE)
        )
    )

    refused = [one.code for one in results if isinstance(one, DomainError)]
    assert refused == ["invalid_status_transition"] * (AT_ONCE - 1)
    assert Counter(await engine.types())[AuditType.STATUS_CHANGED] == 1
    assert (await engine.incident()).status is Status.IDENTIFIED


async def test_twenty_hand_off_to_one_person_at_once_and_it_happens_once(engine: Engine) -> None:
    incident = await engine.declare()
    dave = engine.cast["dave"].id

    results = await _all_at_once(
        *(engine.do("bob", escalation.hand_off, incident.id, to=dave) for _ in range(AT_ONCE))
    )

    refused = [one.code for one in results if isinstance(one, DomainError)]
    assert refused == ["already_owner"] * (AT_ONCE - 1)
    assert Counter(await engine.types())[AuditType.INCIDENT_HANDED_OFF] == 1
    await engine.settle()
    assert Counter(engine.sender.pages())["Dave", 1] == 1


async def test_twenty_resolve_at_once_and_it_is_resolved_once(engine: Engine) -> None:
    incident = await engine.declare()

    results = await _all_at_once(
        *(engine.do("bob", updates.resolve, incident.id) for _ in range(AT_ONCE))
    )

    refused = [one.code for one in results if isinstance(one, DomainError)]
    assert refused == ["incident_resolved"] * (AT_ONCE - 1)
    counted = Counter(await engine.types())
    assert counted[AuditType.STATUS_CHANGED] == 3
    assert counted[AuditType.ESCALATION_STOPPED] == 1


async def test_twenty_different_gestures_at_once_leave_one_story(engine: Engine) -> None:
    incident = await engine.declare()
    gestures = [
        *(engine.do("bob", escalation.acknowledge, incident.id) for _ in range(5)),
        *(
            engine.do("carol", updates.post_update, incident.id, status_change=status)
            for status in (Status.IDENTIFIED, Status.MONITORING)
            for _ in range(4)
        ),
        *(
            engine.do("alice", escalation.hand_off, incident.id, to=engine.cast[name].id)
            for name in ("carol", "dave", "bob")
        ),
        *(engine.do("dave", updates.post_update, incident.id, body="Looking") for _ in range(4)),
    ]

    results = await _all_at_once(*gestures)

    assert all(not isinstance(one, Exception) or isinstance(one, DomainError) for one in results)
    trail = await engine.trail()
    steps = [event.data["after"] for event in trail if event.type is AuditType.STATUS_CHANGED]
    assert steps == ["identified", "monitoring"][: len(steps)]
    owners = [event for event in trail if event.type is AuditType.OWNER_CHANGED]
    for before, after in pairwise(owners):
        assert before.data["newOwnerId"] == after.data["previousOwnerId"]


async def test_twenty_declared_at_once_get_twenty_numbers_without_a_gap(engine: Engine) -> None:
    declared = await _all_at_once(
        *(engine.declare(title=f"Number {index}") for index in range(AT_ONCE))
    )

    assert sorted(one.number for one in declared) == list(range(1, AT_ONCE + 1))


async def test_one_form_submitted_twenty_times_declares_one_incident(engine: Engine) -> None:
    declared = await _all_at_once(*(engine.declare(dedup_key="slack:V1") for _ in range(AT_ONCE)))

    assert {one.number for one in declared} == {1}
    assert (await engine.declare(severity=Severity.LOW)).number == 2


async def test_an_escalation_that_many_workers_find_due_happens_once(engine: Engine) -> None:
    await engine.declare()
    engine.clock.at = (await engine.incident()).next_escalation_at  # type: ignore[assignment]

    async def escalate() -> int:
        async with engine.core.transaction(engine.system) as tx:
            return await escalation.escalate_due(tx)

    assert sorted(await _all_at_once(*(escalate() for _ in range(AT_ONCE))))[-2:] == [0, 1]
    assert Counter(await engine.types())[AuditType.ESCALATED] == 1
