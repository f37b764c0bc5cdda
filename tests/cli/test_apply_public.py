"""Components and pages through `apply`: planned, done whole, and nothing to do the second time."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import select

from cli.apply import apply
from cli.blueprint import BlueprintError, read_blueprint
from core import components, incidents, status_pages
from core.components import ComponentDraft
from core.transaction import Core
from storage.models import AuditEvent, Incident
from storage.vocabulary import ActorKind, AuditType, ComponentStatus, Severity
from tests.cli.offices import Office, new_office
from tests.core import public
from tests.engine import Engine

EXAMPLE = (Path(__file__).parents[2] / "tocsin.example.yaml").read_text()
FILE = """\
components:
  API:
    group: Platform
    description: What your programs talk to.
  Website:
pages:
  acme:
    title: Acme Status
    components: [Website, API]
    published: true
"""
CREATED = """\
+ component API
    + group: Platform
    + description: What your programs talk to.
+ component Website
+ status page acme
    + title: Acme Status
    + components: Website, API
    + published: true
"""


@pytest.fixture
async def office(core: Core) -> Office:
    return await new_office(core)


async def refusal(office: Office, text: str) -> str:
    with pytest.raises(BlueprintError) as planned:
        await office.plan(text)
    with pytest.raises(BlueprintError) as applied:
        await office.apply(text)
    assert str(planned.value) == str(applied.value)
    return str(applied.value)


async def trail(office: Office) -> list[AuditEvent]:
    async with office.core.reading(office.actor) as tx:
        events = select(AuditEvent).filter_by(organization_id=tx.organization_id)
        return list(await tx.db.scalars(events.order_by(AuditEvent.sequence)))


async def shown(office: Office) -> dict[str, tuple[str, list[str], bool]]:
    """By slug: title, components by name, and whether it is published."""
    async with office.core.reading(office.actor) as tx:
        names = {one.id: one.name for one in await components.list_components(tx)}
        return {
            one.slug: (
                one.title,
                [names[each.component_id] for each in one.components],
                one.published,
            )
            for one in await status_pages.list_pages(tx)
        }


async def test_a_plan_says_what_is_to_be_made_and_makes_nothing(office: Office) -> None:
    assert await office.plan(FILE) == CREATED + "3 to create. Nothing has been changed yet."
    assert await shown(office) == {}


async def test_applying_makes_what_the_plan_said_and_twice_changes_nothing(office: Office) -> None:
    assert await office.apply(FILE) == CREATED + "3 created."
    assert await shown(office) == {"acme": ("Acme Status", ["Website", "API"], True)}

    before = [one.type for one in await trail(office)]
    assert await office.plan(FILE) == "Nothing to change."
    assert await office.apply(FILE) == "Nothing to change."
    assert [one.type for one in await trail(office)] == before


async def test_it_is_the_system_that_does_it(office: Office) -> None:
    await office.apply(FILE)

    _, *events = await trail(office)
    assert [(one.type, one.actor_kind) for one in events] == [
        (AuditType.COMPONENT_CREATED, ActorKind.SYSTEM),
        (AuditType.COMPONENT_CREATED, ActorKind.SYSTEM),
        (AuditType.STATUS_PAGE_CREATED, ActorKind.SYSTEM),
    ]


async def test_of_two_at_once_one_makes_them_and_the_other_finds_them_made(office: Office) -> None:
    said = await asyncio.gather(office.apply(FILE), office.apply(FILE))
    assert sorted(said) == [CREATED + "3 created.", "Nothing to change."]


async def test_a_change_shows_what_was_and_what_will_be(office: Office) -> None:
    await office.apply(FILE)
    changed = (
        FILE.replace("Platform", "Developers")
        .replace("What your programs talk to.", '""')
        .replace("  Website:", "  Website: {group: Shop}")
        .replace("[Website, API]", "[API]")
        .replace("Acme Status", "Acme")
        .replace("true", "false")
    )
    said = """\
~ component API
    ~ group: Platform → Developers
    - description: What your programs talk to.
~ component Website
    + group: Shop
~ status page acme
    ~ title: Acme Status → Acme
    ~ components: Website, API → API
    ~ published: true → false
"""
    assert await office.plan(changed) == said + "3 to change. Nothing has been changed yet."
    assert await office.apply(changed) == said + "3 changed."
    assert await shown(office) == {"acme": ("Acme", ["API"], False)}
    assert await office.plan(changed) == "Nothing to change."


async def test_another_order_is_a_change(office: Office) -> None:
    await office.apply(FILE)
    said = await office.apply(FILE.replace("[Website, API]", "[API, Website]"))
    assert said == ("~ status page acme\n    ~ components: Website, API → API, Website\n1 changed.")


async def test_one_component_with_a_comma_is_not_two(office: Office) -> None:
    many = "components: {A: , B: , 'A, B': }\npages: {acme: {title: Acme, components: [A, B]}}"
    await office.apply(many)
    said = await office.apply(many.replace("[A, B]", "['A, B']"))
    assert said == '~ status page acme\n    ~ components: A, B → "A, B"\n1 changed.'


async def test_what_is_not_said_keeps_its_value(office: Office) -> None:
    await office.apply(FILE)
    less = "components: {API: }\npages: {acme: {title: Acme Status}}\n"
    assert await office.apply(less) == (
        "Left alone, not in the file: component Website.\nNothing to change."
    )


async def test_a_new_page_is_not_published_unless_the_file_says_so(office: Office) -> None:
    await office.apply("pages: {acme: {title: Acme}}")
    assert await shown(office) == {"acme": ("Acme", [], False)}


async def test_what_the_file_does_not_name_is_left_alone_and_said_so(office: Office) -> None:
    await office.apply(FILE)
    other = "components: {Search: }\npages: {other: {title: Other, components: [Search, API]}}"
    assert (await office.apply(other)).splitlines()[-2:] == [
        "Left alone, not in the file: component Website, component API, status page acme.",
        "2 created.",
    ]
    assert (await shown(office))["acme"] == ("Acme Status", ["Website", "API"], True)


async def test_what_an_admin_says_of_a_component_stays(office: Office) -> None:
    await office.apply(FILE)
    async with office.core.transaction(office.actor) as tx:
        api = await components.find_component(tx, "API")
        await components.override_status(tx, api.id, ComponentStatus.MAINTENANCE)

    await office.apply(FILE.replace("Platform", "Developers"))

    async with office.core.reading(office.actor) as tx:
        api = await components.find_component(tx, "API")
        assert (api.group_label, api.status_override) == (
            "Developers",
            ComponentStatus.MAINTENANCE,
        )
    assert "maintenance" not in (await office.export()).text


async def test_a_component_that_exists_nowhere_is_refused_with_its_line(office: Office) -> None:
    wrong = FILE.replace("[Website, API]", "\n      - Websit\n      - Checkout")
    assert await refusal(office, wrong) == (
        "tocsin.yaml:10: there is no component “Websit”, neither in this file nor in the "
        "database. Did you mean “Website”?\n"
        "tocsin.yaml:11: there is no component “Checkout”, neither in this file nor in the "
        "database. Describe it under components."
    )
    assert await shown(office) == {}


async def test_a_name_in_another_case_than_the_stored_one_is_refused(office: Office) -> None:
    await office.apply(FILE)
    assert await refusal(office, "components:\n  api:\n") == (
        "tocsin.yaml:2: the component is called “API” already. Write it so."
    )


async def test_of_two_that_are_stored_in_two_cases_each_can_be_named(office: Office) -> None:
    async with office.core.transaction(office.actor) as tx:
        for name in ("API", "api"):
            await components.create_component(tx, ComponentDraft(name))
    assert (await office.apply("components: {api: {group: Platform}}")).endswith("1 changed.")


async def test_an_address_that_another_organization_has_is_refused_with_its_line(
    office: Office,
) -> None:
    other = await new_office(office.core)
    await other.apply(FILE)
    assert await refusal(office, FILE) == (
        "tocsin.yaml:7: the address “acme” is taken already. Choose another."
    )
    assert (await office.apply(FILE.replace("acme:", "acme-2:"))).endswith("3 created.")
    assert await other.plan(FILE) == "Nothing to change."


async def test_the_example_without_its_marks_can_be_applied(office: Office) -> None:
    _, _, commented = EXAMPLE.partition("# components:")
    text = "components:" + commented.replace("\n# ", "\n")
    assert (await office.apply(text)).splitlines()[-1] == "3 created."
    assert await shown(office) == {"acme": ("Acme Status", ["Website", "Checkout"], False)}


async def test_applied_while_incidents_change_neither_stands_in_the_way_of_the_other(
    engine: Engine,
) -> None:
    names = [f"Part {number}" for number in range(6)]
    ids = [await public.component(engine, name) for name in names]
    declared = [await engine.declare() for _ in range(3)]
    for one in declared:
        await public.affect(engine, one.id, *ids)

    async def worsen(incident: Incident) -> None:
        for severity in [*Severity] * 3:
            await engine.do("bob", incidents.change_severity, incident.id, severity)

    async def reorder() -> None:
        for turn in range(10):
            order = names if turn % 2 else names[::-1]
            text = "components:\n" + "".join(f"  {one}: {{group: {turn}}}\n" for one in order)
            text += f"pages: {{acme: {{title: Acme, components: [{', '.join(order)}]}}}}"
            await apply(engine.core, engine.system, read_blueprint(text))

    await asyncio.gather(reorder(), *(worsen(one) for one in declared))

    async with engine.core.reading(engine.system) as tx:
        found = await components.list_components(tx)
    assert {one.group_label for one in found} == {"9"}
