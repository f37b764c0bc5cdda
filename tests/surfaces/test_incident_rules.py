"""Incidents: the same rule by each door gives the same refusal, and changes nothing."""

from uuid import uuid4

import pytest

from core import components, editing, escalation, scheduling, updates
from core.errors import (
    AlreadyOwner,
    ChangedMeanwhile,
    DuplicateComponentId,
    IncidentResolved,
    InvalidComponentId,
    InvalidStatusTransition,
    InvalidTargetUser,
    NotFound,
    ValidationFailed,
)
from storage.vocabulary import Status, Surface
from tests.surfaces.covered import rule
from tests.surfaces.doors import NO_INCIDENT, OUTSIDER, UNHEARD_OF, Refusal
from tests.surfaces.house import House
from web.api.refusals import PreconditionFailed

pytestmark = pytest.mark.asyncio(loop_scope="session")


@rule(ValidationFailed)
async def test_somebody_has_to_be_paged_for_an_incident(house: House) -> None:
    async with house.unchanged():
        refusal = await house.door.declare("bob", title="Nobody is told of it")

    assert refusal == house.told(
        ValidationFailed, "Choose a schedule or an owner: somebody has to be paged."
    )


@rule(InvalidTargetUser)
async def test_who_is_no_member_owns_nothing_from_the_beginning(house: House) -> None:
    async with house.unchanged():
        refusal = await house.door.declare("bob", title="For a guest to mend", owner=OUTSIDER)

    assert refusal == house.told(InvalidTargetUser)


@rule(NotFound)
async def test_a_schedule_that_is_gone_declares_nothing(house: House) -> None:
    schedule = await house.schedule()

    async with house.unchanged() as still:
        refusal = await house.door.declare(
            "bob",
            title="Who looks after this",
            schedule=schedule,
            meanwhile=still.but(_remove_schedule, schedule),
        )

    assert refusal == house.told(NotFound, "There is no such schedule. It may have been removed.")


async def _remove_schedule(tx: object, schedule: object) -> None:
    found = await scheduling.lock_schedule(tx, schedule)  # type: ignore[arg-type]
    await scheduling.remove_schedule(tx, found)  # type: ignore[arg-type]


@rule(InvalidComponentId)
async def test_what_is_gone_is_affected_by_nothing_from_the_beginning(house: House) -> None:
    component, gone = await house.component(), await house.component()

    async with house.unchanged() as still:
        refusal = await house.door.declare(
            "bob",
            title="It was there a moment ago",
            owner="dave",
            components=[component, gone],
            meanwhile=still.but(components.remove_component, gone),
        )

    assert refusal == house.told(InvalidComponentId)


@rule(InvalidComponentId)
async def test_what_is_gone_is_affected_by_nothing(house: House) -> None:
    component, gone = await house.component(), await house.component()
    incident = await house.incident()

    async with house.unchanged() as still:
        refusal = await house.door.set_components(
            "bob",
            incident,
            [component, gone],
            meanwhile=still.but(components.remove_component, gone),
        )

    assert refusal == house.told(InvalidComponentId)


@rule(DuplicateComponentId)
async def test_a_component_is_named_once_from_the_beginning(house: House) -> None:
    component = await house.component()

    async with house.unchanged():
        refusal = await house.door.declare(
            "bob", title="Twice the same", owner="dave", components=[component, component]
        )

    assert refusal == house.told(DuplicateComponentId)


@rule(DuplicateComponentId)
async def test_a_component_is_named_once(house: House) -> None:
    component, incident = await house.component(), await house.incident()

    async with house.unchanged():
        refusal = await house.door.set_components("bob", incident, [component, component])

    assert refusal == house.told(DuplicateComponentId)


@rule(NotFound)
async def test_an_incident_that_is_none_is_acknowledged_by_nobody(house: House) -> None:
    """A tool is given a number, and says it, and where the numbers are."""
    async with house.unchanged():
        refusal = await house.door.acknowledge("bob", uuid4())

    said = "There is no such incident."
    if house.door.surface is Surface.MCP:
        said = f"There is no incident #{NO_INCIDENT}. list_incidents shows the open ones."
    assert refusal == house.told(NotFound, said)


@rule(InvalidTargetUser)
async def test_an_incident_is_handed_to_members(house: House) -> None:
    incident = await house.incident()

    async with house.unchanged():
        refusal = await house.door.hand_off("bob", incident, to=OUTSIDER)

    assert refusal == house.told(InvalidTargetUser)


@rule(AlreadyOwner)
async def test_nobody_is_handed_what_they_own(house: House) -> None:
    incident = await house.incident(owner="carol")

    async with house.unchanged():
        refusal = await house.door.hand_off("bob", incident, to="carol")

    assert refusal == house.told(AlreadyOwner)


@rule(InvalidStatusTransition)
@pytest.mark.parametrize(
    ("status", "wanted", "following"),
    [
        ("investigating", "monitoring", "identified"),
        ("investigating", "investigating", "identified"),
        ("identified", "investigating", "monitoring"),
        ("identified", "resolved", "monitoring"),
    ],
)
async def test_an_incident_goes_one_step_forward_at_a_time(
    house: House, status: str, wanted: str, following: str
) -> None:
    incident = await house.incident()
    if status != "investigating":
        await house.do(updates.post_update, incident, status_change=Status(status))

    async with house.unchanged():
        refusal = await house.door.advance("bob", incident, wanted)

    said = f"This incident is {status}; the next step is {following}, not {wanted}."
    assert refusal == house.told(InvalidStatusTransition, said)


@rule(IncidentResolved)
async def test_what_is_resolved_goes_no_further_and_to_nobody_else(house: House) -> None:
    incident = await house.resolved()

    async with house.unchanged():
        refusals = [
            await house.door.advance("bob", incident, "resolved"),
            await house.door.advance("bob", incident, "identified"),
            await house.door.resolve("bob", incident),
            await house.door.hand_off("bob", incident, to="carol"),
        ]

    assert refusals == [house.told(IncidentResolved)] * 4


@rule(IncidentResolved)
@pytest.mark.parametrize("whom", [OUTSIDER, UNHEARD_OF])
async def test_what_is_resolved_is_handed_to_nobody_whoever_is_meant(
    house: House, whom: str
) -> None:
    incident = await house.incident()

    async with house.unchanged() as still:
        refusal = await house.door.hand_off(
            "bob", incident, to=whom, meanwhile=still.but(updates.resolve, incident)
        )

    assert refusal == house.told(IncidentResolved)


@rule(IncidentResolved)
async def test_nothing_that_is_said_of_what_is_resolved_changes_any_more(house: House) -> None:
    resolved, component = await house.resolved(), await house.component()
    incident = await house.incident()

    async with house.unchanged() as still:
        refusals = [
            await house.door.change_severity("bob", resolved, "low"),
            await house.door.set_components(
                "bob", incident, [component], meanwhile=still.but(updates.resolve, incident)
            ),
        ]

    assert refusals == [house.told(IncidentResolved)] * 2


@rule(ChangedMeanwhile)
async def test_a_title_that_somebody_else_changed_meanwhile_stays_theirs(house: House) -> None:
    """A form carries what it showed; a program names it by If-Match, and is told of that."""
    incident = await house.incident()

    async with house.unchanged() as still:
        refusal = await house.door.retitle(
            "bob",
            incident,
            "Mine",
            meanwhile=still.but(editing.edit_incident, incident, title="Theirs"),
        )

    by_if_match = house.door.surface is Surface.API
    assert refusal == house.told(PreconditionFailed if by_if_match else ChangedMeanwhile)


async def test_acknowledging_what_is_resolved_or_taken_changes_nothing(house: House) -> None:
    """It succeeds, and does nothing; people are told that there is nothing to do any more."""
    resolved, taken = await house.resolved(), await house.incident()
    await house.do(escalation.acknowledge, taken)

    async with house.unchanged():
        refusals = [
            await house.door.acknowledge("bob", resolved),
            await house.door.acknowledge("bob", taken),
        ]

    said = [
        f"Incident #{await house.number(resolved)} is resolved already; nothing to acknowledge.",
        f"Tocsin acknowledged #{await house.number(taken)} before you.",
    ]
    words_of_its_own = [Refusal(one) for one in said]
    assert refusals == ([None, None] if house.door.tells_codes else words_of_its_own)
