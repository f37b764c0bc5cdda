"""A simulated Slack and a simulated mail server, and the record of what really arrived there."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from core import sending
from core.messages import Page
from core.sending import DeliveryFailed, Outgoing, Receipt
from prove.plan import Fault, Point

if TYPE_CHECKING:
    from prove.life import Life
    from prove.world import World

TIMEOUT_SECONDS = 10.0
LOOK_BACK_SECONDS = sending.LOOK_BACK.total_seconds()


@dataclass(frozen=True)
class Post:
    """A message that arrived."""

    at: float
    delivery_id: UUID
    incident_id: UUID | None
    message_id: UUID
    """The delivery by which the message can be told: a bundle's carrier."""
    message: Any
    member_id: UUID | None
    round: int


@dataclass(frozen=True)
class Begun:
    """A call that would wake somebody, at the instant it left the process."""

    at: float
    delivery_id: UUID
    incident_id: UUID | None
    round: int
    frozen: bool


@dataclass
class Server:
    """One side of the world. `posts` is the truth that is judged, whatever the product believes."""

    world: "World"
    name: str
    keeps: bool
    """Whether what arrived can be looked up."""
    posts: list[Post] = field(default_factory=list)
    begun: list[Begun] = field(default_factory=list)
    bundles: int = 0

    def arrive(self, outgoing: Outgoing) -> Receipt:
        """A message is there."""
        person = outgoing.person
        kind = type(outgoing.message).__name__
        self.bundles += outgoing.is_bundle
        for part in outgoing.parts:
            self.posts.append(
                Post(
                    self.world.loop.time(),
                    part.delivery_id,
                    part.incident_id,
                    outgoing.delivery_id,
                    outgoing.message,
                    person.id if person else None,
                    part.round,
                )
            )
        whom = f" for {person.name}" if person else ""
        of = ", ".join(f"#{part.number}" for part in outgoing.parts)
        self.world.say(self.name, f"gets {kind}{whom} of {of}")
        return {"channel": self.name, "ts": str(len(self.posts))}

    def look_up(self, outgoing: Outgoing) -> Receipt | None:
        """Where a message is, among those that are not older than the caller thinks possible."""
        if not self.keeps:
            return None
        oldest = outgoing.attempted_at.timestamp() - LOOK_BACK_SECONDS
        for number, post in enumerate(self.posts, start=1):
            at = datetime.fromtimestamp(self.world.epoch + post.at, UTC).timestamp()
            if post.delivery_id == outgoing.delivery_id and at >= oldest:
                return {"channel": self.name, "ts": str(number)}
        return None


class SlackSender:
    """A sender of one process, whose calls go as the plan says."""

    def __init__(self, life: "Life", server: Server) -> None:
        self._life = life
        self._server = server
        self._known: set[Any] = set()

    async def aim(self, outgoing: Outgoing) -> bool:
        """Find out where the message goes, once for each conversation."""
        whom = outgoing.person.id if outgoing.person else None
        if whom in self._known or outgoing.thread:
            return False
        await self._call("aim", outgoing, lambda: None)
        self._known.add(whom)
        return True

    async def send(self, outgoing: Outgoing) -> Receipt:
        """Post the message."""
        life, world = self._life, self._life.world
        if isinstance(outgoing.message, Page):
            frozen = world.loop.time() < life.frozen_until
            self._server.begun += [
                Begun(world.loop.time(), part.delivery_id, part.incident_id, part.round, frozen)
                for part in outgoing.parts
            ]
        receipt = await self._call("send", outgoing, lambda: self._server.arrive(outgoing))
        assert receipt is not None  # noqa: S101  (what arrived has a receipt)
        return receipt

    async def edit(self, outgoing: Outgoing) -> None:
        """Bring the message up to date."""
        await self._call("edit", outgoing, lambda: None)

    async def find(self, outgoing: Outgoing) -> Receipt | None:
        """Look the message up."""
        return await self._call("find", outgoing, lambda: self._server.look_up(outgoing))

    async def _call(
        self, verb: str, outgoing: Outgoing, act: Callable[[], Receipt | None]
    ) -> Receipt | None:
        life, world = self._life, self._life.world
        await life.thaw()
        await life.step(Point.CALLING)
        fault, seconds = world.weather.next_fault(verb, world.loop.time())
        if fault:
            world.say(life.name, f"{verb}: {fault}")
        if self._server.keeps and world.weather.is_unreachable(outgoing.person):
            await asyncio.sleep(0.1)
            raise DeliveryFailed("there is no such person", permanent=True)
        acts_after, answers_after, error = _course(fault, seconds, world.latency(), verb)
        done: list[Receipt | None] = []
        if acts_after is not None:
            # The request is under way: it arrives even if the process is gone by then.
            # Only after its time-out a server may notice that nobody waits any more.
            late = acts_after > TIMEOUT_SECONDS

            world.under_way += 1

            def arrive() -> None:
                world.under_way -= 1
                if not (late and life.dead):
                    done.append(act())

            world.loop.call_later(acts_after, arrive)
        first = answers_after * world.chance.random()
        await asyncio.sleep(first)
        await life.step(Point.CALLED)
        await asyncio.sleep(max(0.0, answers_after - first))
        await life.step(Point.ANSWERED)
        await life.thaw()
        if error:
            raise error
        return done[0]


def _course(
    fault: Fault | None, seconds: float, latency: float, verb: str
) -> tuple[float | None, float, DeliveryFailed | None]:
    """When the server acts, if it does; when the caller knows; and what it is told."""
    posts = verb == "send"
    match fault:
        case None:
            return latency * 0.6, latency, None
        case Fault.SLOW:
            return seconds * 0.6, seconds, None
        case Fault.REFUSED:
            return None, latency / 4, DeliveryFailed("connection refused")
        case Fault.HELD:
            return None, latency, DeliveryFailed("429", retry_after=seconds * 5, holds_back=posts)
        case Fault.ERROR_BEFORE:
            return None, latency, DeliveryFailed("500", unknown=posts)
        case Fault.ERROR_AFTER:
            return latency * 0.6, latency, DeliveryFailed("500", unknown=posts)
        case Fault.LOST:
            return latency, TIMEOUT_SECONDS, DeliveryFailed("no answer", unknown=posts)
        case Fault.IGNORED:
            return None, TIMEOUT_SECONDS, DeliveryFailed("no answer", unknown=posts)
        case Fault.LATE:
            late = TIMEOUT_SECONDS + seconds
            return late, TIMEOUT_SECONDS, DeliveryFailed("no answer", unknown=posts)
