"""A bundle: several pages to one person in one message, each with its own incident and button."""

from collections.abc import Sequence

from bot.blocks import ids
from bot.blocks.build import actions, button, context, exact, header, plain
from bot.blocks.text import Block, Rendered, cut_escaped, escape, name
from bot.blocks.words import SEVERITY_SIGNS, STATUS_SIGNS
from core.people import Person
from core.sending import Outgoing, Part
from storage.limits import TITLE_MAX
from storage.vocabulary import Status

TEXT_MAX = 4_000
"""What the text of a message may have so that Slack lets it be changed later."""


def bundle(outgoing: Outgoing, person: Person) -> Rendered:
    """The bundle as it reads now: every incident it was sent for, and what there is left to do."""
    parts = outgoing.named
    waiting = [part for part in parts if part.unwanted is None]
    title = _title(len(parts), len(waiting))
    return Rendered(
        _fallback(title, waiting or parts, [part for part in parts if part.unwanted]),
        [
            header(title),
            *[_row(part, person) for part in parts],
            *actions(_acknowledge_all(outgoing, waiting)),
            context(
                plain("They came at the same time, so this is one message. Each has its own clock.")
            ),
        ],
    )


def _title(count: int, waiting: int) -> str:
    if waiting == count:
        return f"📟 {count} incidents need you"
    if waiting:
        return f"📟 {waiting} of {count} incidents {'need' if waiting > 1 else 'needs'} you"
    return f"None of {count} incidents needs you any more"


def _fallback(title: str, named: Sequence[Part], over: Sequence[Part]) -> str:
    """The bundle in one text, escaped: every incident by its number, whatever the titles.

    Where there is no room for all of every title, the longest are cut, all at the same length.
    """
    numbers = ", ".join(f"#{part.number}" for part in over if part not in named)
    closing = f". Waiting no more: {numbers}" if numbers else ""

    def text(room: int) -> str:
        each = (f"{_sign(part)} #{part.number} {cut_escaped(part.title, room)}" for part in named)
        return f"{escape(title)}: {'; '.join(each)}{closing}"

    fits, longest = 1, len(escape("&" * TITLE_MAX))
    while fits < longest:
        middle = (fits + longest + 1) // 2
        if len(text(middle)) <= TEXT_MAX:
            fits = middle
        else:
            longest = middle - 1
    return text(fits)


def _headline(part: Part) -> str:
    return f"{_sign(part)} #{part.number} {part.title}"


def _sign(part: Part) -> str:
    resolved = part.unwanted == "resolved"
    return STATUS_SIGNS[Status.RESOLVED] if resolved else SEVERITY_SIGNS[part.severity]


def _row(part: Part, person: Person) -> Block:
    value = str(part.incident_id)
    view = button("View", ids.VIEW, value)
    match part.unwanted:
        case None:
            state = f"{part.severity.value.capitalize()} · nobody has acknowledged"
            view = button("Acknowledge", ids.ACKNOWLEDGE, value)
        case "acknowledged":
            mine = part.acknowledged_by_id == person.id
            state = f"👀 {'You' if mine else name(part.acknowledged_by)} acknowledged this"
        case "handed off":
            state = "🤝 Handed off"
        case _:
            state = "Resolved"
    return exact(f"{_headline(part)}\n{state}", accessory=view)


def _acknowledge_all(outgoing: Outgoing, waiting: list[Part]) -> list[Block]:
    if not waiting:
        return []
    carrier = str(outgoing.delivery_id)
    what = f"all {len(waiting)}" if len(waiting) > 1 else f"#{waiting[0].number}"
    return [button(f"Acknowledge {what}", ids.ACKNOWLEDGE_ALL, carrier, style="primary")]
