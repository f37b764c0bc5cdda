"""What the public would read of a status page: said before it is published, and in its form."""

import re

from bot.blocks.text import cut, escape, names
from core.status_page_facts import Exposure, ShownIncident

COMPONENTS_SHOWN = 5
INCIDENTS_SHOWN = 5
TITLE_SHOWN = 80
_SLUG = re.compile(r"[a-z0-9-]+")


def address(slug: str, public_url: str | None, *, linked: bool) -> str:
    """Where a page is, as mrkdwn; a link where there is something to read."""
    if not _SLUG.fullmatch(slug):
        return escape(f"/status/{slug}")
    whole = escape(f"{public_url or ''}/status/{slug}")
    return f"<{whole}|{whole}>" if linked and public_url else f"`{whole}`"


def now_public(exposure: Exposure) -> str:
    """What is public at once, not escaped: the components, the incidents with their titles."""
    return " ".join(one for one in (_components(exposure), _open(exposure), _past(exposure)) if one)


def _components(exposure: Exposure) -> str:
    if not exposure.components:
        return "It shows nothing yet: no component is selected."
    return f"It shows {names(exposure.components, COMPONENTS_SHOWN)}."


def _open(exposure: Exposure) -> str:
    if not exposure.incidents:
        return "No open incident is on it." if exposure.components else ""
    shown = [_incident(one) for one in exposure.incidents[:INCIDENTS_SHOWN]]
    left = len(exposure.incidents) - INCIDENTS_SHOWN
    more = f"; and {left:,} more" if left > 0 else ""
    return f"Open incidents on it at once: {'; '.join(shown)}{more}."


def _incident(one: ShownIncident) -> str:
    known = "" if one.is_public else " (its title becomes public)"
    return f"#{one.number} {cut(one.title, TITLE_SHOWN)}{known}"


def _past(exposure: Exposure) -> str:
    if not exposure.resolved:
        return ""
    count = exposure.resolved
    said = "One resolved incident" if count == 1 else f"{count:,} resolved incidents"
    return f"{said} of the last 90 days can be read, too."
