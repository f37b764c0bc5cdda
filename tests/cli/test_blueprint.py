"""What a blueprint may say, and how each fault is said: with its line, all of them at once."""

from datetime import UTC, datetime, time
from pathlib import Path

import pytest

from cli.blueprint import BlueprintError, read_blueprint
from storage.vocabulary import RotationType

EXAMPLE = Path(__file__).parents[2] / "tocsin.example.yaml"

SCHEDULE = """\
schedules:
  Payments:
    timezone: Europe/Berlin
    rotation:
      - name: Primary
        shift: weekly
        handoff: "09:00"
        people: [bob@example.com]
"""
POLICY = """\
policies:
  Payments:
    layers:
      - page: {schedule: Payments}
        timeout: 5 min
"""


def refusal(text: str) -> str:
    with pytest.raises(BlueprintError) as caught:
        read_blueprint(text)
    return str(caught.value)


def test_the_example_can_be_read():
    found = read_blueprint(EXAMPLE.read_text(), name="tocsin.example.yaml")
    assert found.emails == ["alice@example.com", "bob@example.com", "carol@example.com"]
    (policy,) = found.policies
    assert [layer.timeout_minutes for layer in policy.layers] == [5, 5, 10]


def test_a_rotation_layer_is_read_with_everything_it_says():
    text = (
        SCHEDULE + "        from: 2026-11-02T09:00:00+01:00\n        until: 2027-01-01T00:00:00Z\n"
    )
    (layer,) = read_blueprint(text).schedules[0].rotation
    assert layer.rotation_type is RotationType.WEEKLY
    assert layer.length_days == 7
    assert layer.handoff_time == time(9)
    assert layer.effective_from == datetime(2026, 11, 2, 8, tzinfo=UTC)
    assert layer.effective_until == datetime(2027, 1, 1, tzinfo=UTC)
    assert [one.text for one in layer.people] == ["bob@example.com"]


@pytest.mark.parametrize(
    ("written", "days", "rotation_type"),
    [
        ("daily", 1, RotationType.DAILY),
        ("weekly", 7, RotationType.WEEKLY),
        ("1 day", 1, RotationType.DAILY),
        ("3 days", 3, RotationType.CUSTOM),
        ("2 weeks", 14, RotationType.CUSTOM),
        ("366 days", 366, RotationType.CUSTOM),
    ],
)
def test_a_shift_is_written_as_people_say_it(written, days, rotation_type):
    (layer,) = read_blueprint(SCHEDULE.replace("weekly", written)).schedules[0].rotation
    assert (layer.length_days, layer.rotation_type) == (days, rotation_type)


@pytest.mark.parametrize(
    ("written", "minutes"),
    [("5", 5), ("5 min", 5), ("2 h", 120), ("1 h 30 min", 90), ("1 day", 1440), ("10080", 10_080)],
)
def test_a_timeout_is_written_as_people_say_it(written, minutes):
    (layer,) = read_blueprint(POLICY.replace("5 min", written)).policies[0].layers
    assert layer.timeout_minutes == minutes


def test_a_time_of_day_needs_no_quotation_marks():
    (layer,) = read_blueprint(SCHEDULE.replace('"09:00"', "09:00")).schedules[0].rotation
    assert layer.handoff_time == time(9)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "timezone:",
            "time_zone:",
            "tocsin.yaml:3: schedule “Payments” has no “time_zone”. Did you mean “timezone”?",
        ),
        (
            "Europe/Berlin",
            "Europe/Berln",
            "tocsin.yaml:3: timezone: “Europe/Berln” is no IANA time zone. "
            "Did you mean Europe/Berlin?",
        ),
        (
            "    timezone: Europe/Berlin\n",
            "",
            "tocsin.yaml:3: schedule “Payments” needs “timezone”, and it is missing.",
        ),
        (
            "Europe/Berlin",
            "Berlin",
            "tocsin.yaml:3: timezone: “Berlin” is no IANA time zone. Did you mean Europe/Berlin?",
        ),
        (
            "Europe/Berlin",
            "Middle Earth",
            "tocsin.yaml:3: timezone: “Middle Earth” is no IANA time zone. "
            "Use one such as Europe/Berlin.",
        ),
        (
            "weekly",
            "fortnightly",
            "tocsin.yaml:6: shift: “fortnightly” is no length of a shift. "
            "Write daily, weekly or 3 days.",
        ),
        ("weekly", "367 days", "tocsin.yaml:6: shift: “367 days”: a shift lasts 1 to 366 days."),
        (
            '"09:00"',
            '"25:00"',
            "tocsin.yaml:7: handoff: “25:00” is no time of day as HH:MM. Write one such as 09:00.",
        ),
        (
            '"09:00"',
            "9:00",
            "tocsin.yaml:7: handoff: “9:00” is no time of day as HH:MM. Write 09:00.",
        ),
        (
            "[bob@example.com]",
            "[bob]",
            "tocsin.yaml:8: people: “bob” is no e-mail address. Write one like bob@example.com.",
        ),
        (
            "[bob@example.com]",
            r'["b\0b@example.com"]',
            "tocsin.yaml:8: people: “b\0b@example.com” is no e-mail address. "
            "Write one like bob@example.com.",
        ),
        (
            "[bob@example.com]",
            "[]",
            "tocsin.yaml:8: people is empty. Write a list such as [bob@example.com].",
        ),
        (
            "[bob@example.com]",
            "bob@example.com",
            "tocsin.yaml:8: people is a list, not a single value. "
            "Write a list such as [bob@example.com].",
        ),
        (
            "people:",
            "from: 2026-11-02T09:00:00\n        people:",
            "tocsin.yaml:8: from: “2026-11-02T09:00:00” does not say in which zone. "
            "Write 2026-11-02T09:00:00+01:00.",
        ),
        (
            "people:",
            "from: next monday\n        people:",
            "tocsin.yaml:8: from: “next monday” is no date and time. "
            "Write one such as 2026-11-02T09:00:00+01:00.",
        ),
        (
            "people:",
            "from: 2026-11-02T09:00Z\n        until: 2026-11-02T09:00Z\n        people:",
            "tocsin.yaml:9: until: the layer ends before it begins.",
        ),
        ("weekly", "", "tocsin.yaml:6: shift is empty."),
        (
            "weekly",
            "weekly\n        shift: daily",
            "tocsin.yaml:7: “shift” is here twice; the first is on line 6.",
        ),
        ("Primary", "x" * 256, "tocsin.yaml:5: name: it has 256 characters, and at most 255 fit."),
        (
            "Primary",
            r'"a\0b"',
            "tocsin.yaml:5: name: the character U+0000 can't be kept. Remove it.",
        ),
    ],
)
def test_a_fault_in_a_schedule_is_refused_with_its_line_and_a_remedy(old, new, said):
    assert refusal(SCHEDULE.replace(old, new, 1)) == said


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "5 min",
            "0 min",
            "tocsin.yaml:5: timeout: “0 min”: a layer waits 1 to 10,080 minutes (7 days).",
        ),
        (
            "5 min",
            "10081",
            "tocsin.yaml:5: timeout: “10081”: a layer waits 1 to 10,080 minutes (7 days).",
        ),
        (
            "5 min",
            "soon",
            "tocsin.yaml:5: timeout: “soon” is no timeout. Write 5 min, 2 h or 1 day.",
        ),
        (
            "{schedule: Payments}",
            "{}",
            "tocsin.yaml:4: page is either {schedule: a name} or {people: [bob@example.com]}. "
            "For both, write two layers.",
        ),
        (
            "{schedule: Payments}",
            "{people: [bob@example.com, Bob@example.com]}",
            "tocsin.yaml:4: page: “bob@example.com” is here twice; remove one.",
        ),
        (
            "{schedule: Payments}",
            "Payments",
            "tocsin.yaml:4: page must have keys and values, not a single value.",
        ),
    ],
)
def test_a_fault_in_a_policy_is_refused_with_its_line_and_a_remedy(old, new, said):
    assert refusal(POLICY.replace(old, new, 1)) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "tocsin.yaml:1: The file is empty. Start from tocsin.example.yaml."),
        ("- a", "tocsin.yaml:1: the file must have keys and values, not a list."),
        (
            "scheduels: {}",
            "tocsin.yaml:1: the file has no “scheduels”. Did you mean “schedules”?",
        ),
        ("\nschedules:\n", "tocsin.yaml:2: schedules must have keys and values, not nothing."),
        (
            "admins: []\n\nalerts_channel: #incidents\n",
            "tocsin.yaml:1: admins is empty. Write a list such as [bob@example.com].\n"
            "tocsin.yaml:3: alerts_channel is empty. If it begins with #, quote it: YAML takes # "
            "for a comment.",
        ),
        (
            "alerts_channel: The Channel",
            "tocsin.yaml:1: alerts_channel: “The Channel” can't be a Slack channel. Write its "
            "name in lower case, such as incidents, or its id.",
        ),
        (
            "schedules:\n\tPayments: {}",
            "tocsin.yaml:2: This is not YAML: found character '\\t' that cannot start any token. "
            "Indent with spaces: YAML allows no tabs.",
        ),
        (
            "alerts_channel: a: b",
            "tocsin.yaml:1: This is not YAML: mapping values are not allowed here. "
            "Check the indentation, and quote text that has a colon.",
        ),
        (
            "a: 1\n---\nb: 1\n",
            "tocsin.yaml:2: This is not YAML: but found another document. "
            "Remove the line ---: one file is one document.",
        ),
        (
            "a: 1\nb: \x01",
            "tocsin.yaml:2: There is a character here that YAML does not allow. Remove it.",
        ),
        ("[" * 10_000, "tocsin.yaml:1: This is nested too deep to be a blueprint."),
    ],
    ids=lambda value: value[:20],
)
def test_a_file_that_is_no_blueprint_is_refused(text, said):
    assert refusal(text) == said


def test_two_names_that_differ_in_their_case_alone_are_refused():
    second = "".join(SCHEDULE.splitlines(keepends=True)[1:]).replace("Payments", "payments")
    assert refusal(SCHEDULE + second) == (
        "tocsin.yaml:9: “payments” and “Payments” (line 2) differ in their case alone. "
        "Give one another name."
    )


def test_two_rotation_layers_of_one_name_are_refused():
    layer = "".join(SCHEDULE.splitlines(keepends=True)[4:])
    assert refusal(SCHEDULE + layer) == (
        "tocsin.yaml:9: schedule “Payments”: rotation layer: “Primary” is here twice; remove one."
    )


def test_every_fault_is_said_at_once_and_in_the_order_of_the_lines():
    text = SCHEDULE.replace("weekly", "yearly").replace("Europe/Berlin", "Mars") + POLICY.replace(
        "5 min", "0"
    )
    lines = [line.split(": ")[0] for line in refusal(text).splitlines()]
    assert lines == ["tocsin.yaml:3", "tocsin.yaml:6", "tocsin.yaml:13"]


def test_the_name_of_the_file_is_the_one_that_was_given():
    with pytest.raises(BlueprintError, match=r"^ours\.yaml:1: "):
        read_blueprint("x: 1", name="ours.yaml")
