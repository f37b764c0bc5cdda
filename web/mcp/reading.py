"""The tools that read: incidents, their timelines, schedules, who is on call, who would be."""

from core import (
    history,
    incident_search,
    incidents,
    meaning,
    overviews,
    schedules,
    simulation,
    targets,
    timeline,
)
from core.instants import as_utc
from core.transaction import Transaction
from core.walked import Outcome, Paged, Step
from web.mcp.given import ListIncidents, Nothing, OnCall, OneIncident, Simulate, Timeline
from web.mcp.marked import NamedShown
from web.mcp.shown import (
    EntryShown,
    IncidentShown,
    IncidentsShown,
    IncidentWithHistory,
    TimelineShown,
    TransitionShown,
)
from web.mcp.shown_duties import (
    DutiesShown,
    DutyShown,
    RouteShown,
    ScheduleShown,
    SchedulesShown,
    SimulationShown,
    StepShown,
    TargetShown,
)
from web.mcp.tools import TOOLS, Answer, Caller


@TOOLS.reads("List incidents")
async def list_incidents(tx: Transaction, given: ListIncidents) -> Answer[IncidentsShown]:
    """List incidents, the newest first, a page at a time.

    For the open ones, ask for the statuses investigating, identified and monitoring.
    """
    found = await incident_search.search(
        tx,
        statuses=given.statuses,
        severities=given.severities,
        created_from=given.created_from,
        created_to=given.created_to,
        before_number=given.before_number,
        limit=given.limit + 1,
    )
    page = found[: given.limit]
    shown = [IncidentShown.of(one) for one in await overviews.of_many(tx, page)]
    following = page[-1].number if len(found) > len(page) else None
    more = f" There are more: before_number {following}." if following else ""
    answer = IncidentsShown(incidents=shown, next_before_number=following)
    return Answer(answer, f"Incidents: {len(shown)}.{more}")


@TOOLS.reads("Get one incident")
async def get_incident(tx: Transaction, given: OneIncident) -> Answer[IncidentWithHistory]:
    """Get one incident by its number, with the statuses it has had."""
    incident = await incidents.find(tx, given.number)
    shown = IncidentWithHistory(
        incident=IncidentShown.of(await overviews.of(tx, incident)),
        status_history=[
            TransitionShown.model_validate(one)
            for one in await history.status_history(tx, incident.id)
        ],
    )
    state = shown.incident.escalation.state
    said = f"#{incident.number}: {incident.severity}, {incident.status}; escalation {state}."
    return Answer(shown, said)


@TOOLS.reads("Get an incident's timeline")
async def get_incident_timeline(tx: Transaction, given: Timeline) -> Answer[TimelineShown]:
    """Get what happened to an incident, the oldest first: updates, pages, who took it, and when."""
    incident = await incidents.find(tx, given.number)
    entries = await timeline.of(tx, incident.id)
    latest = entries[-given.latest :]
    shown = TimelineShown(
        number=given.number,
        entries=[EntryShown.model_validate(one) for one in latest],
        left_out=len(entries) - len(latest),
    )
    left = f" {shown.left_out} earlier ones are left out." if shown.left_out else ""
    return Answer(shown, f"#{given.number}: entries on the timeline: {len(latest)}.{left}")


@TOOLS.reads("List on-call schedules")
async def list_schedules(tx: Transaction, given: Nothing) -> Answer[SchedulesShown]:
    """List the on-call schedules. who_is_on_call says who is on call for them."""
    found = await schedules.list_schedules(tx)
    shown = SchedulesShown(schedules=[ScheduleShown.model_validate(one) for one in found])
    return Answer(shown, f"Schedules: {len(shown.schedules)}.")


@TOOLS.reads("Who is on call")
async def who_is_on_call(tx: Transaction, given: OnCall) -> Answer[DutiesShown]:
    """Say who is on call, for one schedule or all, now or at any instant; overrides honoured."""
    if given.schedule:
        id = await meaning.schedule(tx, given.schedule)
        asked = [await schedules.get_schedule(tx, id)]
    else:
        asked = list(await schedules.list_schedules(tx))
    at = as_utc(given.at) if given.at else tx.now
    duties = await targets.on_duty(tx, asked, at)
    shown = DutiesShown(at=at, on_call=[_duty(one) for one in duties])
    nobody = sum(not one.people for one in duties)
    gaps = f" Without anybody on call: {nobody}." if nobody else ""
    return Answer(shown, f"Schedules: {len(duties)}.{gaps}")


@TOOLS.tries("Simulate an escalation")
async def simulate_escalation(caller: Caller, given: Simulate) -> Answer[SimulationShown]:
    """Say who would be paged, when and through what, if an incident ran this escalation policy and
    nobody answered. The very functions that page are asked; nobody is paged, nothing is kept.
    """
    async with caller.core.reading(caller.actor) as tx:
        policy_id = await meaning.policy(tx, given.policy)
    found = await simulation.simulate(caller.core, caller.actor, policy_id, at=given.at)
    shown = SimulationShown(
        policy=NamedShown.model_validate({"id": found.policy_id, "name": found.policy}),
        at=found.at,
        steps=[step(one) for one in found.steps],
        ends_at=found.ends_at,
        outcome=found.outcome,
        last_resort=None if found.last_resort is None else [_target(o) for o in found.last_resort],
    )
    ends = "It pages nobody." if found.outcome is Outcome.NOBODY_PAGED else "It is exhausted then."
    return Answer(shown, f"Layers that have their turn: {len(found.steps)}. {ends}")


def step(one: Step) -> StepShown:
    """A layer's turn in a simulation, as it is shown."""
    return StepShown(
        at=one.at,
        layer=one.layer,
        layers=one.layers,
        reason=one.reason,
        people=[_target(each) for each in one.people],
        next_at=one.next_at,
    )


def _target(one: Paged) -> TargetShown:
    return TargetShown.model_validate(
        {
            "id": one.person.id,
            "name": one.person.name,
            "schedule": one.because.schedule,
            "is_override": one.because.is_override,
            "routes": [RouteShown.model_validate(each) for each in one.routes],
        }
    )


def _duty(one: targets.OnDuty) -> DutyShown:
    people = [NamedShown.model_validate(each.person) for each in one.people]
    return DutyShown(
        schedule=NamedShown.model_validate({"id": one.schedule_id, "name": one.schedule}),
        timezone=one.timezone,
        owner=people[0] if people and one.is_owned else None,
        paging_targets=people,
        until=one.until,
    )
