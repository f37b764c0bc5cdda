"""The people of a form: members by what Slack calls them, and those of them who can't be paged."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from bot.answering import FieldErrors
from bot.blocks.people_field import FIELD, Chosen, in_slack, member_of_token
from bot.blocks.text import names
from bot.blocks.values import actual
from bot.gesture import Gesture
from bot.identity import member_of
from core import people
from core.errors import NotAMember

LEFT = "left, is passed over"
NOT_IN_SLACK = "not in Slack, is paged by e-mail"
NO_MEMBER = "⚠️ can't be paged: a guest, a bot or from elsewhere"


async def look_up(
    gesture: Gesture, order: Iterable[str], *, shown: Iterable[str] = ()
) -> dict[str, Chosen]:
    """Everybody in an order by their token.

    Slack is asked about those whom we do not know, and about those who were not `shown` before.
    """
    tokens = set(order)
    shown = set(shown)
    slack_ids = {one for one in tokens if in_slack(one)}
    member_ids = {one: member_of_token(one) for one in tokens - slack_ids}
    async with gesture.core.reading(gesture.actor) as tx:
        members = await people.by_id(tx, member_ids.values())
        matched = await people.by_slack_user_id(tx, slack_ids)
        found = {
            token: Chosen(token, members[id].name, id,
                          LEFT if members[id].removed_at else NOT_IN_SLACK)
            for token, id in member_ids.items()
            if id in members
        }  # fmt: skip
        found |= {
            token: Chosen(token, one.name, one.id)
            for token, one in matched.items()
            if one.removed_at is None and token in shown
        }
    unknown = sorted(tokens - found.keys())
    asked = await asyncio.gather(*(_ask(gesture, token) for token in unknown))
    return found | {one.token: one for one in asked}


def member_ids(order: Sequence[str], known: Mapping[str, Chosen]) -> list[UUID]:
    """The members in an order; those who are none are left out."""
    return [id for token in order if (id := known[token].member_id)]


def refused_at_field(gesture: Gesture, known: Mapping[str, Chosen]) -> FieldErrors | None:
    """Who was chosen and can't be paged, said at the field; None if everybody can."""
    nobody = [one.name for one in known.values() if one.member_id is None]
    if not nobody:
        return None
    some = "is not a member" if len(nobody) == 1 else "are not members"
    said = f"{names(nobody)} {some} here, so nobody can page them. Choose somebody else."
    return FieldErrors({actual(gesture.view, FIELD): said})


async def _ask(gesture: Gesture, token: str) -> Chosen:
    try:
        person = await member_of(gesture.core, gesture.workspace, token)
        return Chosen(token, person.name, person.id)
    except NotAMember:
        return Chosen(token, await gesture.workspace.name_of(token), None, NO_MEMBER)
