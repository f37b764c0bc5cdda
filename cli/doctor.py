"""Checks everything that Tocsin needs, and says of each whether it is well and how to mend it."""

from collections.abc import Sequence

from slack_sdk.web.async_client import AsyncWebClient

from cli.database_checks import check_database
from cli.findings import Finding, Mark, bad, exit_code, ok, render, warn
from cli.mail_checks import check_mail
from cli.slack_checks import (
    check_alerts_channel,
    check_bot,
    check_members,
    check_receiving,
)
from core import people
from core.transaction import Actor, Core
from storage.database import Database
from storage.models import Member, Organization
from storage.vocabulary import Role

__all__ = ["Finding", "Mark", "diagnose", "exit_code", "render"]


async def diagnose(
    *,
    database: Database,
    core: Core,
    slack: AsyncWebClient | None,
    bot_token: str | None,
    app_token: str | None,
    signing_secret: str | None,
    alerts_channel: str | None,
    admin_emails: Sequence[str],
    smtp_url: str | None,
    mail_from: str | None = None,
    public_url: str | None = None,
) -> list[Finding]:
    """Look at everything and change nothing; a check that can't be made says why.

    Raises nothing for what is wrong with database, Slack or settings (spec sections 1 and 11).
    """
    findings, readable = await check_database(database, core.clock)
    team_id = None
    slack = slack if bot_token else None
    if slack is None:
        findings.append(
            bad(
                "Slack: SLACK_BOT_TOKEN is not set.",
                "Install the app (`python app.py manifest`), and copy the Bot User OAuth Token "
                "from “OAuth & Permissions”.",
            )
        )
    else:
        said, team_id = await check_bot(slack, core.clock)
        findings += said
    if slack is None or team_id:  # without an answer it would only be said twice
        findings.append(await check_receiving(slack, app_token, signing_secret))
    organization, members = await _known(core, team_id) if readable else (None, [])
    if slack and team_id:
        stored = organization.alerts_channel if organization else None
        findings.append(await check_alerts_channel(slack, alerts_channel or stored))
        if members:
            findings.append(await check_members(slack, members, team_id))
    if readable:
        findings.append(_admins(members, admin_emails))
    findings += await check_mail(smtp_url, mail_from, public_url, members)
    return findings


async def _known(core: Core, team_id: str | None) -> tuple[Organization | None, list[Member]]:
    """The organization of the token, or the only one there is where Slack did not say."""
    async with core.reading(Actor.system()) as tx:
        every = await people.organizations(tx)
    if team_id:
        every = [one for one in every if one.slack_team_id == team_id]
    if len(every) != 1:
        return None, []
    async with core.reading(Actor.system(every[0].id)) as tx:
        return every[0], await people.members(tx)


def _admins(members: Sequence[Member], admin_emails: Sequence[str]) -> Finding:
    names = [one.name for one in members if one.role is Role.ADMIN]
    if names:
        return ok(f"Admins: {', '.join(names)}.")
    if admin_emails:
        return ok(f"Admins: {', '.join(admin_emails)}, from when Tocsin first starts.")
    return warn(
        "Admins: there is none.",
        "Set TOCSIN_ADMIN_EMAILS=you@example.com, or name admins in the file for `apply`.",
    )
