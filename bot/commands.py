"""`/incident` and its sub-commands: what people type, and what becomes of it."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from difflib import get_close_matches

from bot import (
    acts,
    affecting,
    component_modals,
    coverage,
    declaring,
    listing,
    logins,
    modals,
    oncall,
    overrides,
    policy_modals,
    resolving,
    schedule_modals,
    simulating,
    status_page_modals,
    timelines,
    updating,
)
from bot.answering import Answer, Say
from bot.blocks import incident, lists
from bot.gesture import Gesture, say
from bot.identity import slack_user_named
from bot.incoming import unescape
from core import incidents, receipts, schedules
from core.errors import NotFound
from core.facts import IncidentFacts
from storage.vocabulary import Severity, Status

_NUMBER = re.compile(r"#?(\d{1,99})[:,.;]?")
_LIKE_A_NUMBER = re.compile(r"[#+-]|[+-]?\d")
_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")


@dataclass(frozen=True)
class Typed:
    """What follows a sub-command: perhaps a number, and the rest as it was typed."""

    number: int | None
    rest: str
    whole: str = ""
    """All of it, for what speaks of no incident: a schedule's name may begin with a number."""
    strange: str | None = None
    """What stands where a number would, and looks like one, but is none."""


async def run_command(gesture: Gesture) -> Answer:
    """Carry out a slash command (spec section 7). Bare, it declares."""
    text = unescape(str(gesture.body.get("text") or "")).strip()
    word, rest = _parted(text)
    handler = SUB_COMMANDS.get(word.lower())
    if handler:
        return await handler(gesture, _typed(rest))
    if not text:
        return await declaring.open_declare(gesture)
    if len(text.split()) >= 3:
        return await declaring.open_declare(gesture, text)
    return _unknown(gesture, word.lower())


def _unknown(gesture: Gesture, word: str) -> Answer:
    command = gesture.body.get("command", "/incident")
    near = get_close_matches(word, list(SUB_COMMANDS), n=1, cutoff=0.5)
    hint = f"Did you mean “{command} {near[0]}”? " if near else ""
    return say(
        f"There is no “{command} {word}”. {hint}“{command} help” lists what there is; "
        f"“{command} new {word} …” declares an incident."
    )


def _parted(text: str) -> tuple[str, str]:
    """The first word, and what follows it."""
    first, *rest = text.split(maxsplit=1) or [""]
    return first, "".join(rest)


def _typed(whole: str) -> Typed:
    first, rest = _parted(whole)
    if match := _NUMBER.fullmatch(first):
        return Typed(int(match[1]), rest, whole)
    return Typed(None, whole, whole, strange=first if _LIKE_A_NUMBER.match(first) else None)


async def _meant(gesture: Gesture, typed: Typed) -> IncidentFacts:
    """The incident that somebody means; without a number, the only open one.

    Raises NotFound. What is meant as a number and is none must not be taken for none: it would be
    done to another incident.
    """
    if typed.strange:
        raise NotFound(
            f"“{typed.strange}” is no incident number, so nothing was done. Type it as in "
            "“42”, before everything else."
        )
    return await gesture.open_by_number(typed.number)


async def _meant_alone(gesture: Gesture, typed: Typed) -> IncidentFacts:
    """The same, where nothing else may follow. Raises NotFound."""
    if typed.rest and not typed.strange:
        raise NotFound(
            f"“{typed.rest}” is not understood here, so nothing was done. Type one incident "
            "number, as in “42”, and nothing else."
        )
    return await _meant(gesture, typed)


async def _new(gesture: Gesture, typed: Typed) -> Answer:
    return await declaring.open_declare(gesture, typed.whole)


async def _list(gesture: Gesture, _typed: Typed) -> Answer:
    return await listing.list_open(gesture)


async def _show(gesture: Gesture, typed: Typed) -> Answer:
    found = await _meant_alone(gesture, typed)
    async with gesture.core.reading(gesture.actor) as tx:
        pages = await receipts.of(tx, await incidents.get(tx, found.id))
    return Say(incident.incident_message(found, pages))


async def _ack(gesture: Gesture, typed: Typed) -> Answer:
    return await acts.acknowledge(gesture, (await _meant_alone(gesture, typed)).id)


async def _status(gesture: Gesture, typed: Typed) -> Answer:
    found = await _meant(gesture, typed)
    if not typed.rest:
        return await updating.open_update(gesture, found.id, advance=True)
    if typed.rest.lower() not in set(Status):
        return say(f"“{typed.rest}” is no status. They are: {', '.join(Status)}.")
    if typed.rest.lower() == Status.RESOLVED and found.status is Status.MONITORING:
        return await resolving.resolve(gesture, found.id)
    return await acts.advance(gesture, found.id, Status(typed.rest.lower()))


async def _update(gesture: Gesture, typed: Typed) -> Answer:
    found = await _meant(gesture, typed)
    return await updating.open_update(gesture, found.id, body=typed.rest)


async def _severity(gesture: Gesture, typed: Typed) -> Answer:
    found = await _meant(gesture, typed)
    if not typed.rest:
        return await modals.open_severity(gesture, found.id)
    if typed.rest.lower() not in set(Severity):
        return say(f"“{typed.rest}” is no severity. They are: {', '.join(Severity)}.")
    return await acts.change_severity(gesture, found.id, Severity(typed.rest.lower()))


async def _handoff(gesture: Gesture, typed: Typed) -> Answer:
    found = await _meant(gesture, typed)
    if mention := _MENTION.search(typed.rest):
        return await acts.hand_off(gesture, found.id, mention[1])
    if not typed.rest:
        return await modals.open_hand_off(gesture, found.id)
    async with gesture.core.reading(gesture.actor) as tx:
        person = await slack_user_named(tx, typed.rest)
    return await modals.open_hand_off(gesture, found.id, person=person)


async def _resolve(gesture: Gesture, typed: Typed) -> Answer:
    found = await _meant(gesture, typed)
    return await resolving.resolve(gesture, found.id, note=typed.rest)


async def _timeline(gesture: Gesture, typed: Typed) -> Answer:
    found = await _meant_alone(gesture, typed)
    return await timelines.open_timeline(gesture, found.id)


async def _oncall(gesture: Gesture, typed: Typed) -> Answer:
    return await oncall.tell_on_call(gesture, typed.whole)


async def _override(gesture: Gesture, typed: Typed) -> Answer:
    if not typed.whole:
        return await overrides.open_override(gesture)
    async with gesture.core.reading(gesture.actor) as tx:
        found = await schedules.find_schedule(tx, typed.whole)
    return await overrides.open_override(gesture, found.id)


async def _schedules(gesture: Gesture, typed: Typed) -> Answer:
    if name := typed.whole:
        return await schedule_modals.open_by_name(gesture, name)
    return await schedule_modals.open_schedules(gesture)


async def _policies(gesture: Gesture, typed: Typed) -> Answer:
    if name := typed.whole:
        return await policy_modals.open_by_name(gesture, name)
    return await policy_modals.open_policies(gesture)


async def _components(gesture: Gesture, typed: Typed) -> Answer:
    if typed.number is not None and not typed.rest:
        found = await gesture.open_by_number(typed.number)
        return await affecting.open_affected(gesture, found.id)
    if name := typed.whole:
        return await component_modals.open_by_name(gesture, name)
    return await component_modals.open_components(gesture)


async def _pages(gesture: Gesture, typed: Typed) -> Answer:
    if name := typed.whole:
        return await status_page_modals.open_by_name(gesture, name)
    return await status_page_modals.open_pages(gesture)


async def _simulate(gesture: Gesture, typed: Typed) -> Answer:
    return await simulating.open_typed(gesture, typed.whole)


async def _coverage(gesture: Gesture, _typed: Typed) -> Answer:
    return await coverage.open_coverage(gesture)


async def _login(gesture: Gesture, _typed: Typed) -> Answer:
    return await logins.send_link(gesture)


async def _help(gesture: Gesture, _typed: Typed) -> Answer:
    return Say(lists.help_text(gesture.body.get("command", "/incident")))


SUB_COMMANDS: dict[str, Callable[[Gesture, Typed], Awaitable[Answer]]] = {
    "new": _new,
    "list": _list,
    "show": _show,
    "ack": _ack,
    "status": _status,
    "update": _update,
    "severity": _severity,
    "handoff": _handoff,
    "resolve": _resolve,
    "timeline": _timeline,
    "oncall": _oncall,
    "override": _override,
    "schedules": _schedules,
    "policies": _policies,
    "components": _components,
    "pages": _pages,
    "simulate": _simulate,
    "coverage": _coverage,
    "login": _login,
    "help": _help,
}
