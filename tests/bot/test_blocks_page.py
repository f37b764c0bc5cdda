"""What a page says in each state of an incident, to each reader, and what it offers."""

from datetime import timedelta

import pytest

from bot.blocks import ids, page
from bot.blocks.text import (
    Rendered,
)
from core.facts import NextStep
from core.messages import Page
from core.people import Person
from core.targets import Why
from tests.bot.test_blocks import (
    ACKNOWLEDGED,
    ALICE,
    BOB,
    DAVE,
    EXHAUSTED,
    NOW,
    RESOLVED,
    buttons,
    incident_facts,
    seen,
)

ON_CALL = Why("schedule", schedule="Payments", until=NOW + timedelta(days=1), overriding="Bea")
TO_ACT = [ids.ACKNOWLEDGE, ids.RESOLVE, ids.HAND_OFF, ids.VIEW]


def page_of(person: Person = BOB, **changes: object) -> Rendered:
    """Layer 1's page as it reads in this state of the incident."""
    return page.page(incident_facts(**changes), Page(ON_CALL, 1, 2), 1, person, now=NOW)


def test_a_page_fits_a_lock_screen_and_says_how_long_is_left() -> None:
    assert page_of().text == "🔴 Critical #12: Checkout is down. Carol is next in 5 min."


def test_a_page_says_what_why_who_is_next_and_offers_what_can_be_done() -> None:
    shown = seen(page_of())
    assert "🔴 #12 Checkout is down" in shown
    assert "Layer 1 of 2" in shown
    assert "Every payment fails." in shown
    assert "You are on call for Payments until Nov 22, 2026 12:00, overriding Bea." in shown
    assert "Carol is next (layer 2), Nov 21, 2026 12:05." in shown
    assert buttons(page_of()) == TO_ACT


@pytest.mark.parametrize(
    ("why", "sentence"),
    [
        (Why("handoff", by="Dave"), "Dave handed this to you."),
        (Why("owner"), "You were named as the owner."),
        (Why("users"), "You are named in layer 2 of the escalation policy."),
        (Why("schedule", schedule="Payments"), "You are on call for Payments."),
    ],
)
def test_a_page_says_why_you(why: Why, sentence: str) -> None:
    assert page.why(why, 2) == sentence


def test_the_last_layer_is_told_that_nobody_is_next() -> None:
    last = page_of(next_step=NextStep(NOW + timedelta(minutes=90), None, ()))
    assert last.text.endswith("Nobody is next: the policy is exhausted in 1 h 30 min.")


def test_the_one_who_acknowledged_reads_so() -> None:
    mine = page_of(ALICE, **ACKNOWLEDGED)
    assert "You acknowledged this Nov 21, 2026 12:00. The clock has stopped." in seen(mine)
    assert buttons(mine) == [ids.UPDATE, ids.RESOLVE, ids.HAND_OFF, ids.VIEW]


def test_the_others_read_that_they_can_stand_down() -> None:
    others = page_of(**ACKNOWLEDGED)
    assert "Alice acknowledged this Nov 21, 2026 12:00. You can stand down." in seen(others)
    assert buttons(others) == [ids.VIEW]


def test_a_page_of_an_earlier_round_reads_that_it_was_handed_off() -> None:
    facts = incident_facts(owner=DAVE, round=2)
    old = page.page(facts, Page(ON_CALL, 1, 2), 1, BOB, now=NOW)
    assert "Handed off to Dave. You can stand down." in seen(old)
    assert buttons(old) == [ids.VIEW]


def test_a_page_that_came_back_points_to_the_newer_one() -> None:
    facts = incident_facts(owner=BOB, round=3)
    assert "see the newer page" in seen(page.page(facts, Page(ON_CALL, 1, 2), 1, BOB, now=NOW))


def test_a_page_whose_layer_has_passed_can_still_be_acknowledged() -> None:
    facts = incident_facts(layer=2, next_step=NextStep(NOW + timedelta(minutes=10), None, ()))
    passed = page.page(facts, Page(ON_CALL, 1, 2), 1, BOB, now=NOW)
    assert "Nobody acknowledged at layer 1, so layer 2 was paged." in seen(passed)
    assert buttons(passed) == TO_ACT


def test_an_exhausted_page_can_still_be_acknowledged() -> None:
    shown = page_of(**EXHAUSTED)
    assert "Nobody acknowledged. Everybody in the policy has been paged." in seen(shown)
    assert buttons(shown) == TO_ACT


def test_a_resolved_page_can_only_be_viewed() -> None:
    shown = page_of(**RESOLVED)
    assert "Resolved Nov 21, 2026 12:00 after 10 min." in seen(shown)
    assert buttons(shown) == [ids.VIEW]


def test_a_page_links_to_the_dashboard_where_there_is_one() -> None:
    facts = incident_facts()
    shown = page.page(
        facts, Page(ON_CALL, 1, 2), 1, BOB, now=NOW, dashboard_url="https://x.test/?a=1&b=2"
    )
    last = shown.blocks[-1]["elements"][0]["text"]
    assert last == "<https://x.test/?a=1&amp;b=2|Open #12 on the dashboard>"
