"""A status page as HTML: without a fault whatever the texts are, and said as people read it."""

from dataclasses import replace

import html5lib
import pytest

from storage.vocabulary import ComponentStatus, Severity, Status
from tests import status_pages
from tests.status_pages import (
    HOSTILE,
    NOW,
    component,
    hostile,
    incident,
    page,
    resolved,
    tag,
    update,
)
from tests.web.status.forms import STATES, shown, text
from web import status_bar
from web import status_words as words
from web.status_views import views


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
