"""Checks everything that Tocsin needs, and says of each whether it is well and how to mend it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from uuid import UUID

from slack_sdk.web.async_client import AsyncWebClient

from assembly.database_checks import check_database
from assembly.mail_checks import check_mail
from assembly.settings import Settings
from assembly.slack_checks import (
    LOOK_UPS_MAX,
    check_alerts_channel,
    check_bot,
    check_members,
    check_receiving,
)
from bot.workspace import Workspace
from core import people
from core.checkup import Finding, bad, ok, warn
from core.transaction import Actor, Core
from storage.models import Member, Organization
from storage.vocabulary import Role

PATIENCE_SECONDS = 15
RUNNING_LOOK_UPS = 10
"""A running Tocsin has looked everybody up: so few are asked for anew, however often."""


async def checks(
    core: Core,
    slack: AsyncWebClient,
    settings: Settings,
    *,
    organization_id: UUID | None = None,
    look_ups: int = LOOK_UPS_MAX,
) -> AsyncIterator[Finding]:
    """Look at everything and change nothing; a check that can't be made says why.

    Of no other organization than `organization_id`, if it is given, anything is told. Raises
    nothing for what is wrong with database, Slack or settings (spec sections 1 and 11).
    """
    findings, readable = await check_database(core.database, core.clock)
    for one in findings:
        yield one
    team_id = None
    client = slack if settings.slack_bot_token else None
    if client is None:
        yield bad(
            "Slack: SLACK_BOT_TOKEN is not set.",
            "Install the app (`python app.py manifest`), and copy the Bot User OAuth Token "
            "from “OAuth & Permissions”.",
        )
    else:
        findings, team_id = await check_bot(client, core.clock)
        for one in findings:
            yield one
    if client is None or team_id:  # without an answer it would only be said twice
        yield await check_receiving(client, settings.slack_app_token, settings.slack_signing_secret)
    organization, members = None, list[Member]()
    if readable:
        organization, members = await _known(core, team_id, organization_id)
    if client and team_id:
        stored = organization.alerts_channel if organization else None
        yield await check_alerts_channel(client, settings.tocsin_alerts_channel or stored)
        if members:
            yield await check_members(client, members, team_id, look_ups=look_ups)
    if readable:
        yield _admins(members, settings.admin_emails)
    for one in await check_mail(
        settings.smtp_url, settings.mail_from, settings.public_url, members
    ):
        yield one


class Checkup:
    """The checks of a running Tocsin, made when an admin asks for them.

    They are made once at a time, and nobody waits longer than PATIENCE_SECONDS.
    """

    def __init__(
        self, core: Core, workspace: Workspace, settings: Settings, *,
        patience: float = PATIENCE_SECONDS,
    ) -> None:  # fmt: skip
        self._core = core
        self._workspace = workspace
        self._settings = settings
        self._patience = patience
        self._running: dict[UUID, tuple[asyncio.Task[None], list[Finding]]] = {}

    async def __call__(self, organization_id: UUID) -> Sequence[Finding]:
        """What is found within our patience, for an admin of this organization.

        Who belongs to another workspace than the one that this process serves is told only that.
        """
        served = self._workspace.organization_id
        if served is not None and served != organization_id:
            return [_ANOTHER]
        running = self._running.get(organization_id)
        if running is None or running[0].done():
            begun: list[Finding] = []
            running = asyncio.create_task(self._run(organization_id, begun)), begun
            self._running[organization_id] = running
        task, found = running
        # It is not cancelled, which would cost a connection: who asks again waits for the same.
        done, _ = await asyncio.wait({task}, timeout=self._patience)
        if done:
            task.result()
            return found
        late = f"Not everything answered within {self._patience:.0f} s; the rest is not known."
        return [*found, warn(late, "Check again in a minute.")]

    async def stop(self) -> None:
        """Wait for nothing any longer."""
        tasks = [task for task, _ in self._running.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, organization_id: UUID, found: list[Finding]) -> None:
        async for one in checks(
            self._core,
            self._workspace.slack,
            self._settings,
            organization_id=organization_id,
            look_ups=RUNNING_LOOK_UPS,
        ):
            found.append(one)


_ANOTHER = warn(
    "This Tocsin serves another Slack workspace than yours.",
    "Open the dashboard of the one that serves yours, and check there.",
)


async def _known(
    core: Core, team_id: str | None, wanted: UUID | None
) -> tuple[Organization | None, list[Member]]:
    """The organization of the token, or the only one there is where Slack did not say."""
    async with core.reading(Actor.system()) as tx:
        every = await people.organizations(tx)
    if team_id:
        every = [one for one in every if one.slack_team_id == team_id]
    if len(every) != 1 or wanted not in (None, every[0].id):
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
