"""Every page of the dashboard can be used by anybody: axe finds nothing, and it fits a phone.

Light and dark; in an organization that has just been set up, and in one with something everywhere
and the longest names; and with a form refused. The pages are those of the dashboard's routes.
"""

import shutil
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from tests.browser import full_house
from tests.browser.dashboard_paths import address, every_path, is_about_one, known_in
from tests.browser.hands import PHONE, too_small
from tests.browser.staff import Office, open_office, violations
from tests.browser.windows import Seen, open_everything, overflow

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

SCHEMES = ("light", "dark")
AT_ONCE = (("/incidents/{number:int}", "dark"),)
"""What is looked at with every change; the others are long tests."""

SENDS_NOTHING = ("/incidents/{number:int}/resolve", "/settings/slack")
"""Pages whose form is good without a word."""

EMPTIED = """form => {
    form.noValidate = true
    for (const one of form.querySelectorAll("input, textarea"))
        if (!["hidden", "checkbox", "radio"].includes(one.type)) one.value = ""
    form.requestSubmit()
}"""
HAS_FIELDS = "form:is([method=post]):has(input:is([type=text], [type=email], textarea), textarea)"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def full(
    browser: Browser, migrated_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Office, Mapping[str, UUID | int]]]:
    """An organization that has everything, and what is known of it."""
    path = tmp_path_factory.mktemp("full") / "tocsin.db"
    shutil.copyfile(migrated_file, path)
    seen = Seen()
    async with open_office(
        f"sqlite:///{path}", browser, seen, blueprint=full_house.BLUEPRINT
    ) as office:
        yield office, await known_in(office, await full_house.fill(office))
    assert _without_refusals(seen) == Seen()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def empty(
    browser: Browser, migrated_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Office]:
    """An organization in which nothing has been set up yet."""
    path = tmp_path_factory.mktemp("empty") / "tocsin.db"
    shutil.copyfile(migrated_file, path)
    seen = Seen()
    async with open_office(
        f"sqlite:///{path}", browser, seen, blueprint=full_house.EMPTY
    ) as office:
        yield office
    assert _without_refusals(seen) == Seen()


def _without_refusals(seen: Seen) -> Seen:
    """The browser has a line of its own for each form that was refused."""
    seen.console = [one for one in seen.console if "status of 422" not in one]
    return seen


def _looked_at(paths: list[str]) -> list[object]:
    return [
        pytest.param(
            path,
            scheme,
            id=f"{path} {scheme}",
            marks=[] if (path, scheme) in AT_ONCE else [pytest.mark.long],
        )
        for path in paths
        for scheme in SCHEMES
    ]


async def _is_for_everybody(page: Page) -> None:
    assert await violations(page) == []
    assert await overflow(page) <= 0
    await page.set_viewport_size({"width": PHONE, "height": 800})
    await open_everything(page)
    assert await overflow(page) <= 0
    assert await too_small(page) == []


@pytest.mark.parametrize(("path", "scheme"), _looked_at(every_path()))
async def test_nothing_keeps_anybody_from_using_a_page(
    full: tuple[Office, Mapping[str, UUID | int]], path: str, scheme: str
) -> None:
    office, known = full
    page = await office.tab(office.world.alice, address(path, known), scheme=scheme)
    await _is_for_everybody(page)
    await page.context.close()


@pytest.mark.long
@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("path", [one for one in every_path() if not is_about_one(one)])
async def test_nor_a_page_with_nothing_on_it(empty: Office, path: str, scheme: str) -> None:
    page = await empty.tab(empty.world.alice, path, scheme=scheme)
    await _is_for_everybody(page)
    await page.context.close()


@pytest.mark.long
@pytest.mark.parametrize("path", [one for one in every_path() if one not in SENDS_NOTHING])
async def test_nor_a_form_that_was_refused(
    full: tuple[Office, Mapping[str, UUID | int]], path: str
) -> None:
    office, known = full
    page = await office.tab(office.world.alice, address(path, known), scheme="dark")
    for number in range(await page.locator(HAS_FIELDS).count()):
        await page.goto(f"{office.url}/app{address(path, known)}")
        async with page.expect_navigation():
            await page.locator(HAS_FIELDS).nth(number).evaluate(EMPTIED)
        assert await page.get_by_role("alert").count()
        assert await violations(page) == []
    await page.context.close()
