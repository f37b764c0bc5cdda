"""What cards and notices say in each state of an incident, and what they offer."""

from uuid import UUID

import pytest

from bot.blocks import card, ids, notices
from core import messages
from core.facts import NextStep
from storage.vocabulary import Status
from tests.bot.test_blocks import (
    ACKNOWLEDGED,
    EXHAUSTED,
    IDLE,
    NOW,
    RESOLVED,
    buttons,
    incident_facts,
    seen,
    update_facts,
)


def test_a_card_shows_everything_at_a_glance() -> None:
    shown = seen(card.card(incident_facts()))
    for expected in (
        "🔴 #12 Checkout is down",
        "Severity: 🔴 Critical",
        "Status: Investigating",
        "Owner: Bob",
        "Schedule: Payments",
        "Escalation policy: Payments policy",
        "Waiting for layer 1 of 2 until Nov 21, 2026 12:05, then Carol (layer 2).",
        "Paged: Bob",
        "Declared by Alice",
        "Every payment fails.",
    ):
        assert expected in shown


@pytest.mark.parametrize(
    ("state", "sentence", "offered"),
    [
        (
            {},
            "Waiting for layer 1 of 2",
            [ids.ACKNOWLEDGE, ids.UPDATE, ids.HAND_OFF, ids.RESOLVE, ids.VIEW],
        ),
        (
            {"next_step": NextStep(NOW, None, ()), "layer": 2},
            "then the policy is exhausted",
            [ids.ACKNOWLEDGE, ids.UPDATE, ids.HAND_OFF, ids.RESOLVE, ids.VIEW],
        ),
        (
            ACKNOWLEDGED,
            "Acknowledged by Alice Nov 21, 2026 12:00. The clock has stopped.",
            [ids.UPDATE, ids.HAND_OFF, ids.RESOLVE, ids.VIEW],
        ),
        (
            EXHAUSTED,
            "Nobody acknowledged. The escalation policy is exhausted.",
            [ids.ACKNOWLEDGE, ids.UPDATE, ids.HAND_OFF, ids.RESOLVE, ids.VIEW],
        ),
        (
            IDLE,
            "There is no escalation policy, so nobody else is paged.",
            [ids.ACKNOWLEDGE, ids.UPDATE, ids.HAND_OFF, ids.RESOLVE, ids.VIEW],
        ),
        (
            {**IDLE, "pages": ()},
            "Nobody was paged.",
            [ids.ACKNOWLEDGE, ids.UPDATE, ids.HAND_OFF, ids.RESOLVE, ids.VIEW],
        ),
        (RESOLVED, "Resolved Nov 21, 2026 12:00 after 10 min.", [ids.VIEW]),
    ],
)
def test_a_card_says_what_the_escalation_does_and_offers_what_is_legal(
    state: dict[str, object], sentence: str, offered: list[str]
) -> None:
    shown = card.card(incident_facts(**state))
    assert sentence in seen(shown)
    assert buttons(shown) == offered


def test_resolving_asks_to_confirm_and_is_marked_as_dangerous() -> None:
    row = card.card(incident_facts()).blocks[-1]["elements"]
    resolve = next(one for one in row if one["action_id"] == ids.RESOLVE)
    assert resolve["style"] == "danger"
    assert resolve["confirm"]["title"]["text"] == "Resolve #12?"
    assert resolve["value"] == str(incident_facts().id)


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        (messages.LayerPaged(1, 2, ("Bob", "Carol")), "Layer 1 of 2: paging Bob and Carol."),
        (messages.Acknowledged("Alice"), "Alice acknowledged this. The clock has stopped."),
        (messages.HandedOff("Bob", "Dave", "Bob"), "Bob handed this to Dave."),
        (
            messages.HandedOff("Alice", "Dave", "Bob"),
            "Alice handed this to Dave. It was Bob's.",
        ),
        (messages.HandedOff("Dave", "Dave", "Bob"), "Dave took this over from Bob."),
        (
            messages.SeverityChanged("Alice", "high", "low"),
            "Alice changed the severity: 🟠 High → 🔵 Low.",
        ),
    ],
)
def test_a_quiet_notice_is_one_line_in_the_thread(message: messages.Notice, sentence: str) -> None:
    shown = notices.notice(incident_facts(), message, None)
    assert seen(shown).endswith(sentence)
    assert not shown.broadcast
    assert len(shown.blocks) == 1


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        (
            messages.LayerUnstaffed(2, "Payments"),
            "🚨 Nobody is on call for layer 2 (Payments). It was skipped.",
        ),
        (
            messages.Exhausted("Payments policy"),
            "🚨 Nobody acknowledged #12. The policy Payments policy is exhausted. "
            "Acknowledge it or hand it off now.",
        ),
        (messages.NobodyPaged(), "🚨 #12 pages nobody"),
        (
            messages.PageFailed("Bob", "slack_dm", "user_disabled"),
            "🚨 Bob can't be paged through Slack DM: user_disabled.",
        ),
    ],
)
def test_a_loud_notice_is_shown_in_the_channel_with_what_can_be_done(
    message: messages.Notice, sentence: str
) -> None:
    shown = notices.notice(incident_facts(), message, None)
    assert seen(shown).startswith(sentence)
    assert "#12 Checkout is down" in seen(shown)
    assert shown.broadcast
    assert buttons(shown) == [ids.ACKNOWLEDGE, ids.HAND_OFF, ids.VIEW]


def test_a_loud_notice_calms_down_once_somebody_has_acted() -> None:
    taken = notices.notice(incident_facts(**ACKNOWLEDGED), messages.Exhausted("x"), None)
    assert "Acknowledged by Alice" in seen(taken)
    assert buttons(taken) == [ids.HAND_OFF, ids.VIEW]
    over = notices.notice(incident_facts(**RESOLVED), messages.Exhausted("x"), None)
    assert buttons(over) == [ids.VIEW]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "💬 Update · Alice\nWe found it."),
        (
            {"status_change": Status.IDENTIFIED},
            "💡 Investigating → Identified · Alice\nWe found it.",
        ),
        (
            {"status_change": Status.RESOLVED, "body": None},
            "✅ Monitoring → Resolved · Alice",
        ),
        (
            {"body": None, "redacted": True},
            "💬 Update · Alice\nThis update has been removed.",
        ),
    ],
)
def test_an_update_shows_who_what_changed_and_its_text(
    changes: dict[str, object], expected: str
) -> None:
    told = messages.UpdatePosted(UUID(int=5))
    assert seen(notices.notice(incident_facts(), told, update_facts(**changes))) == expected


def test_an_update_is_shown_exactly_as_it_was_typed() -> None:
    body = "*a* `b`\n  <!here> &lt; :tada:"
    shown = notices.notice(
        incident_facts(), messages.UpdatePosted(UUID(int=5)), update_facts(body=body)
    )
    assert seen(shown) == f"💬 Update · Alice\n{body}"


def test_a_description_is_cut_visibly() -> None:
    shown = seen(card.card(incident_facts(description="x" * 10_000)))
    assert "x" * 500 + "… (9,500 more characters)" in shown
