"""A request that is repeated gets its first answer and is done once, whatever happens between."""

import asyncio
import json
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import func, select

from core import keys, redaction, repeats, updates
from core.errors import KeyOfAnotherRequest, NothingToRedact, RepeatedTooSoon
from core.repeats import Answer, Repeatable
from core.transaction import Actor
from storage.models import KeptAnswer
from storage.vocabulary import Surface
from tests.core import public
from tests.engine import Engine

DONE = Answer(201, '{"data": {"number": 1}}')


async def _caller(engine: Engine) -> tuple[Actor, str]:
    await public.appoint(engine, "alice")
    made = await engine.do("alice", keys.create_key, name="Deploys")
    return await keys.authenticate(engine.core, made.secret, Surface.API), made.secret


def _request(actor: Actor, secret: str, asked: bytes = b"POST /incidents {}") -> Repeatable:
    assert actor.id
    return Repeatable.of(actor.id, "a-key", secret=secret, asked=asked)


async def _do(engine: Engine, actor: Actor, request: Repeatable) -> Answer | None:
    """What the first answered, or None for whoever does the work."""
    async with repeats.one_at_a_time(engine.core, actor, request):
        return await _do_beside(engine, actor, request)


async def _do_beside(engine: Engine, actor: Actor, request: Repeatable) -> Answer | None:
    """The same, as another process does it, which knows nothing of ours."""
    async with engine.core.transaction(actor) as tx:
        if kept := await repeats.claim(tx, request):
            return kept
        await asyncio.sleep(0)
        await repeats.keep(tx, request, DONE)
    return None


async def test_the_second_gets_the_answer_of_the_first(engine: Engine) -> None:
    actor, secret = await _caller(engine)
    request = _request(actor, secret)

    assert [await _do(engine, actor, request) for _ in range(3)] == [None, DONE, DONE]
    async with engine.core.reading(actor) as tx:
        assert await repeats.first_answer(tx, request) == DONE


async def test_of_twenty_at_once_one_does_the_work(engine: Engine) -> None:
    actor, secret = await _caller(engine)
    request = _request(actor, secret)

    ways = (_do, _do_beside)

    found = await asyncio.gather(*(ways[n % 2](engine, actor, request) for n in range(20)))

    assert sorted(found, key=bool) == [None, *[DONE] * 19]


async def test_another_request_under_the_same_key_is_refused(engine: Engine) -> None:
    actor, secret = await _caller(engine)
    await _do(engine, actor, _request(actor, secret))

    with pytest.raises(KeyOfAnotherRequest):
        await _do(engine, actor, _request(actor, secret, b"POST /incidents {other}"))


async def test_two_api_keys_may_choose_the_same_word(engine: Engine) -> None:
    actor, secret = await _caller(engine)
    made = await engine.do("alice", keys.create_key, name="Alerts")
    other = await keys.authenticate(engine.core, made.secret, Surface.API)
    await _do(engine, actor, _request(actor, secret))

    assert await _do(engine, other, _request(other, made.secret)) is None


async def test_a_day_later_the_key_is_free_again(engine: Engine) -> None:
    actor, secret = await _caller(engine)
    await _do(engine, actor, _request(actor, secret))
    engine.clock.at += timedelta(hours=24)

    assert await _do(engine, actor, _request(actor, secret, b"something else")) is None


async def test_what_is_too_old_does_not_pile_up(engine: Engine) -> None:
    actor, secret = await _caller(engine)
    assert actor.id
    for number in range(5):
        one = Repeatable.of(actor.id, str(number), secret=secret, asked=b"")
        await _do(engine, actor, one)
    engine.clock.at += timedelta(hours=25)
    await _do(engine, actor, _request(actor, secret))

    async with engine.core.reading(actor) as tx:
        assert await tx.db.scalar(select(func.count()).select_from(KeptAnswer)) == 1


async def test_work_that_fails_leaves_the_key_free(engine: Engine) -> None:
    actor, secret = await _caller(engine)
    request = _request(actor, secret)

    async def fail() -> None:
        async with engine.core.transaction(actor) as tx:
            await repeats.claim(tx, request)
            raise NothingToRedact

    with pytest.raises(NothingToRedact):
        await fail()
    assert await _do(engine, actor, request) is None


async def test_a_refusal_is_kept_unless_somebody_did_it_meanwhile(engine: Engine) -> None:
    actor, secret = await _caller(engine)
    request = _request(actor, secret)
    refusal = Answer(404, '{"code": "not_found"}')
    async with engine.core.transaction(actor) as tx:
        assert await repeats.keep_refusal(tx, request, refusal) == refusal
    assert await _do(engine, actor, request) == refusal

    done = Repeatable.of(request.api_key_id, "another", secret=secret, asked=b"")
    await _do(engine, actor, done)
    async with engine.core.transaction(actor) as tx:
        assert await repeats.keep_refusal(tx, done, refusal) == DONE


@pytest.mark.parametrize("backend", ["postgresql"])
async def test_who_waits_too_long_for_the_first_is_told(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repeats, "WAIT_SECONDS", 0.1)
    actor, secret = await _caller(engine)
    request = _request(actor, secret)
    async with engine.core.transaction(actor) as tx:
        await repeats.claim(tx, request)
        with pytest.raises(RepeatedTooSoon):
            await _do_beside(engine, actor, request)


async def test_who_waits_too_long_in_the_same_process_is_told_without_a_connection(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repeats, "WAIT_SECONDS", 0.05)
    actor, secret = await _caller(engine)
    request = _request(actor, secret)
    async with repeats.one_at_a_time(engine.core, actor, request):
        with pytest.raises(RepeatedTooSoon):
            await _do(engine, actor, request)
    assert await _do(engine, actor, request) is None


async def test_a_refusal_of_the_day_before_makes_room_for_a_new_one(engine: Engine) -> None:
    actor, secret = await _caller(engine)
    request = _request(actor, secret)
    kept = []
    for number in (1, 2):
        refusal = Answer(400, f'{{"number": {number}}}')
        async with (
            repeats.one_at_a_time(engine.core, actor, request),
            engine.core.transaction(actor) as tx,
        ):
            kept.append(await repeats.keep_refusal(tx, request, refusal))
        engine.clock.at += timedelta(hours=24)

    assert [one.body for one in kept] == ['{"number": 1}', '{"number": 2}']


async def test_what_is_done_is_dated_after_what_it_waited_for(engine: Engine) -> None:
    actor, secret = await _caller(engine)
    async with engine.core.transaction(actor) as tx:
        await repeats.claim(tx, _request(actor, secret))
        engine.clock.at += timedelta(seconds=30)

        assert tx.now == engine.clock.now()


async def test_a_key_is_revoked_while_it_is_at_work(engine: Engine) -> None:
    actor, secret = await _caller(engine)

    async def keep_working() -> None:
        for number in range(30):
            one = Repeatable.of(actor.id, str(number), secret=secret, asked=b"")  # type: ignore[arg-type]
            await _do_beside(engine, actor, one)

    async with asyncio.timeout(5):
        working = [asyncio.create_task(keep_working()) for _ in range(3)]
        await asyncio.sleep(0.02)
        await engine.do("alice", keys.revoke_key, actor.id)
        await asyncio.gather(*working)


async def test_removing_a_text_and_repeating_do_not_wait_for_one_another(engine: Engine) -> None:
    actor, secret = await _caller(engine)
    incident = await engine.declare()
    update_id = await _post(engine, actor, incident.id, "the text")

    async def post(number: int) -> None:
        one = Repeatable.of(actor.id, str(number), secret=secret, asked=b"")  # type: ignore[arg-type]
        async with engine.core.transaction(actor) as tx:
            await repeats.claim(tx, one)
            await updates.post_update(tx, incident.id, body="the text")
            await repeats.keep(tx, one, Answer(201, '{"data": {"body": "the text"}}'))

    async with asyncio.timeout(8):
        await asyncio.gather(
            *(post(number) for number in range(5)),
            engine.do("alice", redaction.redact_update, incident.id, update_id),
        )


async def _post(engine: Engine, actor: Actor, incident_id: UUID, body: str) -> UUID:
    async with engine.core.transaction(actor) as tx:
        return (await updates.post_update(tx, incident_id, body=body)).id


async def test_a_kept_answer_does_not_hold_a_text_that_was_removed(engine: Engine) -> None:
    actor, secret = await _caller(engine)
    request = _request(actor, secret)
    incident = await engine.declare()
    text = 'The password is “hunter2”,\n\t"really" \\ Пароль 🔥 %_'
    update_id = await _post(engine, actor, incident.id, text)
    posted = {
        "data": {"id": str(update_id), "body": text, "title": text},
        "told": [{"body": {"untrusted_text": text}, "title": {"untrusted_text": text}}],
    }
    async with engine.core.transaction(actor) as tx:
        await repeats.claim(tx, request)
        await repeats.keep(tx, request, Answer(201, json.dumps(posted, ensure_ascii=False)))

    async with engine.core.transaction(actor) as tx:
        await redaction.redact_update(tx, incident.id, update_id)

    kept = await _do(engine, actor, request)
    assert kept is not None
    assert json.loads(kept.body) == {
        "data": {"id": str(update_id), "body": None, "title": text},
        "told": [{"body": {"untrusted_text": None}, "title": {"untrusted_text": text}}],
    }


@given(some.text(min_size=1))
def test_any_text_stands_in_json_as_it_is_looked_for(text: str) -> None:
    assert repeats._escaped(text) in json.dumps({"data": {"body": text}}, ensure_ascii=False)


def test_nobody_can_guess_a_text_by_its_hash() -> None:
    key = UUID(int=1)
    first = Repeatable.of(key, "k", secret="toc_live_1", asked=b"the text")
    second = Repeatable.of(key, "k", secret="toc_live_2", asked=b"the text")
    assert first.hash != second.hash
