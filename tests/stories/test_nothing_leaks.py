"""Nothing internal is public: a word in every internal field, then every public address."""

import json
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from core import (
    affected,
    components,
    declaring,
    escalation,
    incidents,
    people,
    redaction,
    status_pages,
    updates,
)
from core.components import ComponentDraft
from core.status_pages import StatusPageDraft
from core.transaction import Actor
from storage.models import AuditEvent, Incident, IncidentUpdate, Member
from storage.vocabulary import Severity, Status, Visibility
from tests.stories.public import a_page
from tests.world import World, web_client

MARKER = "zebrafinch"
SHOWN = "Checkout is down"


@pytest.fixture
async def customer(world: World) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody with a browser and no account."""
    async with web_client(world.tocsin) as client:
        yield client
        await world.tocsin.http.stop()


async def a_marked_incident(world: World) -> None:
    """Every field that customers must not see holds the marker."""
    core = world.tocsin.core
    (api,) = await a_page(world, "API")
    async with core.transaction(world.system) as tx:
        for member in await people.members(tx):
            member.name, member.email = f"{member.name} {MARKER}", f"{MARKER}.{member.email}"
        hidden = await components.create_component(
            tx, ComponentDraft(f"Hidden {MARKER}", f"About {MARKER}", f"Group {MARKER}")
        )
    view = (await world.alice.command(f"/incident new {SHOWN}")).view
    filled = {"description": f"Cause: {MARKER}", "schedule": "Payments", "components": [str(api)]}
    await world.alice.fill(view, filled)
    await world.alice.submit(world.alice.modal)
    await world.settle()
    await world.bob.click("Acknowledge", on=world.bob.dm()[0])
    await world.settle()
    incident = await world.incident()
    async with core.reading(world.system) as tx:
        bob = next(one for one in await people.members(tx) if one.name.startswith("Bob"))
        actor = people.actor_of(bob, Actor.system().surface)
        carol = next(one for one in await people.members(tx) if one.name.startswith("Carol"))

    async def do(act: Any, *args: Any, **given: Any) -> Any:
        async with core.transaction(actor) as tx:
            return await act(tx, *args, **given)

    await do(updates.post_update, incident.id, body=f"Note {MARKER}")
    await do(
        updates.post_update, incident.id, body=f"Why {MARKER}", status_change=Status.IDENTIFIED
    )
    await do(
        updates.post_update, incident.id, body="We have found it", visibility=Visibility.PUBLIC
    )
    gone = await do(
        updates.post_update, incident.id, body=f"Oops {MARKER}", visibility=Visibility.PUBLIC
    )
    await do(redaction.redact_update, incident.id, gone.id)
    await do(affected.set_components, incident.id, [api, hidden.id])
    await do(incidents.change_severity, incident.id, Severity.LOW)
    await do(escalation.hand_off, incident.id, to=carol.id)
    over = await do(open_and_end, api)
    assert over.resolved_at is not None


async def open_and_end(tx: Any, component_id: Any) -> Incident:
    incident = await declaring.open_incident(
        tx, title="An older one", severity=Severity.HIGH, description=MARKER,
        owner_id=tx.actor.id, component_ids=[component_id],
    )  # fmt: skip
    return await updates.resolve(tx, incident.id, body=f"Lesson {MARKER}", write_up="It is over")


async def everything(customer: httpx.AsyncClient) -> dict[str, str]:
    """Every public address that is linked from the page, and those that are known to exist."""
    wanted = ["/status/acme", "/status/acme.json", "/status/acme/feed.atom",
              "/status/acme/history"]  # fmt: skip
    found: dict[str, str] = {}
    while wanted:
        path = wanted.pop()
        if path in found:
            continue
        answer = await customer.get(path)
        assert answer.status_code == 200, path
        headers = json.dumps(dict(answer.headers))
        found[path] = answer.text + headers
        wanted += re.findall(r"(?:https?://[^/\"'<>\s]+)?(/status/acme[^\"'<>\s?#&]*)", answer.text)
    return found


async def test_a_word_in_every_internal_field_is_on_no_public_address(
    world: World, customer: httpx.AsyncClient
) -> None:
    await a_marked_incident(world)
    async with world.tocsin.core.reading(world.system) as tx:
        rows = [
            *(await tx.db.scalars(select(IncidentUpdate.body))),
            *(await tx.db.scalars(select(Incident.description))),
            *(await tx.db.scalars(select(Member.name))),
            *(await tx.db.scalars(select(Member.email))),
            *(json.dumps(one) for one in await tx.db.scalars(select(AuditEvent.data))),
        ]
    view = (await world.bob.command("/incident timeline 1")).view
    public = await everything(customer)

    assert sum(MARKER in str(row) for row in rows) > 10, "it is there to be found"
    assert MARKER in view.plain
    assert {path for path, text in public.items() if MARKER in text} == set()
    assert SHOWN in public["/status/acme"]
    assert "We have found it" in public["/status/acme/incidents/1"]
    assert "It is over" in public["/status/acme/incidents/2"]
    assert len(public) >= 7, sorted(public)


async def test_what_is_taken_back_is_gone_from_every_public_address_at_once(
    world: World, customer: httpx.AsyncClient
) -> None:
    (api,) = await a_page(world, "API")
    await world.declare(world.alice, SHOWN)
    incident = await world.incident()
    async with world.tocsin.core.transaction(world.system) as tx:
        await affected.set_components(tx, incident.id, [api])
        said = await updates.post_update(
            tx, incident.id, body=f"Oops {MARKER}", visibility=Visibility.PUBLIC
        )
    before = await everything(customer)
    async with world.tocsin.core.transaction(world.system) as tx:
        await redaction.redact_update(tx, incident.id, said.id)
    after = await everything(customer)

    assert {path for path, text in before.items() if MARKER in text} >= {
        "/status/acme", "/status/acme.json", "/status/acme/feed.atom", "/status/acme/incidents/1",
    }  # fmt: skip
    assert {path for path, text in after.items() if MARKER in text} == set()
    assert "This update has been removed." in after["/status/acme"]
    assert "This update has been removed." in after["/status/acme/feed.atom"]


async def test_a_page_that_is_unpublished_is_gone_with_all_that_is_below_it(
    world: World, customer: httpx.AsyncClient
) -> None:
    await a_page(world, "API")
    before = await everything(customer)
    async with world.tocsin.core.transaction(world.system) as tx:
        (page,) = await status_pages.list_pages(tx)
        await status_pages.change_page(tx, page.id, StatusPageDraft("acme", "Acme", (), False))

    assert {(await customer.get(path)).status_code for path in before} == {404}
