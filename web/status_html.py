"""A status page as HTML: whole without a script, and nothing a customer writes or reads is markup.

What a text holds is escaped by the templates; what HTML can't hold is replaced at the end.
"""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from http import HTTPStatus
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from core.public_page import PublicIncident, PublicStatusPage
from storage.vocabulary import ComponentStatus, Severity
from web import status_bar, status_documents
from web import status_words as words
from web.status_documents import Document, Header, Kind

PATH = "/status"

RECENT_DAYS = 7
RECENT_MAX = 5
"""What has been resolved so lately stands on the front page, too; no more than so many."""

FOLDED_MAX = 20_000
"""So many characters of earlier updates stand on a front page; of the others a link leads on."""

LISTED_MAX = 200
QUOTE_MAX = 200
QUOTES_MAX = 10_000
"""How many incidents a history lists, and how many characters of each and of all it quotes."""

_TEMPLATES = Path(__file__).parent / "templates"
_NOT_TEXT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(
        f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
    )
    + "]"
)
"""What may stand neither in HTML nor, with few exceptions, in XML."""

_TONE = {
    Severity.CRITICAL: ComponentStatus.MAJOR_OUTAGE,
    Severity.HIGH: ComponentStatus.PARTIAL_OUTAGE,
    Severity.MEDIUM: ComponentStatus.DEGRADED,
    Severity.LOW: ComponentStatus.DEGRADED,
}
"""The colour and symbol of a severity are those of the state that it puts a component in."""


def front(page: PublicStatusPage, today: date, public_url: str | None) -> Document:
    """The page itself: how things are, what is open, and what was resolved lately."""
    since = today - timedelta(days=RECENT_DAYS)
    recent = [one for one in page.history if _ended(one) >= since][:RECENT_MAX]
    return _page("front.html", page, public_url, "", recent=recent, folded=_folded(page.incidents))


def history(page: PublicStatusPage, public_url: str | None) -> Document:
    """What was resolved within the last 90 days, by month, the newest first."""
    months: dict[str, list[PublicIncident]] = {}
    listed = page.history[:LISTED_MAX]
    for one in listed:
        months.setdefault(words.month(_ended(one)), []).append(one)
    others = len(page.history) - len(listed)
    return _page(
        "history.html",
        page,
        public_url,
        "/history",
        months=months,
        quotes=_quotes(listed),
        others=others,
    )


def incident(page: PublicStatusPage, one: PublicIncident, public_url: str | None) -> Document:
    """One incident with every update, at the address that stays its own."""
    return _page("incident.html", page, public_url, f"/incidents/{one.number}", incident=one)


def calm(
    status: HTTPStatus, title: str, sentence: str, *, more: tuple[Header, ...] = ()
) -> Document:
    """A page that says why there is none."""
    text = _environment().get_template("calm.html").render(title=title, sentence=sentence)
    return _document(text, status=status, more=more)


def moved(page: PublicStatusPage) -> Document:
    """Where the page is, for whoever wrote a slash at the end."""
    home = f"{PATH}/{page.slug}"
    return status_documents.write(
        f"{home}\n",
        Kind.TEXT,
        status=HTTPStatus.PERMANENT_REDIRECT,
        more=((b"location", home.encode()),),
    )


def without_controls(text: str) -> str:
    """The text with a sign in place of every character that a document may not hold."""
    return _NOT_TEXT.sub("\N{REPLACEMENT CHARACTER}", text)


def _page(
    template: str, page: PublicStatusPage, public_url: str | None, path: str, **more: object
) -> Document:
    home = f"{PATH}/{page.slug}"
    text = (
        _environment()
        .get_template(template)
        .render(
            page=page,
            home=home,
            canonical=f"{public_url}{home}{path}" if public_url else None,
            state=page.banner if page.components else ComponentStatus.OPERATIONAL,
            **more,
        )
    )
    return _document(text)


def _document(
    text: str,
    *,
    status: HTTPStatus = HTTPStatus.OK,
    more: tuple[Header, ...] = (),
) -> Document:
    return status_documents.write(
        without_controls(text), Kind.HTML, policy=_policy(), status=status, more=more
    )


def _folded(incidents: Iterable[PublicIncident]) -> frozenset[int]:
    """The numbers of those whose earlier updates all fit on the front page."""
    left = FOLDED_MAX
    found = []
    for one in incidents:
        left -= sum(len(words.text(update) or "") + 100 for update in one.updates[1:])
        if left < 0:
            break
        found.append(one.number)
    return frozenset(found)


def _quotes(incidents: Iterable[PublicIncident]) -> dict[int, str]:
    """The beginning of each one's last text by its number, of the newest as many as have room."""
    left = QUOTES_MAX
    found = {}
    for one in incidents:
        quote = words.excerpt(one, QUOTE_MAX)
        left -= len(quote)
        if left < 0:
            break
        found[one.number] = quote
    return found


def _ended(one: PublicIncident) -> date:
    return (one.resolved_at or one.changed_at).date()


@cache
def _policy() -> str:
    return (
        f"default-src 'none'; style-src {status_documents.source_hash(_source('status.css'))}; "
        f"script-src {status_documents.source_hash(_source('status.js'))}; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


@cache
def _source(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8").strip()


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals.update(
        words=words,
        bar=status_bar,
        tones=_TONE,
        letters=status_bar.CLASS,
        style=_source("status.css"),
        script=_source("status.js"),
    )
    for path in _TEMPLATES.glob("*.html"):
        made.get_template(path.name)  # now, and not while the first reader waits
    return made
