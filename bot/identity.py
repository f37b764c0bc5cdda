"""Who a Slack user is. Members act; guests, strangers and bots are refused (spec section 1)."""

import logging

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.blocks.text import names
from bot.workspace import Workspace, full_member
from core import people
from core.errors import InvalidTargetUser, NotAMember
from core.people import Person
from core.transaction import Actor, Core, Transaction
from storage.vocabulary import ActorKind, Surface

log = logging.getLogger(__name__)

TRUSTED_SECONDS = 3600
"""How long Slack's word that somebody is a full member is good."""


async def identify(core: Core, workspace: Workspace, user_id: str, team_id: str | None) -> Actor:
    """The actor behind a gesture. Raises NotAMember, and NotReady before Slack was reached."""
    if team_id and team_id != workspace.identity.team_id:
        raise NotAMember
    member = await member_of(core, workspace, user_id)
    return Actor(ActorKind.MEMBER, member.id, member.name, Surface.SLACK, workspace.organization_id)


async def member_of(core: Core, workspace: Workspace, user_id: str) -> Person:
    """The member behind a Slack user id, asked of Slack at first sight and hourly after that.

    Raises NotAMember. If Slack can't be asked, one who was a member stays one.
    """
    system = Actor.system(workspace.organization_id)
    async with core.reading(system) as tx:
        member = await people.find_by_slack_user_id(tx, user_id)
        if member:
            people.refuse_removed(member)
        known = Person.of(member) if member else None
        if member and people.seen_recently(member, tx.now, TRUSTED_SECONDS):
            return Person.of(member)
    try:
        answer = await workspace.slack.users_info(user=user_id)
    except SlackApiError as error:
        if error.response.get("error") == "user_not_found":
            raise NotAMember from error
        return _still(known, error)
    except (aiohttp.ClientError, TimeoutError) as error:
        return _still(known, error)
    profile = full_member(answer["user"], workspace.identity.team_id)
    if profile is None:
        raise NotAMember
    async with core.transaction(system) as tx:
        return Person.of(await people.recognise(tx, profile))


async def slack_user_named(tx: Transaction, typed: str) -> str:
    """The Slack user whom somebody means by a name that is no mention: whoever alone is called so.

    Raises InvalidTargetUser, saying how to name them.
    """
    wanted = typed.strip().removeprefix("@").casefold()
    found = [
        one
        for one in await people.members(tx)
        if one.slack_user_id
        and (
            f" {wanted}" in f" {one.name.casefold()}"
            or (one.email or "").casefold().startswith(f"{wanted}@")
        )
    ]
    if wanted and len(found) == 1:
        return str(found[0].slack_user_id)
    many = f" It may be {names([one.name for one in found])}." if found else ""
    raise InvalidTargetUser(
        f"“{typed}” does not say who is meant.{many} Type @ and choose them, or leave the name "
        "out to choose from a list.",
        field="person",
    )


def _still(known: Person | None, error: Exception) -> Person:
    if known is None:
        raise error
    log.warning("Slack can't confirm %s just now: %s", known.slack_user_id, error)
    return known
