"""The way in for every surface: one command, one transaction, one actor, one instant."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Hashable, Iterator
from contextlib import asynccontextmanager, contextmanager
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Protocol
from uuid import UUID
from weakref import WeakValueDictionary

from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import NotReady, Unavailable
from core.measures import Measures, Unmeasured
from core.scrubbing import Scrubbing
from storage.database import Database, DatabaseUnavailable
from storage.lane import LaneFull
from storage.vocabulary import ActorKind, Channel, Surface

log = logging.getLogger(__name__)


class Clock(Protocol):
    """Time, as everything in core sees it."""

    def now(self) -> datetime:
        """The instant it is, in UTC. Never runs slower than a stopwatch."""

    def seconds_until(self, instant: datetime) -> float:
        """How long to wait, in real seconds, until the clock shows `instant`."""


@dataclass(frozen=True)
class Actor:
    """Who acts, and through which door."""

    kind: ActorKind
    id: UUID | None
    name: str
    surface: Surface
    organization_id: UUID | None

    @classmethod
    def system(cls, organization_id: UUID | None = None) -> "Actor":
        """Tocsin itself: a clock that ran out, a setting that was read."""
        return cls(ActorKind.SYSTEM, None, "Tocsin", Surface.SYSTEM, organization_id)


@dataclass
class Transaction:
    """What a core function is handed: the session, who acts, and the instant it happens."""

    db: AsyncSession
    actor: Actor
    clock: Clock
    person_channels: tuple[Channel, ...] = (Channel.SLACK_DM,)
    """Through what a person is paged. Each stands on its own."""
    due: list[datetime] = field(default_factory=list)
    """Instants at which something that this transaction wrote becomes due."""
    committed: list[Callable[[Measures], None]] = field(default_factory=list)
    """What is counted, or told to the log, once this is committed and only then."""
    memo: dict[Hashable, Any] = field(default_factory=dict)
    """What was read already: one instant, so one truth. Whoever changes it forgets it here."""
    erases: bool = False
    """Whether it took something away of which no byte may stay behind."""
    publishes: bool = False
    """Whether something that a status page shows is another now."""

    @cached_property
    def now(self) -> datetime:
        """The one instant of this transaction, read when it is first asked for.

        Ask after the row in question is locked: read before, an acknowledgement that had to
        wait could be dated before the page that it waited for.
        """
        return self.clock.now()

    @property
    def organization_id(self) -> UUID:
        """The organization that the actor belongs to. Raises NotReady where there is none yet."""
        if self.actor.organization_id is None:
            raise NotReady
        return self.actor.organization_id


@dataclass(frozen=True)
class _StoppedClock:
    at: datetime

    def now(self) -> datetime:
        return self.at

    def seconds_until(self, instant: datetime) -> float:
        return (instant - self.at).total_seconds()


@dataclass(frozen=True)
class Rehearsal:
    """What is tried out and never happens: transactions at any instants, none ever committed."""

    db: AsyncSession
    actor: Actor
    person_channels: tuple[Channel, ...]
    memo: dict[Hashable, Any] = field(default_factory=dict)

    def at(self, instant: datetime) -> Transaction:
        """A transaction at this instant, never before the last one; it sees what that one wrote.

        What it says becomes due wakes nobody, and what it notes to be counted or logged is not.
        """
        clock = _StoppedClock(instant)
        return Transaction(self.db, self.actor, clock, self.person_channels, memo=self.memo)


class Core:
    """The database, the clock, how people are reached, and who wants to know what becomes due."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        person_channels: tuple[Channel, ...] = (Channel.SLACK_DM,),
    ) -> None:
        self.database = database
        self.clock = clock
        self.person_channels = person_channels
        self.measures: Measures = Unmeasured()
        self.on_due: Callable[[datetime], None] = lambda _instant: None
        self.on_published: Callable[[], None] = lambda: None
        self.scrubbing = Scrubbing(database)
        self._whole: Core | None = None
        self.repeating: WeakValueDictionary[Hashable, asyncio.Lock] = WeakValueDictionary()
        """Whose turn it is, of requests that are the same (core.repeats)."""

    @property
    def whole(self) -> "Core":
        """The core of which this is a lane, itself where it is none: one for all that is kept."""
        return self._whole or self

    def lane(self, *, reading: int, writing: int) -> "Core":
        """The same core for those who may be many, and can wait: of them so many at once.

        Whoever is told of a commit here is told of one there. Whoever is in it must not enter it
        again, as all of them could wait for each other: that raises RuntimeError.
        """
        return self._through(self.database.lane(reading=reading, writing=writing))

    def giving_way(self) -> "Core":
        """The same lane for those who come after all who wait in this one."""
        return self._through(self.database.giving_way())

    def _through(self, database: Database) -> "Core":
        lane = copy(self)
        lane.database = database
        lane._whole = self.whole
        return lane

    @asynccontextmanager
    async def transaction(self, actor: Actor) -> AsyncIterator[Transaction]:
        """Commit when the block ends, roll back if it raises; then say what became due.

        Nothing in the block may call the network.
        """
        with _said_plainly():
            async with self.database.writing() as session:
                tx = Transaction(session, actor, self.clock, self.person_channels)
                yield tx
        told = self.whole
        if tx.erases:
            told.scrubbing.begin()
        if tx.publishes:
            told.on_published()
        if tx.due:
            told.on_due(min(tx.due))
        for happened in tx.committed:
            happened(told.measures)

    @asynccontextmanager
    async def rehearsing(self, actor: Actor) -> AsyncIterator[Rehearsal]:
        """Try out what writes, and undo it all when the block ends.

        Real rows are locked as they would be, and on SQLite every other writer waits meanwhile:
        read before and reckon afterwards, and be brief in between. Do not add a row that others
        would wait for, such as the next incident's number.
        """
        with _said_plainly():
            async with self.database.rehearsing() as session:
                yield Rehearsal(session, actor, self.person_channels)

    @asynccontextmanager
    async def reading(self, actor: Actor) -> AsyncIterator[Transaction]:
        """Read without ever queueing behind a writer."""
        with _said_plainly():
            async with self.database.reading() as session:
                yield Transaction(session, actor, self.clock, self.person_channels)


@contextmanager
def _said_plainly() -> Iterator[None]:
    try:
        yield
    except LaneFull as error:  # it has said so itself
        raise Unavailable from error
    except DatabaseUnavailable as error:
        log.error("the database does not answer: %s", error)
        raise Unavailable from error
