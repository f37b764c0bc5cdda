"""Choosing several things in a form that is told anew at each choice: the list stays open."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Desk

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.asyncio(loop_scope="module")]


async def test_several_components_are_chosen_one_after_another(desk: Desk) -> None:
    alice = await desk.tab("alice")
    for name in ("Ledger", "Portal", "Post"):
        await alice.type("/incident components")
        await alice.dialog("Components").get_by_role("button", name="New component").click()
        form = alice.dialog("New component")
        await form.get_by_label("Name").fill(name)
        await form.get_by_role("button", name="Create").click()
        view = alice.dialog("Component")
        await expect(view).to_contain_text("Operational")
        await view.get_by_role("button", name="Close all").click()

    await alice.type("/incident pages")
    await alice.dialog("Status pages").get_by_role("button", name="New status page").click()
    form = alice.dialog("New status page")
    await form.get_by_label("Title").fill("Backstage")
    await expect(form).to_contain_text("/status/backstage")
    await form.get_by_role("combobox", name="Components").click()
    for name in ("Portal", "Ledger"):
        await form.get_by_role("option", name=name).click()
        await expect(form.get_by_role("button", name=f"Remove {name}")).to_be_visible()
    await expect(form.get_by_role("option", name="Post")).to_be_visible()
    await form.get_by_label("Title").click()
    await form.get_by_role("checkbox", name="Published").check()
    await expect(form).to_contain_text("It shows Portal and Ledger.")
    await form.get_by_role("button", name="Create").click()
    await expect(alice.dialog("Status page")).to_contain_text("Portal  ·  🟢 Operational")
