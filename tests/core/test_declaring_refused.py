"""What is asked of declaring: texts kept as typed, and what is refused is refused at its field."""

from typing import Any
from uuid import uuid4

import pytest

from core import declaring
from core.errors import DomainError, InvalidTargetUser, NotFound, ValidationFailed
from storage.vocabulary import Severity
from tests.core import given
from tests.engine import Engine

pytestmark = pytest.mark.postgresql_later

EMOJI = "\U0001f525"


async def _refused(engine: Engine, **asked: Any) -> DomainError:
    """What declaring answers, having written nothing."""
    with pytest.raises(DomainError) as refusal:
        await engine.declare(**asked)
    with pytest.raises(NotFound):
        await engine.incident(1)
    assert await engine.deliveries() == []
    return refusal.value


async def test_somebody_has_to_be_paged(engine: Engine) -> None:
    refusal = await _refused(engine, owner_schedule_id=None)

    assert (refusal.code, refusal.field) == ("validation_error", "owner_schedule_id")


@pytest.mark.parametrize(
    ("field", "text", "says"),
    [
        ("title", "", "Title is missing."),
        ("title", " \t\n\u00a0\u2003", "Title is missing."),
        ("title", EMOJI * 101, "Title has 101 characters; 100 fit."),
        ("title", "a\0b", "Title holds a character that is none (U+0000 or half of a pair)."),
        ("title", "\0", "Title holds a character that is none (U+0000 or half of a pair)."),
        ("title", "a\ud83d", "Title holds a character that is none (U+0000 or half of a pair)."),
        ("title", "\udfffa", "Title holds a character that is none (U+0000 or half of a pair)."),
        ("description", "x" * 10_001, "Description has 10,001 characters; 10,000 fit."),
        (
            "description",
            "a\0",
            "Description holds a character that is none (U+0000 or half of a pair).",
        ),
    ],
    ids=lambda text: ascii(text)[:24],
)
async def test_text_that_can_not_be_kept_is_refused_at_its_field(
    engine: Engine, field: str, text: str, says: str
) -> None:
    refusal = await _refused(engine, **{field: text})

    assert (refusal.code, refusal.field, refusal.message) == ("validation_error", field, says)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (EMOJI * 100, EMOJI * 100),
        (f"  {'x' * 100}\n", "x" * 100),
        (" <!channel> *x*  <script> ", "<!channel> *x*  <script>"),
        ("x", "x"),
        ("\ud7ff\ue000", "\ud7ff\ue000"),
    ],
    ids=lambda text: ascii(text)[:24],
)
async def test_text_is_kept_as_typed_but_for_its_ends(
    engine: Engine, typed: str, kept: str
) -> None:
    await engine.declare(title=typed, description=typed)

    stored = await engine.incident()
    assert (stored.title, stored.description) == (kept, kept)


async def test_a_description_of_white_space_is_none(engine: Engine) -> None:
    assert (await engine.declare(description="  \n ")).description is None


async def test_a_description_may_be_ten_thousand_emoji(engine: Engine) -> None:
    await engine.declare(description=EMOJI * 10_000)

    assert (await engine.incident()).description == EMOJI * 10_000


@pytest.mark.parametrize("what", ["owner_schedule_id", "escalation_policy_id"])
async def test_an_unknown_schedule_or_policy_is_not_found(engine: Engine, what: str) -> None:
    assert isinstance(await _refused(engine, **{what: uuid4()}), NotFound)


async def test_only_a_member_can_own(engine: Engine) -> None:
    mallory = await given.stranger(engine)
    await given.remove(engine, "dave")

    for owner in (uuid4(), mallory.id, engine.cast["dave"].id):
        assert isinstance(await _refused(engine, owner_id=owner), InvalidTargetUser)


async def test_what_is_refused_leaves_no_gap_in_the_numbers(engine: Engine) -> None:
    await engine.declare()
    with pytest.raises(ValidationFailed):
        await engine.declare(title="")
    with pytest.raises(InvalidTargetUser):
        await engine.declare(owner_id=uuid4())

    assert (await engine.declare()).number == 2


async def test_another_organizations_schedule_and_policy_are_not_found(engine: Engine) -> None:
    mallory = await given.stranger(engine)
    mine: dict[str, Any] = {"title": "x", "severity": Severity.LOW}

    for asked in (
        {"owner_schedule_id": engine.schedule_id},
        {"owner_id": mallory.id, "escalation_policy_id": engine.policy_id},
    ):
        with pytest.raises(NotFound):
            async with engine.core.transaction(mallory) as tx:
                await declaring.open_incident(tx, **mine, **asked)
