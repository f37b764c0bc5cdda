"""`app.py doctor`: what was checked, for a terminal and for whatever asks how it ended."""

from collections.abc import Iterable

from rich.text import Text
from slack_sdk.web.async_client import AsyncWebClient

from assembly.checkup import checks
from assembly.settings import Settings
from core.checkup import Finding, Mark
from core.transaction import Core


async def diagnose(core: Core, slack: AsyncWebClient, settings: Settings) -> list[Finding]:
    """Look at everything and change nothing; a check that can't be made says why.

    Raises nothing for what is wrong with database, Slack or settings (spec sections 1 and 11).
    """
    return [one async for one in checks(core, slack, settings)]


def exit_code(findings: Iterable[Finding]) -> int:
    """1 if anything is bad, else 0."""
    return int(any(one.mark is Mark.BAD for one in findings))


def render(findings: Iterable[Finding]) -> Text:
    """The findings for a terminal; `.plain` is the same without colours."""
    styles = {Mark.OK: ("✓", "green"), Mark.WARN: ("!", "yellow"), Mark.BAD: ("✗", "bold red")}
    shown = Text()
    for one in findings:
        sign, style = styles[one.mark]
        shown.append(f"{sign} {one.what}\n", style=style)
        if one.remedy:
            shown.append(f"  → {one.remedy}\n")
    shown.rstrip()
    return shown
