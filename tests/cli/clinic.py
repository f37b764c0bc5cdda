"""What a test hands the doctor: a small Slack that does as told, and all the rest; all well."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from assembly.manifest import bot_scopes
from assembly.settings import Settings
from cli.doctor import diagnose
from core import people
from core.checkup import Finding, Mark
from core.transaction import Actor, Core


class RealClock:
    """The computer's own clock, wrong by as much as a test wants."""

    wrong = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.wrong

    def seconds_until(self, instant: datetime) -> float:
        return (instant - self.now()).total_seconds()


@dataclass
class Slack:
    """What Slack answers to each method; a test changes it first."""

    answers: dict[str, Any]
    scopes: list[str] = field(default_factory=bot_scopes)
    emails: dict[str, dict[str, Any]] = field(default_factory=dict)
    clock_wrong: timedelta = timedelta()
    called: list[str] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        self.called.append(method)
        form = {**request.query, **await request.post()}
        found = self.answers.get(method)
        if method == "users.lookupByEmail" and found is None:
            user = self.emails.get(str(form["email"]))
            found = {"ok": True, "user": user} if user else no("users_not_found")
        if method == "conversations.list" and isinstance(found, list):
            page = int(str(form.get("cursor") or 0))
            more = str(page + 1) if page + 1 < len(found) else ""
            found = {
                "ok": True,
                "channels": found[page],
                "response_metadata": {"next_cursor": more},
            }
        headers = {
            "Date": format_datetime(datetime.now(UTC) + self.clock_wrong, usegmt=True),
            "X-OAuth-Scopes": ",".join(self.scopes),
        }
        if isinstance(found, str):
            return web.Response(text=found, content_type="text/html", status=502, headers=headers)
        return web.json_response(found, headers=headers)


def no(error: str) -> dict[str, Any]:
    return {"ok": False, "error": error}


def well() -> dict[str, Any]:
    return {
        "auth.test": {"ok": True, "team": "Acme", "team_id": "T1", "user": "tocsin"},
        "apps.connections.open": {"ok": True, "url": "wss://x"},
        "conversations.list": [
            [{"id": "C1", "name": "general", "is_member": False}],
            [
                {"id": "C2", "name": "incidents", "is_member": False, "is_private": False},
                {"id": "G1", "name": "war-room", "is_member": True, "is_private": True},
            ],
        ],
    }


@dataclass
class Clinic:
    """Everything the doctor is handed, well to begin with."""

    core: Core
    slack: Slack
    client: AsyncWebClient
    clock: RealClock
    settings: dict[str, Any]

    async def diagnose(self, **changed: Any) -> list[Finding]:
        core = changed.pop("core", self.core)
        settings = Settings(_env_file=None, **{**self.settings, **changed})
        return await diagnose(core, self.client, settings)

    async def unwell(self, **changed: Any) -> list[Finding]:
        return [one for one in await self.diagnose(**changed) if one.mark is not Mark.OK]

    async def member(self, email: str, **values: Any) -> None:
        organization = await people.ensure_organization(self.core, slack_team_id="T1", name="Acme")
        async with self.core.transaction(Actor.system(organization.id)) as tx:
            member = await people.ensure_by_email(tx, email)
            for name, value in values.items():
                setattr(member, name, value)
