"""Whether Slack lets the bot do what it must: its tokens, its scopes, its channel, its people."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from assembly.database_checks import judge_clock
from assembly.manifest import bot_scopes
from bot.workspace import full_member
from core.checkup import Finding, bad, ok, warn
from core.transaction import Clock
from storage.models import Member

OUT_OF_REACH = (aiohttp.ClientError, TimeoutError, OSError)
LOOK_UPS_MAX = 40
"""Slack allows some 50 look-ups a minute, and a running Tocsin needs its share."""

_COPY = "copy the Bot User OAuth Token from “OAuth & Permissions” of your Slack app"
_LATER = "Try again in a minute; see https://slack-status.com."
_REINSTALL = (
    "Paste the output of `python app.py manifest` into “App Manifest” of your Slack app, then "
    "install it again under “Install App”."
)


async def check_bot(slack: AsyncWebClient, clock: Clock) -> tuple[list[Finding], str | None]:
    """Token, scopes and clock, and the id of the workspace if the token is good."""
    before = clock.now()
    try:
        answer = await slack.auth_test()
    except OUT_OF_REACH as error:
        return [_unreachable(slack, error)], None
    except SlackApiError as error:
        return [_refused(error), *_clock(error.response, before, clock)], None
    who = f"{answer.get('user', 'the bot')} in {answer.get('team', answer['team_id'])}"
    findings = [ok(f"Slack: SLACK_BOT_TOKEN is good, {who}."), _scopes(answer)]
    return [*findings, *_clock(answer, before, clock)], str(answer["team_id"])


async def check_receiving(
    slack: AsyncWebClient | None, app_token: str | None, signing_secret: str | None
) -> Finding:
    """How Slack's requests arrive: over a socket, or signed over HTTP."""
    if not app_token and not signing_secret:
        return bad(
            "Slack can't reach Tocsin: neither SLACK_APP_TOKEN (Socket Mode) nor "
            "SLACK_SIGNING_SECRET (HTTP) is set.",
            "Copy one from “Basic Information” of your Slack app.",
        )
    if not app_token:
        return ok("Slack: over HTTP; SLACK_SIGNING_SECRET is set (only a request can prove it).")
    if slack is None:
        return warn("Slack: SLACK_APP_TOKEN is not checked.", "Set SLACK_BOT_TOKEN first.")
    try:
        await slack.apps_connections_open(app_token=app_token)
    except OUT_OF_REACH as error:
        return _unreachable(slack, error)
    except SlackApiError as error:
        return bad(
            f"Slack: SLACK_APP_TOKEN opens no socket ({_error(error)}).",
            "Under “Basic Information” of your Slack app make an app-level token with the scope "
            "connections:write, and switch Socket Mode on.",
        )
    return ok("Slack: SLACK_APP_TOKEN opens a socket.")


async def check_alerts_channel(slack: AsyncWebClient, wanted: str | None) -> Finding:
    """Whether incidents can be announced where the settings say."""
    if not wanted:
        return warn(
            "Alerts channel: none is set, so an incident that pages nobody is said nowhere.",
            "Set TOCSIN_ALERTS_CHANNEL, or alerts_channel in the file for `apply`.",
        )
    name = wanted.removeprefix("#")
    try:
        async for channel in _channels(slack):
            if name in (channel["id"], channel["name"]):
                return _postable(channel)
    except OUT_OF_REACH as error:
        return _unreachable(slack, error)
    except SlackApiError as error:
        remedy = _REINSTALL if _error(error) == "missing_scope" else _LATER
        return bad(f"Alerts channel: Slack does not list channels ({_error(error)}).", remedy)
    return bad(
        f"Alerts channel: the bot sees no channel “{name}”.",
        "Make it, or correct its name. If it is private or archived: unarchive it, and invite "
        "the bot there with /invite.",
    )


async def check_members(
    slack: AsyncWebClient,
    members: Sequence[Member],
    team_id: str,
    *,
    look_ups: int = LOOK_UPS_MAX,
) -> Finding:
    """Who can't be paged in Slack. One not matched yet is looked up, and will be matched later."""
    unmatched = [one for one in members if one.slack_user_id is None]
    lost = [one.name for one in unmatched if not one.email]
    asked = [one for one in unmatched if one.email]
    for member in asked[:look_ups]:
        try:
            answer = await slack.users_lookupByEmail(email=str(member.email))
        except OUT_OF_REACH as error:
            return _unreachable(slack, error)
        except SlackApiError as error:
            if _error(error) != "users_not_found":
                what = f"Members: Slack does not look people up ({_error(error)})."
                return warn(what, "Try again in a minute.")
            lost.append(f"{member.name} ({member.email})")
        else:
            if full_member(answer["user"], team_id) is None:
                lost.append(f"{member.name} ({member.email}: a guest, a bot, or gone)")
    if lost:
        return warn(
            f"Members: reachable by nobody, as Slack does not know them: {', '.join(lost)}.",
            "Use the e-mail that they have in Slack, or invite them there.",
        )
    if len(asked) > look_ups:
        what = f"Members: {len(asked) - look_ups} are not matched and were not looked up."
        return warn(what, "Start `serve` once: it matches everybody. Then ask again.")
    return ok(f"Members: Slack knows all {len(members)}.")


async def _channels(slack: AsyncWebClient) -> AsyncIterator[dict[str, Any]]:
    cursor = ""
    while True:
        answer = await slack.conversations_list(
            types="public_channel,private_channel",
            exclude_archived=True,
            limit=200,
            cursor=cursor,
        )
        for channel in answer["channels"]:
            yield channel
        cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor:
            return


def _postable(channel: dict[str, Any]) -> Finding:
    if channel.get("is_private") and not channel.get("is_member"):
        what = f"Alerts channel: #{channel['name']} is private, and the bot is not in it."
        return bad(what, "Invite the bot there with /invite.")
    return ok(f"Alerts channel: #{channel['name']} is there, and the bot can post to it.")


def _scopes(answer: AsyncSlackResponse) -> Finding:
    granted = _header(answer, "x-oauth-scopes")
    if granted is None:
        return warn("Scopes: Slack did not say which are granted.", "Check them in your Slack app.")
    missing = [one for one in bot_scopes() if one not in granted.replace(" ", "").split(",")]
    if missing:
        return bad(f"Scopes: not granted: {', '.join(missing)}.", _REINSTALL)
    return ok("Scopes: all that the manifest asks for are granted.")


def _clock(answer: Any, before: Any, clock: Clock) -> list[Finding]:
    """Slack's Date is cut to the second, and was written between asking and hearing."""
    try:
        theirs = parsedate_to_datetime(_header(answer, "date") or "") + timedelta(seconds=0.5)
        middle = before + (clock.now() - before) / 2
        return [judge_clock("Slack's", (middle - theirs).total_seconds())]
    except (TypeError, ValueError):
        return []


def _refused(error: SlackApiError) -> Finding:
    said = _error(error)
    remedies = {
        "invalid_auth": f"It is no token of this workspace: {_COPY}.",
        "not_authed": f"It is empty: {_COPY}.",
        "token_revoked": f"Install the app again, and {_COPY}.",
        "token_expired": f"Switch token rotation off in your Slack app, and {_COPY}.",
        "account_inactive": f"The app was removed: install it again, and {_COPY}.",
        "ratelimited": "Try again in a minute.",
    }
    remedy = remedies.get(said, _LATER)
    return bad(f"Slack: SLACK_BOT_TOKEN is refused ({said}).", remedy)


def _unreachable(slack: AsyncWebClient, error: Exception) -> Finding:
    reason = str(error).strip() or type(error).__name__
    return bad(
        f"Slack can't be reached at {slack.base_url} ({reason}).",
        "Check the network, a proxy or firewall in between, and SLACK_API_URL.",
    )


def _error(error: SlackApiError) -> str:
    data = getattr(error.response, "data", None)
    if isinstance(data, dict) and data.get("error"):
        return str(data["error"])
    status = getattr(error.response, "status_code", None) or getattr(error.response, "status", "?")
    return f"an answer that is not Slack's, HTTP {status}"


def _header(answer: Any, name: str) -> str | None:
    headers = getattr(answer, "headers", None) or {}
    return next((str(value) for key, value in headers.items() if key.lower() == name), None)
