"""Time zones are found as people look for them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import available_timezones

import pytest

from core.timezones import describe_zone, find_zones, said_offset
from tests.cast import NOON

SUMMER = datetime(2026, 7, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("berlin", "Europe/Berlin"),
        ("Europe/Berlin", "Europe/Berlin"),
        ("new york", "America/New_York"),
        ("new", "America/New_York"),
        ("india", "Asia/Kolkata"),
        ("calcutta", "Asia/Calcutta"),
        ("uk", "Europe/London"),
        ("usa", "America/New_York"),
        ("Germany", "Europe/Berlin"),
        ("south k", "Asia/Seoul"),
        ("sao paulo", "America/Sao_Paulo"),
        ("COTE D", "Africa/Abidjan"),
        ("utc+5:30", "Asia/Colombo"),
        ("-3:30", "America/St_Johns"),
        ("utc", "UTC"),
        ("gmt", "UTC"),
        ("US/Pacific", "US/Pacific"),
    ],
)
def test_a_zone_is_found_by_city_country_or_distance_from_utc(typed: str, first: str) -> None:
    assert find_zones(typed, NOON)[0].name == first


def test_a_zone_is_found_by_what_its_time_is_called_in_summer_and_in_winter() -> None:
    for typed in ("CET", "cest"):
        assert "Europe/Paris" in [zone.name for zone in find_zones(typed, NOON)]


def test_a_distance_from_utc_is_the_one_of_now() -> None:
    in_winter, in_summer = (
        {zone.name for zone in find_zones("utc+2", at)} for at in (NOON, SUMMER)
    )
    assert "Europe/Berlin" in in_summer - in_winter
    assert "Europe/Kyiv" in in_winter - in_summer


def test_zones_that_are_used_here_come_first_and_are_all_there_is_before_anybody_types() -> None:
    nearby = ["Europe/Vienna", "Asia/Tokyo", "Not/There"]
    assert [zone.name for zone in find_zones("", NOON, nearby=nearby)] == [
        "Europe/Vienna", "Asia/Tokyo", "UTC",
    ]  # fmt: skip
    assert find_zones("cet", NOON, nearby=nearby)[0].name == "Europe/Vienna"
    assert find_zones("+1", NOON, nearby=nearby)[0].name == "Europe/Vienna"


@pytest.mark.parametrize("typed", ["Etc", "posix", "right", "SystemV", "zzz", "+27", "<script>"])
def test_what_nobody_means_is_not_offered(typed: str) -> None:
    assert find_zones(typed, NOON) == []


@pytest.mark.parametrize("typed", ["a", "e", "utc", "america", "+0"])
def test_no_more_are_found_than_slack_shows_and_each_is_a_zone(typed: str) -> None:
    found = [zone.name for zone in find_zones(typed, NOON)]
    assert 0 < len(found) <= 100
    assert len(set(found)) == len(found)
    assert set(found) <= available_timezones()


def test_a_zone_says_where_its_clocks_stand() -> None:
    berlin = describe_zone("Europe/Berlin", NOON)
    assert (berlin.label, berlin.note) == ("Europe/Berlin (UTC+1)", "Germany · CET")
    assert describe_zone("Europe/Berlin", SUMMER).label == "Europe/Berlin (UTC+2)"
    assert describe_zone("UTC", NOON).note == "UTC"
    assert said_offset(timedelta(hours=-3, minutes=-30)) == "UTC-3:30"
