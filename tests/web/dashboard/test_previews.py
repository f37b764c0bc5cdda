"""What a form would come to is only reckoned: nobody who writes waits for it, and it for nobody."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from core import overrides, people, policy_facts, schedule_facts, status_pages
from core.covering import OverrideDraft
from core.status_pages import StatusPageDraft
from tests.web.dashboard.browser import browser
from tests.web.dashboard.test_on_call import member_id, schedule_of
from tests.web.dashboard.test_policies import policy_of
from tests.world import World

PATIENCE = 3
SPAN = {"start_at": "2026-11-18T18:00", "end_at": "2026-11-18T20:00"}

Asked = tuple[str, dict[str, Any], str]
"""Where a form is sent, what it holds, and what is told."""


async def _cover(world: World) -> Asked:
    carol = await member_id(world, "carol")
    path = f"/on-call/schedules/{await schedule_of(world)}/cover"
    return path, {"member_id": carol, **SPAN, "look": "yes"}, "Carol Jansen covers"


async def _override(world: World) -> Asked:
    carol, schedule = await member_id(world, "carol"), await schedule_of(world)
    async with world.tocsin.core.transaction(world.system) as tx:
        now = tx.now
        found = await people.find_by_slack_user_id(tx, world.carol.id)
        assert found
        draft = OverrideDraft(found.id, now.replace(hour=18), now.replace(hour=20))
        made = await overrides.cover(tx, schedule, draft)
    path = f"/on-call/schedules/{schedule}/overrides/{made.id}"
    return path, {"member_id": carol, **SPAN, "look": "yes"}, "Carol Jansen covers"


async def _rotation_layer(world: World) -> Asked:
    carol, schedule = await member_id(world, "carol"), await schedule_of(world)
    async with world.tocsin.core.reading(world.system) as tx:
        (layer,) = (await schedule_facts.of(tx, schedule)).layers
    terms = {"name": "Primary", "rotation_type": "daily", "handoff": "09:00"}
    fields = {**terms, "first_day": "2026-11-18", "participants": [carol], "look": "yes"}
    return f"/on-call/schedules/{schedule}/layers/{layer.id}", fields, "At once Carol Jansen"


async def _escalation_layer(world: World) -> Asked:
    carol, policy = await member_id(world, "carol"), await policy_of(world)
    async with world.tocsin.core.reading(world.system) as tx:
        layer = (await policy_facts.of(tx, policy)).layers[0]
    fields = {"target": "users", "people": [carol], "ack_timeout_minutes": "7 min", "look": "yes"}
    return f"/policies/{policy}/layers/{layer.id}", fields, "Carol Jansen after 7 min"


async def _status_page(world: World, *, published: bool) -> str:
    async with world.tocsin.core.transaction(world.system) as tx:
        draft = StatusPageDraft("acme", "Acme Status", (), published)
        made = await status_pages.create_page(tx, draft)
    return f"/publishing/pages/{made.id}"


async def _change_of_a_page(world: World) -> Asked:
    path = await _status_page(world, published=True)
    return path, {"slug": "acme", "title": "Acme, and how it is"}, "Acme, and how it is"


async def _publication(world: World) -> Asked:
    return f"{await _status_page(world, published=False)}/publish", {}, "Acme Status"


async def _declaration(world: World) -> Asked:
    return "/incidents/new/told", {"owner_id": "Alice Martin"}, "Alice Martin"


async def _components(world: World) -> Asked:
    await world.declare(world.alice)
    return "/incidents/1/components/told", {}, "Checkout is down"


@pytest.mark.parametrize(
    "form",
    [
        _cover, _override, _rotation_layer, _escalation_layer, _change_of_a_page, _publication,
        _declaration, _components,
    ],
)  # fmt: skip
async def test_a_preview_is_shown_while_somebody_else_writes(
    world: World, form: Callable[[World], Awaitable[Asked]]
) -> None:
    path, fields, told = await form(world)
    async with browser(world, world.alice) as alice:
        await alice.open("/")
        async with world.tocsin.core.transaction(world.system) as tx:
            await people.lock_organization(tx)
            async with asyncio.timeout(PATIENCE):
                page = await alice.send(path, fields)

    assert (page.status, told in page.text) == (200, True), page.text
