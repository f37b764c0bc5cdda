"""What the forms hold, what is read back from them, and that nothing typed is lost."""

from typing import Any
from uuid import UUID

import pytest

from bot.blocks import declare, forms, ids, simple, update, values
from bot.blocks.declare import DeclareForm
from bot.blocks.update import UpdateForm
from core.preview import Preview, PreviewStep
from core.public_surface import Covering
from core.updates import PublicForesight
from sandbox.blockkit import check_view
from storage.vocabulary import Status
from tests.bot.test_blocks import RESOLVED, TITLE, incident_facts, seen

SCHEDULES = [(str(UUID(int=number)), f"Schedule {number}") for number in range(200)]


def with_state(view: dict[str, Any]) -> dict[str, Any]:
    """The view as Slack hands it back when nothing in it was changed."""
    state_values = {}
    for block in view["blocks"]:
        if block["type"] != "input":
            continue
        element = block["element"]
        state = {
            "type": element["type"],
            "value": element.get("initial_value"),
            "selected_option": element.get("initial_option"),
            "selected_user": element.get("initial_user"),
        }
        state_values[block["block_id"]] = {element["action_id"]: state}
    return {**view, "id": "V1", "hash": "1.a", "state": {"values": state_values}}


def element(view: dict[str, Any], block_id: str) -> dict[str, Any]:
    """The element of an input."""
    found = next(block for block in view["blocks"] if block.get("block_id") == block_id)
    return dict(found["element"])


FULL = DeclareForm(TITLE, "low", "<b> & *x*", SCHEDULES[150][0], "UBOB")


@pytest.mark.parametrize("form", [FULL, DeclareForm()])
def test_a_declaration_is_read_back_as_it_was_filled_in(form: DeclareForm) -> None:
    view = declare.declare_modal(form, SCHEDULES, None)
    assert declare.read_declare(with_state(view)) == form


def test_what_is_not_there_reads_as_nothing() -> None:
    assert declare.read_declare({}) == DeclareForm()
    assert update.read_update({"state": {"values": {}}}) == UpdateForm()
    assert forms.read_hand_off({}) is None


def test_the_ids_stay_the_same_when_the_consequence_is_told_anew() -> None:
    bare = declare.declare_modal(DeclareForm(), SCHEDULES[:3], None)
    full = declare.declare_modal(FULL, SCHEDULES, "Pages *Bob* now.")

    def inputs(view: dict[str, Any]) -> list[tuple[str, str]]:
        return [
            (block["block_id"], block["element"]["action_id"])
            for block in view["blocks"]
            if block["type"] == "input"
        ]

    assert inputs(bare) == inputs(full)
    assert [block_id for block_id, _ in inputs(bare)] == [
        "title", "severity", "schedule", "owner", "description",
    ]  # fmt: skip
    assert "Pages Bob now." in seen(full)


def test_choosing_a_schedule_or_an_owner_is_heard_at_once() -> None:
    view = declare.declare_modal(DeclareForm(), SCHEDULES, None)
    heard = {
        block["element"]["action_id"] for block in view["blocks"] if block.get("dispatch_action")
    }
    assert heard == {ids.SCHEDULE, ids.OWNER}


def test_every_one_of_many_schedules_can_be_chosen() -> None:
    groups = element(declare.declare_modal(FULL, SCHEDULES, None), "schedule")["option_groups"]
    assert [one["value"] for group in groups for one in group["options"]] == [
        id for id, _ in SCHEDULES
    ]
    assert [group["label"]["text"] for group in groups] == [
        "Schedule 0 – Schedule 99",
        "Schedule 100 – Schedule 199",
    ]


def test_without_schedules_an_owner_is_asked_for() -> None:
    view = declare.declare_modal(DeclareForm(), [], None)
    assert "/incident schedules makes one" in seen(view)
    owner = next(block for block in view["blocks"] if block.get("block_id") == "owner")
    assert owner["optional"] is False
    assert not any(block.get("block_id") == "schedule" for block in view["blocks"])


@pytest.mark.parametrize(
    ("preview", "sentence"),
    [
        (
            Preview((PreviewStep(0, 1, ("Bob",)), PreviewStep(5, 2, ("Carol",))), 15),
            "Pages *Bob* now; after 5 min *Carol*; after 10 more min the policy is exhausted.",
        ),
        (
            Preview((PreviewStep(0, None, ("Bob",)), PreviewStep(0, 1, ("Carol",))), 90),
            "Pages *Bob* now; at once *Carol*; after 1 h 30 min the policy is exhausted.",
        ),
        (
            Preview((PreviewStep(0, None, ("Bob",)),), None),
            "Pages *Bob* now, and nobody after that.",
        ),
        (
            Preview(tuple(PreviewStep(each, each + 1, ("Bob",)) for each in range(8)), 98),
            "Pages *Bob* now; after 1 min *Bob*; after 1 more min *Bob*; after 1 more min *Bob*; "
            "after 1 more min *Bob*; after 1 more min *Bob*; then 2 more layers; "
            "after another 1 h 31 min the policy is exhausted.",
        ),
    ],
)
def test_the_consequence_is_one_sentence(preview: Preview, sentence: str) -> None:
    assert declare.consequence(preview) == sentence


@pytest.mark.parametrize("steps", [(), (PreviewStep(0, 1, ()),)])
def test_paging_nobody_is_said_loudly(steps: tuple[PreviewStep, ...]) -> None:
    assert declare.consequence(Preview(steps, 0)).startswith("🚨 *Nobody would be paged:*")


@pytest.mark.parametrize(
    "form",
    [
        UpdateForm("<b> & *x*", "identified", "public"),
        UpdateForm("text"),
        UpdateForm(status_change="identified"),
    ],
)
def test_an_update_is_read_back_as_it_was_filled_in(form: UpdateForm) -> None:
    view = update.update_modal(incident_facts(), form)
    assert update.read_update(with_state(view)) == form
    assert values.metadata(view) == {"id": str(incident_facts().id), "seen": ""}


def test_only_the_next_status_is_offered_and_internal_is_chosen() -> None:
    view = update.update_modal(
        incident_facts(status=Status.IDENTIFIED), UpdateForm(status_change="resolved")
    )
    offered = [one["value"] for one in element(view, "status:identified")["options"]]
    assert offered == ["same", "monitoring"]
    assert update.read_update(with_state(view)) == UpdateForm()
    assert update.next_choice(incident_facts(**RESOLVED)) is None


def test_what_the_writer_was_shown_goes_with_the_form() -> None:
    pages = (Covering(UUID(int=1), "acme", "Acme"),)
    foresight = PublicForesight("Found", None, pages, (), "a1b2")
    form = UpdateForm("Found", None, "public")
    view = update.update_modal(incident_facts(), form, foresight=foresight)
    again = update.read_update(with_state(view))
    assert (again.seen, again.public) == ("a1b2", True)
    assert update.read_update(with_state(update.update_modal(incident_facts(), form))).seen == ""


def test_a_hand_off_and_a_severity_are_read_back() -> None:
    chosen = forms.hand_off_modal(incident_facts(), person="UDAVE")
    assert forms.read_hand_off(with_state(chosen)) == "UDAVE"
    assert forms.read_hand_off(with_state(forms.hand_off_modal(incident_facts()))) is None
    assert forms.read_severity(with_state(forms.severity_modal(incident_facts()))) == "critical"


def test_a_message_is_added_to_the_incident_that_was_chosen() -> None:
    one = forms.add_to_timeline_modal([incident_facts()], "said <this>")
    assert forms.read_add_to_timeline(with_state(one)) == (str(incident_facts().id), "said <this>")
    several = forms.add_to_timeline_modal([incident_facts(), incident_facts(id=UUID(int=2))], "x")
    assert forms.read_add_to_timeline(with_state(several)) == ("", "x")


@pytest.mark.parametrize(
    "view",
    [
        declare.declare_modal(FULL, SCHEDULES, "Pages *Bob* now."),
        update.update_modal(incident_facts(), UpdateForm("x", "identified", "public")),
        forms.hand_off_modal(incident_facts(), person="UDAVE"),
        forms.severity_modal(incident_facts()),
    ],
)
def test_a_form_shown_again_holds_what_was_typed(view: dict[str, Any]) -> None:
    shown = with_state(view)
    typed = shown["state"]["values"]
    empty = {
        **shown,
        "blocks": [
            {**block, "element": {k: v for k, v in block["element"].items() if "initial" not in k}}
            if block["type"] == "input"
            else block
            for block in shown["blocks"]
        ],
    }
    again = simple.form_again(empty, "Try <again>.")
    assert check_view(again) == []
    assert seen(again).startswith("⚠️ Try <again>.")
    assert seen(again).count("⚠️") == 1
    assert with_state(again)["state"]["values"] == typed
    assert again["callback_id"] == view["callback_id"]


def test_a_refusal_is_shown_as_it_is_worded_and_can_be_told_in_a_view() -> None:
    refused = simple.refusal("“<@U1> *x*” is no status.")
    assert seen(refused) == "“<@U1> *x*” is no status."
    assert refused.text == "“&lt;@U1&gt; *x*” is no status."
    assert seen(simple.message_view("Not done", refused.plain)) == seen(refused)
