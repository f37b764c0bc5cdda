"""Slack as a door: commands, buttons and forms of the sandboxed workspace, by signed requests.

What is offered is pressed. What is not offered is pressed all the same, as somebody would who
forges the request: that nobody is offered a thing refuses nothing.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from bot.blocks import ids
from core import amending, components, incidents, policies, schedules, status_pages
from core.transaction import Transaction
from sandbox.aiming import Target
from sandbox.rendered import elements_of, visible_text
from storage.vocabulary import ActorKind, Surface
from tests.surfaces.doors import Meanwhile, Refusal
from tests.world import World

WARNS = "⚠️ "
"""With what a view begins to say why something was not done."""


class SlackDoor:
    """Asks as people do at their Slack clients."""

    kind = ActorKind.MEMBER
    surface = Surface.SLACK
    tells_codes = False

    def __init__(self, world: World) -> None:
        self._world = world

    def name_of(self, who: str) -> str:
        return str(self._person(who).user.person.real_name)

    async def declare(
        self,
        who: str,
        *,
        title: str,
        schedule: UUID | None = None,
        owner: str | None = None,
        components: Sequence[UUID] = (),
        meanwhile: Meanwhile | None = None,
    ) -> Refusal | None:
        view = await self._typed(who, f"/incident new {title}")
        chosen = str(schedule) if schedule else None
        await self._person(who).fill(view, {"severity": "high", "schedule": chosen})
        if owner:
            await self._person(who).fill(view, {"owner": self._person(owner).id})
        if components:
            await self._choose_components(who, view, components)
        return await self._submit(who, view, meanwhile)

    async def acknowledge(self, who: str, incident: UUID) -> Refusal | None:
        answer = await self._press(who, self._a_card, ids.ACKNOWLEDGE, str(incident))
        return _unless("You acknowledged", answer)

    async def hand_off(
        self, who: str, incident: UUID, *, to: str, meanwhile: Meanwhile | None = None
    ) -> Refusal | None:
        answer = await self._press(who, self._a_card, ids.HAND_OFF, str(incident))
        if answer.view is None:
            return _unless("You handed", answer)
        await self._person(who).fill(answer.view, {"person": self._person(to).id})
        return await self._submit(who, answer.view, meanwhile)

    async def advance(self, who: str, incident: UUID, status: str) -> Refusal | None:
        number = await self._number(incident)
        answer = await self._person(who).command(f"/incident status {number} {status}")
        return _unless(f"Incident #{number} is {status} now.", answer)

    async def resolve(self, who: str, incident: UUID) -> Refusal | None:
        number = await self._number(incident)
        answer = await self._person(who).command(f"/incident resolve {number}")
        return _unless("You resolved", answer)

    async def post_update(
        self,
        who: str,
        incident: UUID,
        *,
        body: str = "",
        status: str | None = None,
        public: bool = False,
        meanwhile: Meanwhile | None = None,
    ) -> Refusal | None:
        view = await self._typed(who, f"/incident update {await self._number(incident)}")
        await self._person(who).fill(view, {"body": body})
        if status:
            await self._person(who).fill(view, {"Status": status})
        if public:
            await self._person(who).fill(view, {"visibility": "public"})
            refusal = await self._submit(who, view, meanwhile)
            return refusal or await self._submit(who, self._person(who).modal)
        return await self._submit(who, view, meanwhile)

    async def redact(self, who: str, incident: UUID, update: UUID) -> Refusal | None:
        view = await self._typed(who, f"/incident timeline {await self._number(incident)}")
        return await self._press_in(who, view, f"{ids.REDACT}:{update}", f"{incident}:{update}:0")

    async def change_severity(self, who: str, incident: UUID, severity: str) -> Refusal | None:
        number = await self._number(incident)
        answer = await self._person(who).command(f"/incident severity {number} {severity}")
        return _unless(f"Incident #{number} is {severity} now.", answer)

    async def set_components(
        self,
        who: str,
        incident: UUID,
        components: Sequence[UUID],
        *,
        meanwhile: Meanwhile | None = None,
    ) -> Refusal | None:
        view = await self._typed(who, f"/incident components {await self._number(incident)}")
        await self._choose_components(who, view, components)
        return await self._submit(who, view, meanwhile)

    async def create_override(
        self, who: str, schedule: UUID, *, person: str, start: datetime, end: datetime
    ) -> Refusal | None:
        view = await self._overrides(who, schedule)
        given = {"person": self._person(person).id, "From": _stamp(start), "Until": _stamp(end)}
        await self._person(who).fill(view, given)
        return await self._submit(who, self._person(who).modal)

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
        view = await self._overrides(who, schedule)
        value = f"{schedule}:{override}"
        opened = await self._press(who, view, ids.CHANGE_OVERRIDE, value)
        given = {"From": start and _stamp(start), "Until": end and _stamp(end)}
        given["person"] = self._person(person).id if person else None
        await self._person(who).fill(opened.view, {at: one for at, one in given.items() if one})
        return await self._submit(who, self._person(who).modal, meanwhile)

    async def remove_override(self, who: str, schedule: UUID, override: UUID) -> Refusal | None:
        view = await self._overrides(who, schedule)
        return await self._press_in(who, view, ids.REMOVE_OVERRIDE, str(override))

    async def rename_schedule(
        self, who: str, schedule: UUID, name: str, *, meanwhile: Meanwhile | None = None
    ) -> Refusal | None:
        view = await self._open(who, "schedules", schedules.get_schedule, schedule)
        form = (await self._press(who, view, ids.SCHEDULE_EDIT, str(schedule))).view
        return await self._rename(who, form, name, meanwhile)

    async def remove_schedule(
        self, who: str, schedule: UUID, *, meanwhile: Meanwhile | None = None
    ) -> Refusal | None:
        view = await self._open(who, "schedules", schedules.get_schedule, schedule)
        if meanwhile:
            await meanwhile()
        return await self._press_in(who, view, ids.SCHEDULE_REMOVE, str(schedule))

    async def rename_policy(self, who: str, policy: UUID, name: str) -> Refusal | None:
        view = await self._open(who, "policies", policies.get_policy, policy)
        form = (await self._press(who, view, ids.POLICY_EDIT, str(policy))).view
        return await self._rename(who, form, name)

    async def remove_policy(self, who: str, policy: UUID) -> Refusal | None:
        view = await self._open(who, "policies", policies.get_policy, policy)
        return await self._press_in(who, view, ids.POLICY_REMOVE, str(policy))

    async def add_layer(self, who: str, policy: UUID, *, people: Sequence[str]) -> Refusal | None:
        view = await self._open(who, "policies", policies.get_policy, policy)
        form = (await self._press(who, view, ids.ESCALATION_ADD, str(policy))).view
        await self._person(who).choose("target", "users", on=form)
        await self._person(who).choose("People", [self._person(one).id for one in people], on=form)
        return await self._submit(who, form)

    async def rename_component(self, who: str, component: UUID, name: str) -> Refusal | None:
        view = await self._open(who, "components", components.get_component, component)
        form = (await self._press(who, view, ids.COMPONENT_EDIT, str(component))).view
        return await self._rename(who, form, name)

    async def remove_component(self, who: str, component: UUID) -> Refusal | None:
        view = await self._open(who, "components", components.get_component, component)
        return await self._press_in(who, view, ids.COMPONENT_REMOVE, str(component))

    async def override_status(self, who: str, component: UUID, status: str) -> Refusal | None:
        view = await self._open(who, "components", components.get_component, component)
        opened = await self._press(who, view, ids.COMPONENT_STATUS, str(component))
        if refusal := _pushed(opened):
            return refusal
        await self._person(who).choose("status", status, on=opened.view)
        return await self._submit(who, opened.view)

    async def publish_page(self, who: str, page: UUID) -> Refusal | None:
        async with self._world.tocsin.core.reading(self._world.system) as tx:
            found = await status_pages.get_page(tx, page)
            seen = amending.page_seen(status_pages.draft_of(found))
        view = await self._typed(who, f"/incident pages {found.slug}")
        return await self._press_in(who, view, ids.STATUS_PAGE_PUBLISH, f"{page}:{seen}:1")

    async def change_address(self, who: str, page: UUID, slug: str) -> Refusal | None:
        async with self._world.tocsin.core.reading(self._world.system) as tx:
            found = await status_pages.get_page(tx, page)
        view = await self._typed(who, f"/incident pages {found.slug}")
        opened = await self._press(who, view, ids.STATUS_PAGE_EDIT, str(page))
        if refusal := _pushed(opened):
            return refusal
        await self._person(who).fill(opened.view, {"Address": slug})
        return await self._submit(who, opened.view)

    @property
    def _a_card(self) -> Any:
        """A message with an incident's buttons; whose they are is told by their values."""
        return next(one for one in self._world.alerts.messages if one.buttons)

    def _person(self, who: str) -> Any:
        return getattr(self._world, who)

    async def _typed(self, who: str, command: str) -> Any:
        """The view that a command opens, in front of a person with nothing else open."""
        person = self._person(who)
        if person.modal:
            await person.close(everything=True)
        answer = await person.command(command)
        assert answer.view, answer.text
        return answer.view

    async def _number(self, incident: UUID) -> int:
        async with self._world.tocsin.core.reading(self._world.system) as tx:
            return (await incidents.get(tx, incident)).number

    async def _open(
        self,
        who: str,
        command: str,
        get: Callable[[Transaction, UUID], Awaitable[Any]],
        thing: UUID,
    ) -> Any:
        async with self._world.tocsin.core.reading(self._world.system) as tx:
            name = (await get(tx, thing)).name
        return await self._typed(who, f"/incident {command} {name}")

    async def _overrides(self, who: str, schedule: UUID) -> Any:
        async with self._world.tocsin.core.reading(self._world.system) as tx:
            name = (await schedules.get_schedule(tx, schedule)).name
        return await self._typed(who, f"/incident override {name}")

    async def _choose_components(self, who: str, view: Any, chosen: Sequence[UUID]) -> None:
        """Even twice the same, which Slack's menu does not offer."""
        await self._person(who).fill(view, {"components": [str(one) for one in chosen]})

    async def _rename(
        self, who: str, form: Any, name: str, meanwhile: Meanwhile | None = None
    ) -> Refusal | None:
        await self._person(who).fill(form, {"Name": name})
        return await self._submit(who, form, meanwhile)

    async def _submit(
        self, who: str, view: Any, meanwhile: Meanwhile | None = None
    ) -> Refusal | None:
        """Hand a form in, whatever Slack's client would say of it beforehand."""
        if meanwhile:
            await meanwhile()
        for block in view.blocks:
            if block["type"] == "input":
                block["optional"] = True
        submission = await self._person(who).submit(view)
        await self._world.settle()
        assert submission.failed is None, submission
        if submission.errors:
            (said,) = submission.errors.values()
            return Refusal(said)
        return _warned(submission.view) if submission.view else None

    async def _press(self, who: str, surface: Any, action_id: str, value: str) -> Any:
        """Press the button, or the entry of a menu; where it is not offered, all the same."""
        person = self._person(who)
        blocks = surface.blocks if hasattr(surface, "blocks") else surface.shown_blocks
        found = [
            Target(block, element, option)
            for block in blocks
            for element in elements_of(block)
            for option in (element.get("options") or [None])
            if element.get("action_id", "").partition(":")[0] == action_id.partition(":")[0]
            and value == (option or element).get("value")
        ]
        forged = {"type": "button", "action_id": action_id, "value": value,
                  "text": {"type": "plain_text", "text": "Forged"}}  # fmt: skip
        target = found[0] if found else Target(blocks[0], forged)
        answer = await person.interactions.press(person.user, surface, target)
        await self._world.settle()
        return answer

    async def _press_in(self, who: str, view: Any, action_id: str, value: str) -> Refusal | None:
        """Press what is shown in the place of the view that it was pressed in."""
        answer = await self._press(who, view, action_id, value)
        return _pushed(answer) or _warned(self._person(who).modal)


def _stamp(at: datetime) -> int:
    return int(at.timestamp())


def _unless(done: str, answer: Any) -> Refusal | None:
    """What was answered, unless it says that it is done."""
    said = answer.text
    return None if said.startswith(done) else Refusal(said)


def _pushed(answer: Any) -> Refusal | None:
    """The refusal that was laid over the view, if any."""
    if answer.view and answer.view.title == "Tocsin":
        return Refusal(answer.view.plain.removeprefix("Tocsin\n"))
    return None


def _warned(view: Any) -> Refusal | None:
    """The refusal that a view shows, if any."""
    for block in view.blocks if view else ():
        if block.get("block_id") == "error":
            return Refusal(visible_text([block], view.names).removeprefix(WARNS))
    return None
