"""The tools that write: an incident from declared to resolved, by the functions Slack calls too."""

from functools import partial
from uuid import UUID

from core import declaring, escalation, meaning, simulation, updates
from core.effects import Effects
from core.transaction import Transaction
from storage.vocabulary import Visibility
from web.mcp.given import Acknowledge, Declare, HandOff, Post, Resolve, Transition
from web.mcp.reading import step
from web.mcp.shown import Declared, Done, LeakShown, Posted
from web.mcp.tools import TOOLS, Caller


def _state(done: Effects) -> str:
    """How an incident is, in words that nobody typed."""
    incident = done.incident.record
    said = f"#{incident.number}: {incident.severity}, {incident.status}; escalation "
    said += f"{incident.escalation.state}."
    if done.paged:
        said += f" People paged by this: {len(done.paged)}."
    if done.status_pages:
        said += f" Status pages that show it otherwise now: {len(done.status_pages)}."
    return said


def _declared(done: Effects) -> str:
    nobody = "" if done.paged else " NOBODY IS PAGED by it: find somebody, and hand it off."
    return f"{_state(done)}{nobody}"


def _acknowledged(done: Effects) -> str:
    before = "" if done.changed else "Nothing changed: it was taken, or over, before. "
    return f"{before}{_state(done)}"


async def _who_else(caller: Caller, given: Declare, done: Done) -> Done:
    """Whom the policy would page next: asked of a simulation, as simulate_escalation does."""
    not_yet = done.incident.model_copy(update={"number": None, "id": None})
    told = done.model_copy(update={"incident": not_yet})
    policy = done.incident.escalation_policy
    if policy is None:
        return told
    found = await simulation.simulate(caller.core, caller.actor, policy.id)
    return told.model_copy(update={"if_nobody_answers": [step(one) for one in found.steps]})


async def _what_leaks(caller: Caller, given: Post, done: Done) -> Done:
    """What a writer should look at before customers read it."""
    if given.visibility is not Visibility.PUBLIC or done.incident.id is None:
        return done
    async with caller.core.reading(caller.actor) as tx:
        foreseen = await updates.foresee_public(
            tx, done.incident.id, body=given.body, status_change=given.status_change
        )
    leaks = [LeakShown.model_validate(one) for one in foreseen.leaks]
    return done.model_copy(update={"possible_leaks": leaks})


@TOOLS.writes(
    "Declare an incident",
    shown=Declared,
    saying=_declared,
    foreseeing=_who_else,
    destructive=False,
    idempotent=False,
)
async def create_incident(tx: Transaction, given: Declare) -> UUID:
    """Declare an incident. People are paged at once: its owner, and the first layer of its
    escalation policy. With dry_run it says who, and who would follow if nobody answered.
    """
    incident = await declaring.open_incident(
        tx,
        title=given.title,
        severity=given.severity,
        description=given.description,
        owner_id=await meaning.member(tx, given.owner) if given.owner else None,
        owner_schedule_id=await meaning.schedule(tx, given.schedule) if given.schedule else None,
        escalation_policy_id=(
            await meaning.policy(tx, given.escalation_policy) if given.escalation_policy else None
        ),
        component_ids=[await meaning.component(tx, one) for one in given.components],
    )
    return incident.id


@TOOLS.writes(
    "Post an update",
    shown=Posted,
    saying=_state,
    foreseeing=_what_leaks,
    idempotent=False,
)
async def post_incident_update(tx: Transaction, given: Post, id: UUID) -> UUID:
    """Post an update to an incident's timeline, advance its status, or both: both or neither.

    Internal, for staff alone, unless visibility says public: then customers read it on the status
    pages. What was posted can't be edited. With dry_run it says which pages would show it.
    """
    await updates.post_update(
        tx,
        id,
        body=given.body,
        status_change=given.status_change,
        visibility=given.visibility,
    )
    return id


@TOOLS.writes("Acknowledge an incident", saying=_acknowledged)
async def acknowledge_incident(tx: Transaction, given: Acknowledge, id: UUID) -> UUID:
    """Acknowledge an incident: its escalation stops, and nobody further is paged.

    Only for whoever really takes it on. The first one wins; acknowledging again changes nothing.
    """
    return (await escalation.acknowledge(tx, id)).id


@TOOLS.writes("Resolve an incident", saying=_state)
async def resolve_incident(tx: Transaction, given: Resolve, id: UUID) -> UUID:
    """Resolve an incident: every step that is missing is walked, and its escalation stops.

    It can't be opened again. With dry_run it says which steps would be walked.
    """
    return (await updates.resolve(tx, id, body=given.note)).id


@TOOLS.writes("Advance an incident's status", saying=_state)
async def transition_incident_status(tx: Transaction, given: Transition, id: UUID) -> UUID:
    """Advance an incident's status by one step: investigating, identified, monitoring, resolved.

    Never back, and never two at once; resolve_incident walks all that are missing. A note is
    internal; customers see the new status alone.
    """
    await updates.post_update(tx, id, body=given.note, status_change=given.status)
    return id


@TOOLS.writes("Hand an incident off", saying=_state)
async def hand_off_incident(tx: Transaction, given: HandOff, id: UUID) -> UUID:
    """Make another member the owner of an incident. They alone are paged, any acknowledgement is
    cleared, and the present escalation layer's clock starts anew.
    """
    to = partial(meaning.member, typed=given.to)
    return (await escalation.hand_off(tx, id, to=to)).id
