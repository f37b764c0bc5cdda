"""What a status page says in each of its forms: HTML, JSON and Atom, whatever the texts are."""

import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import timedelta
from html import unescape

import feedparser
import html5lib
import pytest

from core.public_page import REMOVED
from storage.vocabulary import ComponentStatus, Severity, Status
from tests import status_pages
from tests.status_pages import (
    DAY,
    HOSTILE,
    MINUTE,
    NOW,
    PUBLIC_URL,
    bad_day,
    component,
    days,
    hostile,
    incident,
    page,
    resolved,
    tag,
    update,
)
from web import status_bar
from web import status_words as words
from web.status_atom import ENTRIES_MAX
from web.status_views import views

ATOM = "{http://www.w3.org/2005/Atom}"
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


def every_html(of) -> list[str]:
    return [one for one in views(of, NOW.date(), None) if "." not in one and one != "/"]


@pytest.mark.parametrize("state", STATES)
def test_every_view_is_html_without_a_single_fault(state) -> None:
    of = state()
    for rest in every_html(of)[:12]:
        html5lib.HTMLParser(strict=True).parse(shown(of, rest))


@pytest.mark.parametrize("told", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_makes_it_faulty_html_or_a_script_of_its_own(told: str) -> None:
    for rest in every_html(hostile(told)):
        document = html5lib.HTMLParser(strict=True).parse(shown(hostile(told), rest))
        names = [
            each.tag.rpartition("}")[2] for each in document.iter() if isinstance(each.tag, str)
        ]
        assert names.count("script") == 1
        assert "img" not in names
        attributes = {name for each in document.iter() for name in each.attrib}
        assert not [one for one in attributes if str(one).startswith("on") or one == "style"]


@pytest.mark.parametrize("told", HOSTILE, ids=range(len(HOSTILE)))
def test_every_text_is_read_as_it_was_written(told: str) -> None:
    kept = " ".join(
        "".join(
            "\ufffd" if (ord(one) < 32 and one not in "\n\t") or one in "\x7f\x85\ufffe" else one
            for one in told
        ).split()
    )
    document = html5lib.HTMLParser().parse(shown(hostile(told), "/incidents/1"))
    said = " ".join(" ".join(document.itertext()).split())
    assert said.replace(" ", "").count(kept.replace(" ", "")) >= 5


def test_the_banner_says_how_things_are() -> None:
    said = {
        ComponentStatus.OPERATIONAL: "All systems operational",
        ComponentStatus.MAINTENANCE: "All systems operational",
        ComponentStatus.DEGRADED: "Degraded performance",
        ComponentStatus.PARTIAL_OUTAGE: "Partial outage",
        ComponentStatus.MAJOR_OUTAGE: "Major outage",
    }
    for status, banner in said.items():
        of = page(component(1, "API", status=status), banner=status)
        assert text(of).startswith(f"Acme Payments {banner} Updated 18 Nov 2026, 11:57 UTC")
    assert text(page()).startswith("Acme Payments Nothing to report")


def test_an_open_incident_shows_the_latest_update_and_folds_the_rest() -> None:
    said = text(status_pages.mixed())
    assert (
        "Card payments are declined Identified Major outage Affects Card payments "
        "Update 18 Nov 2026, 11:57 UTC A change to our routing has been found as the cause and is "
        "being taken back. Show all 4 updates Identified 18 Nov 2026, 11:30 UTC "
        "Update 18 Nov 2026, 11:18 UTC This update has been removed. "
        "Update 18 Nov 2026, 10:40 UTC We are looking into reports"
    ) in said
    assert said.index("Webhooks arrive late") < said.index("Card payments are declined")
    assert 'href="https://docs.example.com/webhooks" rel="nofollow noopener noreferrer"' in shown(
        status_pages.mixed()
    )


def test_of_very_much_text_the_front_page_leads_to_the_rest() -> None:
    told = tuple(update(number, "x " * 4000) for number in range(10))
    of = page(component(1, "API"), incidents=(incident(3, "Long", updates=told),))
    assert len(shown(of)) < 30_000
    assert '<a href="/status/acme/incidents/3">Show all 10 updates</a>' in shown(of)
    assert text(of, "/incidents/3").count("x x x") > 1
    assert len(text(of, "/incidents/3")) > 80_000


def test_components_stand_in_their_groups_with_uptime_and_the_days_behind_it() -> None:
    said = text(status_pages.mixed())
    assert (
        "Payments Card payments Major outage Authorization and capture by card "
        "99.91 % over 90 days "
        "18 Nov 2026 Major outage, not over yet "
        "6 Nov 2026 Degraded performance, degraded for 3 h 10 min "
        "5 Nov 2026 Degraded performance, degraded for 1 h 1 min "
        "2 Oct 2026 Partial outage, down for 26 min, degraded for 5 min "
        "Payouts Operational 100 % over 90 days, no outage "
        "Developers Webhooks Degraded performance 100 % over 40 days"
    ) in said
    assert words.COUNTED in said
    assert "Other components Dashboard Operational" in said
    assert "Webhooks Operational No data yet" in text(status_pages.calm())


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (1.0, "100 % over 90 days"),
        (0.999999, "99.99 % over 90 days"),
        (0.9998, "99.98 % over 90 days"),
        (0.5, "50 % over 90 days"),
        (0.0, "0 % over 90 days"),
        (None, "No data yet"),
    ],
)
def test_uptime_is_never_rounded_up(share: float | None, said: str) -> None:
    assert _uptime(component(1, "API", uptime=share)) == said


def test_a_component_that_began_today_promises_nothing_of_ninety_days() -> None:
    assert _uptime(component(1, "API", days=days(known=1))) == "100 % today"
    assert _uptime(component(1, "API", days=days(known=0))) == "No data yet"


def test_every_length_is_said_in_two_units_at_most() -> None:
    said = [_duration(timedelta(minutes=one)) for one in (0, 0.9, 1, 59, 60, 61, 1439)]
    assert said == [
        *["less than a minute"] * 2,
        *("1 min", "59 min", "1 h", "1 h 1 min", "23 h 59 min"),
    ]
    assert [_duration(one * DAY + 61 * MINUTE) for one in (1, 2)] == ["1 day 1 h", "2 days 1 h"]
    assert [_duration(one * DAY) for one in (1, 2)] == ["1 day", "2 days"]


def test_a_bar_draws_each_run_of_equal_days_once() -> None:
    down, slow = ComponentStatus.MAJOR_OUTAGE, ComponentStatus.DEGRADED
    bad = {0: bad_day(down, down=1), 1: bad_day(down, down=1), 5: bad_day(slow, degraded=1)}
    assert status_bar.drawing(component(1, "API", days=days(bad, known=80))) == (
        '<svg class="bar" viewBox="0 0 449 1" preserveAspectRatio="none" aria-hidden="true">'
        '<path class="n" d="M0 .5h49"/><path class="o" d="M50 .5h369M425 .5h14"/>'
        '<path class="d" d="M420 .5h4"/><path class="x" d="M440 .5h9"/></svg>'
    )


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ("major_outage", "Major outage, degraded for 7 min, not over yet"),
        ("partial_outage", "Major outage, degraded for 7 min, now partial outage"),
        ("degraded", "Major outage, down for 20 min, now degraded performance"),
        ("operational", "Major outage, down for 20 min, degraded for 7 min"),
    ],
)
def test_of_what_goes_on_today_no_length_is_told(now: str, said: str) -> None:
    today = {0: bad_day(ComponentStatus.MAJOR_OUTAGE, down=20, degraded=7)}
    api = component(1, "API", days=days(today), status=ComponentStatus(now))
    assert [_unbroken(one.said) for one in status_bar.numbers(api).days] == [said]


def test_of_many_bad_days_the_latest_are_listed_and_the_others_summed() -> None:
    every = dict.fromkeys(range(90), bad_day(ComponentStatus.MAJOR_OUTAGE, down=60))
    numbers = status_bar.numbers(component(1, "API", days=days(every)))
    assert len(numbers.days) == status_bar.LISTED_MAX
    assert _unbroken(numbers.days[0].said) == "Major outage, down for 1 h"
    assert _unbroken(numbers.others) == "and 60 earlier days, down for 2 days 12 h in all"


def test_the_history_is_by_month_and_leads_to_each_incident() -> None:
    said = text(status_pages.mixed(), "/history")
    assert (
        "November 2026 Slow dashboard Minor problem, resolved 16 Nov 2026, 12:00 UTC after 47 min "
        "Payments go through again."
    ) in said
    assert "October 2026 Card payments were declined" in said
    assert "September 2026 Payouts were late" in said
    assert '<a href="incidents/41">' in shown(status_pages.mixed(), "/history")
    assert "No incident was resolved in the last 90 days." in text(page(), "/history")


def test_a_history_without_end_is_cut_and_says_so() -> None:
    past = tuple(resolved(number, f"Late {number}", days_ago=1) for number in range(300, 0, -1))
    said = text(page(history=past), "/history")
    assert "100 earlier incidents are listed in the JSON of this page" in said
    assert "Late 101 " in said
    assert "Late 100 " not in said


def test_an_incident_shows_all_that_was_ever_said_of_it() -> None:
    said = text(status_pages.mixed(), "/incidents/41")
    assert "Resolved Partial outage Affects Card payments Began 2 Oct 2026, 11:13 UTC" in said
    assert "resolved 2 Oct 2026, 12:00 UTC after 47 min Updates Resolved" in said
    assert "Nothing has been said about it yet." in text(status_pages.mixed(), "/incidents/40")


@pytest.mark.parametrize("rest", ["", "/history", "/incidents/500"])
def test_a_large_page_is_small(rest: str) -> None:
    assert len(shown(status_pages.large(), rest)) < 60_000
    assert len(shown(status_pages.mixed(), rest if rest != "/incidents/500" else "")) < 30_000


def test_json_is_as_promised() -> None:
    whole = json.loads(shown(status_pages.mixed(), ".json"))
    assert list(whole) == ["page", "banner", "updatedAt", "components", "incidents", "history"]
    assert whole["page"] == {
        "slug": "acme",
        "title": "Acme Payments",
        "url": f"{PUBLIC_URL}/status/acme",
    }
    assert (whole["banner"], whole["updatedAt"]) == ("major_outage", "2026-11-18T11:57:00.000Z")
    cards = {"id": "00000000-0000-0000-0000-0000000003e9", "name": "Card payments"}
    assert whole["components"][0] == {
        **cards,
        "groupLabel": "Payments",
        "description": "Authorization and capture by card",
        "status": "major_outage",
    }
    declined = whole["incidents"][1]
    assert declined.pop("updates")[1:3] == [
        {
            "postedAt": "2026-11-18T11:30:00.000Z",
            "body": None,
            "statusChange": "identified",
            "redacted": False,
        },
        {
            "postedAt": "2026-11-18T11:18:00.000Z",
            "body": REMOVED,
            "statusChange": None,
            "redacted": True,
        },
    ]
    assert declined == {
        "number": 57,
        "title": "Card payments are declined",
        "status": "identified",
        "severity": "critical",
        "components": [cards],
        "startedAt": "2026-11-18T10:32:00.000Z",
        "resolvedAt": None,
        "url": f"{PUBLIC_URL}/status/acme/incidents/57",
    }
    assert whole["history"][0]["resolvedAt"] == "2026-11-16T12:00:00.000Z"
    assert [one["number"] for one in whole["history"]] == [55, 41, 40]


@pytest.mark.parametrize("told", HOSTILE, ids=range(len(HOSTILE)))
def test_json_holds_every_text_unchanged(told: str) -> None:
    whole = json.loads(shown(hostile(told), ".json"))
    assert whole["page"]["title"] == whole["incidents"][0]["updates"][0]["body"] == told


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


def test_every_state_has_a_word_everywhere() -> None:
    assert set(words.BANNER) == set(words.COMPONENT) == set(ComponentStatus)
    assert set(words.SEVERITY) == set(Severity)
    assert set(words.STATUS) == set(Status)
    assert set(status_bar.CLASS) == {None, *ComponentStatus}


def test_a_component_that_is_named_like_a_script_is_only_named_so() -> None:
    api = component(1, "<b>API</b>")
    of = page(api, incidents=(incident(1, "Slow", components=(tag(api),)),))
    assert "<bdi>&lt;b&gt;API&lt;/b&gt;</bdi>" in shown(of)
    assert "<b>API" not in shown(replace(of, title="<b>API"))


def _unbroken(said: str) -> str:
    """The text with plain spaces."""
    return said.replace("\N{NO-BREAK SPACE}", " ")


def _duration(length: timedelta) -> str:
    return _unbroken(words.duration(length))


def _uptime(of) -> str:
    return _unbroken(words.uptime(of))
