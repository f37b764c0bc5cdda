"""Components and status pages: the same rule by each door gives the same refusal."""

import pytest

from core.errors import Forbidden, InUse, NameConflict
from tests.surfaces.covered import rule
from tests.surfaces.house import House

pytestmark = pytest.mark.asyncio(loop_scope="session")


@rule(NameConflict)
async def test_no_two_components_share_a_name_and_no_two_pages_an_address(house: House) -> None:
    component, taken = await house.component(), house.name("Taken")
    await house.component(taken)
    page, address = await house.page(), house.name("taken").replace(" ", "-")
    await house.page(slug=address)

    async with house.unchanged():
        refusals = [
            await house.door.rename_component("bob", component, taken),
            await house.door.change_address("alice", page, address),
        ]

    assert refusals == [
        house.told(NameConflict, f"There is a component called “{taken}” already."),
        house.told(NameConflict, f"The address “{address}” is taken. Choose another."),
    ]


@rule(InUse)
async def test_a_component_in_use_is_not_removed_and_says_where(house: House) -> None:
    name, slug = house.name("Shown"), house.name("page").replace(" ", "-")
    component = await house.component(name)
    await house.page(component, slug=slug)
    incident = await house.incident(shown=[component])

    async with house.unchanged():
        refusal = await house.door.remove_component("bob", component)

    number = await house.number(incident)
    used = f"the status page “Title of {slug}”, the open incident #{number}"
    assert refusal == house.told(InUse, f"“{name}” is in use by {used}. Change that first.")


@rule(Forbidden)
async def test_only_an_admin_says_how_a_component_is(house: House) -> None:
    component = await house.component()

    async with house.unchanged():
        refusal = await house.door.override_status("bob", component, "maintenance")

    said = "Setting a component's status is for admins. Ask one of them."
    assert refusal == house.told(Forbidden, said)


@rule(Forbidden)
async def test_only_an_admin_publishes_a_page_or_moves_it(house: House) -> None:
    """Each names what is an admin's in its own words: an endpoint is for all that it changes."""
    page = await house.page()

    async with house.unchanged():
        published = await house.door.publish_page("bob", page)
        moved = await house.door.change_address("bob", page, "somewhere-else")

    if house.door.tells_codes:
        whats = ["Making and changing status pages"] * 2
    else:
        whats = ["Publishing a status page", "Changing a status page"]
    assert [published, moved] == [
        house.told(Forbidden, f"{one} is for admins. Ask one of them.") for one in whats
    ]
