"""The answers that list: open incidents, who is on call, what can be typed."""

import json
from collections.abc import Sequence

from bot.blocks import ids, progress, words
from bot.blocks.build import actions, button, context, exact, mrkdwn, plain, section
from bot.blocks.controls import view_button
from bot.blocks.text import Block, Rendered, cut, escape, fallback, name
from core.facts import IncidentFacts

INCIDENTS_SHOWN = 15
CHARACTERS_SHOWN = 11_000
"""Of a message's blocks as JSON: below the total that Slack refuses."""

_HELP = (
    ("", "declare an incident"),
    ("Checkout is slow", "the same, with its title filled in"),
    ("new [title]", "the same, whatever the title begins with"),
    ("list", "the open incidents"),
    ("show 12", "one incident; without a number, the only open one"),
    ("ack 12", "acknowledge it: nobody else is paged"),
    ("update 12 [text]", "post an update"),
    ("status 12 [identified]", "move on to the next status"),
    ("severity 12 [critical]", "change how bad it is"),
    ("handoff 12 @someone", "hand it off to somebody else"),
    ("resolve 12 [note]", "resolve it"),
    ("timeline 12", "what happened so far"),
    ("oncall [schedule] [at friday 22:00]", "who is on call, now or then, and why"),
    ("override [schedule]", "take a shift or a part of it, or give it to somebody"),
    ("schedules [name]", "see and change who is on call when"),
    ("policies [name]", "see and change who is paged, and who next"),
    ("components 12", "say what it affects"),
    ("components [name]", "see and change what incidents affect, and how each part is"),
    ("pages [name]", "see and publish the status pages that customers read"),
    ("simulate [policy] [at friday 22:00]", "who would be paged, and who next"),
    ("coverage", "what would page nobody, the wrong people or too late"),
    ("login", "a link into the dashboard, for you alone"),
    ("help", "this list"),
)


def open_incidents(found: Sequence[IncidentFacts], count: int, before: int = 0) -> Rendered:
    """Some of the open incidents, and the way on: there are `count`, of them so many `before`."""
    if not found:
        calm = "🎉 No incident is open." if not count else "That was the last of them."
        return Rendered(calm, [exact(calm)])
    rows = fitting([incident_row(one) for one in found[:INCIDENTS_SHOWN]])
    reached = before + len(rows)
    told = "1 open incident" if count == 1 else f"{count:,} open incidents"
    if len(rows) < count:
        told += f" · {before + 1:,}–{reached:,}, what nobody has acknowledged first"
    first = "; ".join(words.reference(one) for one in found[:5])
    left = count - reached
    last = found[len(rows) - 1]
    place = f"{last.acknowledged:d}:{last.severity.rank}:{last.number}"
    on = button(f"The next {min(left, INCIDENTS_SHOWN)}", ids.LIST_ON, f"{reached}:{place}")
    return Rendered(
        fallback(f"{told}: {first}"),
        [exact(told), *rows, *(actions([on]) if left > 0 else [])],
    )


def incident_row(facts: IncidentFacts) -> Block:
    """An incident in two lines, with a button to its view."""
    owner = name(facts.owner.name) if facts.owner else "nobody"
    about = f"{words.status(facts.status)} · owner: {owner} · {progress.words(facts)}"
    return exact(f"{words.headline(facts)}\n{about}", accessory=view_button(facts))


def help_text(command: str) -> Rendered:
    """Every sub-command in a line."""
    typed = cut(command, 40)
    lines = [f"`{escape(f'{typed} {usage}'.strip())}`  {meaning}" for usage, meaning in _HELP]
    return Rendered(
        fallback(f"{typed}: declare an incident, or list, show, ack, update, resolve and more."),
        [
            section("\n".join(lines)),
            context(plain("Where one incident is open, its number may be left out.")),
        ],
    )


def fitting(rows: Sequence[Block]) -> list[Block]:
    """As many rows as one message holds, at least one."""
    kept: list[Block] = []
    used = 0
    for row in rows:
        used += len(json.dumps(row, ensure_ascii=False))
        if kept and used > CHARACTERS_SHOWN:
            break
        kept.append(row)
    return kept


def more(left: int) -> list[Block]:
    """How many rows are not shown, if any."""
    return [context(mrkdwn(f"and {left:,} more"))] if left > 0 else []
