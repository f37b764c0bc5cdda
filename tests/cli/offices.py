"""Organizations that a file describes, several on one database."""

from dataclasses import dataclass
from datetime import datetime
from itertools import count

from sqlalchemy import select

from cli.apply import apply, plan, render
from cli.blueprint import read_blueprint
from cli.export import Exported, export
from cli.stored import read_stored
from core import oncall, people, schedules
from core.transaction import Actor, Core
from storage.models import Member

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
