"""What would page nobody, the wrong people or too late: each with what to do and where."""

from collections.abc import Sequence
from typing import Any

from bot.blocks import ids
from bot.blocks.build import actions, button, context, exact, modal, mrkdwn
from bot.blocks.text import Block, cut
from bot.blocks.times import on_readers_clock
from core.findings import Finding

FINDINGS_SHOWN = 20
SAID_SHOWN = 900


def coverage_modal(
    findings: Sequence[Finding], *, page: int = 0, reader: str | None = None
) -> dict[str, Any]:
    """The whole report, a page of it; `reader` is the reader's zone."""
    if not findings:
        calm = "✅ Nothing found for the next 30 days: somebody is there, and can be reached."
        return modal("Coverage", [exact(calm)], callback_id=ids.COVERAGE_VIEW)
    last = (len(findings) - 1) // FINDINGS_SHOWN
    page = min(max(page, 0), last)
    first = page * FINDINGS_SHOWN
    shown = findings[first : first + FINDINGS_SHOWN]
    buttons = []
    if page > 0:
        buttons.append(button("◀ Earlier", f"{ids.COVERAGE_OPEN}:back", str(page - 1)))
    if page < last:
        buttons.append(button("More ▶", f"{ids.COVERAGE_OPEN}:on", str(page + 1)))
    told = f"{first + 1:,}–{first + len(shown):,} of {len(findings):,}, for the next 30 days"
    return modal(
        "Coverage",
        [
            *(row for one in shown for row in finding_rows(one, reader)),
            context(mrkdwn(told)),
            *actions(buttons),
        ],
        callback_id=ids.COVERAGE_VIEW,
    )


def finding_rows(one: Finding, reader: str | None) -> list[Block]:
    """A finding, what to do about it, and the button that leads there; when on whose clock."""
    sign = "🚨" if one.is_serious else "⚠️"
    told = exact(f"{sign} {cut(one.said, SAID_SHOWN)}\n{cut(one.to_do, SAID_SHOWN)}",
                 accessory=_way(one))  # fmt: skip
    span = on_readers_clock(*one.instants, timezone=one.timezone, reader=reader)
    return [told, context(mrkdwn(span))] if span else [told]


def _way(one: Finding) -> Block | None:
    if one.lacks_people and one.start_at and one.end_at:
        start, end = int(one.start_at.timestamp()), int(one.end_at.timestamp())
        return button("Cover…", f"{ids.COVER}:gap", f"{one.schedule_id}:{start}:{end}")
    if one.policy_id and not one.lacks_people:
        return button("Open policy", ids.POLICY_OPEN, str(one.policy_id))
    if one.schedule_id:
        return button("Open schedule", ids.SCHEDULE_OPEN, str(one.schedule_id))
    return None
