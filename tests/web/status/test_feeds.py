"""A status page as an Atom feed: valid, complete, and read without running anything."""

import xml.etree.ElementTree as ET

import feedparser
import html5lib
import pytest

from core.public_page import REMOVED
from tests import status_pages
from tests.status_pages import HOSTILE, PUBLIC_URL, hostile, incident, page
from tests.web.status.forms import STATES, shown
from web.status_atom import ENTRIES_MAX

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.mark.parametrize("state", STATES)
def test_the_feed_has_all_that_a_feed_must_have(state) -> None:
    of = state()
    feed = ET.fromstring(shown(of, "/feed.atom"))
    assert feed.tag == f"{ATOM}feed"
    assert feed.findtext(f"{ATOM}id") == of.id.urn
    assert feed.findtext(f"{ATOM}title") == "Acme Payments"
    assert feed.findtext(f"{ATOM}updated") == "2026-11-18T11:57:00.000Z"
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "Acme Payments"
    links = {one.get("rel"): one.get("href") for one in feed.findall(f"{ATOM}link")}
    assert links == {
        "self": f"{PUBLIC_URL}/status/acme/feed.atom",
        "alternate": f"{PUBLIC_URL}/status/acme",
    }
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == min(len(of.incidents) + len(of.history), ENTRIES_MAX)
    for entry in entries:
        for name in ("id", "title", "updated", "published", "content"):
            assert len(entry.findall(f"{ATOM}{name}")) == 1
        (link,) = entry.findall(f"{ATOM}link")
        assert str(link.get("href")).startswith(f"{PUBLIC_URL}/status/acme/incidents/")
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert set(ids[: len(of.incidents)]) == {one.id.urn for one in of.incidents}, "for ever"
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("told", HOSTILE, ids=range(len(HOSTILE)))
def test_a_feed_reader_takes_every_text_and_runs_none(told: str) -> None:
    read = feedparser.parse(shown(hostile(told), "/feed.atom").encode(), sanitize_html=False)
    assert read.bozo is False
    first, second = read.entries
    assert first.title.startswith("Investigating: ")
    assert (first.published_parsed[:5], first.updated_parsed[:5]) == (
        (2026, 11, 18, 10, 30),
        (2026, 11, 18, 11, 59),
    )
    fragment = html5lib.HTMLParser(strict=True).parseFragment(first.content[0].value)
    tags = {each.tag.rpartition("}")[2] for each in fragment.iter() if isinstance(each.tag, str)}
    assert tags <= {"DOCUMENT_FRAGMENT", "p", "br", "strong"}
    assert second.title.startswith("Resolved: ")


def test_an_entry_holds_all_updates_and_the_text_in_the_removed_ones_slot() -> None:
    read = feedparser.parse(shown(status_pages.mixed(), "/feed.atom").encode())
    content = read.entries[1].content[0].value
    assert content.startswith(
        "<p>Major outage. Affects Card payments.</p><p><strong>Update</strong>"
    )
    assert content.count("<p>") == 5
    assert f"<br />{REMOVED}</p>" in content.replace("<br>", "<br />")


def test_a_components_feed_has_what_tags_it_and_nothing_else() -> None:
    of = status_pages.mixed()
    read = feedparser.parse(shown(of, f"/components/{of.components[0].id}/feed.atom").encode())
    assert [one.title for one in read.entries] == [
        "Identified: Card payments are declined",
        "Resolved: Card payments were declined in Europe",
    ]
    assert read.feed.title == "Card payments · Acme Payments"


def test_more_open_incidents_than_a_feed_usually_holds_all_stand_in_it() -> None:
    of = page(incidents=tuple(incident(number, "Bad") for number in range(80)))
    assert len(feedparser.parse(shown(of, "/feed.atom").encode()).entries) == 80
