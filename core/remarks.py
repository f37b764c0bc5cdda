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


Remark = DutyChanged | TrialPage
"""Everything that is said so."""
