"""How fast one caller may ask: so many a second, and a burst on top, in each process by itself.

The generic cell rate algorithm: all that is kept of a caller is the instant at which what they have
taken so far will have been paid for.
"""

import math
from collections.abc import Callable, Hashable
from dataclasses import dataclass

REMEMBERED = 10_000
"""So many callers are remembered before those who have rested are looked for and forgotten."""


@dataclass(frozen=True)
class Allowance:
    """What a caller may ask now."""

    limit: int
    """How many at once, if they rested."""
    remaining: int
    """How many at once from now on."""
    reset: int
    """In so many seconds, rounded up, they may ask `limit` at once again."""
    retry_after: int | None
    """In so many seconds, rounded up, they may ask again; None where this one was granted."""


class Pace:
    """Grants `per_second` requests to each caller, and after a rest `burst` at once."""

    def __init__(self, *, per_second: float, burst: int, stopwatch: Callable[[], float]) -> None:
        """`stopwatch` gives seconds that never go back."""
        self._each = 1 / per_second
        self._burst = burst
        self._stopwatch = stopwatch
        self._paid: dict[Hashable, float] = {}

    def take(self, caller: Hashable) -> Allowance:
        """One request of this caller: granted and counted, or refused and not counted."""
        now = self._stopwatch()
        owed = max(self._paid.get(caller, now) - now, 0.0)
        room = self._burst * self._each - owed
        # A hair's breadth, so that sums of floats do not refuse what was promised.
        is_granted = room >= self._each - 1e-9
        if is_granted:
            owed += self._each
            self._forget_the_rested(now)
            self._paid[caller] = now + owed
        return Allowance(
            limit=self._burst,
            remaining=max(math.floor((self._burst * self._each - owed) / self._each + 1e-6), 0),
            reset=math.ceil(owed - 1e-9),
            retry_after=None if is_granted else max(math.ceil(self._each - room - 1e-9), 1),
        )

    def _forget_the_rested(self, now: float) -> None:
        if len(self._paid) >= REMEMBERED:
            self._paid = {who: paid for who, paid in self._paid.items() if paid > now}
