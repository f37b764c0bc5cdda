"""What is set up in the dashboard: overrides, schedules, policies, components, pages, members."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from core import people as members
from tests.surfaces.dashboard_forms import Forms
from tests.surfaces.doors import OUTSIDER, Meanwhile, Refusal

ZONE = ZoneInfo("Europe/Berlin")
"""Where the schedules of the house are: their forms hold times by its clock."""


class SetUpForms(Forms):
    """The verbs about what stays when incidents are over."""

    async def create_override(
        self, who: str, schedule: UUID, *, person: str, start: datetime, end: datetime
    ) -> Refusal | None:
        wanted = {"member_id": await self._id(person), **_span(start, end)}
        return await self.send(who, f"/on-call/schedules/{schedule}/cover", "cover", wanted)

    async def change_override(
        self,
        who: str,
        schedule: UUID,
        override: UUID,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        person: str | None = None,
        meanwhile: Meanwhile | None = None,
    ) -> Refusal | None:
        wanted = _span(start, end) | ({"member_id": await self._id(person)} if person else {})
        path = f"/on-call/schedules/{schedule}/overrides/{override}"
        return await self.send(who, path, "cover", wanted, meanwhile=meanwhile)

    async def remove_override(self, who: str, schedule: UUID, override: UUID) -> Refusal | None:
        path = f"/on-call/schedules/{schedule}/overrides/{override}"
        return await self.send(who, path, "remove", at="/remove")

    async def rename_schedule(
        self, who: str, schedule: UUID, name: str, *, meanwhile: Meanwhile | None = None
    ) -> Refusal | None:
        path = f"/on-call/schedules/{schedule}/edit"
        return await self.send(who, path, "details", {"name": name}, meanwhile=meanwhile)

    async def remove_schedule(
        self, who: str, schedule: UUID, *, meanwhile: Meanwhile | None = None
    ) -> Refusal | None:
        path = f"/on-call/schedules/{schedule}/remove"
        return await self.send(who, path, "remove", meanwhile=meanwhile)

    async def rename_policy(self, who: str, policy: UUID, name: str) -> Refusal | None:
        return await self.send(who, f"/policies/{policy}/edit", "details", {"name": name})

    async def remove_policy(self, who: str, policy: UUID) -> Refusal | None:
        return await self.send(who, f"/policies/{policy}/remove", "remove")

    async def add_layer(self, who: str, policy: UUID, *, people: Sequence[str]) -> Refusal | None:
        wanted = {"target": "users", "people": [await self._id(one) for one in people]}
        return await self.send(who, f"/policies/{policy}/layers/new", "layer", wanted)

    async def rename_component(self, who: str, component: UUID, name: str) -> Refusal | None:
        path = f"/publishing/components/{component}"
        return await self.send(who, path, "details", {"name": name})

    async def remove_component(self, who: str, component: UUID) -> Refusal | None:
        path = f"/publishing/components/{component}"
        return await self.send(who, path, "remove", at="/remove")

    async def override_status(self, who: str, component: UUID, status: str) -> Refusal | None:
        path = f"/publishing/components/{component}"
        return await self.send(who, path, "status", {"status": status}, at="/status")

    async def publish_page(self, who: str, page: UUID) -> Refusal | None:
        return await self.send(who, f"/publishing/pages/{page}", "publish", at="/publish")

    async def change_address(self, who: str, page: UUID, slug: str) -> Refusal | None:
        return await self.send(who, f"/publishing/pages/{page}", "change", {"slug": slug})

    async def add_member(self, who: str, email: str) -> Refusal | None:
        return await self.send(who, "/settings", "add", {"email": email, "role": "member"})

    async def change_role(self, who: str, member: UUID, role: str) -> Refusal | None:
        form, at = f"role-{member}", f"/members/{member}/role"
        return await self.send(who, "/settings", form, {"role": role}, at=at)

    async def remove_member(self, who: str, member: UUID) -> Refusal | None:
        form, at = f"remove-{member}", f"/members/{member}/remove"
        return await self.send(who, "/settings", form, at=at)

    async def _id(self, who: str) -> str:
        """What the choice of a person holds; of an outsider, an id that nobody has."""
        if who == OUTSIDER:
            return str(uuid4())
        async with self.world.tocsin.core.reading(self.world.system) as tx:
            found = await members.find_by_slack_user_id(tx, self.person(who).id)
        assert found
        return str(found.id)


def _span(start: datetime | None, end: datetime | None) -> dict[str, str]:
    given = {"start_at": start, "end_at": end}
    there = {name: at.astimezone(ZONE).replace(tzinfo=None) for name, at in given.items() if at}
    return {name: at.isoformat(timespec="seconds") for name, at in there.items()}
