"""What is said apart from any incident: to somebody whose duty changed, or to the whole team."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Change = Literal["made", "changed", "removed"]


@dataclass(frozen=True)
class DutyChanged:
    """An override that concerns its reader was made, changed or removed.

    `covers`: the reader stands in; otherwise the reader's own time is concerned.
    """

    change: Change
    covers: bool
    schedule: str
    timezone: str
    """The schedule's."""
    by: str
    covering: str
    instead_of: tuple[str, ...]
    """Whose time it is or was, if anybody's."""
    start_at: datetime
    end_at: datetime
    type: Literal["duty_changed"] = "duty_changed"

    def told_to(self, reader: str, shown: Callable[[str], str]) -> str:
        """PURE. What has changed for its reader, in one sentence without the span.

        `shown` says how a name stands in a line of text.
        """
        schedule, covering = shown(self.schedule), shown(self.covering)
        if self.covers:
            if self.change == "removed":
                others = [one for one in self.instead_of if one != reader]
                back = f"; {shown(others[0])} is again" if len(others) == 1 else ""
                return f"You are no longer on call for {schedule}{back}"
            now = "now cover" if self.change == "changed" else "cover"
            instead = f", in place of {_joined(self.instead_of, shown)}" if self.instead_of else ""
            return f"You {now} {schedule}{instead}"
        if self.change == "removed":
            return f"{covering} no longer covers for you: you are on call for {schedule} again"
        now = "now covers" if self.change == "changed" else "covers"
        return f"{covering} {now} your time on {schedule}. You are off call"


def _joined(names: Sequence[str], shown: Callable[[str], str], limit: int = 3) -> str:
    said = [shown(one) for one in names[:limit]]
    if (left := len(names) - len(said)) > 0:
        return f"{', '.join(said)} and {left:,} more"
    return " and ".join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said)


@dataclass(frozen=True)
class TrialPage:
    """Somebody asked for a page that is none, to see whether pages reach them."""

    at: datetime
    type: Literal["trial_page"] = "trial_page"


@dataclass(frozen=True)
class ToldFinding:
    """A finding as it is told: what, what to do, and the instants that `said` tells, if any."""

    said: str
    to_do: str
    start_at: datetime | None
    end_at: datetime | None


@dataclass(frozen=True)
class CoverageTold:
    """What the coverage report has found anew: said to the team once a week.

    `told` are the first of them; `keys` names everything that was found.
    """

    told: tuple[ToldFinding, ...]
    new: int
    found: int
    keys: tuple[str, ...]
    type: Literal["coverage_told"] = "coverage_told"


Remark = DutyChanged | TrialPage | CoverageTold
"""Everything that is said so."""
