"""PURE. Every address that a status page has, and what is rendered there. No other one exists."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

from core.public_page import PublicIncident, PublicStatusPage
from web import status_atom, status_html, status_json
from web.status_documents import Document


@dataclass(frozen=True)
class View:
    """One form of a page. `is_absolute` says that the reader's own address of us stands in it."""

    render: Callable[[str], Document]
    is_absolute: bool = False


def views(page: PublicStatusPage, today: date, public_url: str | None) -> Mapping[str, View]:
    """The views by what follows the slug in their address."""
    found = {
        "": View(lambda _: status_html.front(page, today, public_url)),
        "/": View(lambda _: status_html.moved(page)),
        "/history": View(lambda _: status_html.history(page, public_url)),
        ".json": View(partial(status_json.render, page), is_absolute=True),
        "/feed.atom": View(partial(status_atom.render, page), is_absolute=True),
    }
    for incident in (*page.incidents, *page.history):
        found[f"/incidents/{incident.number}"] = _incident(page, incident, public_url)
    for component in page.components:
        feed = partial(status_atom.render, page, component=component)
        found[f"/components/{component.id}/feed.atom"] = View(feed, is_absolute=True)
    return found


def _incident(page: PublicStatusPage, one: PublicIncident, public_url: str | None) -> View:
    return View(lambda _: status_html.incident(page, one, public_url))
