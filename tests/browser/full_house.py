"""An organization with something on every page of the dashboard, and with the longest names."""

from datetime import timedelta
from uuid import UUID

from core import (
    components,
    declaring,
    escalation,
    keys,
    overrides,
    people,
    redaction,
    schedules,
    status_pages,
    team,
    updates,
)
from core.components import ComponentDraft
from core.covering import OverrideDraft
from core.status_pages import StatusPageDraft
from storage.limits import COMPONENT_NAME_MAX, NAME_MAX, PAGE_TITLE_MAX, SLUG_MAX, TITLE_MAX
from storage.vocabulary import Role, Severity, Status, Visibility
from tests.browser.staff import Office
from tests.stories.public import a_page, affect

LONGEST = "W" * NAME_MAX
BLUEPRINT = f"""
alerts_channel: incidents
admins: [alice@example.com]
last_resort: {{people: [alice@example.com]}}
schedules:
  Payments:
    description: Whoever is on call here answers for everything that takes money
    timezone: Europe/Berlin
    rotation:
      - name: Primary
        shift: weekly
        handoff: "09:00"
        from: 2026-11-16T09:00:00+01:00
        people: [bob@example.com, alice@example.com]
      - name: {LONGEST}
        shift: daily
        handoff: "17:30"
        from: 2026-11-16T09:00:00+01:00
        people: [dave@example.com, alice@example.com]
  {LONGEST}:
    timezone: America/Argentina/ComodRivadavia
    rotation:
      - name: Later
        shift: weekly
        handoff: "09:00"
        from: 2036-11-17T09:00:00-03:00
        people: [carol@example.com]
policies:
  Payments:
    description: From the one who is on call to everybody
    layers:
      - page: {{schedule: Payments}}
        timeout: 5 min
      - page: {{people: [carol@example.com, bob@example.com]}}
        timeout: 2 h
  {LONGEST}:
    layers:
      - page: {{schedule: {LONGEST}}}
        timeout: 7 days
"""
EMPTY = "admins: [alice@example.com]\n"
INCIDENTS = 30
"""More than a page of them."""


async def fill(office: Office) -> dict[str, UUID]:
    """Have something on every page; the ids that stand in their addresses."""
    world = office.world
    for person in (world.bob, world.carol, world.dave):
        await person.command("/incident oncall")
    (component,) = await a_page(world)
    await _declare(office, "Checkout is down")
    await affect(world, component)
    await _tell_much(office)
    await _declare(office, "W" * TITLE_MAX, description="x" * 300)
    for number in range(INCIDENTS):
        await _declare(office, f"Shard {number} answers slowly", number=number)
    await world.settle()
    return {"component": component, **await _set_up(office)}


async def _tell_much(office: Office) -> None:
    """Incident 1 has been told about, taken and handed on, back and forth; 2 is over."""
    core, world = office.world.tocsin.core, office.world
    incident = (await world.incident()).id
    async with core.transaction(await office.acts(world.bob)) as tx:
        for body in ("The password is hunter2", "y" * 300, "We look at https://example.com/graph"):
            posted = await updates.post_update(tx, incident, body=body)
            if "hunter2" in body:
                await redaction.redact_update(tx, incident, posted.id)
        await escalation.acknowledge(tx, incident)
        await updates.post_update(
            tx, incident, body="We found it.", status_change=Status.IDENTIFIED,
            visibility=Visibility.PUBLIC,
        )  # fmt: skip
        dave = await people.find_by_email(tx, "dave@example.com")
        assert dave is not None
        dave.name = LONGEST
        await escalation.hand_off(tx, incident, to=dave.id)
    await world.settle()
    for name in ("carol", "dave"):  # who is paged twice has two receipts that look alike
        async with core.transaction(await office.acts(world.bob)) as tx:
            member = await people.find_by_email(tx, f"{name}@example.com")
            assert member is not None
            await escalation.hand_off(tx, incident, to=member.id)
        await world.settle()
    await _declare(office, "The mail was late")
    async with core.transaction(await office.acts(world.bob)) as tx:
        await updates.resolve(tx, (await world.incident(2)).id, body="It is here")


async def _declare(
    office: Office, title: str, *, number: int = 0, description: str | None = None
) -> None:
    """Carol declares it, for the schedule Payments."""
    async with office.world.tocsin.core.transaction(await office.acts(office.world.carol)) as tx:
        await declaring.open_incident(
            tx,
            title=title,
            severity=list(Severity)[number % len(Severity)],
            description=description,
            owner_schedule_id=(await schedules.find_schedule(tx, "Payments")).id,
        )


async def _set_up(office: Office) -> dict[str, UUID]:
    """Longer names of everything, and an override ahead."""
    core, world = office.world.tocsin.core, office.world
    async with core.transaction(await office.acts(world.alice)) as tx:
        name = "W" * COMPONENT_NAME_MAX
        long = await components.create_component(tx, ComponentDraft(name, "z" * 300, name))
        known = tuple(one.id for one in await components.list_components(tx))
        page = await status_pages.create_page(
            tx, StatusPageDraft("w" * SLUG_MAX, "W" * PAGE_TITLE_MAX, (long.id, *known[:1]))
        )
        await keys.create_key(tx, name=LONGEST, role=Role.ADMIN)
        await keys.create_key(tx, name="Deploys", expires_at=tx.now + timedelta(days=30))
        await team.add_member(tx, email=f"{'w' * 60}@{'w' * 60}.example.com")
        carol = await people.find_by_email(tx, "carol@example.com")
        assert carol is not None
        schedule = await schedules.find_schedule(tx, "Payments")
        ahead = tx.now + timedelta(days=1)
        override = await overrides.create(
            tx, schedule.id, OverrideDraft(carol.id, ahead, ahead + timedelta(hours=8))
        )
        return {"page": page.id, "schedule": schedule.id, "override": override.id}
