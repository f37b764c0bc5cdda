"""The audit trail as CSV, line by line, so that no spreadsheet takes a cell for a formula."""

import csv
import io
import json
import logging
from collections.abc import AsyncIterator

from core.errors import DomainError
from core.trail_facts import TrailLine
from web.dashboard import words
from web.dashboard.trail_words import SURFACES, sentence

log = logging.getLogger(__name__)

ROWS_MAX = 50_000
HEAD = ("at", "actor", "actor_kind", "surface", "type", "incident", "what", "data")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet may begin a formula with, or drop before one."""


async def written(lines: AsyncIterator[TrailLine]) -> AsyncIterator[str]:
    """The file, a row at a time; its last row says so if it does not hold everything."""
    yield "\ufeff" + row(*HEAD)
    count = 0
    try:
        async for one in lines:
            if count == ROWS_MAX:
                yield _end(f"There is more: {ROWS_MAX:,} rows fit. Ask for fewer days.")
                return
            count += 1
            yield _row_of(one)
    except DomainError as refusal:  # the status has been sent long ago
        log.warning("the audit trail could be downloaded in part only: %s", refusal.message)
        yield _end(f"There may be more, and it could not be read. {refusal.message}")


def row(*cells: str) -> str:
    """One row, each cell in quotes."""
    held = io.StringIO()
    csv.writer(held, quoting=csv.QUOTE_ALL).writerow([_plain(one) for one in cells])
    return held.getvalue()


def _plain(cell: str) -> str:
    """The cell as text, whatever it begins with."""
    return f"'{cell}" if cell.lstrip(" \u00a0").startswith(_FORMULA) else cell


def _row_of(one: TrailLine) -> str:
    return row(
        words.iso(one.at),
        one.by,
        one.by_kind.value,
        SURFACES[one.surface],
        one.type.value,
        str(one.incident or ""),
        sentence(one),
        json.dumps(one.data, ensure_ascii=False),
    )


def _end(said: str) -> str:
    return row("", "", "", "", "", "", said, "")
