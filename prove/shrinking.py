"""A failing plan made small: what can be left out while it still fails is left out."""

from collections.abc import Callable

from prove.plan import FAULTS, Act, Plan

Fails = Callable[[Plan], bool]

ATTEMPTS_MAX = 200


def shrink(plan: Plan, fails: Fails, *, attempts: int = ATTEMPTS_MAX) -> Plan:
    """The smallest plan found that still fails: no event of it can be dropped alone.

    People's acts go first, then faults and deaths, then declarations, one by one, until a whole
    round drops nothing or `attempts` histories have been tried.
    """
    left = attempts
    while True:
        before = plan
        order = sorted(
            plan.events,
            key=lambda one: 0 if isinstance(one, Act) else 1 if isinstance(one, FAULTS) else 2,
        )
        for event in order:
            if left == 0:
                return plan
            left -= 1
            smaller = plan.without(event)
            if smaller.events and fails(smaller):
                plan = smaller
        if plan is before:
            return plan
