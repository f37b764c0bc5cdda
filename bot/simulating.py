"""“Who would be paged?”, asked in Slack: the question, and the answer anew with every change."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from bot.answering import Answer, Show
from bot.blocks import ids, simple, simulating
from bot.blocks.simulating import SimulateForm
from bot.gesture import Gesture
from bot.identity import member_of
from bot.oncall import name_and_moment
from core import people, policies, policy_facts, simulation
from core.errors import DomainError
from core.simulation import Faults


async def open_typed(gesture: Gesture, typed: str) -> Answer:
    """Open it for `simulate [policy] [at <time>]`. Raises NotFound, ValidationFailed."""
    async with gesture.core.reading(gesture.actor) as tx:
        zone = await people.zone_name_of(tx, gesture.actor.id)
        names = [one.name for one in await policies.list_policies(tx)]
    wanted, at = await name_and_moment(gesture, typed, names, zone)
    async with gesture.core.reading(gesture.actor) as tx:
        policy_id = await policy_facts.find_policy(tx, wanted) if wanted else None
    return await open_simulation(gesture, policy_id, at)


async def open_simulation(
    gesture: Gesture, policy_id: UUID | None = None, at: datetime | None = None
) -> Answer:
    """Open the question, answered already for a policy and an instant (None: the first, now)."""

    async def build() -> dict[str, Any]:
        async with gesture.core.reading(gesture.actor) as tx:
            every = await policies.list_policies(tx)
        if not every:
            none = "There are no policies yet: make one with /incident policies."
            return simple.message_view("Who would be paged?", none)
        return await _view(gesture, SimulateForm(str(policy_id or every[0].id), at))

    return await gesture.open_modal("Who would be paged?", build, push=gesture.in_a_modal)


async def recompute(gesture: Gesture) -> Answer:
    """Answer anew, after something in the question changed."""
    await gesture.redraw(await _view(gesture, simulating.read_simulate(gesture.view)))
    return None


async def submit_question(gesture: Gesture) -> Answer:
    """Answer anew, when asked to."""
    return Show(await _view(gesture, simulating.read_simulate(gesture.view)))


async def _view(gesture: Gesture, form: SimulateForm) -> dict[str, Any]:
    told, trouble = None, None
    async with gesture.core.reading(gesture.actor) as tx:
        every = await policies.list_policies(tx)
        zone = await people.zone_name_of(tx, gesture.actor.id)
    try:
        lost = [await member_of(gesture.core, gesture.workspace, one) for one in form.unreachable]
        if form.policy_id:
            told = await simulation.simulate(
                gesture.core,
                gesture.actor,
                UUID(form.policy_id),
                at=form.at,
                faults=Faults(frozenset(one.id for one in lost), slack_down=form.slack_down),
            )
    except DomainError as refusal:
        trouble = refusal.message
    known = [(str(one.id), one.name) for one in every]
    return simulating.simulate_modal(form, known, told, reader=zone, trouble=trouble)


SUBMISSIONS: dict[str, Callable[[Gesture], Awaitable[Answer]]] = {
    ids.SIMULATE_VIEW: submit_question,
}
