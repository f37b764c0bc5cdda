"""A bundle: several pages to one person in one message, each with its own incident and button."""

from bot.blocks import ids
from bot.blocks.build import actions, button, context, exact, header, plain
from bot.blocks.text import Block, Rendered, fallback, name
from bot.blocks.words import SEVERITY_SIGNS, STATUS_SIGNS
from core.people import Person
from core.sending import Outgoing, Part
from storage.vocabulary import Status


def bundle(outgoing: Outgoing, person: Person) -> Rendered:
    """The bundle as it reads now: every incident it was sent for, and what there is left to do."""
    parts = outgoing.named
    waiting = [part for part in parts if part.unwanted is None]
    title = _title(len(parts), len(waiting))
    named = "; ".join(_headline(part) for part in waiting or parts)
    return Rendered(
        fallback(f"{title}: {named}"),
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


def _headline(part: Part) -> str:
    resolved = part.unwanted == "resolved"
    sign = STATUS_SIGNS[Status.RESOLVED] if resolved else SEVERITY_SIGNS[part.severity]
    return f"{sign} #{part.number} {part.title}"


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
