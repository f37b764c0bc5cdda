"""What a schedule may say: each fault is refused at its field, and every legal length is kept."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from core import schedules, scheduling
from core.errors import InvalidTargetUser, NameConflict, ValidationFailed
from core.scheduling import RotationDraft, ScheduleDraft
from storage.vocabulary import AuditType, RotationType
from tests.cast import NOON
from tests.core import given
from tests.core.schedule_drafts import changed, draft_of, schedule_events
from tests.engine import Engine

pytestmark = pytest.mark.postgresql_later


def _layer(**changes: Any) -> RotationDraft:
    return replace(given.rotation(uuid4()), **changes)


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (draft_of(uuid4(), name=""), "name"),
        (draft_of(uuid4(), name="x" * 256), "name"),
        (draft_of(uuid4(), timezone="Europe/Berlinn"), "timezone"),
        (draft_of(uuid4(), timezone=""), "timezone"),
        (draft_of(layers=(_layer(), _layer())), "layers"),
        (draft_of(layers=(_layer(length_days=6),)), "length_days"),
        (draft_of(layers=(_layer(rotation_type=RotationType.DAILY),)), "length_days"),
        (
            draft_of(layers=(_layer(rotation_type=RotationType.CUSTOM, length_days=0),)),
            "length_days",
        ),
        (
            draft_of(layers=(_layer(rotation_type=RotationType.CUSTOM, length_days=367),)),
            "length_days",
        ),
        (draft_of(), "participants"),
        (draft_of(layers=(_layer(effective_until=NOON - timedelta(days=2)),)), "until"),
    ],
)
async def test_what_is_wrong_with_a_schedule_is_said_at_its_field(
    engine: Engine, draft: ScheduleDraft, field: str
) -> None:
    with pytest.raises(ValidationFailed) as refused:
        await engine.do("alice", scheduling.create_schedule, draft)
    assert refused.value.field == field

    with pytest.raises(ValidationFailed):
        await changed(engine, engine.schedule_id, draft)
    assert await schedule_events(engine) == [AuditType.SCHEDULE_CREATED]


@pytest.mark.parametrize(
    ("rotation_type", "length"),
    [
        (RotationType.DAILY, 1),
        (RotationType.WEEKLY, 7),
        (RotationType.CUSTOM, 1),
        (RotationType.CUSTOM, 366),
    ],
)
async def test_every_legal_length_of_a_shift_is_kept(
    engine: Engine, rotation_type: RotationType, length: int
) -> None:
    layer = replace(
        given.rotation(engine.cast["bob"].id), rotation_type=rotation_type, length_days=length
    )
    made = await engine.do("alice", scheduling.create_schedule, draft_of(layers=(layer,)))

    async with engine.core.reading(engine.system) as tx:
        assert scheduling.draft_of(await schedules.get_schedule(tx, made.id)).layers == (layer,)


@pytest.mark.parametrize("name", ["", "x" * 256])
async def test_a_rotation_layers_name_has_1_to_255_characters(engine: Engine, name: str) -> None:
    layer = replace(given.rotation(engine.cast["bob"].id), name=name)

    with pytest.raises(ValidationFailed):
        await engine.do("alice", scheduling.create_schedule, draft_of(layers=(layer,)))


async def test_a_name_that_is_taken_is_refused(engine: Engine) -> None:
    bob = engine.cast["bob"].id

    with pytest.raises(NameConflict):
        await engine.do("alice", scheduling.create_schedule, draft_of(bob, name="Payments"))

    other = await given.schedule(engine, "Other", given.rotation(bob))
    with pytest.raises(NameConflict):
        await changed(engine, other, draft_of(bob, name="Payments"))


async def test_every_participant_is_a_member(engine: Engine) -> None:
    mallory = await given.stranger(engine)

    for nobody in (mallory.id, uuid4()):
        with pytest.raises(InvalidTargetUser):
            await engine.do("alice", scheduling.create_schedule, draft_of(nobody))
