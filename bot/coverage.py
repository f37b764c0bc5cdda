"""The coverage report in Slack, and a little memory: it is reckoned once for each change."""

from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

from bot.answering import Answer, Show
from bot.blocks import ids
from bot.blocks.coverage import coverage_modal
from bot.gesture import Gesture
from core import audit, coverage_report, people
from core.findings import Finding
from core.transaction import Core, Transaction

_Known = tuple[tuple[object, ...], Sequence[Finding]]
_KNOWN: WeakKeyDictionary[Core, _Known] = WeakKeyDictionary()


async def open_coverage(gesture: Gesture, page: int = 0) -> Answer:
    """Open the report, or turn its page where it is open already."""

    async def build() -> dict[str, Any]:
        found = await findings(gesture)
        async with gesture.core.reading(gesture.actor) as tx:
            reader = await people.zone_name_of(tx, gesture.actor.id)
        return coverage_modal(found, page=page, reader=reader)

    if gesture.view.get("callback_id") == ids.COVERAGE_VIEW:
        return Show(await build())
    return await gesture.open_modal("Coverage", build, push=gesture.in_a_modal)


async def known_findings(gesture: Gesture) -> Sequence[Finding] | None:
    """What is wrong, if it was reckoned within the hour and nothing has changed since."""
    async with gesture.core.reading(gesture.actor) as tx:
        known = _KNOWN.get(gesture.core)
        return _ahead(known[1], tx) if known and known[0] == await _state(tx) else None


async def findings(gesture: Gesture) -> Sequence[Finding]:
    """What is wrong now."""
    async with gesture.core.reading(gesture.actor) as tx:
        state = await _state(tx)
        known = _KNOWN.get(gesture.core)
        if known and known[0] == state:
            return _ahead(known[1], tx)
        found = await coverage_report.report(tx)
    _KNOWN[gesture.core] = state, found
    return found


def _ahead(found: Sequence[Finding], tx: Transaction) -> Sequence[Finding]:
    """Without what has passed since it was reckoned."""
    return [one for one in found if one.end_at is None or one.end_at > tx.now]


async def _state(tx: Transaction) -> tuple[object, ...]:
    """What the report depends on: all that was changed is on the trail."""
    hour = tx.now.replace(minute=0, second=0, microsecond=0)
    return tx.organization_id, await audit.last_of_organization(tx), hour
