"""The preview says what then really happens."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from core import people, preview
from core.errors import InvalidTargetUser, NotFound
from core.policies import EscalationLayerDraft
from core.preview import Preview, PreviewStep
from storage.vocabulary import AuditType
from tests.cast import NOON
from tests.core import given
from tests.engine import Engine

pytestmark = pytest.mark.postgresql_later

Paged = dict[float, list[str]]


async def _foreseen(engine: Engine, **asked: Any) -> tuple[Paged, float | None]:
    """Who would be paged after how many minutes, and when it would be exhausted."""
    async with engine.core.reading(engine.actor("alice")) as tx:
        found = await preview.preview(tx, **asked)
    paged: Paged = {}
    for step in found.steps:
        paged.setdefault(step.after_minutes, []).extend(step.people)
    return {after: sorted(names) for after, names in paged.items()}, found.ends_after_minutes


async def _happened(engine: Engine, **asked: Any) -> tuple[Paged, float | None]:
    """The same of an incident that was really declared, and that nobody acknowledged."""
    await engine.declare(**{"owner_schedule_id": None, **asked})
    await engine.pass_time(days=10)
    paged: Paged = {}
    ends: float | None = None
    for event in await engine.trail():
        after = (event.at - NOON) / timedelta(minutes=1)
        if event.type is AuditType.RESPONDER_PAGED:
            paged.setdefault(after, []).append(event.data["name"])
        if event.type is AuditType.ESCALATION_EXHAUSTED:
            ends = after
    return {after: sorted(names) for after, names in paged.items()}, ends


async def _asked(engine: Engine, what: str) -> dict[str, UUID]:
    dave = engine.cast["dave"].id
    match what:
        case "an owner":
            return {"owner_id": dave}
        case "a schedule with a policy":
            return {"owner_schedule_id": engine.schedule_id}
        case "an owner and a schedule":
            return {"owner_id": dave, "owner_schedule_id": engine.schedule_id}
        case "an owner who is on call":
            return {"owner_id": engine.cast["bob"].id, "owner_schedule_id": engine.schedule_id}
        case "an owner whom a later layer pages":
            return {"owner_id": engine.cast["carol"].id, "owner_schedule_id": engine.schedule_id}
        case "a schedule without a policy":
            layer = given.rotation(engine.cast["carol"].id)
            return {"owner_schedule_id": await given.schedule(engine, "Search", layer)}
        case "an owner and a schedule without a policy":
            layer = given.rotation(engine.cast["carol"].id)
            return {
                "owner_id": dave,
                "owner_schedule_id": await given.schedule(engine, "Search", layer),
            }
        case "nobody on call":
            return {"owner_schedule_id": await given.empty_schedule(engine)}
        case "a policy of empty layers":
            nights = await given.empty_schedule(engine)
            await given.policy(engine, "Nights", EscalationLayerDraft(5, nights))
            return {"owner_schedule_id": nights}
        case "layers that page nobody":
            nights = await given.empty_schedule(engine)
            await given.policy(
                engine,
                "Nights",
                EscalationLayerDraft(5, nights),
                given.pages(engine, "bob", "carol", after=7),
                EscalationLayerDraft(5, nights),
                given.pages(engine, "dave", after=11),
                EscalationLayerDraft(5, nights),
            )
            return {"owner_schedule_id": nights}
        case "a handoff between two layers":
            swapped = given.rotation(
                engine.cast["bob"].id, until=NOON + timedelta(minutes=3), name="Until then"
            )
            after = given.rotation(
                engine.cast["carol"].id, begins=NOON + timedelta(minutes=3), name="From then on"
            )
            shared = await given.schedule(engine, "Shared", swapped, after)
            await given.policy(
                engine, "Shared", EscalationLayerDraft(5, shared), EscalationLayerDraft(5, shared)
            )
            return {"owner_schedule_id": shared}
        case "an override that ends":
            await given.override(engine, engine.schedule_id, "dave", minutes=4)
            await given.policy(
                engine,
                "A twice",
                EscalationLayerDraft(5, engine.schedule_id),
                EscalationLayerDraft(5, engine.schedule_id),
            )
            return {"owner_schedule_id": engine.schedule_id}
        case "namesakes":
            async with engine.core.transaction(engine.system) as tx:
                other = await people.ensure_by_email(tx, "bob2@example.com", name="Bob")
            return {"owner_id": other.id, "owner_schedule_id": engine.schedule_id}
    raise AssertionError(what)


@pytest.mark.parametrize(
    "what",
    [
        "an owner",
        "a schedule with a policy",
        "an owner and a schedule",
        "an owner who is on call",
        "an owner whom a later layer pages",
        "a schedule without a policy",
        "an owner and a schedule without a policy",
        "nobody on call",
        "a policy of empty layers",
        "layers that page nobody",
        "a handoff between two layers",
        "an override that ends",
        "namesakes",
    ],
)
async def test_what_is_foreseen_is_what_then_happens(engine: Engine, what: str) -> None:
    asked = await _asked(engine, what)
    foreseen = await _foreseen(engine, **asked)

    assert foreseen == await _happened(engine, **asked)


async def test_the_preview_of_a_policy_says_who_when_and_how_it_ends(engine: Engine) -> None:
    async with engine.core.reading(engine.actor("alice")) as tx:
        found = await preview.preview(tx, owner_schedule_id=engine.schedule_id)

    assert found == Preview((PreviewStep(0, 1, ("Bob",)), PreviewStep(5, 2, ("Carol",))), 15)


async def test_the_preview_of_nothing_pages_nobody(engine: Engine) -> None:
    async with engine.core.reading(engine.actor("alice")) as tx:
        assert await preview.preview(tx) == Preview((), None)


async def test_what_can_not_be_declared_can_not_be_previewed(engine: Engine) -> None:
    async with engine.core.reading(engine.actor("alice")) as tx:
        with pytest.raises(NotFound):
            await preview.preview(tx, owner_schedule_id=uuid4())
        with pytest.raises(InvalidTargetUser):
            await preview.preview(tx, owner_id=uuid4())


async def test_previewing_writes_nothing(engine: Engine) -> None:
    before = [one.sequence for one in await given.organization_trail(engine)]
    await _foreseen(engine, owner_schedule_id=engine.schedule_id)

    assert [one.sequence for one in await given.organization_trail(engine)] == before
    assert await engine.deliveries() == []
