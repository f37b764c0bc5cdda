"""A rotation layer in the words of a form becomes instants, and back, without losing any."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from core.errors import ValidationFailed
from core.layer_terms import (
    LayerTerms,
    as_draft,
    moved_to,
    proposed_first_day,
    proposed_name,
    terms_of,
)
from storage.vocabulary import RotationType

BERLIN, TOKYO = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Tokyo")
TERMS = LayerTerms(
    " Primary ", RotationType.WEEKLY, 7, time(9), date(2026, 11, 23), date(2026, 12, 24), ()
)
ID = UUID(int=1)


def test_a_layer_begins_and_ends_at_the_handoff_of_its_days_where_the_schedule_is() -> None:
    draft = as_draft(TERMS, BERLIN, id=ID)
    assert draft.name == "Primary"
    assert draft.effective_from == datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert draft.effective_until == datetime(2026, 12, 24, 8, tzinfo=UTC)
    assert terms_of(draft, BERLIN) == replace(TERMS, name="Primary")
    assert as_draft(replace(TERMS, last_day=None), BERLIN, id=ID).effective_until is None


def test_another_handoff_takes_the_bounds_along() -> None:
    was = as_draft(TERMS, BERLIN, id=ID)
    later = as_draft(replace(TERMS, handoff=time(18)), BERLIN, id=ID, was=was)
    assert later.effective_from == datetime(2026, 11, 23, 17, tzinfo=UTC)


def test_an_instant_that_no_form_can_say_stays_for_as_long_as_its_day_does() -> None:
    noon = datetime(2026, 11, 23, 11, 30, tzinfo=UTC)
    was = replace(as_draft(TERMS, BERLIN, id=ID), effective_from=noon, effective_until=None)
    asked = replace(terms_of(was, BERLIN), handoff=time(18))
    assert as_draft(asked, BERLIN, id=ID, was=was).effective_from == noon
    another = replace(asked, first_day=date(2026, 11, 24))
    assert as_draft(another, BERLIN, id=ID, was=was).effective_from == datetime(
        2026, 11, 24, 17, tzinfo=UTC
    )


@pytest.mark.parametrize(("field", "day"), [("first_day", date.min), ("last_day", date.max)])
def test_a_day_outside_the_calendar_is_refused_at_its_field(field: str, day: date) -> None:
    zone = TOKYO if day is date.min else ZoneInfo("America/New_York")
    with pytest.raises(ValidationFailed) as refused:
        as_draft(replace(TERMS, handoff=time(23), **{field: day}) if day is date.max
                 else replace(TERMS, handoff=time(1), **{field: day}), zone, id=ID)  # fmt: skip
    assert refused.value.field == field


def test_in_another_zone_the_wall_clocks_show_what_they_did() -> None:
    draft = as_draft(TERMS, BERLIN, id=ID)
    assert terms_of(moved_to(draft, BERLIN, TOKYO), TOKYO) == terms_of(draft, BERLIN)
    endless = replace(draft, effective_until=None)
    assert moved_to(endless, BERLIN, TOKYO).effective_until is None
    first = replace(draft, effective_from=datetime.min.replace(tzinfo=UTC))
    west = ZoneInfo("America/New_York")
    assert moved_to(first, west, TOKYO).effective_from == first.effective_from
    assert terms_of(first, west).first_day == date.min


def test_a_new_layer_would_begin_next_monday_and_have_a_name_that_is_free() -> None:
    wednesday = datetime(2026, 11, 18, 12, tzinfo=UTC)
    assert proposed_first_day(wednesday, BERLIN) == date(2026, 11, 23)
    assert proposed_first_day(wednesday + timedelta(days=5), BERLIN) == date(2026, 11, 23)
    sunday_night = datetime(2026, 11, 22, 16, tzinfo=UTC)
    assert proposed_first_day(sunday_night, TOKYO) == date(2026, 11, 23)
    assert [proposed_name(taken) for taken in ([], ["Primary"], ["Secondary", "Primary"])] == [
        "Primary", "Secondary", "Layer 3",
    ]  # fmt: skip
