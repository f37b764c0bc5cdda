"""Settings in the dashboard: who is a member, where incidents are announced, one's own sessions,
and for admins whether everything is well.
"""

from typing import Any
from uuid import UUID

from core import alerting, named, people, permissions, sessions, team
from core.errors import ValidationFailed
from core.transaction import Transaction
from storage.limits import EMAIL_MAX
from storage.vocabulary import Role
from web.dashboard import leaving_words
from web.dashboard.pages import Afterwards, Asked, Back, Pages
from web.dashboard.rendering import Page

PAGES = Pages()

ADDING = "Adding a member"
ROLES = "Changing a role"
REMOVING = "Removing a member"
ALERTS = "Changing the alerts channel"
CHECKING = "Checking the setup"


@PAGES.get("/settings")
async def show_members(tx: Transaction, asked: Asked) -> Page:
    """Everybody; for admins with what can be changed about each."""
    facts: dict[str, Any] = {"members": await people.members(tx), "email_max": EMAIL_MAX}
    if asked.session.is_admin:
        facts |= {"named": await named.by_member(tx), "say": leaving_words}
    return Page("members.html", facts)


@PAGES.post("/settings", of=show_members, admins=ADDING)
async def add_member(tx: Transaction, asked: Asked) -> Back:
    """Make somebody a member, by e-mail."""
    role = role_of(asked.one("role"))
    member = await team.add_member(tx, email=asked.one("email"), role=role)
    return Back("/settings", f"{member.email} is a member.")


@PAGES.post("/settings/members/{id:uuid}/role", of=show_members, admins=ROLES)
async def change_role(tx: Transaction, asked: Asked) -> Back:
    """Give a member another role."""
    member = await team.change_role(tx, asked.path["id"], role_of(asked.one("role")))
    return Back("/settings", f"{member.name} is {_ROLES[member.role]} now.")


@PAGES.post("/settings/members/{id:uuid}/remove", of=show_members, admins=REMOVING)
async def remove_member(tx: Transaction, asked: Asked) -> Back:
    """Take somebody out of the organization."""
    member = await team.remove_member(tx, asked.path["id"])
    return Back("/settings", f"{member.name} was removed.")


@PAGES.get("/settings/slack")
async def show_slack(tx: Transaction, asked: Asked) -> Page:
    """The alerts channel; for admins the button that checks everything."""
    organization = await people.organization(tx)
    return Page(
        "slack.html",
        {
            "organization": organization.name,
            "channel": organization.alerts_channel or asked.door.alerts_channel,
            "by_environment": asked.door.alerts_channel,
            "findings": None,
            "checked_at": None,
        },
    )


@PAGES.post("/settings/alerts-channel", of=show_slack, admins=ALERTS)
async def change_alerts_channel(tx: Transaction, asked: Asked) -> Back:
    """Say where incidents are announced."""
    channel = await alerting.change_alerts_channel(
        tx, asked.one("channel") or None, by_environment=asked.door.alerts_channel
    )
    said = f"Incidents are announced in #{channel}." if channel else "No alerts channel is set."
    return Back("/settings/slack", said)


@PAGES.post("/settings/slack", of=show_slack, admins=CHECKING)
async def check(tx: Transaction, asked: Asked) -> Afterwards:
    """Check everything, once this transaction is over."""
    organization_id = tx.organization_id

    async def work() -> Page:
        return await _checked(asked, organization_id)

    return Afterwards(work)


@PAGES.get("/settings/sessions")
async def show_sessions(tx: Transaction, asked: Asked) -> Page:
    """Where one is signed in oneself."""
    opened = await sessions.list_sessions(tx, asked.session)
    return Page("sessions.html", {"opened": opened, "idle": sessions.IDLE})


def role_of(chosen: str) -> Role:
    """The role that was chosen. Raises ValidationFailed."""
    try:
        return Role(chosen)
    except ValueError:
        raise ValidationFailed("Choose a role.", field="role") from None


_ROLES = {Role.MEMBER: "a member", Role.ADMIN: "an admin"}


async def _checked(asked: Asked, organization_id: UUID) -> Page:
    findings = await asked.door.checkup(organization_id)
    async with asked.door.core.reading(asked.session.actor) as tx:
        await permissions.require_admin(tx, CHECKING)
        page = await show_slack(tx, asked)
        return Page(page.template, {**page.facts, "findings": findings, "checked_at": tx.now})
