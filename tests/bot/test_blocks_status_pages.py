"""The views of components and status pages at their worst: within limits, silent, and complete."""

import itertools
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from bot.blocks import component_form, components, exposure, status_page_form, status_pages
from bot.blocks.component_form import ComponentForm
from bot.blocks.status_page_form import Consequence, StatusPageForm
from core.component_facts import ComponentFacts, ComponentLine, OpenIncident, ShownOn
from core.components import ComponentDraft
from core.status_page_facts import Exposure, ShownIncident, StatusPageFacts, StatusPageLine
from core.status_pages import StatusPageDraft
from storage.vocabulary import ComponentStatus, Severity
from tests.bot.test_blocks import seen
from tests.bot.views import faults_of, offered

ODD = "<!channel> & *x* `y` <@U1>"
LONG = f"{ODD} {'&' * 100}"[:100]
TEXT = (f"{ODD} " * 30)[:500]
SLUG = "a" * 63
URL = f"https://{'tocsin.' * 30}example.com"
OPEN = tuple(OpenIncident(number, LONG, Severity.CRITICAL) for number in range(9_000, 9_060))
SHOWN_ON = tuple(ShownOn(UUID(int=number), LONG, number % 2 == 0) for number in range(80))


def _lines(count: int, groups: int = 0) -> list[ComponentLine]:
    statuses = itertools.cycle(ComponentStatus)
    return [
        ComponentLine(
            UUID(int=number + 1), f"{number:03} {LONG}"[:100],
            f"{number % groups:03} {LONG}"[:100] if groups else None,
            next(statuses), number % 2 == 0, OPEN,
        )
        for number in range(count)
    ]  # fmt: skip


def _component(**changes: Any) -> ComponentFacts:
    facts = ComponentFacts(
        UUID(int=1), ComponentDraft(LONG, TEXT, LONG), ComponentStatus.MAINTENANCE,
        ComponentStatus.MAINTENANCE, ComponentStatus.MAJOR_OUTAGE, OPEN, SHOWN_ON, True, "0" * 16,
        "maintenance",
    )  # fmt: skip
    return replace(facts, **changes)


EXPOSURE = Exposure(
    tuple(one.name for one in _lines(100)),
    tuple(ShownIncident(one.number, one.title, False) for one in OPEN),
    12_345,
)


def _page(count: int = 100, groups: int = 0, **changes: Any) -> StatusPageFacts:
    shown = tuple(_lines(count, groups))
    ids = tuple(one.id for one in shown)
    facts = StatusPageFacts(
        UUID(int=1), StatusPageDraft(SLUG, LONG, ids, True), shown, EXPOSURE, True, "0" * 16
    )
    return replace(facts, **changes)


def _form(known: int, chosen: int, **changes: Any) -> dict[str, Any]:
    lines = _lines(known, 40)
    form = StatusPageForm(
        UUID(int=1), False, "0" * 16, 2, LONG, SLUG, tuple(one.id for one in lines[:chosen]), True
    )
    before = StatusPageDraft("b" * 63, LONG, (), True)
    told = Consequence(before, SLUG, EXPOSURE)
    return status_page_form.status_page_modal(replace(form, **changes), lines, told, URL)


PAGES = [StatusPageLine(UUID(int=each + 1), LONG, SLUG, each % 2 == 0, 100) for each in range(80)]
MANY = _lines(300, 25)
EVERY_GROUP = _lines(90, 90)
VIEWS = {
    **{
        f"components page {page}": components.components_view(MANY, page=page)
        for page in range(11)
    },
    "a group each": components.components_view(EVERY_GROUP, page=1),
    "no components": components.components_view([]),
    "component": components.component_view(_component(), over_list=9, error=TEXT * 9),
    "calm component": components.component_view(
        _component(incidents=(), pages=(), override=None, may_override=False)
    ),
    "new component": component_form.component_modal(ComponentForm(UUID(int=1), True, "", 1), []),
    "edit component": component_form.component_modal(
        ComponentForm(UUID(int=1), False, "0" * 16, 1, LONG, LONG, TEXT), [LONG] * 100
    ),
    "status": component_form.status_modal(_component(), over_list=None),
    "status of a calm one": component_form.status_modal(
        _component(override=None, pages=()), over_list=1
    ),
    **{
        f"pages page {page}": status_pages.status_pages_view(
            PAGES, URL if page else None, may_change=page != 1, page=page
        )
        for page in range(3)
    },
    "no pages": status_pages.status_pages_view([], None, may_change=True),
    "no pages for members": status_pages.status_pages_view([], None, may_change=False),
    "page": status_pages.status_page_view(_page(), URL, over_list=2, error=TEXT * 9),
    "page of groups": status_pages.status_page_view(_page(100, 100), URL),
    "unpublished page": status_pages.status_page_view(
        _page(draft=StatusPageDraft(SLUG, LONG, (), False)), None
    ),
    "empty page": status_pages.status_page_view(_page(0, may_change=False), None),
    "form of 100": _form(100, 100),
    "form of 300": _form(300, 100),
    "form without components": _form(0, 0),
    "form of a new one": _form(300, 0, is_new=True, slug="", title="", published=False),
    "form that unpublishes": _form(9, 9, published=False),
}  # fmt: skip


@pytest.mark.parametrize("name", VIEWS)
def test_every_view_keeps_slacks_limits_and_pings_nobody(name: str) -> None:
    assert faults_of(VIEWS[name]) == []


def test_every_component_and_every_page_is_on_some_page() -> None:
    for what, known in (("components", sorted(MANY, key=lambda one: one.id)), ("pages", PAGES)):
        views = [
            view
            for name, view in VIEWS.items()
            if name.startswith(f"{what} page") and name != "components page 10"
        ]
        opened = offered(*views)
        assert sorted(opened) == sorted(str(one.id) for one in known)
    assert VIEWS["components page 10"] == VIEWS["components page 9"]


def test_all_hundred_components_of_a_page_are_named_in_its_view() -> None:
    for name in ("page", "page of groups"):
        said = seen(VIEWS[name])
        assert [f"{number:03} " in said for number in range(100)] == [True] * 100


def test_an_address_is_a_link_only_where_there_is_something_to_read() -> None:
    assert exposure.address("acme", None, linked=True) == "`/status/acme`"
    code = "`https://x.test/status/acme`"
    assert exposure.address("acme", "https://x.test", linked=False) == code
    link = "<https://x.test/status/acme|https://x.test/status/acme>"
    assert exposure.address("acme", "https://x.test", linked=True) == link
    odd = exposure.address("<!here>|*", "https://x.test", linked=True)
    assert odd == "/status/&lt;!here&gt;|*"


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        (Exposure((), (), 0), "It shows nothing yet: no component is selected."),
        (Exposure(("API",), (), 0), "It shows API. No open incident is on it."),
        (
            Exposure(("API", "Web"), (ShownIncident(4, "Slow", True),), 2),
            "It shows API and Web. Open incidents on it at once: #4 Slow. 2 resolved incidents of "
            "the last 90 days can be read, too.",
        ),
    ],
)
def test_what_becomes_public_is_said_in_a_few_sentences(shown: Exposure, said: str) -> None:
    assert exposure.now_public(shown) == said


def test_forms_are_read_back_as_they_were_filled_in() -> None:
    form = ComponentForm(UUID(int=1), False, "seen", 3, "API", "Core", "What you call.")
    view = component_form.component_modal(form, ["Core"])
    assert component_form.read_component(_with_state(view)) == form
    view = component_form.status_modal(_component(), over_list=3)
    read = component_form.read_status(_with_state(view))
    assert (read.override, read.over_list) == (ComponentStatus.MAINTENANCE, 3)
    for known in (9, 300):
        lines = _lines(known)
        page = StatusPageForm(
            UUID(int=1), True, "", None, "Acme", "acme", (lines[2].id, lines[1].id), True
        )
        told = Consequence(None, "acme", EXPOSURE)
        view = status_page_form.status_page_modal(page, lines, told, None)
        assert status_page_form.read_status_page(_with_state(view)) == page


def _with_state(view: dict[str, Any]) -> dict[str, Any]:
    """The view as Slack hands it back when nothing in it was changed."""
    keys = {"initial_value": "value", "initial_option": "selected_option",
            "initial_options": "selected_options"}  # fmt: skip
    values = {}
    for block in view["blocks"]:
        if block["type"] == "input":
            element = block["element"]
            state = {keys[name]: held for name, held in element.items() if name in keys}
            values[block["block_id"]] = {element["action_id"]: state}
    return {**view, "state": {"values": values}}
