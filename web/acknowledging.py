"""The page behind the link in a letter: looking at it changes nothing, its one button acknowledges.

It works without JavaScript, loads nothing, and tells nobody where its reader came from.
"""

from base64 import b64encode
from hashlib import sha256
from http import HTTPStatus

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from core import links
from core.errors import DomainError
from core.links import Link, Standing
from core.transaction import Core
from web import acknowledging_words as words
from web.acknowledging_words import Said, escape

_STYLE = """
:root { color-scheme: light dark; --ink: #1d1d1f; --paper: #ffffff; --quiet: #5a5a60;
  --line: #d2d2d7; --act: #0b6e4f; --on-act: #ffffff }
@media (prefers-color-scheme: dark) {
  :root { --ink: #f2f2f4; --paper: #1a1b1e; --quiet: #a9a9b0; --line: #45464c; --act: #2fb586;
    --on-act: #08130e }
}
* { box-sizing: border-box }
body { margin: 0; padding: 24px 16px; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere }
main { max-width: 34rem; margin: 0 auto }
h1 { font-size: 1.375rem; line-height: 1.3; margin: 0 0 16px }
p { margin: 0 0 16px }
.incident { padding: 12px 16px; border: 1px solid var(--line); border-radius: 8px;
  margin: 0 0 16px }
.incident strong { display: block }
.incident span { display: block; color: var(--quiet); font-size: .9375rem }
button { font: inherit; font-weight: 600; min-height: 48px; width: 100%; padding: 12px 24px;
  border: 0; border-radius: 8px; background: var(--act); color: var(--on-act); cursor: pointer }
button:focus-visible { outline: 3px solid var(--ink); outline-offset: 3px }
"""
_HASH = b64encode(sha256(_STYLE.encode()).digest()).decode()
_HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_HASH}'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>{title} · Tocsin</title>
<style>{style}</style>
</head>
<body>
<main>
<h1>{title}</h1>
{incident}{sentences}{button}</main>
</body>
</html>
"""
_BUTTON = '<form method="post"><button type="submit">{label}</button></form>\n'
_STATUS = {Standing.GOOD: HTTPStatus.OK, Standing.WRONG: HTTPStatus.NOT_FOUND}
"""Of every other standing: the link was good once, and is no longer."""


def acknowledging(core: Core) -> APIRouter:
    """The page of a link: GET and HEAD show it, POST acknowledges."""
    router = APIRouter()

    @router.api_route(f"{links.PATH}/{{token}}", methods=["GET", "HEAD"])
    async def look(token: str) -> HTMLResponse:
        try:
            link = await links.look(core, token)
        except DomainError:
            return _answer(words.UNAVAILABLE, HTTPStatus.SERVICE_UNAVAILABLE)
        return _shown(link, words.before(link), button=words.button(link))

    @router.post(f"{links.PATH}/{{token}}")
    async def press(token: str) -> HTMLResponse:
        try:
            link = await links.use(core, token)
        except DomainError:
            return _answer(words.UNAVAILABLE, HTTPStatus.SERVICE_UNAVAILABLE)
        if link.of(Standing.INTERRUPTED):
            return _shown(link, words.after(link), button=words.button(link))
        return _shown(link, words.after(link))

    return router


def _shown(link: Link, said: Said, *, button: str = "") -> HTMLResponse:
    status = _STATUS.get(link.standing, HTTPStatus.GONE)
    if link.of(Standing.INTERRUPTED):
        status = HTTPStatus.SERVICE_UNAVAILABLE
    return _answer(said, status, words.incidents(link), button=button)


def _answer(
    said: Said, status: HTTPStatus, incident: str = "", *, button: str = ""
) -> HTMLResponse:
    page = _PAGE.format(
        title=escape(said.title),
        style=_STYLE,
        incident=incident,
        sentences="".join(f"<p>{escape(one)}</p>\n" for one in said.sentences),
        button=_BUTTON.format(label=button) if button else "",
    )
    return HTMLResponse(page, status_code=status, headers=_HEADERS)
