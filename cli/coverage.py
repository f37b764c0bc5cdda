"""`app.py coverage`: what would page nobody, the wrong people or too late, and what to do."""

from collections.abc import Sequence
from datetime import tzinfo
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.text import Text

from assembly.settings import Settings
from cli.clocks import span_here
from cli.opening import check_schema, known_organization, opened
from core import coverage_report
from core.findings import Finding
from core.transaction import Actor


async def run_coverage(settings: Settings, *, days: int, org: str | None) -> int:
    """Look, and print what was found. Returns 1 if there was anything, else 0.

    Raises SettingsError where the tables are missing or the organization can't be known.
    """
    async with opened(settings) as core:
        await check_schema(core.database)
        actor = Actor.system(await known_organization(core, org))
        async with core.reading(actor) as tx:
            found = await coverage_report.report(tx, days=days)
    Console(soft_wrap=True, highlight=False).print(render(found, days=days))
    return int(bool(found))


def render(found: Sequence[Finding], *, days: int, here: tzinfo | None = None) -> Text:
    """The findings for a terminal; `.plain` is the same without colours.

    `here` is the reader's zone; without one the machine's own counts.
    """
    if not found:
        return Text(f"✓ Everybody who should be paged in the next {days} days can be.", "green")
    shown = Text()
    for one in found:
        shown.append(f"! {one.said}\n", style="yellow")
        if one.timezone and (span := span_here(*one.instants, ZoneInfo(one.timezone), here)):
            shown.append(f"  On your clock: {span}\n", style="dim")
        shown.append(f"  → {one.to_do}\n")
    count = "1 finding" if len(found) == 1 else f"{len(found)} findings"
    shown.append(f"{count} for the next {days} days.", style="bold")
    return shown
