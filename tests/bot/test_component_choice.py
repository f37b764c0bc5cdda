"""The field of components: grouped, searched, within limits, and in the order that was chosen."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from bot.blocks import component_choice, simple
from bot.blocks.build import modal
from bot.blocks.component_choice import component_field, found_options
from sandbox.blockkit import check_suggestions, check_view
from tests.bot.test_blocks import seen


@dataclass(frozen=True)
class One:
    id: UUID
    name: str
    group_label: str | None = None


def _many(count: int, *, groups: int = 0, long: bool = True) -> list[One]:
    rest = "<!channel> & *x* " * 6 if long else ""
    return [
        One(UUID(int=number + 1), f"{number:03} {rest}".strip()[:100].strip(),
            f"{number % groups:02} {'Group ' * 20}"[:100].strip() if groups else None)
        for number in range(count)
    ]  # fmt: skip


def _field(known: list[One], chosen: list[UUID], **more: Any) -> dict[str, Any]:
    return component_field("component_ids", "Components", known, chosen, **more)


def _form(block: dict[str, Any]) -> dict[str, Any]:
    name = {"type": "input", "block_id": "x", "label": {"type": "plain_text", "text": "X"},
            "element": {"type": "plain_text_input", "action_id": "x"}}  # fmt: skip
    return modal("Form", [name, block], callback_id="x", submit="Save")


def _handed_in(view: dict[str, Any]) -> dict[str, Any]:
    (block,) = [one for one in view["blocks"] if one["block_id"] == "component_ids"]
    element = block["element"]
    state = {"type": element["type"], "selected_options": element.get("initial_options", [])}
    return {**view, "state": {"values": {"component_ids": {element["action_id"]: state}}}}


@pytest.mark.parametrize("count", [1, 99, 100, 101, 300])
@pytest.mark.parametrize("groups", [0, 1, 50, 100])
def test_the_field_keeps_slacks_limits_and_is_read_back_in_order(count: int, groups: int) -> None:
    known = _many(count, groups=groups)
    chosen = [one.id for one in known[:100]][::-1]
    view = _form(_field(known, chosen, hint="h" * 2_000, maximum=100, dispatch=True))
    assert check_view(view) == []
    assert component_choice.read(_handed_in(view), "component_ids") == chosen


def test_a_hundred_are_listed_and_more_are_searched() -> None:
    few, many = _field(_many(100), []), _field(_many(101), [])
    assert few["element"]["type"] == "multi_static_select"
    assert many["element"]["type"] == "multi_external_select"
    assert many["element"]["min_query_length"] == 0
    assert few["element"]["action_id"] == many["element"]["action_id"]


def test_groups_stand_in_the_menu_and_the_rest_of_a_long_name_below_it() -> None:
    known = [One(UUID(int=1), "API"), One(UUID(int=2), "x" * 100, "Europe")]
    groups = _field(known, [])["element"]["option_groups"]
    assert [one["label"]["text"] for one in groups] == ["Without a group", "Europe"]
    (long,) = groups[1]["options"]
    assert long["text"]["text"] == "x" * 74 + "…"
    assert long["description"]["text"] == "…" + "x" * 26


def test_without_any_component_it_says_where_they_are_made() -> None:
    view = _form(_field([], [UUID(int=1)]))
    assert check_view(view) == []
    assert "“/incident components” makes them" in seen(view)
    assert component_choice.read({"state": {"values": {}}}, "component_ids") == []


def test_what_is_gone_is_no_longer_chosen() -> None:
    known = _many(2)
    block = _field(known, [UUID(int=9), known[1].id])
    assert [one["value"] for one in block["element"]["initial_options"]] == [str(known[1].id)]


def test_a_search_finds_beginnings_first_then_the_middle_then_groups() -> None:
    known = [
        One(UUID(int=1), "Web"), One(UUID(int=2), "Payments API", "Europe"),
        One(UUID(int=3), "API", "America"),
    ]  # fmt: skip

    def found(typed: str) -> list[str]:
        return [one["text"]["text"] for one in found_options(known, typed)]

    assert found(" api ") == ["API", "Payments API"]
    assert found("europe") == ["Payments API"]
    assert found("") == ["Web", "Payments API", "API"]
    assert found("nothing") == []
    assert check_suggestions({"options": found_options(_many(300), "")}) == []
    assert len(found_options(_many(300), "")) == 100


@pytest.mark.parametrize("count", [3, 300])
def test_a_form_shown_again_keeps_what_was_chosen(count: int) -> None:
    known = _many(count)
    view = _form(_field(known, [known[0].id]))
    element = view["blocks"][1]["element"]
    chosen = [component_choice.component_option(known[each]) for each in (2, 1)]
    state = {"component_ids": {element["action_id"]: {"selected_options": chosen}}}
    again = simple.form_again({**view, "state": {"values": state}}, "No.")
    assert check_view(again) == []
    assert again["blocks"][2]["element"]["initial_options"] == chosen
