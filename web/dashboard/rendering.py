"""Templates, what every page shows around its own, and headers that let nothing else in."""

from dataclasses import dataclass, replace
from dataclasses import field as kept
from functools import cache
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core.sessions import Session
from web.dashboard import clocks, words
from web.status_html import without_controls

_TEMPLATES = Path(__file__).parent.parent / "templates"
_STATIC = {"app.css": "text/css; charset=utf-8", "app.js": "text/javascript; charset=utf-8"}

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
        "img-src 'self' data:; form-action 'self' https://slack.com; frame-ancestors 'none'; "
        "base-uri 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@dataclass(frozen=True)
class Refused:
    """A form that was sent and refused: which, at what field, why, and what was typed."""

    form: str
    sentence: str
    field: str | None = None
    typed: dict[str, list[str]] = kept(default_factory=dict)


@dataclass
class View:
    """What a page shows around its own: who looks, where they are, and what they were told."""

    path: str
    session: Session | None = None
    said: str | None = None
    """What came of the last thing they did."""
    refused: Refused | None = None
    query: dict[str, str] = kept(default_factory=dict)
    last: str | None = None
    """Where the trail ended before this was read: with another, it may be out of date."""
    is_told: bool = False
    """Whether the page has said what is wrong."""

    def show_again(self, form: str, typed: dict[str, list[str]]) -> None:
        """Have a form hold what was typed into it, with nothing wrong about it."""
        self.refused, self.is_told = Refused(form, "", None, typed), True

    def typed(self, form: str, name: str, otherwise: str = "") -> str:
        """What stands in a field: what was typed into a form that was refused, else `otherwise`."""
        if self.refused and self.refused.form == form:
            return next(iter(self.refused.typed.get(name, [])), "")
        return otherwise

    def all_typed(self, form: str, name: str, otherwise: list[str]) -> list[str]:
        """The same for a field of which there may be several."""
        if self.refused and self.refused.form == form:
            return self.refused.typed.get(name, [])
        return otherwise

    def fault(self, form: str, name: str | None = None) -> str | None:
        """What is wrong with a field of a form; with the form as a whole, where no field is at
        fault.
        """
        if self.refused and self.refused.form == form and self.refused.field == name:
            self.is_told = True
            return self.refused.sentence
        return None


@dataclass(frozen=True)
class Page:
    """What a page shows of its own: a template below `app/`, and its facts."""

    template: str
    facts: dict[str, Any] = kept(default_factory=dict)


def render(view: View, page: Page, status: HTTPStatus = HTTPStatus.OK) -> Response:
    """A page as it goes over the wire."""
    template = environment().get_template(f"app/{page.template}")
    text = template.render(view=view, **page.facts)
    if view.refused and not view.is_told:  # at no field of the form: at its head
        view.refused = replace(view.refused, field=None)
        text = template.render(view=view, **page.facts)
    if view.refused and not view.is_told:  # the page has no such form: above everything
        view.refused = replace(view.refused, form="")
        text = template.render(view=view, **page.facts)
    body = without_controls(text).encode("utf-8", "replace")
    return Response(body, status, HEADERS, "text/html; charset=utf-8")


@cache
def environment() -> Environment:
    """The templates, compiled once. What a text holds is escaped by them."""
    made = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"words": words, "clocks": clocks, "asset": _asset}
    return made


@cache
def _static(name: str) -> tuple[bytes, str]:
    body = (_TEMPLATES / "app" / name).read_bytes()
    return body, sha256(body).hexdigest()[:16]


def _asset(name: str) -> str:
    """The address of a style or a script: another one with every change of it."""
    return f"/app/static/{_static(name)[1]}/{name}"


async def _serve(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in _STATIC:
        return Response("There is no such file.\n", HTTPStatus.NOT_FOUND)
    body, digest = _static(name)
    kept = "public, max-age=31536000, immutable"
    if request.path_params["digest"] != digest:
        kept = "no-store"
    headers = {"Cache-Control": kept, "X-Content-Type-Options": "nosniff"}
    return Response(body, headers=headers, media_type=_STATIC[name])


ROUTES = [Route("/static/{digest}/{name}", _serve)]
