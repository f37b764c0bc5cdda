"""Components and pages in the file: what may be said of them, and how each fault is said."""

import pytest

from cli.blueprint import BlueprintError, read_blueprint
from cli.wanted import ComponentBlueprint, PageBlueprint, Word

COMPONENTS = """\
components:
  API:
    group: Platform
    description: What your programs talk to.
"""
PAGES = """\
pages:
  acme:
    title: Acme Status
    components: [API]
    published: true
"""


def refusal(text: str) -> str:
    with pytest.raises(BlueprintError) as caught:
        read_blueprint(text)
    return str(caught.value)


def test_a_component_and_a_page_are_read_with_everything_they_say():
    found = read_blueprint(COMPONENTS + PAGES)
    assert found.components == (
        ComponentBlueprint("API", "Platform", "What your programs talk to.", 2),
    )
    assert found.pages == (PageBlueprint("acme", "Acme Status", (Word("API", 8),), True, 6),)


@pytest.mark.parametrize("nothing", ["", " {}", " ~"])
def test_a_component_needs_no_more_than_its_name(nothing):
    found = read_blueprint(f"components:\n  API:{nothing}\n  Website:{nothing}\n")
    assert found.components == (
        ComponentBlueprint("API", None, None, 2),
        ComponentBlueprint("Website", None, None, 3),
    )


def test_of_a_page_only_the_title_must_be_said():
    (page,) = read_blueprint("pages: {acme: {title: Acme}}").pages
    assert (page.components, page.published) == (None, None)


def test_a_page_may_show_no_component_at_all():
    (page,) = read_blueprint("pages: {acme: {title: Acme, components: []}}").pages
    assert page.components == ()


def test_empty_quotation_marks_take_a_group_or_a_description_away():
    text = "components: {API: {group: '', description: \" \"}}"
    assert read_blueprint(text).components == (ComponentBlueprint("API", "", "", 1),)


def test_space_around_a_name_is_no_part_of_it_even_in_quotation_marks():
    text = """\
components: {" API ": {group: " Platform "}}
pages: {acme: {title: " Acme ", components: [" API "]}}
"""
    found = read_blueprint(text)
    assert found.components == (ComponentBlueprint("API", "Platform", None, 1),)
    assert found.pages == (PageBlueprint("acme", "Acme", (Word("API", 2),), None, 2),)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "group",
            "gruop",
            "tocsin.yaml:3: component “API” has no “gruop”. Did you mean “group”?",
        ),
        (
            "description: What",
            "status: maintenance #",
            "tocsin.yaml:4: component “API” has no “status”. Known are: group, description.",
        ),
        (
            "Platform",
            "",
            'tocsin.yaml:3: group is empty. Write "" for none, or leave it out.',
        ),
        ("Platform", "[a]", "tocsin.yaml:3: group is one value, not a list."),
        (
            "Platform",
            "x" * 101,
            "tocsin.yaml:3: group: it has 101 characters, and at most 100 fit.",
        ),
        (
            "What your programs talk to.",
            "x" * 501,
            "tocsin.yaml:4: description: it has 501 characters, and at most 500 fit.",
        ),
        (
            "  API",
            "  " + "x" * 101,
            "tocsin.yaml:2: the name in components: it has 101 characters, and at most 100 fit.",
        ),
        (
            "  API",
            r'  "a\u0007b"',
            "tocsin.yaml:2: the name in components: the character U+0007 can't be kept. Remove it.",
        ),
        ("  API", '  " "', "tocsin.yaml:2: the name in components is empty."),
        (
            "  API:",
            "  api: {}\n  API:",
            "tocsin.yaml:3: “API” and “api” (line 2) differ in their case alone. "
            "Give one another name.",
        ),
        (
            "  API:",
            "  API: {}\n  API:",
            "tocsin.yaml:3: “API” is here twice; the first is on line 2.",
        ),
        (
            "  API:",
            '  API: {}\n  "API ":',
            "tocsin.yaml:3: “API” and “API” (line 2) are the same without the space around them. "
            "Remove one.",
        ),
        (
            COMPONENTS,
            "components: [API]",
            "tocsin.yaml:1: components must have keys and values, not a list.",
        ),
    ],
)
def test_a_fault_in_a_component_is_refused_with_its_line_and_a_remedy(old, new, said):
    assert refusal(COMPONENTS.replace(old, new, 1)) == said


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "    title: Acme Status\n",
            "",
            "tocsin.yaml:3: page “acme” needs “title”, and it is missing.",
        ),
        ("Acme Status", "", "tocsin.yaml:3: title is empty."),
        ("Acme Status", '" "', "tocsin.yaml:3: title is empty."),
        (
            "Acme Status",
            "x" * 101,
            "tocsin.yaml:3: title: it has 101 characters, and at most 100 fit.",
        ),
        (
            "  acme",
            "  Acme Status",
            "tocsin.yaml:2: the name in pages: “Acme Status” can't be a page's address: 1 to 63 "
            "small letters, digits or hyphens. Write acme-status.",
        ),
        (
            "  acme",
            "  状態",
            "tocsin.yaml:2: the name in pages: “状態” can't be a page's address: 1 to 63 small "
            "letters, digits or hyphens. Write one such as acme.",
        ),
        (
            "  acme",
            "  " + "x" * 64,
            f"tocsin.yaml:2: the name in pages: “{'x' * 64}” can't be a page's address: 1 to 63 "
            f"small letters, digits or hyphens. Write {'x' * 63}.",
        ),
        (
            "  acme:",
            "  acme: {title: Acme}\n  acme:",
            "tocsin.yaml:3: “acme” is here twice; the first is on line 2.",
        ),
        (
            "[API]",
            "API",
            "tocsin.yaml:4: components is a list, not a single value. Write a list such as "
            "[API, Website], or [] for none.",
        ),
        (
            "[API]",
            "",
            "tocsin.yaml:4: components is empty. Write a list such as [API, Website], or [] for "
            "none.",
        ),
        ("[API]", "[{}]", "tocsin.yaml:4: components is one value, not keys and values."),
        (
            "[API]",
            '[API, Website, "API "]',
            "tocsin.yaml:4: components: “API” is here twice; remove one.",
        ),
        (
            "[API]",
            f"[{', '.join(f'C{number}' for number in range(101))}]",
            "tocsin.yaml:4: components: 101 are here, and a page shows at most 100. "
            "Divide them between two pages.",
        ),
        (
            "true",
            "yes",
            "tocsin.yaml:5: published: “yes” is neither true nor false. Write one of them.",
        ),
        (
            "published",
            "publish",
            "tocsin.yaml:5: page “acme” has no “publish”. Did you mean “published”?",
        ),
        ("true", "", "tocsin.yaml:5: published is empty."),
    ],
)
def test_a_fault_in_a_page_is_refused_with_its_line_and_a_remedy(old, new, said):
    assert refusal(PAGES.replace(old, new, 1)) == said


def test_every_fault_in_components_and_pages_is_said_at_once():
    text = COMPONENTS.replace("group", "gruop") + PAGES.replace("true", "1").replace("acme", "A")
    lines = [line.split(": ")[0] for line in refusal(text).splitlines()]
    assert lines == ["tocsin.yaml:3", "tocsin.yaml:6", "tocsin.yaml:9"]
