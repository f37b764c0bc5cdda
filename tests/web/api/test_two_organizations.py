"""Two organizations in one database: to each, the other's ids are unknown, in every way."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import Engine, event

from tests.rows import rows_of
from tests.web.api.any_call import Call, Caller, Operation, Slot, operations
from tests.web.api.two_offices import WORD, Ids, TwoOffices, running_two_offices

FEW, MANY = 200, 10_000
LOOK_AGAIN = 50
"""After so many calls it is looked again what there is now."""

UNKNOWN = {"not_found", "invalid_target_user", "invalid_component_id"}
"""What is said of an id that nobody knows."""


@pytest.fixture
async def offices(database_url: str) -> AsyncIterator[TwoOffices]:
    async with running_two_offices(database_url) as running:
        yield running


async def test_whatever_is_asked_the_other_organization_is_unknown(offices: TwoOffices) -> None:
    await _ask_at_random(offices, Random("a few"), FEW)


@pytest.mark.long
async def test_however_often_it_is_asked_the_other_organization_is_unknown(
    offices: TwoOffices,
) -> None:
    done, refused = await _ask_at_random(offices, Random("very many"), MANY)

    names = {one.name for one in operations()}
    assert names - set(done) == set(), "these never did what they are for"
    some = await offices.ids(offices.theirs)
    takes_ids = {one.name for one in operations() if _slots(one, some)}
    assert takes_ids - set(refused) == set(), "these were never asked for another's"


async def _ask_at_random(
    offices: TwoOffices, random: Random, count: int
) -> tuple[Counter[str], Counter[str]]:
    """So many calls; how often each endpoint did something, and refused another's id."""
    core, theirs = offices.theirs.engine.core, offices.theirs.engine.organization_id
    before = await rows_of(core, theirs)
    strange = await offices.ids(offices.theirs)
    done: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    for number in range(count):
        if number % LOOK_AGAIN == 0:
            mine = await offices.ids(offices.ours)
        drawn = _Drawn(random, mine, strange, random.choice((0.0, 0.0, 0.3)))
        operation = random.choice(operations())
        call = Caller(random, drawn.choose, "ours").draw(operation)
        answer = await _ask(offices, call, strange)
        done[operation.name] += answer.is_success
        if others := [one for one in sorted(drawn.others) if call.holds(one)]:
            refused[operation.name] += 1
            twin = call.with_ids({one: str(_uuid(random)) for one in others})
            expected = await _ask(offices, twin, strange)
            assert _told(answer) == _told(expected), f"{call} is not like {twin}"
            assert answer.is_error, f"{call} was done"
    assert await rows_of(core, theirs) == before
    return +done, +refused


async def test_nobody_can_tell_by_the_work_it_makes_whether_an_id_is_anothers(
    offices: TwoOffices,
) -> None:
    mine, strange = await offices.ids(offices.ours), await offices.ids(offices.theirs)
    random = Random("each in turn")
    for operation in operations():
        for name in sorted(_slots(operation, mine)):
            call, theirs = _with_one_of_theirs(operation, name, mine, strange)
            twin = call.with_ids({one: str(_uuid(random)) for one in theirs})
            await _ask(offices, twin, strange)  # what is read once is remembered
            with _statements() as of_unknown:
                expected = await _ask(offices, twin, strange)
            with _statements() as of_theirs:
                answer = await _ask(offices, call, strange)
            where = f"{operation.name}, {name}"
            assert _told(answer) == _told(expected), where
            refused = answer.json()["code"]
            known = UNKNOWN if name != "layerIds" else {"validation_error"}  # not every layer
            assert refused in known, f"{where}: {answer.text}"
            assert of_theirs == of_unknown, where


class _Drawn:
    """Draws ids: one's own, another's, unknown ones; and remembers those of the other."""

    def __init__(self, random: Random, mine: Ids, strange: Ids, share: float) -> None:
        self.random, self.mine, self.strange, self.share = random, mine, strange, share
        self.others: set[str] = set()

    def choose(self, slot: Slot) -> str:
        if self.random.random() < self.share:
            found = str(self.random.choice(self.strange.of[slot.kind]))
            self.others.add(found)
            return found
        known = self.mine.of[slot.kind]
        if slot.part_of and self.random.random() < 0.8:
            known = self.mine.parts.get(slot.kind, {}).get(UUID(slot.part_of), known)
        if not known or self.random.random() < 0.05:
            return str(_uuid(self.random))
        return str(self.random.choice(known))


def _fitting(slot: Slot, known: Ids) -> str:
    """One that fits: a part of what the path names, or else what has the most parts."""
    every = known.of[slot.kind]
    if slot.part_of:
        return str(known.parts[slot.kind].get(UUID(slot.part_of), every)[0])
    return str(max(every, key=lambda one: sum(one in parts for parts in known.parts.values())))


def _slots(operation: Operation, mine: Ids) -> set[str]:
    """The names under which an endpoint takes ids."""
    named: set[str] = set()

    def choose(slot: Slot) -> str:
        named.add(slot.name)
        return _fitting(slot, mine)

    for seed in range(8):
        Caller(Random(seed), choose, "ours", full=True).draw(operation)
    return named


def _with_one_of_theirs(
    operation: Operation, name: str, mine: Ids, strange: Ids
) -> tuple[Call, set[str]]:
    """A call without any fault but that one id in it is the other's, and what is a part of that.

    And those ids.
    """
    for seed in range(100):
        put: dict[str, str] = {}

        def choose(slot: Slot, put: dict[str, str] = put) -> str:
            if slot.part_of not in put.values() and (slot.name != name or name in put):
                return _fitting(slot, mine)
            put[slot.name] = _fitting(slot, strange)
            return put[slot.name]

        call = Caller(Random(seed), choose, "ours", full=True).draw(operation)
        if name in put and call.holds(put[name]):
            return call, set(put.values())
    raise AssertionError(f"{operation.name} takes no {name}")


async def _ask(offices: TwoOffices, call: Call, strange: Ids) -> httpx.Response:
    """An answer to our admin, in which nothing of theirs may be read."""
    answer = await offices.ours.admin.ask(call.method, call.path, call.body)
    assert answer.status_code != 500, f"{call} {answer.text}"
    assert WORD not in answer.text, f"{call} {answer.text}"
    assert not [one for one in strange.every if one in answer.text], f"{call} {answer.text}"
    return answer


def _told(answer: httpx.Response) -> Any:
    """All that can be told of an answer but how often one has asked."""
    body = answer.json() if answer.content else {}
    body.pop("requestId", None)
    private = ("x-request-id", "ratelimit-")
    headers = {
        name: value for name, value in answer.headers.items() if not name.startswith(private)
    }
    return answer.status_code, body, headers


def _uuid(random: Random) -> UUID:
    return UUID(int=random.getrandbits(128), version=4)


@contextmanager
def _statements() -> Iterator[Counter[str]]:
    """How often each statement was executed meanwhile."""
    counted: Counter[str] = Counter()

    def count(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        counted[statement] += 1

    event.listen(Engine, "before_cursor_execute", count)
    try:
        yield counted
    finally:
        event.remove(Engine, "before_cursor_execute", count)
