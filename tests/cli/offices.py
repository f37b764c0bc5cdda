"""Organizations that a file describes, several on one database."""

from dataclasses import dataclass
from datetime import datetime, time
from itertools import count
from uuid import UUID

from sqlalchemy import select

from cli.apply import apply, plan, render
from cli.blueprint import read_blueprint
from cli.export import Exported, export
from cli.stored import read_stored
from core import oncall, people, schedules
from core.scheduling import RotationDraft
from core.transaction import Actor, Core
from storage.models import Member
from storage.vocabulary import RotationType
from tests.cast import NOON

teams = count()


@dataclass
class Office:
    """One organization on a database that may hold others."""

    core: Core
    actor: Actor

    async def export(self) -> Exported:
        async with self.core.reading(self.actor) as tx:
            return export(await read_stored(tx))

    async def plan(self, text: str) -> str:
        return render(await plan(self.core, self.actor, read_blueprint(text))).plain

    async def apply(self, text: str) -> str:
        done = await apply(self.core, self.actor, read_blueprint(text))
        return render(done, applied=True).plain

    async def people(self, *names: str) -> list[UUID]:
        """The ids of people by name, made at first sight."""
        async with self.core.transaction(self.actor) as tx:
            return [(await people.ensure_by_email(tx, f"{one}@example.com")).id for one in names]

    async def leave(self, *names: str) -> None:
        """These people are removed."""
        async with self.core.transaction(self.actor) as tx:
            for name in names:
                member = await people.ensure_by_email(tx, f"{name}@example.com")
                member.removed_at = tx.now

    async def on_call(self, at: datetime) -> dict[str, list[str]]:
        """By schedule, the e-mails of those whom it pages at an instant."""
        async with self.core.reading(self.actor) as tx:
            every = [one.id for one in await schedules.list_schedules(tx)]
            emails = {one.id: one.email for one in await tx.db.scalars(select(Member))}
            return {
                one.name: [emails[duty.member_id] for duty in oncall.resolve(one, at).targets]
                for one in (await schedules.load(tx, every)).values()
            }


async def new_office(core: Core) -> Office:
    """An organization in which there is nothing yet."""
    team = f"T{next(teams)}"
    organization = await people.ensure_organization(core, slack_team_id=team, name=team)
    return Office(core, Actor.system(organization.id))


def layer(*ids, name="Primary", days=7, since=NOON, until=None, handoff=time(9)):
    """A rotation layer of these people."""
    kinds = {1: RotationType.DAILY, 7: RotationType.WEEKLY}
    kind = kinds.get(days, RotationType.CUSTOM)
    return RotationDraft(name, kind, days, handoff, since, until, tuple(ids))
