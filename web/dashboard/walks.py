"""Policies walked for those who look at them: once, as long as nothing is another that matters.

On SQLite a walk keeps those who write waiting, and a page that is open looks again at every event.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core import audit, people, simulation
from core.people import Person
from core.simulation import Faults, Simulation
from core.transaction import Actor, Core, Transaction

KEPT = 100
"""So many walks are remembered: whoever asks for others walks anew."""


@dataclass(frozen=True)
class Ground:
    """All that a walk depends on: two on the same ground are one.

    Every change to policies, schedules, overrides and settings is on the organization's trail; of
    what Slack says about members not everything is.
    """

    organization_id: UUID
    last_event: str
    members: tuple[tuple[Person, str | None], ...]
    """Each with the e-mail."""

    @classmethod
    async def now(cls, tx: Transaction) -> "Ground":
        """The ground as it is."""
        members = tuple((Person.of(one), one.email) for one in await people.members(tx))
        return cls(tx.organization_id, await audit.last_of_organization(tx), members)


Which = tuple[Ground, UUID, datetime, Faults]


class Walks:
    """The walks of one product."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self.begun: dict[Which, asyncio.Task[Simulation]] = {}

    async def walk(
        self, actor: Actor, ground: Ground, policy_id: UUID, *, at: datetime, faults: Faults
    ) -> Simulation:
        """A policy walked from `at`; who asks while somebody else is at it waits for the same.

        Raises what `simulate` raises.
        """
        which = ground, policy_id, at, faults
        walking = self.begun.get(which)
        if walking is None:
            walk = simulation.simulate(self._core, actor, policy_id, at=at, faults=faults)
            walking = self.begun[which] = asyncio.create_task(walk)
            walking.add_done_callback(lambda done: self._keep(which, done))
        return await asyncio.shield(walking)  # who goes away leaves the others what they wait for

    async def stop(self) -> None:
        """End those that are still walked."""
        walking = [one for one in self.begun.values() if not one.done()]
        for one in walking:
            one.cancel()
        await asyncio.gather(*walking, return_exceptions=True)

    def _keep(self, which: Which, done: asyncio.Task[Simulation]) -> None:
        """Only what led somewhere, and of that the latest."""
        if done.cancelled() or done.exception():
            self.begun.pop(which, None)
        while len(self.begun) > KEPT:
            del self.begun[next(iter(self.begun))]
