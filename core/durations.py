"""PURE. How long a layer waits, as people write it and read it: 5 min, 2 h, 1 day.

One reader for every surface: what a file may say, a form may say.
"""

import re

from storage.limits import ACK_TIMEOUT_MINUTES_MAX

_TIMEOUT = re.compile(r"(?:[0-9]{1,6} ?[a-z]+ ?)+")
_AMOUNT = re.compile(r"([0-9]+) ?([a-z]+)")
_MINUTES = {
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), 1),
    **dict.fromkeys(("h", "hour", "hours"), 60),
    **dict.fromkeys(("d", "day", "days"), 24 * 60),
}


def minutes(text: str) -> int:
    """How long a layer waits for an acknowledgement, in minutes."""
    if re.fullmatch(r"-?[0-9]{1,9}", text):
        total = int(text)
    else:
        written = text.lower()
        amounts = _AMOUNT.findall(written) if _TIMEOUT.fullmatch(written) else []
        if not amounts or any(unit not in _MINUTES for _, unit in amounts):
            raise ValueError(f"“{text}” is no timeout. Write 5 min, 2 h or 1 day.")
        total = sum(int(count) * _MINUTES[unit] for count, unit in amounts)
    if not 1 <= total <= ACK_TIMEOUT_MINUTES_MAX:
        raise ValueError(
            f"“{text}”: a layer waits 1 to {ACK_TIMEOUT_MINUTES_MAX:,} minutes (7 days)."
        )
    return total


def say_minutes(total: int) -> str:
    """Minutes as people write them: 5 min, 2 h, 1 day."""
    if total % (24 * 60) == 0:
        days = total // (24 * 60)
        return f"{days} day" if days == 1 else f"{days} days"
    return f"{total // 60} h" if total % 60 == 0 else f"{total} min"
