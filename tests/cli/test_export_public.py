"""Components and pages are exported as apply reads them, whatever they are called."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cli.apply import plan
from cli.blueprint import read_blueprint
from cli.stored_public import StoredPublic, read_public
from core import components, status_pages
from core.components import ComponentDraft
from core.status_pages import StatusPageDraft
from core.transaction import Core
from tests.cli.any_text import descriptions, names
from tests.cli.offices import Office, new_office


async def stored(office: Office) -> StoredPublic:
    async with office.core.reading(office.actor) as tx:
        return await read_public(tx)


async def make(
    office: Office, *drafts: ComponentDraft, pages: tuple[StatusPageDraft, ...] = ()
) -> None:
    async with office.core.transaction(office.actor) as tx:
        ids = [(await components.create_component(tx, one)).id for one in drafts]
        for one in pages:
            chosen = one.component_ids or tuple(ids)
            draft = StatusPageDraft(one.slug, one.title, chosen, one.published)
            await status_pages.create_page(tx, draft)


async def take_pages_away(office: Office) -> None:
    """So that another organization can have their addresses."""
    async with office.core.transaction(office.actor) as tx:
        for page in await status_pages.list_pages(tx):
            await status_pages.remove_page(tx, page.id)


EXPECTED = """\
components:
  API:
    group: Platform
    description: |-
      What your programs talk to.
      And: more
  'Checkout: “EU” 🚒': {}
  Search, v2:
    group: 'null'

pages:
  acme:
    title: Acme Status
    components: [API, 'Checkout: “EU” 🚒', 'Search, v2']
    published: true
"""


async def test_they_are_written_as_people_would_write_them(core: Core) -> None:
    office = await new_office(core)
    await make(
        office,
        ComponentDraft("API", "What your programs talk to.\nAnd: more", "Platform"),
        ComponentDraft("Checkout: “EU” 🚒"),
        ComponentDraft("Search, v2", None, "null"),
        pages=(StatusPageDraft("acme", "Acme Status", (), True),),
    )
    exported = await office.export()

    assert exported.text[exported.text.index("components:") :] == EXPECTED
    assert exported.left_out == ()
    assert await office.plan(exported.text) == "Nothing to change."


async def test_many_components_stand_on_a_line_each(core: Core) -> None:
    office = await new_office(core)
    every = [ComponentDraft(f"- part {number}") for number in range(12)]
    await make(office, *every, pages=(StatusPageDraft("acme", "Acme"),))
    exported = await office.export()
    assert "    components:\n      - '- part 0'\n      - '- part 1'\n" in exported.text
    assert await office.plan(exported.text) == "Nothing to change."


async def test_where_there_is_none_the_file_does_not_speak_of_them(core: Core) -> None:
    exported = await (await new_office(core)).export()
    assert "components" not in exported.text
    assert "pages:" not in exported.text


async def test_what_a_file_cannot_say_of_them_is_left_out_whole_and_named(core: Core) -> None:
    office = await new_office(core)
    await make(
        office,
        ComponentDraft("API"),
        ComponentDraft("api"),
        ComponentDraft("Bell\x07"),
        ComponentDraft("Grouped", None, "a\nb"),
        ComponentDraft("Odd", "a\rb"),
        pages=(StatusPageDraft("all", "All"),),
    )
    api = (await stored(office)).components["API"]
    async with core.transaction(office.actor) as tx:
        for draft in (
            StatusPageDraft("good", "Good", (api.id,)),
            StatusPageDraft("titled", "a\nb", (api.id,)),
        ):
            await status_pages.create_page(tx, draft)
    exported = await office.export()

    assert exported.left_out == (
        "component “Bell ”: a file can't keep its characters; rename it",
        "component “api”: it differs from “API” in its case alone; rename it",
        "component “Grouped”: group “a b”: a file can't keep its characters; rename it",
        "the description of component “Odd”: a file can't keep its characters",
        "status page “all”: it shows “api”, “Bell ”, “Grouped”, which are left out",
        "status page “titled”: title “a b”: a file can't keep its characters; rename it",
    )
    read = read_blueprint(exported.text)
    assert [one.name for one in read.components] == ["API", "Odd"]
    assert [one.slug for one in read.pages] == ["good"]
    assert (await office.plan(exported.text)).endswith("Nothing to change.")


short = names.filter(lambda text: 1 <= len(text.strip()) <= 100)
told = descriptions.filter(lambda text: text is None or len(text.strip()) <= 500)
slugs = st.from_regex(r"[a-z0-9-]{1,63}", fullmatch=True) | st.sampled_from(
    ["null", "1e3", "-", "---", "-a", "2026", "0x1f", "true", "no", "1-2"]
)


@given(st.data())
@settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_whatever_they_are_called_export_and_apply_are_a_round_trip(core, data) -> None:
    office = await new_office(core)
    draw = data.draw
    async with core.transaction(office.actor) as tx:
        made = []
        for name in draw(st.lists(short, max_size=6, unique_by=str.strip)):
            draft = ComponentDraft(name, draw(told), draw(st.none() | short))
            made.append((await components.create_component(tx, draft)).id)
        chosen = st.lists(st.sampled_from(made), unique=True) if made else st.just([])
        for slug in draw(st.sets(slugs, max_size=3)):
            draft = StatusPageDraft(slug, draw(short), tuple(draw(chosen)), draw(st.booleans()))
            await status_pages.create_page(tx, draft)
    before = await stored(office)

    exported = await office.export()
    planned = await plan(office.core, office.actor, read_blueprint(exported.text))
    assert planned.changes == ()
    left = [one for one in exported.left_out if not one.startswith("the description")]
    read = read_blueprint(exported.text)
    assert len(read.components) + len(read.pages) == len(before.components) + len(
        before.pages
    ) - len(left)

    await take_pages_away(office)
    fresh = await new_office(core)
    await fresh.apply(exported.text)
    again = await fresh.export()
    assert again.text == exported.text.partition("\n# Left out:")[0]
    assert again.left_out == ()
    after = await stored(fresh)
    for name, one in after.components.items():
        assert one.draft.group_label == before.components[name].draft.group_label
    for slug, page in after.pages.items():
        old = before.pages[slug].draft
        assert [after.component_names[one] for one in page.draft.component_ids] == [
            before.component_names[one] for one in old.component_ids
        ]
        assert (page.draft.title, page.draft.published) == (old.title, old.published)
    await take_pages_away(fresh)
