"""The text of a feed says what the resolver says, to any reader of RFC 5545."""

import re
from datetime import UTC, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
from hypothesis import given, settings
from hypothesis import strategies as st

from core.calendar_events import ShiftEvent, events_of, gaps_of
from core.calendars import Calendar
from core.oncall import Override, Participant, RotationLayer, Schedule, shifts
from web.icalendar_text import render, without_stamps

ALICE, BOB, CAROL = (UUID(int=n) for n in range(1, 4))
NAMES = {ALICE: "Alice Martin", BOB: "Bob Okafor", CAROL: "Carol Jansen"}
DAY = timedelta(days=1)
NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)


def layer(*people, position=0, name="Primary", length=7, handoff=time(9), since, until=None):
    order = tuple(Participant(one) for one in people)
    return RotationLayer(
        UUID(int=10 + position), name, position, length, handoff, since, until, order
    )


def schedule(*layers, zone="Europe/Berlin", overrides=(), name="Payments"):
    return Schedule(UUID(int=9), name, ZoneInfo(zone), layers, tuple(overrides))


def text_of(of, start, end, *, member_id=None, at=NOON):
    events = events_of(of, NAMES, start, end, member_id=member_id)
    member = NAMES[member_id] if member_id else None
    return render(Calendar("Payments on call", of.timezone.key, member, events, at))


def read(text):
    return icalendar.Calendar.from_ical(text)


def as_a_reader_sees_it(text, start, end):
    """Summary, start and end of all that a calendar program would draw in a window."""
    found = recurring_ical_events.of(read(text)).between(start, end)
    return sorted(
        (str(one["SUMMARY"]), one.start.astimezone(UTC), one.end.astimezone(UTC)) for one in found
    )


# A zone, and the beginning of three weeks with a clock change in them.
CHANGES = [
    ("Europe/Berlin", datetime(2026, 3, 16, 8, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 10, 12, 7, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 3, 1, 12, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 10, 25, 12, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 3, 25, 12, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 9, 25, 12, tzinfo=UTC)),
    ("Pacific/Apia", datetime(2011, 12, 20, 12, tzinfo=UTC)),  # a day that never was
    ("Africa/Casablanca", datetime(2026, 2, 8, 12, tzinfo=UTC)),  # back for Ramadan
]


@pytest.mark.parametrize("handoff", [time(0), time(2, 15), time(9)], ids=str)
@pytest.mark.parametrize(("zone", "start"), CHANGES, ids=str)
def test_over_a_clock_change_a_reader_sees_the_shifts_of_the_resolver(zone, start, handoff):
    end = start + 21 * DAY
    payments = schedule(
        layer(ALICE, BOB, CAROL, length=1, handoff=handoff, since=start - 40 * DAY),
        layer(CAROL, BOB, position=1, name="Backup", handoff=handoff, since=start - 40 * DAY),
        zone=zone,
        overrides=[Override(UUID(int=20), Participant(CAROL), start + 9 * DAY, start + 10 * DAY)],
    )
    seen = as_a_reader_sees_it(text_of(payments, start, end), start, end)
    whole = shifts(payments, start - 30 * DAY, end + 30 * DAY)
    expected = [
        (
            f"{NAMES[one.member_id]} ({'Payments, Backup' if one.position else 'Payments'})",
            one.start_at,
            one.end_at,
        )
        for one in whole
        if one.start_at < end and one.end_at > start
    ]
    assert seen == sorted(expected)
    assert len(seen) > 20


def test_a_persons_feed_has_their_own_shifts_and_no_others():
    start = datetime(2026, 11, 16, 8, tzinfo=UTC)
    payments = schedule(
        layer(ALICE, BOB, since=start), layer(BOB, position=1, name="Backup", since=start)
    )
    seen = as_a_reader_sees_it(
        text_of(payments, start, start + 14 * DAY, member_id=ALICE), start, start + 14 * DAY
    )
    assert seen == [("On call: Payments", start, start + 7 * DAY)]


def test_an_event_says_why_and_when_on_the_schedules_clock():
    start = datetime(2026, 10, 19, 7, tzinfo=UTC)
    payments = schedule(
        layer(ALICE, BOB, since=start),
        overrides=[
            Override(UUID(int=20), Participant(CAROL), start + 5 * DAY, start + 8 * DAY),
        ],
    )
    calendar = read(text_of(payments, start, start + 9 * DAY))
    assert [str(one["DESCRIPTION"]) for one in calendar.walk("VEVENT")] == [
        "Rotation layer Primary of Payments.\n"
        "Mon 19 Oct 2026 09:00 UTC+02:00 to Sat 24 Oct 2026 09:00 UTC+02:00 (Europe/Berlin)",
        "Override on Payments, instead of Alice Martin, Bob Okafor.\n"
        "Sat 24 Oct 2026 09:00 UTC+02:00 to Tue 27 Oct 2026 08:00 UTC+01:00 (Europe/Berlin)",
        "Rotation layer Primary of Payments.\n"
        "Tue 27 Oct 2026 08:00 UTC+01:00 to Mon 2 Nov 2026 09:00 UTC+01:00 (Europe/Berlin)",
    ]


def test_being_on_call_makes_nobody_busy():
    text = text_of(schedule(layer(ALICE, since=NOON)), NOON, NOON + DAY)
    (event,) = read(text).walk("VEVENT")
    assert (event["TRANSP"], event["X-MICROSOFT-CDO-BUSYSTATUS"]) == ("TRANSPARENT", "FREE")


def test_a_gap_is_an_event_of_its_own():
    payments = schedule(layer(ALICE, since=NOON + DAY))
    gaps = gaps_of(payments, NOON, NOON + 2 * DAY)
    text = render(Calendar("Payments on call", "Europe/Berlin", None, gaps, NOON))
    assert as_a_reader_sees_it(text, NOON, NOON + 2 * DAY) == [
        ("Nobody is on call (Payments)", NOON, NOON + DAY)
    ]


def test_where_the_first_layer_alone_is_empty_the_event_says_who_is_missing():
    backup = layer(BOB, position=1, name="Backup", since=NOON, until=NOON + 2 * DAY)
    payments = schedule(layer(ALICE, since=NOON + 3 * DAY), backup)
    gaps = gaps_of(payments, NOON, NOON + 4 * DAY)
    text = render(Calendar("Payments on call", "Europe/Berlin", None, gaps, NOON))

    assert as_a_reader_sees_it(text, NOON, NOON + 4 * DAY) == [
        ("Nobody is on call (Payments)", NOON + 2 * DAY, NOON + 3 * DAY),
        ("Nobody owns incidents (Payments)", NOON, NOON + 2 * DAY),
    ]
    why = {str(one["DESCRIPTION"]).partition("\n")[0] for one in read(text).walk("VEVENT")}
    assert "The first layer of Payments has nobody in this time. Others are paged." in why


def test_the_head_of_a_feed_is_what_the_three_great_readers_ask_for():
    calendar = read(text_of(schedule(), NOON, NOON))
    assert {key: str(calendar[key].to_ical(), "utf-8") for key in calendar} == {
        "VERSION": "2.0",
        "PRODID": "-//Tocsin//On call//EN",
        "CALSCALE": "GREGORIAN",
        "METHOD": "PUBLISH",
        "NAME": "Payments on call",
        "X-WR-CALNAME": "Payments on call",
        "X-WR-TIMEZONE": "Europe/Berlin",
        "REFRESH-INTERVAL": "PT1H",
        "X-PUBLISHED-TTL": "PT1H",
    }
    assert calendar["REFRESH-INTERVAL"].params["VALUE"] == "DURATION"


def uids(of, start, end, **arguments):
    events = read(text_of(of, start, end, **arguments)).walk("VEVENT")
    return {str(one["UID"]): (one.start, one.end, str(one["SUMMARY"])) for one in events}


def test_a_changed_handoff_or_another_person_changes_an_event_and_makes_no_second():
    start = datetime(2026, 11, 16, 8, tzinfo=UTC)
    before = uids(schedule(layer(ALICE, BOB, since=start)), start + DAY, start + 60 * DAY)
    later = layer(CAROL, BOB, handoff=time(10, 30), since=start)
    after = uids(schedule(later), start + DAY, start + 60 * DAY)
    assert list(after) == list(before)
    assert not set(after.values()) & set(before.values())


def test_the_day_that_passes_changes_no_event_and_no_uid():
    start = datetime(2026, 3, 2, 8, tzinfo=UTC)
    payments = schedule(
        layer(ALICE, BOB, since=start - 300 * DAY),
        layer(BOB, CAROL, position=1, length=2, since=start - 300 * DAY),
        overrides=[Override(UUID(int=20), Participant(CAROL), start - DAY, start + DAY)],
    )
    today = uids(payments, start, start + 60 * DAY)
    tomorrow = uids(payments, start + DAY, start + 61 * DAY)
    both = set(today) & set(tomorrow)
    assert {uid: today[uid] for uid in both} == {uid: tomorrow[uid] for uid in both}
    assert len(both) >= len(today) - 2


def test_no_two_events_share_a_uid_where_an_override_cuts_a_shift_in_two():
    start = datetime(2026, 11, 16, 8, tzinfo=UTC)
    hour = timedelta(hours=1)
    cuts = [
        Override(UUID(int=20 + n), Participant(CAROL), start + n * hour, start + (n + 0.5) * hour)
        for n in range(1, 5)
    ]
    payments = schedule(layer(ALICE, BOB, since=start), overrides=cuts)
    events = read(text_of(payments, start, start + 7 * DAY)).walk("VEVENT")
    assert len(events) == 9
    assert len({str(one["UID"]) for one in events}) == 9


def test_a_persons_event_is_another_than_the_schedules():
    payments = schedule(layer(ALICE, since=NOON))
    mine = uids(payments, NOON, NOON + DAY, member_id=ALICE)
    assert not set(mine) & set(uids(payments, NOON, NOON + DAY))


def test_the_same_shifts_say_the_same_later_but_for_the_stamp():
    payments = schedule(layer(ALICE, BOB, since=NOON))
    now, later = (text_of(payments, NOON, NOON + 30 * DAY, at=NOON + n * DAY) for n in (0, 1))
    assert now != later
    assert without_stamps(now) == without_stamps(later)


printable = st.characters(exclude_categories=["Cs", "Cc"])
written = st.text(
    st.one_of(printable, st.sampled_from(",;:\\\"'\n🚒é漢 ")), min_size=1, max_size=200
)


@given(written, written)
@settings(deadline=None)
def test_whatever_people_are_called_every_line_is_folded_and_every_name_comes_back(person, place):
    event = ShiftEvent("key", place, ZoneInfo("UTC"), person, place, 0, (), False, NOON, NOON + DAY)
    text = render(Calendar(place, "UTC", None, (event,), NOON))
    assert all(len(line) <= 75 for line in text.split(b"\r\n"))
    assert b"\n" not in text.replace(b"\r\n", b"")
    for line in text.split(b"\r\n"):
        line.decode()  # no character is cut in two
    (found,) = read(text).walk("VEVENT")
    assert str(found["SUMMARY"]) == f"{person} ({place})"
    unfolded = text.decode().replace("\r\n ", "").split("\r\n")
    (named,) = (line for line in unfolded if line.startswith("X-WR-CALNAME:"))
    raw = re.sub(r"\\(.)", lambda found: found[1].replace("n", "\n"), named.partition(":")[2])
    assert raw == place


def test_a_name_that_tries_to_be_a_property_stays_a_name():
    evil = "Bob\r\nATTENDEE:mailto:x@example.com\x00\x1b"
    event = ShiftEvent("key", evil, ZoneInfo("UTC"), evil, evil, 0, (), False, NOON, NOON + DAY)
    text = render(Calendar(evil, "UTC", None, (event,), NOON))
    (found,) = read(text).walk("VEVENT")
    assert "ATTENDEE" not in found
    assert str(found["SUMMARY"]).startswith("Bob\nATTENDEE:mailto:x@example.com��")
