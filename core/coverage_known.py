"""The coverage report with a little memory: it is reckoned once for each change, and each hour."""

from collections.abc import Sequence
from weakref import WeakKeyDictionary

from core import audit, coverage_report
from core.findings import Finding
from core.transaction import Core, Transaction

_Known = tuple[tuple[object, ...], Sequence[Finding]]
_KNOWN: WeakKeyDictionary[Core, _Known] = WeakKeyDictionary()


async def known_findings(core: Core, tx: Transaction) -> Sequence[Finding] | None:
    """What is wrong, if it was reckoned within the hour and nothing has changed since."""
    known = _KNOWN.get(core.whole)
    return _ahead(known[1], tx) if known and known[0] == await _state(tx) else None


async def findings(core: Core, tx: Transaction) -> Sequence[Finding]:
    """What is wrong now."""
    state = await _state(tx)
    known = _KNOWN.get(core.whole)
    if known and known[0] == state:
        return _ahead(known[1], tx)
    found = await coverage_report.report(tx)
    _KNOWN[core.whole] = state, found
    return found


def _ahead(found: Sequence[Finding], tx: Transaction) -> Sequence[Finding]:
    """Without what has passed since it was reckoned."""
    return [one for one in found if one.end_at is None or one.end_at > tx.now]


async def _state(tx: Transaction) -> tuple[object, ...]:
    """What the report depends on: all that was changed is on the trail."""
    hour = tx.now.replace(minute=0, second=0, microsecond=0)
    return tx.organization_id, await audit.last_of_organization(tx), hour
