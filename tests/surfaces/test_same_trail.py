"""What is allowed by one door is allowed by each, and leaves the same on the audit trail.

The same events, of the same types and with the same data; each by the kind of actor that comes
through that door, under the name that they have there (`House.trail_of` holds every event to it).
"""

from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import select

from core import incidents
from storage.models import IncidentUpdate
from tests.surfaces.house import SOME_ID, House

pytestmark = pytest.mark.asyncio(loop_scope="session")

AN_UPDATE = {"updateId": SOME_ID, "visibility": "internal", "statusChange": None}


def _step(before: str, after: str) -> list[tuple[str, Any]]:
    """What one step forward leaves behind."""
    return [
        ("update_posted", {**AN_UPDATE, "statusChange": after}),
        ("status_changed", {"before": before, "after": after, "updateId": SOME_ID}),
    ]


async def test_declaring(house: House) -> None:
    component = await house.component(house.name("API"))
    async with house.trail_of("bob") as trail:
        refusal = await house.door.declare(
            "bob", title="Checkout is down", owner="dave", components=[component]
        )

    assert refusal is None
    (_, created), owner_paged = trail[0], trail[1:]
    assert created | {"number": 0, "components": []} == {
        "number": 0,
        "title": "Checkout is down",
        "severity": "high",
        "ownerId": "dave",
        "schedule": None,
        "policy": None,
        "components": [],
    }
    assert [type for type, _ in trail] == ["incident_created", "owner_paged"]
    targets = [{"id": "dave", "name": "Dave Lindqvist"}]
    assert owner_paged == [("owner_paged", {"targets": targets})]


async def test_acknowledging(house: House) -> None:
    incident = await house.incident()
    async with house.trail_of("carol") as trail:
        assert await house.door.acknowledge("carol", incident) is None

    assert trail == [("incident_acknowledged", {})]


async def test_handing_off(house: House) -> None:
    incident = await house.incident(owner="carol")
    async with house.trail_of("bob") as trail:
        assert await house.door.hand_off("bob", incident, to="dave") is None

    handed = {"previousOwnerId": "carol", "newOwnerId": "dave"}
    assert [type for type, _ in trail] == ["incident_handed_off", "owner_changed"]
    assert all(handed.items() <= data.items() for _, data in trail)


async def test_advancing_and_resolving_step_by_step(house: House) -> None:
    """Over HTTP each step is a request; elsewhere one gesture goes them all."""
    incident = await house.incident()
    async with house.trail_of("bob") as trail:
        assert await house.door.advance("bob", incident, "identified") is None
    assert trail == _step("investigating", "identified")

    incident = await house.incident()
    async with house.trail_of("bob") as trail:
        assert await house.door.resolve("bob", incident) is None
    walked = ("investigating", "identified", "monitoring", "resolved")
    assert trail == [event for one in pairwise(walked) for event in _step(*one)]


async def test_posting(house: House) -> None:
    component = await house.component()
    await house.page(component, published=True)
    incident = await house.incident(shown=[component])

    async with house.trail_of("bob") as trail:
        internal = await house.door.post_update("bob", incident, body="It is the disk")
        both = await house.door.post_update("bob", incident, body="Ours", status="identified")
        public = await house.door.post_update("bob", incident, body="We are on it", public=True)

    assert [internal, both, public] == [None] * 3
    assert trail == [
        ("update_posted", AN_UPDATE),
        *_step("investigating", "identified"),
        ("update_posted", {**AN_UPDATE, "visibility": "public"}),
    ]


async def test_taking_a_text_back(house: House) -> None:
    incident = await house.incident()
    assert await house.door.post_update("bob", incident, body="Our key is zebrafinch") is None
    async with house.world.tocsin.core.reading(house.world.system) as tx:
        update = await tx.db.scalar(select(IncidentUpdate.id).filter_by(incident_id=incident))
    assert update

    async with house.trail_of("bob") as trail:
        assert await house.door.redact("bob", incident, update) is None

    assert trail == [("update_redacted", {"updateId": SOME_ID, "visibility": "internal"})]


async def test_changing_what_is_said_of_an_incident(house: House) -> None:
    name = house.name("API")
    incident, component = await house.incident(), await house.component(name)
    async with house.trail_of("bob") as trail:
        severity = await house.door.change_severity("bob", incident, "low")
        components = await house.door.set_components("bob", incident, [component])
        again = await house.door.change_severity("bob", incident, "low")

    assert [severity, components, again] == [None] * 3
    affected = {"before": [], "after": [{"id": SOME_ID, "name": name}]}
    assert trail == [
        ("severity_changed", {"before": "high", "after": "low"}),
        ("components_changed", affected),
    ]


async def test_calling_it_otherwise(house: House) -> None:
    incident = await house.incident()
    async with house.world.tocsin.core.reading(house.world.system) as tx:
        title = (await incidents.get(tx, incident)).title
    async with house.trail_of("bob") as trail:
        assert await house.door.retitle("bob", incident, "Checkout is slow") is None

    edited = {"before": {"title": title}, "after": {"title": "Checkout is slow"}}
    assert trail == [("incident_edited", edited)]


async def test_standing_in(house: House) -> None:
    schedule = await house.schedule()
    start, end, later = (house.after(hours=hours) for hours in (1, 2, 3))
    made = {"userId": "dave", "startAt": start.isoformat(), "endAt": end.isoformat()}
    changed = {**made, "endAt": later.isoformat()}
    ids = {"scheduleId": SOME_ID, "overrideId": SOME_ID}

    async with house.trail_of("bob") as trail:
        refusals = [
            await house.door.create_override("bob", schedule, person="dave", start=start, end=end)
        ]
        override = await house.the_override(schedule)
        refusals += [
            await house.door.change_override("bob", schedule, override, end=later),
            await house.door.remove_override("bob", schedule, override),
        ]

    assert refusals == [None] * 3
    assert trail == [
        ("override_created", {**ids, "after": made}),
        ("override_changed", {**ids, "before": made, "after": changed}),
        ("override_removed", {**ids, "before": changed}),
    ]


async def test_managing_what_is_named(house: House) -> None:
    """Of what was before and after, what changed is told; the whole of it by every door alike."""
    schedule, policy = await house.schedule(), await house.policy()
    component = await house.component()
    names = [house.name("Renamed") for _ in range(3)]

    async with house.trail_of("bob") as trail:
        refusals = [
            await house.door.rename_schedule("bob", schedule, names[0]),
            await house.door.rename_policy("bob", policy, names[1]),
            await house.door.rename_component("bob", component, names[2]),
            await house.door.add_layer("bob", policy, people=["carol", "dave"]),
            await house.door.remove_schedule("bob", schedule),
            await house.door.remove_policy("bob", policy),
            await house.door.remove_component("bob", component),
        ]

    assert refusals == [None] * 7
    layer = {
        "position": 1,
        "ackTimeoutMinutes": 5,
        "target": {"type": "users", "userIds": ["carol", "dave"]},
    }
    zone = {"timezone": "Europe/Berlin", "description": None, "layers": []}
    assert [(type, data.get("after")) for type, data in trail] == [
        ("schedule_changed", {"name": names[0], **zone}),
        ("policy_changed", {"name": names[1], "description": None, "layers": []}),
        ("component_changed", {"name": names[2], "description": None, "groupLabel": None}),
        ("policy_changed", {"name": names[1], "description": None, "layers": [layer]}),
        ("schedule_removed", None),
        ("policy_removed", None),
        ("component_removed", None),
    ]


async def test_what_is_an_admins(house: House) -> None:
    component = await house.component()
    page = await house.page(component)

    async with house.trail_of("alice") as trail:
        refusals = [
            await house.door.override_status("alice", component, "maintenance"),
            await house.door.publish_page("alice", page),
            await house.door.change_address("alice", page, address := f"at-{page.hex[:8]}"),
        ]

    assert refusals == [None] * 3
    override, published, moved = trail
    assert override == (
        "component_changed",
        {
            "componentId": SOME_ID,
            "before": {"statusOverride": None},
            "after": {"statusOverride": "maintenance"},
        },
    )
    assert [published[0], moved[0]] == ["status_page_changed"] * 2
    assert [published[1]["before"]["published"], published[1]["after"]["published"]] == [
        False,
        True,
    ]
    assert moved[1]["after"] == {**published[1]["after"], "slug": address}
