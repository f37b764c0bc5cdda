"""What can be done to an incident from Slack, whichever way it was asked: typed or pressed.

Each act is one command of core and one sentence back to the one who acted; the cards show the rest.
"""

from collections.abc import Sequence
from uuid import UUID

from bot.answering import Answer
from bot.gesture import Gesture, say
from bot.identity import member_of
from core import bundles, escalation, incidents, lifecycle, updates
from core.errors import InvalidTargetUser, NotAMember
from storage.vocabulary import Severity, Status


async def acknowledge(gesture: Gesture, incident_id: UUID) -> Answer:
    """Take the incident; told apart from having been too late."""
    async with gesture.core.transaction(gesture.actor) as tx:
        incident = await escalation.acknowledge(tx, incident_id)
    if incident.status is Status.RESOLVED:
        return say(f"Incident #{incident.number} is resolved already; nothing to acknowledge.")
    if incident.acknowledged_by_id != gesture.actor.id:
        return say(f"{incident.acknowledged_by} acknowledged #{incident.number} before you.")
    return say(f"You acknowledged #{incident.number}. Nobody else will be paged.")


async def acknowledge_all(gesture: Gesture, carrier_id: UUID) -> Answer:
    """Take every incident of a bundle that nobody has taken yet. Raises NotFound."""
    taken = await bundles.acknowledge_all(gesture.core, gesture.actor, carrier_id)
    count = len(taken.acknowledged)
    said = []
    if taken.left:
        said.append(
            f"You acknowledged {_numbers(taken.acknowledged)}. Then Tocsin's database did not "
            f"answer, and {_numbers(taken.left)} may not be acknowledged: press the button again "
            "to take the rest."
        )
    elif count:
        what = f"{count} incidents" if count > 1 else f"#{taken.acknowledged[0]}"
        said.append(f"You acknowledged {what}. Nobody else will be paged for {_them(count)}.")
    elif not taken.handed_off:
        said.append("None of them needed anybody any more; nothing was changed.")
    if taken.handed_off:
        was = "were" if len(taken.handed_off) > 1 else "was"
        said.append(
            f"{_numbers(taken.handed_off)} {was} handed off meanwhile and stays as it is: look "
            "there."
        )
    return say(" ".join(said))


def _numbers(numbers: Sequence[int]) -> str:
    return ", ".join(f"#{number}" for number in numbers)


def _them(count: int) -> str:
    return "them" if count > 1 else "it"


async def hand_off(gesture: Gesture, incident_id: UUID, slack_user_id: str) -> Answer:
    """Make somebody else the owner. Raises InvalidTargetUser, AlreadyOwner, IncidentResolved."""
    async with gesture.core.reading(gesture.actor) as tx:  # before Slack is asked who is meant
        lifecycle.check_open((await incidents.get(tx, incident_id)).status)
    try:
        target = await member_of(gesture.core, gesture.workspace, slack_user_id)
    except NotAMember as error:
        raise InvalidTargetUser(field="person") from error
    async with gesture.core.transaction(gesture.actor) as tx:
        incident = await escalation.hand_off(tx, incident_id, to=target.id)
    return say(f"You handed #{incident.number} to {target.name}. They are being paged now.")


async def advance(gesture: Gesture, incident_id: UUID, status: Status) -> Answer:
    """Go one step forward. Raises InvalidStatusTransition, IncidentResolved."""
    async with gesture.core.transaction(gesture.actor) as tx:
        await updates.post_update(tx, incident_id, status_change=status)
        incident = await incidents.get(tx, incident_id)
    return say(f"Incident #{incident.number} is {status} now.")


async def change_severity(gesture: Gesture, incident_id: UUID, severity: Severity) -> Answer:
    """Say how bad it is. Raises IncidentResolved."""
    async with gesture.core.transaction(gesture.actor) as tx:
        incident = await incidents.change_severity(tx, incident_id, severity)
    return say(f"Incident #{incident.number} is {severity} now.")


async def resolve(gesture: Gesture, incident_id: UUID, *, body: str | None = None) -> Answer:
    """End it, with every step that was missing. Raises IncidentResolved."""
    async with gesture.core.transaction(gesture.actor) as tx:
        incident = await updates.resolve(tx, incident_id, body=body)
    return say(f"You resolved #{incident.number}. Nobody will be paged for it any more.")
