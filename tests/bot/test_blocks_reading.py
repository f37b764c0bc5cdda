"""What the view, the timeline and the lists show of incidents and of who is on call."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from bot.blocks import ids, incident, lists, oncall, timeline
from bot.blocks.build import exact
from bot.blocks.entries import sentence
from core.receipts import Attempt, PageReceipt
from core.targets import OnDuty, Target, Why
from core.timeline import Entry
from storage.vocabulary import AuditType, Channel, DeliveryState
from tests.bot.test_blocks import (
    BOB,
    NOW,
    RESOLVED,
    buttons,
    incident_facts,
    seen,
)

ON_CALL = Why("schedule", schedule="Payments", until=NOW + timedelta(days=1), overriding="Bea")

COVERING = replace(ON_CALL, by_override=True)

RECEIPT = PageReceipt(
    delivery_id=UUID(int=1),
    person="Bob",
    person_id=BOB.id,
    channel=Channel.SLACK_DM,
    policy="Payments",
    layer=1,
    round=1,
    why=replace(ON_CALL, rotation_layer="Primary", overriding=None, until=None),
    committed_at=NOW - timedelta(seconds=3),
    state=DeliveryState.SENT,
    sent_at=NOW,
    provider={"channel": "D1", "ts": "1.1"},
    failures=0,
    attempts=(
        Attempt(NOW - timedelta(seconds=3), timedelta(seconds=1), "failed", "<rate> limited"),
        Attempt(NOW - timedelta(seconds=1), timedelta(seconds=1), "sent", None),
    ),
    error=None,
    superseded=None,
    stop=None,
    together_with=0,
)


def test_the_view_holds_the_whole_description_and_who_was_paged_through_what() -> None:
    paged = Entry(
        NOW, "Tocsin", AuditType.RESPONDER_PAGED,
        {"name": "Bob", "channel": "slack_dm", "memberId": str(BOB.id), "layer": 1, "round": 1},
    )  # fmt: skip
    description = "".join(f"{number} " for number in range(2_000))
    view = incident.incident_view(incident_facts(description=description), (paged,), (RECEIPT,))
    assert description.strip() in seen(view).replace("\n", "")
    assert "📟 Bob · layer 1 · Slack DM · on call for Payments (Primary)" in seen(view)
    assert "sent Nov 21, 2026 12:00, 3.0 s after it was decided · try 2: 1 failed" in seen(view)
    assert buttons(view) == [
        ids.ACKNOWLEDGE, ids.UPDATE, ids.HAND_OFF, ids.RESOLVE, ids.SEVERITY, ids.AFFECTED,
        ids.TIMELINE,
    ]  # fmt: skip


def test_the_view_of_what_is_resolved_offers_the_timeline_alone() -> None:
    assert buttons(incident.incident_view(incident_facts(**RESOLVED), ())) == [ids.TIMELINE]


def test_every_entry_is_on_exactly_one_page_of_the_timeline_newest_first() -> None:
    many = tuple(
        Entry(NOW, f"Person {number}.", AuditType.INCIDENT_ACKNOWLEDGED, {})
        for number in range(100)
    )
    pages = [
        timeline.timeline_view(incident_facts(), many, now=NOW, page=page) for page in range(4)
    ]
    told = "\n".join(seen(one) for one in pages)
    order = [told.index(f"by Person {number}.") for number in reversed(range(100))]
    assert order == sorted(order)
    assert told.count("Acknowledged by") == 100
    values = [
        [one["value"].partition(":")[2] for block in view["blocks"] if block["type"] == "actions"
         for one in block["elements"]]
        for view in pages
    ]  # fmt: skip
    assert values == [["1"], ["0", "2"], ["1", "3"], ["2"]]


def test_a_page_of_the_timeline_that_is_gone_is_the_nearest_one() -> None:
    one = (Entry(NOW, "Alice", AuditType.INCIDENT_CREATED, {}),)
    assert "Declared by Alice" in seen(
        timeline.timeline_view(incident_facts(), one, now=NOW, page=99)
    )


def test_an_edit_says_what_the_incident_is_called_now() -> None:
    edits: tuple[dict[str, str | None], ...] = (
        {"title": "Payments"}, {"description": None}, {"title": "Payments", "description": "Now"},
    )  # fmt: skip
    told = [Entry(NOW, "Alice", AuditType.INCIDENT_EDITED, {"after": after}) for after in edits]
    assert [sentence(one) for one in told] == [
        "✏️ Now called “Payments” · Alice",
        "✏️ Description edited · Alice",
        "✏️ Now called “Payments”, and the description edited · Alice",
    ]


def test_no_open_incident_is_a_friendly_answer() -> None:
    assert seen(lists.open_incidents([], 0)) == "🎉 No incident is open."


def test_a_list_says_which_of_how_many_it_shows_and_leads_on_to_the_others() -> None:
    some = [incident_facts()] * 15
    shown = lists.open_incidents(some, 500)
    assert len(shown.blocks) == 17
    assert "500 open incidents · 1–15, what nobody has acknowledged first" in seen(shown)
    assert "The next 15" in seen(shown)
    assert "· 481–495," in seen(lists.open_incidents(some, 500, 480))
    assert "The next 5" in seen(lists.open_incidents(some, 500, 480))
    assert "The next" not in seen(lists.open_incidents(some, 500, 485))
    assert "That was the last of them." in seen(lists.open_incidents([], 500, 500))


def test_a_list_that_is_whole_only_says_how_long_it_is() -> None:
    shown = lists.open_incidents([incident_facts()] * 2, 2)
    assert shown.blocks[0] == exact("2 open incidents")
    assert "The next" not in seen(shown)


def test_who_is_on_call_is_told_with_until_when() -> None:
    duty = OnDuty(UUID(int=1), "Payments", "Europe/Berlin", (Target(BOB, COVERING),))
    shown = oncall.on_call([duty], at=None, reader="Asia/Tokyo")
    assert "Bob until Nov 22, 2026 12:00 (Sun 22 Nov, 13:00 in Berlin) · covering for Bea" in seen(
        shown
    )
    same = oncall.on_call([duty], at=None, reader="Europe/Paris")
    assert "Bob until Nov 22, 2026 12:00 · covering for Bea" in seen(same)
    nobody = oncall.on_call([replace(duty, people=())], at=None)
    assert "🚨 Nobody is on call." in seen(nobody)
    unowned = oncall.on_call([replace(duty, is_owned=False)], at=None)
    assert "Nobody owns incidents: the first layer has nobody." in seen(unowned)
    assert "Nobody owns incidents" not in seen(same)


def test_help_has_a_line_for_each_sub_command() -> None:
    shown = seen(lists.help_text("/incident"))
    for word in (
        "new", "list", "show", "ack", "update", "status", "severity", "handoff", "resolve",
        "timeline", "oncall", "override", "help",
    ):  # fmt: skip
        assert f"/incident {word}" in shown
