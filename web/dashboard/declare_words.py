"""PURE. Who would be paged if an incident were declared now, in a sentence."""

from core.preview import Preview, PreviewStep
from web.dashboard.incident_words import names

NOBODY = "Nobody would be paged: nobody is on call. Choose an owner, or another schedule."
_STEPS_TOLD = 6
_NAMES_TOLD = 3


def consequence(told: Preview) -> str:
    """Who is paged and when if nobody acknowledges.

    The preview counts minutes from the declaration; people read the time between two steps.
    """
    steps = [step for step in told.steps if step.people]
    if not steps:
        return NOBODY
    parts: list[str] = []
    before = 0
    for step in steps[:_STEPS_TOLD]:
        who = names(step.people, _NAMES_TOLD)
        parts.append(f"{_later(before, step.after_minutes)} {who}" if parts else _first(step, who))
        before = step.after_minutes
    if (left := len(steps) - _STEPS_TOLD) > 0:
        parts.append(f"then {left} more {'layer' if left == 1 else 'layers'}")
        before = steps[-1].after_minutes
    if told.ends_after_minutes is None:
        return f"{'; '.join(parts)}, and nobody after that."
    ends = _later(before, told.ends_after_minutes)
    return f"{'; '.join(parts)}; {ends} the policy is exhausted."


def minutes(count: int) -> str:
    """A number of minutes in words: `5 min`, `1 h 30 min`, `2 d 3 h`."""
    days, rest = divmod(max(count, 0), 24 * 60)
    hours, left = divmod(rest, 60)
    if days:
        return f"{days} d {hours} h" if hours else f"{days} d"
    if hours:
        return f"{hours} h {left} min" if left else f"{hours} h"
    return f"{left} min"


def _first(step: PreviewStep, who: str) -> str:
    return f"Pages {who} {f'in {minutes(step.after_minutes)}' if step.after_minutes else 'now'}"


def _later(before: int, after: int) -> str:
    gap = after - before
    if gap <= 0:
        return "at once"
    if not before:
        return f"after {minutes(gap)}"
    return f"after {gap} more min" if gap < 60 else f"after another {minutes(gap)}"
