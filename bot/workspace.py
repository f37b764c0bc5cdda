"""Whose token this is: the workspace, the bot in it, and the organization they stand for."""

import logging
from dataclasses import dataclass
from uuid import UUID

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.countdown import Countdowns
from bot.presses import Presses
from core import people
from core.errors import NotReady
from core.transaction import Actor, Core

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Identity:
    """What Slack says that a token is."""

    team_id: str
    team_name: str
    bot_id: str
    bot_user_id: str


class Workspace:
    """The one workspace that this process serves; unknown until Slack has answered once."""

    def __init__(
        self, core: Core, slack: AsyncWebClient, token: str, *, public_url: str | None = None
    ) -> None:
        self.slack = slack
        self.token = token
        self.presses = Presses()
        self.countdowns = Countdowns(core.clock)
        self.homes: dict[str, str] = {}
        """Who was shown their App Home by this process, and to which pages it is turned."""
        self.public_url = public_url
        """Where browsers reach Tocsin, if they do."""
        self._core = core
        self._identity: Identity | None = None
        self.organization_id: UUID | None = None

    def dashboard_url(self, number: int) -> str | None:
        """Where an incident is on the dashboard, if browsers can reach it."""
        return f"{self.public_url}/app/incidents/{number}" if self.public_url else None

    @property
    def identity(self) -> Identity:
        """Raises NotReady before `connect` has succeeded."""
        if self._identity is None:
            raise NotReady
        return self._identity

    async def connect(self) -> UUID:
        """Ask Slack who we are, and make the organization at first sight (spec section 11).

        Raises SlackApiError, or what a failing connection raises.
        """
        answer = await self.slack.auth_test()
        identity = Identity(
            team_id=answer["team_id"],
            team_name=answer.get("team") or answer["team_id"],
            bot_id=answer.get("bot_id") or "",
            bot_user_id=answer["user_id"],
        )
        organization = await people.ensure_organization(
            self._core, slack_team_id=identity.team_id, name=identity.team_name
        )
        self._identity = identity
        self.organization_id = organization.id
        return organization.id

    async def match_members(self) -> None:
        """Find the Slack user of every member who is known by e-mail alone (spec section 1)."""
        async with self._core.reading(Actor.system(self.organization_id)) as tx:
            unmatched = [
                (member.id, member.email)
                for member in await people.members(tx)
                if member.slack_user_id is None and member.email
            ]
        for member_id, email in unmatched:
            try:
                await self.profile_by_email(email)
            except SlackApiError as error:
                log.warning(
                    "no Slack user for member %s: %s", member_id, error.response.get("error")
                )

    async def name_of(self, user_id: str) -> str:
        """What a Slack user is called, whoever they are."""
        try:
            user = (await self.slack.users_info(user=user_id))["user"]
        except (SlackApiError, aiohttp.ClientError, TimeoutError):
            return "Somebody"
        return str((user.get("profile") or {}).get("real_name") or user.get("name") or "Somebody")

    async def profile_by_email(self, email: str) -> people.Person:
        """The member with this e-mail, matched to their Slack user. Raises SlackApiError."""
        answer = await self.slack.users_lookupByEmail(email=email)
        profile = full_member(answer["user"], self.identity.team_id)
        if profile is None:
            raise SlackApiError("not a full member", {"ok": False, "error": "user_not_found"})
        async with self._core.transaction(Actor.system(self.organization_id)) as tx:
            return people.Person.of(await people.recognise(tx, profile))


def full_member(user: dict[str, object], team_id: str) -> people.SlackProfile | None:
    """What Slack says of a user, or None for a guest, a bot, a stranger, somebody who left."""
    outside = ("deleted", "is_bot", "is_app_user", "is_restricted", "is_ultra_restricted",
               "is_stranger")  # fmt: skip
    if any(user.get(flag) for flag in outside) or user.get("id") == "USLACKBOT":
        return None
    if user.get("team_id", team_id) != team_id:
        return None
    details = user.get("profile")
    details = details if isinstance(details, dict) else {}
    name = details.get("real_name") or user.get("real_name") or user.get("name") or user["id"]
    return people.SlackProfile(
        user_id=str(user["id"]),
        email=details.get("email"),
        name=str(name),
        timezone=str(user.get("tz") or "UTC"),
        workspace_admin=bool(user.get("is_admin") or user.get("is_owner")),
    )
