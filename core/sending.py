"""What a channel to the world is handed, and what it promises."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from core import messages
from core.facts import IncidentFacts, UpdateFacts
from core.people import Person
from storage.vocabulary import Severity

log = logging.getLogger(__name__)

Receipt = Mapping[str, str]
"""Where a message is, in the words of its channel."""


LOOK_BACK = timedelta(hours=2)
"""How much earlier than the attempt a look-up begins: our clock may be ahead of the channel's."""


class DeliveryFailed(Exception):
    """The world did not take a message.

    `permanent`: trying again can't help. `unknown`: it may have been taken all the same.
    `retry_after`: seconds that the other side asked us to wait. `holds_back`: nothing at all may
    be posted into this conversation until then. `is_about_it`: the message itself was refused, and
    what was bundled with it is to go without it.
    """

    def __init__(
        self,
        message: str,
        *,
        permanent: bool = False,
        unknown: bool = False,
        retry_after: float | None = None,
        holds_back: bool = False,
        is_about_it: bool = False,
    ) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.unknown = unknown
        self.retry_after = retry_after
        self.holds_back = holds_back
        self.is_about_it = is_about_it


@contextmanager
def composing() -> Iterator[None]:
    """A bug of ours while a message is composed: it surely was not sent, and it alone is to blame.

    Raises DeliveryFailed in its place.
    """
    try:
        yield
    except DeliveryFailed:
        raise
    except Exception as error:
        log.exception("a message could not be composed")
        raise DeliveryFailed(f"{type(error).__name__}: {error}", is_about_it=True) from error


@dataclass(frozen=True)
class Part:
    """One delivery of a message. A bundle has several, anything else has one."""

    delivery_id: UUID
    incident_id: UUID | None
    """None for what speaks of no incident; its number is 0 then."""
    number: int
    title: str
    severity: Severity
    version: int
    """The incident's version that the message shows."""
    round: int
    unwanted: str | None
    """Why a page is no longer wanted: `resolved`, `handed off` or `acknowledged`."""
    acknowledged_by: str | None
    acknowledged_by_id: UUID | None


@dataclass(frozen=True)
class Outgoing:
    """All a sender needs in order to render a message and to know where it goes."""

    delivery_id: UUID
    organization_id: UUID
    attempted_at: datetime
    """No attempt to send it began before this instant whose outcome is not known."""
    not_after: datetime
    """Nothing may be posted from then on: its lease may end first, and somebody else post it."""
    alerts_channel: str | None
    person: Person | None
    dm_id: str | None
    email: str | None
    facts: IncidentFacts | None
    """The incident that it speaks of, if it speaks of one."""
    message: messages.Message
    update: UpdateFacts | None
    round: int
    thread: Receipt | None
    """The receipt of the message in whose thread this one answers."""
    receipt: Receipt | None
    """Its own receipt, once it was sent."""
    parts: tuple[Part, ...]
    """Every delivery that this one message carries out; the worst incident first."""

    def check_in_time(self, now: datetime) -> None:
        """To be asked last of all, right before it is posted: a process may have stood still.

        Raises DeliveryFailed when it is too late.
        """
        if now > self.not_after:
            raise DeliveryFailed("it was too late to send it under this lease")

    @property
    def incident(self) -> IncidentFacts:
        """The incident, where the kind of message says that it speaks of one."""
        assert self.facts is not None  # noqa: S101  (asked for such messages alone)
        return self.facts

    @property
    def named(self) -> tuple[Part, ...]:
        """One part for each incident: two layers may want the same person at the same time."""
        by_incident: dict[UUID | None, Part] = {}
        for part in self.parts:
            known = by_incident.get(part.incident_id)
            if known is None or part.unwanted is None:
                by_incident[part.incident_id] = part
        return tuple(by_incident.values())

    @property
    def is_bundle(self) -> bool:
        """Whether it tells of several incidents at once (spec section 6.7)."""
        return len(self.named) > 1


class Sender(Protocol):
    """A channel to the world. Every method raises DeliveryFailed, and nothing else."""

    async def aim(self, outgoing: Outgoing) -> bool:
        """Find out where the message goes; True if the network had to be asked for it."""

    async def send(self, outgoing: Outgoing) -> Receipt:
        """Post the message, in one call, and say where it is."""

    async def edit(self, outgoing: Outgoing) -> None:
        """Bring the message that was sent up to date."""

    async def find(self, outgoing: Outgoing) -> Receipt | None:
        """Look whether the message is there; None only if it certainly is not."""
