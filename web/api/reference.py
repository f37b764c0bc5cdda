"""The API's reference page: the OpenAPI document for people, rendered once, whole without a script.

It asks nothing of another computer, and needs no key: what it says is what the source says.
"""

import re
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from web import status_documents
from web.api.reference_facts import read_reference
from web.status_documents import Document, Kind

_TEMPLATES = Path(__file__).parent.parent / "templates"

TONES = {"GET": "o", "POST": "m", "PUT": "d", "PATCH": "d", "DELETE": "x"}
"""The colour of a method, by the letter that the status pages give it."""


def render(document: dict[str, Any], *, per_second: float, burst: int) -> Document:
    """The page of this document; how fast a key may ask is said as it is by default."""
    style = _style()
    text = (
        _environment()
        .get_template("reference.html")
        .render(
            reference=read_reference(document),
            title=document["info"]["title"],
            style=style,
            tones=TONES,
            per_second=f"{per_second:g}",
            burst=burst,
        )
    )
    policy = (
        f"default-src 'none'; style-src {status_documents.source_hash(style)}; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return status_documents.write(text, Kind.HTML, policy=policy)


def marked(text: str) -> Markup:
    """A text in paragraphs, with what stands between backticks set as code. All else is text."""
    paragraphs = (" ".join(one.split()) for one in re.split(r"\n\s*\n", text.strip()))
    return Markup("").join(Markup("<p>{}</p>").format(_with_code(one)) for one in paragraphs if one)


def _with_code(line: str) -> Markup:
    parts = line.split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if at % 2 else escape(part)
        for at, part in enumerate(parts)
    )


@cache
def _style() -> str:
    """That of the status pages, and what only this page has."""
    return "\n".join(
        (_TEMPLATES / name).read_text(encoding="utf-8").strip()
        for name in ("status.css", "reference.css")
    )


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
    made.globals.update(marked=marked, coded=_with_code)
    return made
