"""A typed name means one thing alone, or the refusal says what it may mean."""

from uuid import UUID, uuid4

import pytest

from core import meaning, people
from core.errors import DomainError, InvalidComponentId, InvalidTargetUser, NotFound
from tests.core import given, public
from tests.engine import Engine

pytestmark = pytest.mark.postgresql_later


async def _join(engine: Engine, *named: tuple[str, str]) -> None:
    async with engine.core.transaction(engine.system) as tx:
        for email, name in named:
            await people.ensure_by_email(tx, email, name=name)


@pytest.mark.parametrize(
    "typed", ["Carol", " carol ", "CAR", "carol@example.com", "Carol@EXAMPLE.com"]
)
async def test_a_member_is_meant_by_name_its_beginning_and_e_mail(
    engine: Engine, typed: str
) -> None:
    async with engine.core.reading(engine.system) as tx:
        assert await meaning.member(tx, typed) == engine.cast["carol"].id


async def test_a_whole_name_is_meant_before_a_beginning_and_an_e_mail_before_both(
    engine: Engine,
) -> None:
    await _join(engine, ("c@example.com", "Carol Ann"), ("x@example.com", "dave@example.com"))

    async with engine.core.reading(engine.system) as tx:
        assert await meaning.member(tx, "carol") == engine.cast["carol"].id
        assert await meaning.member(tx, "dave@example.com") == engine.cast["dave"].id


async def test_an_id_is_taken_as_it_is_and_judged_by_whoever_looks_it_up(engine: Engine) -> None:
    id = uuid4()
    async with engine.core.reading(engine.system) as tx:
        found = [
            await means(tx, f" {id} ")
            for means in (meaning.member, meaning.schedule, meaning.policy, meaning.component)
        ]

    assert found == [id] * 4


async def test_several_candidates_are_named_and_of_many_the_first(engine: Engine) -> None:
    await _join(engine, *((f"eve{one}@example.com", f"Eve {one}") for one in range(7)))

    async with engine.core.reading(engine.system) as tx:
        with pytest.raises(InvalidTargetUser) as refused:
            await meaning.member(tx, "eve")
        with pytest.raises(InvalidTargetUser) as two:
            await meaning.member(tx, "eve 3@")

    assert refused.value.message == (
        "“eve” may be Eve 0 (eve0@example.com), Eve 1 (eve1@example.com), Eve 2 (eve2@example.com),"
        " Eve 3 (eve3@example.com), Eve 4 (eve4@example.com) or 2 more. Say the e-mail or the id."
    )
    assert two.value.message == (
        "“eve 3@” is no member here. Say somebody's whole name, e-mail or id."
    )


@pytest.mark.parametrize("typed", ["", " ", "Mallory", "mallory@other.example", "Dave"])
async def test_strangers_those_who_left_and_nobody_are_not_meant(
    engine: Engine, typed: str
) -> None:
    await given.stranger(engine)
    await given.remove(engine, "dave")

    async with engine.core.reading(engine.system) as tx:
        with pytest.raises(InvalidTargetUser):
            await meaning.member(tx, typed)


async def test_schedules_policies_and_components_are_meant_by_name(engine: Engine) -> None:
    api: UUID = await public.component(engine, "API")

    async with engine.core.reading(engine.system) as tx:
        assert await meaning.schedule(tx, "payments") == engine.schedule_id
        assert await meaning.policy(tx, "pay") == engine.policy_id
        assert await meaning.component(tx, "api") == api
        refusals: list[DomainError] = []
        for means in (meaning.schedule, meaning.policy, meaning.component):
            with pytest.raises((NotFound, InvalidComponentId)) as refused:
                await means(tx, "Nights")
            refusals.append(refused.value)

    assert [one.code for one in refusals] == ["not_found", "not_found", "invalid_component_id"]
    assert [one.message.partition(". ")[2] for one in refusals] == [
        "The schedules are: Payments.",
        "The escalation policies are: Payments.",
        "The components are: API.",
    ]
