"""What is said apart from any incident: to somebody whose duty changed, or to the whole team."""

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


@dataclass(frozen=True)
class TrialPage:
    """Somebody asked for a page that is none, to see whether pages reach them."""

    at: datetime
    type: Literal["trial_page"] = "trial_page"


@dataclass(frozen=True)
class CoverageTold:
    """What the coverage report has found anew: said to the team once a week.

    `told` are (what, what to do) of the first of them; `keys` names everything that was found.
    """

    told: tuple[tuple[str, str], ...]
    new: int
    found: int
    keys: tuple[str, ...]
    type: Literal["coverage_told"] = "coverage_told"


Remark = DutyChanged | TrialPage | CoverageTold
"""Everything that is said so."""
