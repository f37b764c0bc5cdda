"""The field in which people are chosen, and the list below it in which they are put in order.

Slack's field says who, and promises no order; the order is kept in the form's metadata as tokens:
a Slack user's id, or `-` and a member's id for one whom Slack can't show.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from bot.blocks.build import context, field, overflow, plain, section
from bot.blocks.text import Block, cut_escaped
from bot.blocks.values import actual, people

PEOPLE_MAX = 100
ROWS_SHOWN = 60
FIELD = "people"


@dataclass(frozen=True)
class Chosen:
    """Somebody who was chosen: a member, or one who is none, with what is to be said of them."""

    token: str
    name: str
    member_id: UUID | None
    note: str = ""


def token_of(member_id: UUID, slack_user_id: str | None, *, left: bool = False) -> str:
    """How the form knows somebody."""
    if slack_user_id and not left:
        return slack_user_id
    return f"-{urlsafe_b64encode(member_id.bytes).decode().rstrip('=')}"


def member_of_token(token: str) -> UUID:
    """The member whom a token names that is no Slack user's."""
    return UUID(bytes=urlsafe_b64decode(f"{token[1:]}=="))


def in_slack(token: str) -> bool:
    """Whether Slack's field can show them."""
    return not token.startswith("-")


def merged(order: Sequence[str], chosen: Sequence[str]) -> tuple[str, ...]:
    """The order after somebody chose: who stays keeps their place, who is new comes last."""
    stays = [token for token in order if token in chosen or not in_slack(token)]
    return (*stays, *(token for token in dict.fromkeys(chosen) if token not in stays))


def moved(order: Sequence[str], how: str, place: int) -> tuple[str, ...]:
    """The order after an entry of the menu beside somebody: up, down, first, last, remove."""
    if not 0 <= place < len(order):
        return tuple(order)
    token, others = order[place], [*order[:place], *order[place + 1 :]]
    to = {"up": place - 1, "down": place + 1, "first": 0, "last": len(others)}.get(how)
    if to is None:
        return tuple(others)
    to = max(0, to)
    return (*others[:to], token, *others[to:])


def read_order(view: dict[str, Any], order: Sequence[str]) -> tuple[str, ...]:
    """The order as it stands in a form: as it was shown, with what was chosen since."""
    return merged(order, people(view, actual(view, FIELD)))


def people_field(
    label: str,
    hint: str,
    order: Sequence[str],
    action_id: str,
    *,
    revision: int = 0,
    optional: bool = False,
) -> Block:
    """Slack's field. Another `revision` makes it forget what was chosen, and show the order's."""
    element: Block = {
        "type": "multi_users_select",
        "action_id": f"{action_id}:people",
        "max_selected_items": PEOPLE_MAX,
        "placeholder": plain("Choose people"),
    }
    if shown := list(dict.fromkeys(token for token in order if in_slack(token))):
        element["initial_users"] = shown
    block_id = f"{FIELD}:{revision}" if revision else FIELD
    return field(block_id, label, element, hint=hint, optional=optional, dispatch=True)


def turns(
    order: Sequence[str], known: Mapping[str, Chosen], action_id: str, *, ordered: bool = True
) -> list[Block]:
    """Who was chosen, one a row, with a menu; where the order matters, to move them."""
    rows = [
        _row(place, known[token], len(order), action_id, ordered=ordered)
        for place, token in enumerate(order)
        if ordered or not in_slack(token) or known[token].note
    ]
    if ordered and len(order) < 2 and not any(known[token].note for token in order):
        return []
    left = len(rows) - ROWS_SHOWN
    more = [context(plain(f"and {left:,} more, in the order in which they were chosen"))]
    return rows[:ROWS_SHOWN] + (more if left > 0 else [])


def _row(place: int, one: Chosen, count: int, action_id: str, *, ordered: bool) -> Block:
    entries = []
    if ordered and place:
        entries += [("up", "Move up"), ("first", "Move to the top")]
    if ordered and place + 1 < count:
        entries += [("down", "Move down"), ("last", "Move to the end")]
    entries.append(("remove", "Remove"))
    number = f"{place + 1}.  " if ordered else ""
    note = f"  ·  {one.note}" if one.note else ""
    return {
        **section(f"{number}*{cut_escaped(one.name, 400)}*{note}"),
        "block_id": f"turn:{place}:{one.token}",
        "accessory": overflow(action_id, [(f"{how}:{place}", label) for how, label in entries]),
    }
