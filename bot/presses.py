"""Which press in a view was the last: an earlier one that took longer must not be shown over it."""

from collections import OrderedDict

VIEWS_KNOWN = 1_000


class Presses:
    """Counts what is done in views, in the order in which Slack told of it."""

    def __init__(self) -> None:
        self._count = 0
        self._last: OrderedDict[str, int] = OrderedDict()

    def note(self, view_id: str) -> int:
        """Something was done in this view; returns its number."""
        self._count += 1
        self._last[view_id] = self._count
        self._last.move_to_end(view_id)
        while len(self._last) > VIEWS_KNOWN:
            self._last.popitem(last=False)
        return self._count

    def is_last(self, view_id: str, number: int) -> bool:
        """Whether nothing was done in it since."""
        return self._last.get(view_id, number) == number
