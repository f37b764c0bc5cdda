"""PURE. How a letter looks: one content as plain text and as HTML that needs nothing from outside.

It begins with what a lock screen shows after the subject. In plain text a description is quoted, so
that it cannot pass for our own words, and lines are left to the reader's window.
"""

from dataclasses import dataclass

from mail.words import escape


@dataclass(frozen=True)
class Action:
    """The one thing to do, and where."""

    label: str
    url: str


@dataclass(frozen=True)
class Content:
    """What a letter says, in the order in which it is read. Nothing in it is escaped."""

    title: str
    opening: str
    paragraphs: tuple[str, ...] = ()
    particulars: tuple[tuple[str, str], ...] = ()
    quoted: tuple[str, ...] = ()
    action: Action | None = None
    closing: tuple[str, ...] = ()


def text(content: Content) -> str:
    """The letter for reading without HTML."""
    parts = [content.opening, content.title]
    if content.action:
        parts.append(f"{content.action.label}:\n{content.action.url}")
    parts += content.paragraphs
    if content.particulars:
        width = max(len(label) for label, _ in content.particulars) + 1
        parts.append("\n".join(f"{label + ':':<{width}} {v}" for label, v in content.particulars))
    if content.quoted:
        parts.append("\n".join(f"> {one}".rstrip() for one in content.quoted))
    parts += content.closing
    return "\n\n".join(parts) + "\n"


def html(content: Content) -> str:
    """The letter as HTML: no script, no image, no font, nothing that is loaded."""
    body = [
        f'<p style="margin:0 0 16px;font-weight:600">{_own(content.opening)}</p>',
        f'<h1 style="font-size:20px;line-height:1.3;margin:0 0 12px">{_own(content.title)}</h1>',
    ]
    if content.action:
        body.append(
            f'<p style="margin:0 0 16px"><a href="{escape(content.action.url)}" style="display:'
            "inline-block;padding:12px 24px;border-radius:6px;background:#0b6e4f;color:#ffffff;"
            f'font-weight:600;text-decoration:none">{escape(content.action.label)}</a></p>'
        )
    body += [f'<p style="margin:0 0 12px">{_own(one)}</p>' for one in content.paragraphs]
    if content.particulars:
        rows = "".join(
            f'<tr><th scope="row" style="text-align:left;font-weight:400;padding:2px 16px 2px 0;'
            f'vertical-align:top;white-space:nowrap">{escape(label)}</th><td>{_own(value)}</td></tr>'
            for label, value in content.particulars
        )
        body.append(f'<table style="border-collapse:collapse;margin:0 0 16px">{rows}</table>')
    if content.quoted:
        said = "<br>".join(escape(one) for one in content.quoted)
        body.append(
            '<blockquote style="margin:0 0 16px;padding:0 0 0 12px;border-left:3px solid #888888">'
            f"<bdi>{said}</bdi></blockquote>"
        )
    body += [f'<p style="margin:0 0 8px;font-size:14px">{_own(one)}</p>' for one in content.closing]
    return _FRAME.format(title=escape(content.title), body="\n".join(body))


_FRAME = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
</head>
<body style="margin:0;padding:16px;font:16px/1.5 system-ui,sans-serif;overflow-wrap:anywhere">
<div style="max-width:560px;margin:0 auto">
{body}
</div>
</body>
</html>
"""


def _own(text: str) -> str:
    """A sentence of ours that may hold a user's words: escaped, its direction kept to itself."""
    return f"<bdi>{escape(text)}</bdi>"
