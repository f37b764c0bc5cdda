"""The views of schedules and policies at their worst: within limits, silent, and complete."""

import itertools
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from bot.blocks import people_field, policies, policy_form, rotation_form, schedules
from bot.blocks.people_field import Chosen
from bot.blocks.policy_form import LayerForm, PolicyForm
from bot.blocks.rotation_form import Consequence, RotationForm
from bot.blocks.schedule_form import ScheduleForm, schedule_modal
from bot.blocks.schedule_list import schedules_view
from core.foresight import ComingShift, Foresight, LayerAhead
from core.layer_terms import LayerTerms
from core.people import Person
from core.policies import EscalationLayerDraft, PolicyDraft
from core.policy_facts import EscalationLayerFacts, PolicyFacts, PolicyLine
from core.preview import Preview, PreviewStep
from core.schedule_drafts import ScheduleDraft
from core.schedule_facts import InTurn, LayerFacts, ScheduleFacts, ScheduleLine
from core.staffing import Unowned
from core.timezones import Zone
from storage.vocabulary import RotationType
from tests.bot.test_blocks import LONG, NAME, NOW, seen
from tests.bot.views import faults_of, offered

TOKYO = ZoneInfo("Asia/Tokyo")
BERLIN = ZoneInfo("Europe/Berlin")
NAMES = [f"{number} {NAME}"[:255] for number in range(100)]


def _ahead(zone: ZoneInfo = BERLIN) -> Foresight:
    begins = [NOW + timedelta(days=7 * number) for number in range(7)]
    shifts = [
        ComingShift(NAME, start, end - timedelta(hours=1), start <= NOW, True)
        for start, end in itertools.pairwise(begins)
    ]
    gaps = [Unowned(start - timedelta(hours=1), start, pages_others=True) for start in begins]
    return Foresight(NOW, zone, NAME, (NAME,) * 60, NOW, tuple(shifts), tuple(gaps * 5))


def _layer(number: int, people: int = 100) -> LayerFacts:
    terms = LayerTerms(
        NAMES[number], RotationType.CUSTOM, 366, time(23, 59), date(2030, 12, 30),
        date(2031, 12, 30), (),
    )  # fmt: skip
    persons = tuple(
        InTurn(Person(UUID(int=each + 1), NAMES[each], f"U{each:010}", "UTC"), left=each % 3 == 0)
        for each in range(people)
    )
    ahead = LayerAhead(NAME, NOW, NAME, NOW)
    return LayerFacts(UUID(int=number + 1), terms, persons, ahead, "0" * 16)


def _schedule(layers: int = 50, people: int = 100) -> ScheduleFacts:
    return ScheduleFacts(
        UUID(int=1),
        ScheduleDraft(NAME, "America/Argentina/ComodRivadavia", LONG, ()),
        tuple(_layer(number, people) for number in range(layers)),
        _ahead(),
        "0" * 16,
    )


def _rotation(people: int, *, in_slack: bool) -> dict[str, Any]:
    layer = _layer(0, people)
    form = rotation_form.form_of(UUID(int=1), layer, 2)
    if not in_slack:
        order = tuple(people_field.token_of(one.person.id, None) for one in layer.people)
        form = replace(form, order=order)
    known = {token: Chosen(token, NAME, UUID(int=3), "⚠️ " + "x" * 60) for token in form.order}
    return rotation_form.rotation_modal(
        form, NAME, BERLIN, TOKYO, known, Consequence((NAME,) * 9, _ahead())
    )


def _policy(layers: int = 50) -> PolicyFacts:
    found = [
        EscalationLayerFacts(
            UUID(int=number + 1),
            EscalationLayerDraft(10_079, UUID(int=1) if number % 2 else None, ()),
            NAME if number % 2 else None,
            tuple(Person(UUID(int=each + 1), NAME, None, "UTC") for each in range(100)),
            (NAME,) * 20,
            (NAME,) * 20,
            "0" * 16,
        )
        for number in range(layers)
    ]
    told = Preview(tuple(PreviewStep(5 * each, each + 1, (NAME,) * 9) for each in range(30)), 150)
    return PolicyFacts(UUID(int=1), PolicyDraft(NAME, LONG, ()), tuple(found), told, "0" * 16)


def _layer_form(**changes: Any) -> dict[str, Any]:
    order = tuple(people_field.token_of(UUID(int=each + 1), None) for each in range(100))
    form = LayerForm(UUID(int=1), UUID(int=2), False, "0" * 16, 2, order=order, timeout="9" * 30)
    known = {token: Chosen(token, NAME, None, "⚠️") for token in order}
    every = [(UUID(int=each + 1), NAME) for each in range(150)]
    return policy_form.layer_modal(replace(form, **changes), NAME, every, known, LONG[:1_000])


LINES = [ScheduleLine(UUID(int=each + 1), NAME, "UTC", (NAME,) * 60, NOW) for each in range(80)]
POLICIES = [PolicyLine(UUID(int=each + 1), NAME, 50, (NAME,) * 60) for each in range(80)]
ZONE = Zone("America/Argentina/ComodRivadavia", timedelta(hours=-3), "-03", NAME[:60])
DETAILS = ScheduleForm(UUID(int=1), False, "0" * 16, 2, NAME, ZONE.name, LONG)
VIEWS = {
    **{f"schedules page {page}": schedules_view(LINES, page=page) for page in range(4)},
    "no schedules": schedules_view([]),
    "schedule": schedules.schedule_view(_schedule(), TOKYO, over_list=2, error=LONG),
    "schedule of 90 layers": schedules.schedule_view(_schedule(90), BERLIN),
    "empty schedule": schedules.schedule_view(_schedule(0), BERLIN),
    "details": schedule_modal(DETAILS, ZONE, TOKYO, Consequence((), _ahead())),
    "new schedule": schedule_modal(replace(DETAILS, is_new=True), None, TOKYO),
    "layer of 100": _rotation(100, in_slack=True),
    "layer of 100 by mail": _rotation(100, in_slack=False),
    "layer of one": _rotation(1, in_slack=True),
    "remove a layer": schedules.remove_layer_modal(
        _schedule(), _layer(0), rotation_form.consequence_blocks(Consequence((), _ahead()), TOKYO),
        over_list=2,
    ),
    **{f"policies page {page}": policies.policies_view(POLICIES, page=page) for page in range(3)},
    "no policies": policies.policies_view([]),
    "policy": policies.policy_view(_policy(), over_list=1, error=LONG),
    "policy of 90 layers": policies.policy_view(_policy(90)),
    "empty policy": policies.policy_view(_policy(0)),
    "policy details": policy_form.policy_modal(
        PolicyForm(UUID(int=1), False, "0" * 16, 2, NAME, LONG)
    ),
    "layer of people": _layer_form(target="users"),
    "layer of a schedule": _layer_form(schedule_id=str(UUID(int=120))),
    "remove a policy's layer": policies.remove_layer_modal(
        _policy(), _policy().layers[1], _policy().told, over_list=None
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", VIEWS)
def test_every_view_keeps_slacks_limits_and_pings_nobody(name: str) -> None:
    assert faults_of(VIEWS[name]) == []


def test_every_schedule_of_eighty_is_on_some_page() -> None:
    opened = offered(*(VIEWS[f"schedules page {page}"] for page in range(3)))
    assert opened == [str(one.id) for one in LINES]
    assert VIEWS["schedules page 3"] == VIEWS["schedules page 2"]


@pytest.mark.parametrize(
    ("how", "place", "wanted"),
    [
        ("up", 1, "BACD"),
        ("up", 0, "ABCD"),
        ("down", 1, "ACBD"),
        ("down", 3, "ABCD"),
        ("first", 3, "DABC"),
        ("last", 0, "BCDA"),
        ("remove", 2, "ABD"),
        ("up", 9, "ABCD"),
    ],
)
def test_the_order_is_moved(how: str, place: int, wanted: str) -> None:
    assert "".join(people_field.moved("ABCD", how, place)) == wanted


def test_who_is_new_comes_last_whatever_order_slack_tells() -> None:
    order = ("UC", "-mail", "UA", "UC")
    assert people_field.merged(order, ["UA", "UB", "UC"]) == ("UC", "-mail", "UA", "UC", "UB")
    assert people_field.merged(order, ["UB"]) == ("-mail", "UB")


def test_the_token_of_a_member_who_is_not_in_slack_names_them() -> None:
    member_id = UUID(int=2**127 + 5)
    token = people_field.token_of(member_id, None)
    assert not people_field.in_slack(token)
    assert people_field.member_of_token(token) == member_id
    assert people_field.token_of(member_id, "U1") == "U1"
    assert not people_field.in_slack(people_field.token_of(member_id, "U1", left=True))


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ((), (), "Nobody is on call now."),
        (("Bob",), ("Bob",), "Bob stays on call now."),
        (("Bob",), ("Carol",), "⚠️ At once Carol is on call instead of Bob."),
        ((), ("Carol", "Bob"), "At once Carol and Bob are on call."),
        (("Bob",), ("Bob", "Carol"), "At once Carol is on call, too."),
        (("Bob", "Carol"), ("Bob",), "⚠️ At once Carol is no longer on call."),
        (("Bob", "Carol"), ("Carol", "Bob"), "⚠️ At once Carol owns new incidents instead of Bob."),
        (("Bob",), (), "🚨 Nobody is on call at once, instead of Bob."),
    ],
)
def test_what_changes_at_once_is_one_sentence(before: Any, after: Any, said: str) -> None:
    ahead = replace(_ahead(), on_call=after)
    blocks = rotation_form.consequence_blocks(Consequence(before, ahead), BERLIN)
    assert seen({"blocks": blocks[:1]}) == said


def test_a_form_is_read_back_as_it_was_filled_in() -> None:
    form = RotationForm(
        UUID(int=1), UUID(int=2), True, "seen", 3, "Primary", ("U1", "-x"), 4, "custom", "3",
        "18:30", "2026-11-23", "2027-01-01",
    )  # fmt: skip
    known = {token: Chosen(token, token, UUID(int=3)) for token in form.order}
    view = rotation_form.rotation_modal(form, "S", BERLIN, BERLIN, known, Consequence())
    assert rotation_form.read_rotation(_with_state(view)) == form


def _with_state(view: dict[str, Any]) -> dict[str, Any]:
    """The view as Slack hands it back when nothing in it was changed."""
    keys = {"initial_value": "value", "initial_option": "selected_option",
            "initial_users": "selected_users", "initial_date": "selected_date",
            "initial_time": "selected_time"}  # fmt: skip
    values = {}
    for block in view["blocks"]:
        if block["type"] == "input":
            element = block["element"]
            state = {keys[name]: held for name, held in element.items() if name in keys}
            values[block["block_id"]] = {element["action_id"]: state}
    return {**view, "state": {"values": values}}


def test_gaps_say_whether_anybody_has_seen_their_end() -> None:
    end = NOW + timedelta(days=30)

    def said(*spans: tuple[datetime, datetime], pages_others: bool = False) -> str:
        ahead = replace(_ahead(), gaps=tuple(Unowned(*span, pages_others) for span in spans))
        return seen({"blocks": rotation_form.consequence_blocks(Consequence((), ahead), BERLIN)})

    assert "Nobody is on call now, for the next 30 days" in said((NOW, end))
    assert "Nobody is on call from Sun Nov 22, 2026 12:00 on" in said((NOW + timedelta(1), end))
    assert "Nobody is on call now, until Sun Nov 22" in said((NOW, NOW + timedelta(1)))
    others = said((NOW, end), pages_others=True)
    assert "Nobody owns incidents now, for the next 30 days; the other layers are paged" in others
    assert "Nobody is on call" not in others
    assert "No gaps in the next 30 days" in said()
