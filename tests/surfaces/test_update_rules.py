"""Updates: the same rule by each door gives the same refusal, and changes nothing."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from core import updates
from core.errors import (
    IncidentResolved,
    InvalidStatusTransition,
    KeyOfAnotherRequest,
    NoPublicSurface,
    NotFound,
    NothingToRedact,
    RedactionNotPermitted,
    ValidationFailed,
)
from storage.models import IncidentUpdate
from storage.vocabulary import Status, Surface
from tests.surfaces.covered import rule
from tests.surfaces.house import House

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def _posted(house: House, incident: UUID, who: str) -> UUID:
    """An update that somebody posted through the door."""
    assert await house.door.post_update(who, incident, body="Our key is zebrafinch") is None
    async with house.world.tocsin.core.reading(house.world.system) as tx:
        found = await tx.db.scalar(select(IncidentUpdate.id).filter_by(incident_id=incident))
    assert found
    return found


@rule(ValidationFailed)
async def test_an_update_says_something(house: House) -> None:
    incident = await house.incident()

    async with house.unchanged():
        nothing = await house.door.post_update("bob", incident)
        public = await house.door.post_update("bob", incident, status="identified", public=True)

    said = "Write something, or choose the next status."
    assert nothing == house.told(ValidationFailed, said)
    assert public == house.told(ValidationFailed, "A public update needs a text.")


@rule(IncidentResolved)
async def test_what_is_resolved_is_spoken_of_no_more(house: House) -> None:
    incident = await house.incident()

    async with house.unchanged() as still:
        refusal = await house.door.post_update(
            "bob", incident, body="Too late", meanwhile=still.but(updates.resolve, incident)
        )

    assert refusal == house.told(IncidentResolved)


@rule(InvalidStatusTransition)
async def test_of_two_who_advance_one_is_refused_and_posts_nothing(house: House) -> None:
    incident = await house.incident()
    first = {"status_change": Status.IDENTIFIED}

    async with house.unchanged() as still:
        refusal = await house.door.post_update(
            "bob",
            incident,
            body="It is the disk",
            status="identified",
            meanwhile=still.but(updates.post_update, incident, **first),
        )

    said = "This incident is identified; the next step is monitoring, not identified."
    assert refusal == house.told(InvalidStatusTransition, said)


@rule(NoPublicSurface)
async def test_nothing_is_public_that_no_published_page_shows(house: House) -> None:
    """A model, which could not type it, is told that the command is Slack's."""
    name, slug = house.name("Basement"), house.name("page").replace(" ", "-")
    component, incident = await house.component(name), await house.incident()

    async with house.unchanged():
        untagged = await house.door.post_update("bob", incident, body="Hello", public=True)
    await house.affect(incident, component)
    await house.page(component, slug=slug)
    async with house.unchanged():
        hidden = await house.door.post_update("bob", incident, body="Hello", public=True)

    assert untagged == house.told(
        NoPublicSurface,
        f"#{await house.number(incident)} affects no component yet, so no status page shows "
        "it. Say first which components are affected.",
    )
    assert hidden == house.told(
        NoPublicSurface,
        f"“Title of {slug}” would show “{name}”, but is not published. Have an admin publish it "
        f"under “/incident pages”{' in Slack' if house.door.surface is Surface.MCP else ''}.",
    )


@rule(RedactionNotPermitted)
async def test_only_its_author_and_an_admin_take_a_text_back(house: House) -> None:
    incident = await house.incident()
    update = await _posted(house, incident, "bob")

    async with house.unchanged():
        by_another = await house.door.redact("carol", incident, update)
    house.world.clock.at += timedelta(seconds=301)
    async with house.unchanged():
        too_late = await house.door.redact("bob", incident, update)

    assert by_another == too_late == house.told(RedactionNotPermitted)
    assert await house.door.redact("alice", incident, update) is None
    async with house.unchanged():
        assert await house.door.redact("alice", incident, update) is None, "the first one counts"


@rule(KeyOfAnotherRequest)
async def test_what_is_asked_twice_under_one_key_is_done_once(house: House) -> None:
    """A tool has no header for the key: it is told of its argument."""
    incident, key = await house.incident(), house.name("key")
    assert await house.door.post_under_key("bob", incident, body="It is the disk", key=key) is None

    async with house.unchanged():
        again = await house.door.post_under_key("bob", incident, body="It is the disk", key=key)
        another = await house.door.post_under_key("bob", incident, body="No, the fan", key=key)

    assert again is None
    said = KeyOfAnotherRequest().message
    if house.door.surface is Surface.MCP:
        said = (
            "This idempotency_key came with another call before, so nothing was done. Use a new "
            "one for each thing you want done."
        )
    assert another == house.told(KeyOfAnotherRequest, said)


@rule(NothingToRedact)
async def test_what_has_no_text_has_none_to_take_back(house: House) -> None:
    incident = await house.incident()
    made = await house.do(updates.post_update, incident, status_change=Status.IDENTIFIED)

    async with house.unchanged():
        refusal = await house.door.redact("alice", incident, made.id)

    assert refusal == house.told(NothingToRedact)


@rule(NotFound)
async def test_of_another_incident_no_update_is_found(house: House) -> None:
    incident, other = await house.incident(), await house.incident()
    update = await _posted(house, other, "alice")

    async with house.unchanged():
        refusals = [
            await house.door.redact("alice", incident, update),
            await house.door.redact("alice", incident, uuid4()),
        ]

    assert refusals == [house.told(NotFound, "There is no such update.")] * 2
