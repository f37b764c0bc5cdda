"""Incidents looked for and declared in the dashboard."""

from typing import Any
from uuid import uuid4

import pytest

from core import incidents, schedules
from tests.stories.many import many
from tests.stories.public import a_page
from tests.web.dashboard.browser import Browser, browser, paged
from tests.world import World


async def _schedule(world: World) -> str:
    async with world.tocsin.core.reading(world.system) as tx:
        return str((await schedules.list_schedules(tx))[0].id)


async def _declare(staff: Browser, world: World, **fields: Any) -> Any:
    await staff.open("/incidents/new")
    key = fields.pop("dedup_key", uuid4().hex)
    typed = {"form": "declare", "severity": "high", "dedup_key": key,
             "owner_schedule_id": await _schedule(world), **fields}  # fmt: skip
    return await staff.send("/incidents/new", typed)


async def test_an_empty_list_says_what_to_do(world: World) -> None:
    async with browser(world, world.bob) as bob:
        assert "Nothing is open. All is calm." in (await bob.open("/")).text
        assert "No incident is like that" in (await bob.open("/?q=checkout")).text
        assert "There is nothing older" in (await bob.open("/?before=1")).text


async def test_what_is_open_is_listed_and_what_is_looked_for_is_found(world: World) -> None:
    await world.declare(world.alice, "Checkout is down")
    await world.declare(world.alice, "Search is slow", "low")
    await world.bob.command("/incident resolve 2")
    await world.settle()
    async with browser(world, world.bob) as bob:
        listed = {query: (await bob.open(f"/{query}")).text for query in (
            "", "?status=any", "?status=resolved",
            "?q=SEARCH&status=any", "?severity=low&status=any",
            "?mine=yes&status=any", "?unacknowledged=yes", "?from=2026-11-18&to=2026-11-18",
            "?to=2026-11-17", "?from=soon",
        )}  # fmt: skip

    found = {query: ("Checkout is" in text, "Search is" in text) for query, text in listed.items()}
    assert found == {
        "": (True, False),
        "?status=any": (True, True),
        "?status=resolved": (False, True),
        "?q=SEARCH&status=any": (False, True),
        "?severity=low&status=any": (False, True),
        "?mine=yes&status=any": (True, True),
        "?unacknowledged=yes": (True, False),
        "?from=2026-11-18&to=2026-11-18": (True, False),
        "?to=2026-11-17": (False, False),
        "?from=soon": (True, False),
    }
    assert "Write a day as 2026-11-21." in listed["?from=soon"]


async def test_above_a_long_list_stands_the_worst_that_nobody_has_acknowledged(
    world: World,
) -> None:
    await many(world, 30, critical=2)
    async with browser(world, world.bob) as bob:
        shown = await bob.open("/")
        older = await bob.open("/?before=6")
        sought = await bob.open("/?q=alert")
        await world.dave.command("/incident ack 2")
        taken = await bob.open("/")

    assert "Nobody has acknowledged these #2 Alert 2 Critical" in shown.text
    assert shown.text.index("#5 Alert 5 ") < shown.text.index("All that is open #30 Alert 30 ")
    assert "All that is open" not in older.text + sought.text
    assert "Nobody has acknowledged these #1 Alert 1 " in taken.text


async def test_a_list_is_turned_without_losing_what_is_looked_for(world: World) -> None:
    async with browser(world, world.bob) as bob:
        for number in range(1, 28):
            await _declare(bob, world, title=f"Outage {number}", severity="low")
        first = await bob.open("/?q=outage&severity=low")
        assert "/app/?q=outage&amp;severity=low&amp;before=3" in first.html
        second = await bob.open("/?q=outage&severity=low&before=3")

    assert "#3 Outage 3" in first.text
    assert "#2 Outage 2" not in first.text
    assert "#2 Outage 2" in second.text
    assert 'href="/app/?q=outage&amp;severity=low"' in second.html


async def test_an_incident_is_declared_and_whom_it_concerns_is_paged(world: World) -> None:
    made = await a_page(world, "API", "Website")
    async with browser(world, world.carol) as carol:
        page = await _declare(carol, world, title="Checkout is down", description="Since noon",
                              owner_id="Alice Martin", component_ids=[str(made[1])])  # fmt: skip
    await world.settle()

    assert page.path == "/app/incidents/1"
    assert "You declared #1." in page.text
    found = await world.incident()
    assert (found.title, found.description, found.created_by) == (
        "Checkout is down", "Since noon", "Carol Jansen")  # fmt: skip
    assert "Website" in page.text
    assert {event.surface.value for event in await world.trail()} >= {"dashboard"}
    assert await paged(world) == ["Alice Martin", "Bob Okafor"]


async def test_the_same_form_sent_twice_declares_once(world: World) -> None:
    async with browser(world, world.carol) as carol:
        for _ in range(2):
            page = await _declare(carol, world, title="Checkout is down", dedup_key="one")
            assert page.path == "/app/incidents/1"
        assert (await _declare(carol, world, title="Another", dedup_key="two")).path.endswith("2")


async def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(world: World) -> None:
    async with browser(world, world.carol) as carol:
        nameless = await _declare(carol, world, title=" ", description="Since noon")
        nobodys = await _declare(carol, world, title="Down", owner_schedule_id="")
        unknown = await _declare(carol, world, title="Down", owner_id="Zoe")
        several = await _declare(carol, world, title="Down", owner_id="")

    assert nameless.status == nobodys.status == unknown.status == 422
    assert 'id="declare-title-fault" role="alert">Title is missing.' in nameless.html
    assert "Since noon</textarea>" in nameless.html
    assert 'id="declare-owner_schedule_id-fault" role="alert">Choose a schedule' in nobodys.html
    assert 'id="declare-owner_id-fault" role="alert">That person is not a member' in unknown.html
    assert 'value="Zoe"' in unknown.html
    assert several.path == "/app/incidents/1"


async def test_before_it_is_declared_one_reads_who_would_be_paged_and_who_reads_of_it(
    world: World,
) -> None:
    made = await a_page(world, "API")
    async with browser(world, world.carol) as carol:
        at_first = await carol.open("/incidents/new")
        typed = {"form": "declare", "title": "db-1.internal is down", "severity": "low",
                 "owner_id": "alice", "component_ids": [str(made[0])]}  # fmt: skip
        told = await carol.send("/incidents/new/told", typed)

    assert "Pages Bob Okafor now; after 5 min Carol Jansen" in at_first.text
    assert "Pages Alice Martin now, and nobody after that." in told.text
    assert "Anybody reads its title, severity and status on Acme Status at once." in told.text
    assert "looks like an internal host name" in told.text
    assert 'value="db-1.internal is down"' in told.html
    async with world.tocsin.core.reading(world.system) as tx:
        assert await incidents.count_open(tx) == 0


@pytest.mark.parametrize("query", ["?before=9999999999999", "?status=x&severity=y&before=-1",
                                   "?q=%00%F0&from=0001-01-01&to=9999-12-31"])  # fmt: skip
async def test_any_address_is_a_list(world: World, query: str) -> None:
    async with browser(world, world.bob) as bob:
        assert (await bob.open(f"/{query}")).status == 200
