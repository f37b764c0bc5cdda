"""PURE. A status page as an Atom feed (RFC 4287): an entry an incident, with all its updates.

An incident's address is its id, so a reader knows it again in every feed that it is in.
"""

from xml.etree.ElementTree import Element, SubElement, tostring

from markupsafe import Markup, escape

from core.public_page import PublicComponent, PublicIncident, PublicStatusPage, PublicUpdate
from storage.vocabulary import Status
from web import status_documents
from web import status_words as words
from web.status_documents import Document, Kind
from web.status_html import PATH, without_controls

NAMESPACE = "http://www.w3.org/2005/Atom"

ENTRIES_MAX = 50
"""What is open always stands in a feed; with what was resolved it has no more than so many."""


def render(page: PublicStatusPage, base: str, component: PublicComponent | None = None) -> Document:
    """The feed of a page, or of one of its components; `base` is what its addresses begin with."""
    home = f"{base}{PATH}/{page.slug}"
    own = f"{home}/components/{component.id}/feed.atom" if component else f"{home}/feed.atom"
    title = f"{component.name} · {page.title}" if component else page.title
    feed = Element("feed", {"xmlns": NAMESPACE, "xml:lang": "en"})
    _add(feed, "id", (component.id if component else page.id).urn)
    _add(feed, "title", title)
    _add(feed, "updated", words.instant(page.updated_at))
    _add(SubElement(feed, "author"), "name", page.title)
    SubElement(feed, "link", rel="self", type="application/atom+xml", href=own)
    SubElement(feed, "link", rel="alternate", type="text/html", href=home)
    for one in _entries(page, component):
        _write(feed, one, home)
    return status_documents.write(tostring(feed, encoding="utf-8", xml_declaration=True), Kind.ATOM)


def _entries(page: PublicStatusPage, component: PublicComponent | None) -> list[PublicIncident]:
    tagged = [
        one
        for one in (*page.incidents, *page.history)
        if component is None or any(each.id == component.id for each in one.components)
    ]
    is_open = sum(one.resolved_at is None for one in tagged)
    return tagged[: max(is_open, ENTRIES_MAX)]


def _write(feed: Element, one: PublicIncident, home: str) -> None:
    entry = SubElement(feed, "entry")
    address = f"{home}/incidents/{one.number}"
    _add(entry, "id", one.id.urn)
    _add(entry, "title", f"{words.STATUS[one.status]}: {one.title}")
    _add(entry, "updated", words.instant(one.changed_at))
    _add(entry, "published", words.instant(one.started_at))
    SubElement(entry, "link", rel="alternate", type="text/html", href=address)
    _add(entry, "content", _content(one)).set("type", "html")


def _content(one: PublicIncident) -> Markup:
    """The incident in a few paragraphs: what it affects, then its updates, the newest first."""
    about = words.SEVERITY[one.severity]
    if one.components:
        about = f"{about}. Affects {', '.join(each.name for each in one.components)}."
    began = Markup("<p>{}</p>").format(f"{words.STATUS[Status.INVESTIGATING]} since "
                                       f"{words.moment(one.started_at)}")  # fmt: skip
    told = Markup().join(_told(each) for each in one.updates)
    return Markup("<p>{}</p>").format(about) + told + (Markup() if one.updates else began)


def _told(update: PublicUpdate) -> Markup:
    said = words.text(update)
    when = Markup("<strong>{}</strong> {}").format(
        words.heading(update), words.moment(update.posted_at)
    )
    if said is None:
        return Markup("<p>{}</p>").format(when)
    lines = Markup("<br>").join(escape(line) for line in said.splitlines())
    return Markup("<p>{}<br>{}</p>").format(when, lines)


def _add(parent: Element, name: str, text: str) -> Element:
    made = SubElement(parent, name)
    made.text = without_controls(text)
    return made
