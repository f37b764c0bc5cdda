"""The coverage report in Slack: opened, and turned page by page."""

from collections.abc import Sequence
from typing import Any

from bot.answering import Answer, Show
from bot.blocks import ids
from bot.blocks.coverage import coverage_modal
from bot.gesture import Gesture
from core import coverage_known, people
from core.findings import Finding


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
        return await coverage_known.known_findings(gesture.core, tx)


async def findings(gesture: Gesture) -> Sequence[Finding]:
    """What is wrong now."""
    async with gesture.core.reading(gesture.actor) as tx:
        return await coverage_known.findings(gesture.core, tx)
