"""What is measured as it happens, in the field's words; how it is kept is no matter of core's.

What is a state of the database (how much waits, what is overdue) is not here: `health` reads it.
"""

from enum import StrEnum
from typing import Protocol

from storage.vocabulary import Channel, DeliveryKind


class Outcome(StrEnum):
    """What came of a delivery that was taken up, or is no longer wanted."""

    SENT = "sent"
    EDITED = "edited"
    SUPERSEDED = "superseded"
    RETRIED = "retried"
    FAILED = "failed"
    EDIT_FAILED = "edit_failed"
    """It had been delivered, and can't be brought up to date any more."""


class Measures(Protocol):
    """Somebody who counts. Each is called after the commit that makes it true, and never raises."""

    def page_confirmed(self, channel: Channel, seconds: float) -> None:
        """A page was taken by its channel, so long after it had been committed to."""

    def escalation_fired(self, seconds: float) -> None:
        """An escalation was carried out, so long after it had been due."""

    def delivery_ended(self, channel: Channel, kind: DeliveryKind, outcome: Outcome) -> None:
        """An attempt came to this."""

    def held_back(self, method: str) -> None:
        """Slack answered 429 to a call of this method."""


class Unmeasured:
    """Counts nothing: what core does until it is told otherwise."""

    def page_confirmed(self, channel: Channel, seconds: float) -> None:
        """Nothing."""

    def escalation_fired(self, seconds: float) -> None:
        """Nothing."""

    def delivery_ended(self, channel: Channel, kind: DeliveryKind, outcome: Outcome) -> None:
        """Nothing."""

    def held_back(self, method: str) -> None:
        """Nothing."""
