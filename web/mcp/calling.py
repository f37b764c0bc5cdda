"""From a call to its answer: arguments judged, done once or only tried out, refusals in one shape.

What a dry run says is read from what the very same function wrote, in a rehearsal that is undone.
"""

import json
import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Protocol

from pydantic import ValidationError

from core import effects, incidents, keys, repeats
from core.effects import UNDECLARED, Effects
from core.errors import DomainError, NotFound
from core.repeats import Repeatable
from core.transaction import Transaction
from web.api.refusals import ServerError, is_kept
from web.mcp import refusing
from web.mcp.given import Given, Writes
from web.mcp.shown import Done, IncidentShown
from web.mcp.tools import TOOLS, Answer, Caller, Tool

log = logging.getLogger(__name__)

Told = dict[str, Any]
"""An answer as it is kept for one who asks again: what is said, what is shown, or the refusal."""


async def call(caller: Caller, name: str, arguments: Mapping[str, Any]) -> Told:
    """The answer to a call, whatever it is."""
    try:
        tool = TOOLS.by_name.get(name)
        if tool is None:
            raise NotFound("There is no such tool. tools/list names those there are.")
        return await _answer(caller, tool, _given(tool, arguments))
    except DomainError as refusal:
        return _refused(refusal)
    except Exception:
        log.exception("a tool could not be called")
        return _refused(ServerError())


class Callers(Protocol):
    """Says who calls where no request does: over standard input."""

    async def caller(self) -> Caller:
        """Whoever holds the key. Raises NotAuthorized once it is dead."""


async def call_as(callers: Callers, name: str, arguments: Mapping[str, Any]) -> Told:
    """The answer to a call, once it is known who calls."""
    try:
        caller = await callers.caller()
    except DomainError as refusal:
        return _refused(refusal)
    except Exception:
        log.exception("a tool could not be called")
        return _refused(ServerError())
    return await call(caller, name, arguments)


def _given(tool: Tool, arguments: Mapping[str, Any]) -> Given:
    """The arguments as the tool's schema has them. Raises Malformed."""
    try:
        return tool.given.model_validate_json(json.dumps(arguments))
    except ValidationError as error:
        raise refusing.malformed(error) from None


async def _answer(caller: Caller, tool: Tool, given: Given) -> Told:
    if tool.reading:
        async with caller.core.reading(caller.actor) as tx:
            return _told(await tool.reading(tx, given))
    if tool.by_itself:
        return _told(await tool.by_itself(caller, given))
    assert isinstance(given, Writes)  # noqa: S101  (what every other tool is given)
    if given.dry_run:
        return _told(await _try_out(caller, tool, given))
    return await _do_once(caller, tool, given)


async def _try_out(caller: Caller, tool: Tool, given: Writes) -> Answer[Done]:
    """What would happen: it does, in a rehearsal, and is undone."""
    async with caller.core.rehearsing(caller.actor) as rehearsal:
        done = await _act(rehearsal.at(caller.core.clock.now()), tool, given)
    answer = _done(tool, done, dry_run=True)
    shown = answer.shown
    if tool.foreseeing:
        shown = await tool.foreseeing(caller, given, shown)
    return Answer(shown, f"Dry run, nothing was changed. It would be so: {answer.said}")


async def _do_once(caller: Caller, tool: Tool, given: Writes) -> Told:
    """Do it, or refuse it; where it is repeated, as the first time (core.repeats)."""
    again = _repeatable(caller, tool, given)
    if again is None:
        return await _do(caller, tool, given, None)
    async with repeats.one_at_a_time(caller.core, caller.actor, again):
        return await _do(caller, tool, given, again)


async def _do(caller: Caller, tool: Tool, given: Writes, again: Repeatable | None) -> Told:
    try:
        async with caller.core.transaction(caller.actor) as tx:
            await keys.require_living(tx)
            if again and (kept := await repeats.claim(tx, again)):
                return _first(kept)
            told = _told(_done(tool, await _act(tx, tool, given), dry_run=False))
            if again:
                await repeats.keep(tx, again, _kept(told))
        return told
    except DomainError as refusal:
        if again is None or not is_kept(refusal):
            raise
        answer = _kept(_refused(refusal))
        async with caller.core.transaction(caller.actor) as tx:
            return _first(await repeats.keep_refusal(tx, again, answer))


async def _act(tx: Transaction, tool: Tool, given: Writes) -> Effects:
    """Let the tool do it, and read what that has changed."""
    assert tool.acting  # noqa: S101  (it writes)
    number: int | None = getattr(given, "number", None)
    if number is None:
        return await effects.since(tx, await tool.acting(tx, given), UNDECLARED)
    held = await incidents.lock(tx, (await incidents.find(tx, number)).id)
    before = effects.mark(held)
    return await effects.since(tx, await tool.acting(tx, given, held.id), before)


def _done(tool: Tool, done: Effects, *, dry_run: bool) -> Answer[Done]:
    assert tool.saying  # noqa: S101  (it writes)
    assert issubclass(tool.shown, Done)  # noqa: S101  (what writes shows that)
    found = {name: getattr(done, name) for name in Done.model_fields if name != "dry_run"}
    found |= {"incident": IncidentShown.of(done.incident), "dry_run": dry_run}
    shown = tool.shown.model_validate(found)
    if dry_run:  # what is undone is known by no id
        nameless = [one.model_copy(update={"id": None}) for one in shown.updates]
        shown = shown.model_copy(update={"updates": nameless})
    return Answer(shown, tool.saying(done))


def _repeatable(caller: Caller, tool: Tool, given: Writes) -> Repeatable | None:
    if given.idempotency_key is None:
        return None
    assert caller.actor.id  # noqa: S101  (a key has one)
    asked = given.model_dump(mode="json", exclude={"idempotency_key"})
    whole = json.dumps(["mcp", tool.name, asked], sort_keys=True).encode()
    return Repeatable.of(caller.actor.id, given.idempotency_key, secret=caller.secret, asked=whole)


def _told(answer: Answer[Any]) -> Told:
    return {"said": answer.said, "shown": answer.shown.model_dump(mode="json")}


def _refused(refusal: DomainError) -> Told:
    told = refusing.told(refusal)
    return {"said": refusing.lead(refusal.code), "refused": told}


def _kept(told: Told) -> repeats.Answer:
    status = HTTPStatus.BAD_REQUEST if "refused" in told else HTTPStatus.OK
    return repeats.Answer(status, json.dumps(told, ensure_ascii=False))


def _first(kept: repeats.Answer) -> Told:
    """The first answer, as it was given; but for texts that were removed since."""
    told: Told = json.loads(kept.body)
    return told
