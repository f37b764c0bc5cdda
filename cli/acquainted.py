"""Whom of those that a file names Slack knows: they are matched, and the others are named."""

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from assembly.mail import person_channels
from assembly.settings import Settings
from assembly.slack import slack_client
from assembly.slack_checks import LOOK_UPS_MAX, OUT_OF_REACH
from bot.workspace import full_member
from cli.wanted import Blueprint, Word
from core import people
from core.errors import NotAMember, Unavailable
from core.transaction import Actor, Core
from storage.vocabulary import Channel

_ASK_LATER = "`python app.py doctor` asks again."


async def acquaint(
    core: Core, actor: Actor, settings: Settings, blueprint: Blueprint, *, match: bool
) -> tuple[str, ...]:
    """Ask Slack about the people whom a file names. Returns what is worth a warning.

    With `match`, members whom Slack knows are matched to it (spec section 1), so that nobody is
    thought out of reach until `serve` runs. Without a token nothing is asked or said. Whatever
    Slack and the database answer, nothing is raised: what was applied is applied.
    """
    if not settings.slack_bot_token:
        return ()
    first = {word.text: word for word in reversed(blueprint.people)}
    asked: list[Word] = []
    told: list[str] = []
    async with aiohttp.ClientSession() as session:
        slack = slack_client(settings, session)
        try:
            async with core.reading(actor) as tx:
                team_id = (await people.organization(tx)).slack_team_id
                matched = {one.email for one in await people.members(tx) if one.slack_user_id}
            asked = [first[email] for email in blueprint.emails if email not in matched]
            if (await slack.auth_test())["team_id"] != team_id:
                return ("SLACK_BOT_TOKEN is another workspace's: nobody was looked up in Slack.",)
            for word in asked[:LOOK_UPS_MAX]:
                profile = await _profile(slack, word.text, team_id)
                where = f"{blueprint.name}:{word.line}: {word.text}"
                if profile is None:
                    told.append(f"{where} {_stranger(settings)}")
                elif match and (doubt := await _recognise(core, actor, profile, word.text)):
                    told.append(f"{where} {doubt}")
        except SlackApiError as error:
            told.append(_unknown(str(error.response.get("error"))))
        except OUT_OF_REACH as error:
            told.append(_unknown(str(error) or type(error).__name__))
        except Unavailable as refusal:
            told.append(_unknown(refusal.message))
    if (left := len(asked) - LOOK_UPS_MAX) > 0:
        told.append(f"{left} more people were not looked up in Slack yet. {_ASK_LATER}")
    return tuple(told)


def _unknown(why: str) -> str:
    return f"Slack did not say whom else of these people it knows ({why}). {_ASK_LATER}"


def _stranger(settings: Settings) -> str:
    by_mail = Channel.MAIL in person_channels(settings)
    reach = "is reached by mail alone" if by_mail else "can't be reached by any page"
    return (
        f"is the e-mail of no full member of the workspace, and {reach}. Correct it here, or "
        "invite them to Slack."
    )


async def _recognise(
    core: Core, actor: Actor, profile: people.SlackProfile, email: str
) -> str | None:
    """Match a member to whom Slack knows. Returns what stands against it, if anything does."""
    try:
        async with core.transaction(actor) as tx:
            known = (await people.recognise(tx, profile)).email
    except NotAMember:
        return "is in Slack somebody who was removed here. An admin can add them again."
    if known == email:
        return None
    return f"is in Slack whom Tocsin knows as {known or 'somebody else'}. Name them so here."


async def _profile(slack: AsyncWebClient, email: str, team_id: str) -> people.SlackProfile | None:
    try:
        answer = await slack.users_lookupByEmail(email=email)
    except SlackApiError as error:
        if error.response.get("error") == "users_not_found":
            return None
        raise
    return full_member(answer["user"], team_id)
