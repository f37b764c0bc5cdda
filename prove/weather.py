"""How the world treats calls: the faults and outages that are planned, until all is calm."""

from typing import Any

from core.people import Person
from prove.plan import CallFault, Fault, Outage


class Weather:
    """What becomes of the calls that are made."""

    def __init__(self) -> None:
        self.calm = False
        """Whether the faults are over."""
        self.faults: list[CallFault] = []
        self.outages: list[Outage] = []
        self.unreachable: list[Any] = []

    def next_fault(self, verb: str, now: float) -> tuple[Fault | None, float]:
        """What becomes of a call that is made now."""
        if self.calm:
            return None, 0.0
        for one in self.outages:
            if one.at <= now < one.at + one.seconds:
                return one.fault, 3.0
        for fault in self.faults:
            if fault.look_up == (verb == "find"):
                self.faults.remove(fault)
                return fault.fault, fault.seconds
        return None, 0.0

    def is_unreachable(self, person: Person | None) -> bool:
        """Whether Slack says of this person that there is no such user."""
        return person is not None and person.id in self.unreachable
