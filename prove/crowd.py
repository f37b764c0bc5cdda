"""The people of a history: what they do, and what of it was committed, and when."""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from core import declaring, escalation, incidents, updates
from core.errors import DomainError
from core.transaction import Actor, Transaction
from prove.plan import Act, Declare, Verb
from storage.models import Incident
from storage.vocabulary import ActorKind, Severity, Status, Surface

if TYPE_CHECKING:
    from prove.life import Life
    from prove.world import World

TRIES = 3


@dataclass
class Deed:
    """One transaction of somebody's, and how it left the incident if it was committed."""

    what: str
    incident_id: UUID | None = None
    round: int = 1
    acknowledged: bool = False
    resolved: bool = False
    committed_at: float | None = None

    def leaves(self, incident: Incident) -> None:
        """Note how the incident is at the end of the transaction."""
        self.incident_id = incident.id
        self.round = incident.escalation_round
        self.acknowledged = incident.acknowledged_at is not None
        self.resolved = incident.status is Status.RESOLVED


DOING: ContextVar[Deed | None] = ContextVar("doing", default=None)


class Crowd:
    """Everybody who declares incidents and does something to them."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self.deeds: list[Deed] = []
        """What was committed, in that order."""
        self._declared: list[UUID] = []
        self._busy: list[asyncio.Task[None]] = []

    def begin(self, event: Declare | Act) -> None:
        """Somebody begins to do something; they try again if the process dies under it."""
        self._busy.append(self._world.loop.create_task(self._insist(event)))

    async def done(self) -> None:
        """Until nobody is busy."""
        await asyncio.gather(*self._busy)

    def committed(self, at: float) -> None:
        """Somebody's transaction was committed, if it was somebody's."""
        deed = DOING.get()
        if deed is not None and deed.incident_id is not None and deed.committed_at is None:
            deed.committed_at = at
            self.deeds.append(deed)
            if deed.incident_id not in self._declared:
                self._declared.append(deed.incident_id)
            self._world.say("people", f"{deed.what}: committed")

    async def _insist(self, event: Declare | Act) -> None:
        for _ in range(TRIES):
            life = self._world.alive(event.replica)
            if life:
                await life.thaw()
                task = life.spawn(self._do(life, event))
                await asyncio.wait([task])
                if not task.cancelled() and task.result():
                    return
            await asyncio.sleep(4)

    async def _do(self, life: "Life", event: Declare | Act) -> bool:
        await life.on_time.wait()
        member_id, name = self._world.stage.members[event.by]
        organization_id = self._world.stage.organization_id
        actor = Actor(ActorKind.MEMBER, member_id, name, Surface.SLACK, organization_id)
        work, what = self._work(event)
        deed = Deed(f"{name} {what}")
        DOING.set(deed)
        try:
            async with life.core.transaction(actor) as tx:
                deed.leaves(await work(tx))
        except DomainError as refusal:
            self._world.say("people", f"{deed.what}: {type(refusal).__name__}")
            return refusal.code != "unavailable"
        return True

    def _work(
        self, event: Declare | Act
    ) -> tuple[Callable[[Transaction], Awaitable[Incident]], str]:
        if isinstance(event, Declare):
            return self._declare(event), "declares an incident"
        if event.incident >= len(self._declared):
            return _nothing, "finds no incident"
        incident_id = self._declared[event.incident]
        to = self._world.stage.members[event.to]
        verbs: dict[Verb, Callable[[Transaction], Awaitable[Incident]]] = {
            Verb.ACKNOWLEDGE: lambda tx: escalation.acknowledge(tx, incident_id),
            Verb.HAND_OFF: lambda tx: escalation.hand_off(tx, incident_id, to=to[0]),
            Verb.RESOLVE: lambda tx: updates.resolve(tx, incident_id),
            Verb.SAY: lambda tx: _say(tx, incident_id),
            Verb.SEVERITY: lambda tx: incidents.change_severity(tx, incident_id, Severity.LOW),
        }
        whom = f" to {to[1]}" if event.verb is Verb.HAND_OFF else ""
        return verbs[event.verb], f"{event.verb}{whom} (#{event.incident + 1})"

    def _declare(self, event: Declare) -> Callable[[Transaction], Awaitable[Incident]]:
        stage = self._world.stage
        severity = list(Severity)[event.severity]

        async def work(tx: Transaction) -> Incident:
            return await declaring.open_incident(
                tx,
                title="Checkout is down",
                severity=severity,
                owner_id=None if event.owner is None else stage.members[event.owner][0],
                owner_schedule_id=(
                    None if event.schedule is None else stage.schedules[event.schedule]
                ),
                escalation_policy_id=(
                    None if event.policy is None else stage.policies[event.policy].id
                ),
                dedup_key=f"gesture {event.at} {event.by} {event.severity}",
            )

        return work


async def _say(tx: Transaction, incident_id: UUID) -> Incident:
    await updates.post_update(tx, incident_id, body="Looking into it.")
    return await incidents.get(tx, incident_id)


async def _nothing(tx: Transaction) -> Incident:
    return await incidents.find(tx, -1)
