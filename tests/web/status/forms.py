"""A status page in each of its forms, as it is sent and as a person reads it."""

import re
from html import unescape

from tests import status_pages
from tests.status_pages import NOW, PUBLIC_URL
from web.status_views import views

STATES = [
    status_pages.empty,
    status_pages.calm,
    status_pages.mixed,
    status_pages.red,
    status_pages.large,
]


def shown(of, rest: str = "", base: str = PUBLIC_URL) -> str:
    """A form of a page, as it is sent."""
    return views(of, NOW.date(), base)[rest].render(base).plain.body.decode()


def text(of, rest: str = "") -> str:
    """What a person reads of it, on one line."""
    body = shown(of, rest).partition("<body>")[2].partition("<script>")[0]
    return " ".join(unescape(re.sub("<[^>]*>", " ", body)).split())
