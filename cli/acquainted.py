"""Whom of those that a file names Slack knows: they are matched, and the others are named."""

import aiohttp
from slack_sdk.errors import SlackApiError

from assembly.mail import person_channels
from assembly.settings import Settings
from assembly.slack import slack_client
from assembly.slack_checks import LOOK_UPS_MAX, OUT_OF_REACH
from bot.workspace import Workspace, full_member
from cli.wanted import Blueprint, Word
from core import people
from core.transaction import Actor, Core
from storage.vocabulary import Channel

_ASK_LATER = "`python app.py doctor` asks again."
_UNKNOWN = f"Slack did not say whom of these people it knows ({{}}). {_ASK_LATER}"


async def acquaint(
    core: Core, actor: Actor, settings: Settings, blueprint: Blueprint, *, match: bool
) -> tuple[str, ...]:
    """Ask Slack about the people whom a file names. Returns what is worth a warning.

    With `match`, members whom Slack knows are matched to it (spec section 1), so that nobody is
    thought out of reach until `serve` runs. Without a token nothing is asked or said.
    """
    if not settings.slack_bot_token:
        return ()
    async with aiohttp.ClientSession() as session:
        workspace = Workspace(core, slack_client(settings, session), settings.slack_bot_token)
        try:
            if await workspace.connect() != actor.organization_id:
                return ()
            strangers, left = await _look(workspace, core, actor, blueprint, match=match)
        except SlackApiError as error:
            return (_UNKNOWN.format(error.response.get("error")),)
        except OUT_OF_REACH as error:
            return (_UNKNOWN.format(str(error) or type(error).__name__),)
    by_mail = Channel.MAIL in person_channels(settings)
    reach = "is reached by mail alone" if by_mail else "can't be reached by any page"
    told = [
        f"{blueprint.name}:{word.line}: Slack knows no full member with the e-mail {word.text}, "
        f"who {reach}. Correct it here, or invite them to Slack."
        for word in strangers
    ]
    if left:
        told.append(f"{left} more people were not looked up in Slack yet. {_ASK_LATER}")
    return tuple(told)


async def _look(
    workspace: Workspace, core: Core, actor: Actor, blueprint: Blueprint, *, match: bool
) -> tuple[list[Word], int]:
    """Whom Slack does not know, each where the file first names them; how many were not asked."""
    async with core.reading(actor) as tx:
        matched = {one.email for one in await people.members(tx) if one.slack_user_id}
    first = {word.text: word for word in reversed(blueprint.people)}
    asked = [first[email] for email in blueprint.emails if email not in matched]
    strangers = []
    for word in asked[:LOOK_UPS_MAX]:
        profile = await _profile(workspace, word.text)
        if profile is None:
            strangers.append(word)
        elif match:
            async with core.transaction(actor) as tx:
                await people.recognise(tx, profile)
    return strangers, max(len(asked) - LOOK_UPS_MAX, 0)


async def _profile(workspace: Workspace, email: str) -> people.SlackProfile | None:
    try:
        answer = await workspace.slack.users_lookupByEmail(email=email)
    except SlackApiError as error:
        if error.response.get("error") == "users_not_found":
            return None
        raise
    return full_member(answer["user"], workspace.identity.team_id)
