"""The stage: a database with its tables, people, schedules and policies, to be copied."""

import asyncio
import random
import tempfile
import uuid
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

from core import last_resort, people, policies, schedules, scheduling, targets
from core.last_resort import LastResortDraft
from core.policies import EscalationLayerDraft, PolicyDraft
from core.scheduling import RotationDraft, ScheduleDraft
from core.targets import LayerSnapshot
from core.transaction import Actor, Core
from storage.database import Database
from storage.migrate import migrate
from storage.vocabulary import RotationType

NOON = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
"""When every history begins."""


@dataclass(frozen=True)
class PolicyOnStage:
    """A policy: its id and its layers."""

    id: UUID
    name: str
    layers: tuple[LayerSnapshot, ...]

    @property
    def length(self) -> float:
        """How many seconds it takes to be exhausted."""
        return sum(layer.timeout.total_seconds() for layer in self.layers)


@dataclass(frozen=True)
class Stage:
    """A database before anything happened, and who and what there is in it."""

    file: bytes
    organization_id: UUID
    members: tuple[tuple[UUID, str], ...]
    schedules: tuple[UUID, ...]
    policies: tuple[PolicyOnStage, ...]
    last_resort: LastResortDraft | None
    """The one that is set; where there is none, some histories have one all the same."""


class _Still:
    """A clock that stands still while the stage is set."""

    def now(self) -> datetime:
        return NOON - timedelta(hours=1)

    def seconds_until(self, instant: datetime) -> float:
        return (instant - self.now()).total_seconds()


Fill = Callable[[Core, Actor], Awaitable[None]]


def set_stage(fill: Fill | None = None) -> Stage:
    """Migrate a database, put people, schedules and policies into it, and read its file.

    `fill` does that in place of the built-in cast.
    """
    with tempfile.TemporaryDirectory(prefix="tocsin-prove-") as folder, same_ids(0):
        file = Path(folder) / "stage.db"
        return asyncio.run(_set(file, fill or _built_in))


async def _set(file: Path, fill: Fill) -> Stage:
    database = Database(f"sqlite:///{file}")
    try:
        await migrate(database)
        core = Core(database, _Still())
        organization = await people.ensure_organization(core, slack_team_id="T1", name="Acme")
        actor = Actor.system(organization.id)
        async with core.transaction(actor) as tx:
            await people.set_alerts_channel(tx, "incidents")
        await fill(core, actor)
        async with core.reading(actor) as tx:
            members = tuple((one.id, one.name) for one in await people.members(tx))
            rotas = tuple([one.id for one in await schedules.list_schedules(tx)])
            chains = tuple(
                PolicyOnStage(one.id, one.name, tuple(targets.snapshot(one)))
                for one in await policies.list_policies(tx)
            )
            resort = await last_resort.stored(tx)
    finally:
        await database.dispose()  # the last connection to close empties the write-ahead log
    content = await asyncio.to_thread(file.read_bytes)
    return Stage(content, organization.id, members, rotas, chains, resort)


async def _built_in(core: Core, actor: Actor) -> None:
    """Six people, a staffed and an unstaffed schedule, and policies of every shape."""
    async with core.transaction(actor) as tx:
        cast = [
            (await people.ensure_by_email(tx, f"{name.lower()}@example.com", name=name)).id
            for name in ("Alice", "Bob", "Carol", "Dave", "Erin", "Frank")
        ]
        alice, bob, carol, dave, erin, _ = cast
        staffed = await scheduling.create_schedule(tx, _schedule("Payments", bob, carol))
        empty = await scheduling.create_schedule(tx, _schedule("Nobody", dave, ended=True))

        def on(schedule_id: UUID, minutes: int) -> EscalationLayerDraft:
            return EscalationLayerDraft(minutes, schedule_id)

        def who(minutes: int, *members: UUID) -> EscalationLayerDraft:
            return EscalationLayerDraft(minutes, None, members)

        for name, layers in {
            "Chain": (on(staffed.id, 3), who(2, carol), who(4, alice, dave)),
            "Crowd": (who(2, alice, bob, erin), who(3, bob, carol)),
            "Holes": (on(empty.id, 2), on(staffed.id, 2), on(empty.id, 1), who(5, erin)),
            "Nobody": (on(empty.id, 2),),
            "Short": (who(1, dave),),
        }.items():
            await policies.create_policy(tx, PolicyDraft(name, None, layers))


def _schedule(name: str, *participants: UUID, ended: bool = False) -> ScheduleDraft:
    since = NOON - timedelta(days=30)
    until = NOON - timedelta(days=1) if ended else None
    layer = RotationDraft(
        "Primary", RotationType.DAILY, 1, time(13, 20), since, until, participants
    )
    return ScheduleDraft(name, "Europe/Berlin", None, (layer,))


@contextmanager
def same_ids(seed: int) -> Iterator[None]:
    """Within the block `uuid4` gives the same ids for the same seed, in every module."""
    chance = random.Random(seed)  # noqa: S311  (chance is to be repeated here)
    names = vars(uuid)
    before = names["os"]
    names["os"] = SimpleNamespace(urandom=chance.randbytes)
    try:
        yield
    finally:
        names["os"] = before
