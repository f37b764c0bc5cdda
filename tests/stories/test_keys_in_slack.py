"""API keys managed in Slack: by admins alone, each shown once, each form making one."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.blocks import ids
from core import key_facts, keys, people
from core.errors import NotAuthorized
from core.key_facts import KeyLine
from sandbox import payloads
from storage.columns import Base
from storage.vocabulary import Role, Surface
from tests.cast import NOON
from tests.stories.managing import trail
from tests.world import World, running_world, typed


async def _known(world: World) -> list[KeyLine]:
    async with world.tocsin.core.reading(world.system) as tx:
        return list(await key_facts.lines(tx))


async def _make(world: World, *names: str, **given: Any) -> list[str]:
    async with world.tocsin.core.transaction(world.system) as tx:
        return [(await keys.create_key(tx, name=name, **given)).secret for name in names]


async def _demote(world: World) -> None:
    async with world.tocsin.core.transaction(world.system) as tx:
        await people.appoint_admins(tx, ["dave@example.com"])
        alice = await people.find_by_slack_user_id(tx, world.alice.id)
        assert alice
        alice.role = Role.MEMBER


async def _list(world: World) -> Any:
    await world.alice.open_home()
    return (await world.alice.click("Manage API keys", on=world.alice.home)).view


async def _form(world: World) -> Any:
    return (await world.alice.click("New API key", on=await _list(world))).view


def _secret(view: Any) -> str:
    (found,) = set(re.findall(r"toc_live_[\w-]{43}", view.plain))
    return str(found)


async def test_a_key_is_made_shown_once_and_opens_the_door(world: World) -> None:
    alice = world.alice
    listed = await _list(world)
    assert "There are no API keys." in listed.plain
    assert "There are none. A key lets a program use Tocsin." in alice.home.plain

    form = (await alice.click("New API key", on=listed)).view
    await alice.fill(form, {"Name": " Deploys "})
    shown = (await alice.submit(form)).view
    await world.settle()

    assert "Copy it now: you won't see it again." in shown.plain
    assert "Deploys\nA member's key, good until it is revoked." in shown.plain
    actor = await keys.authenticate(world.tocsin.core, _secret(shown), Surface.API)
    assert actor.name == "Deploys"
    assert "Deploys  ·  member\nNever used  ·  never expires" in alice.modals[0].plain
    assert "API keys\n1 API key." in alice.home.plain
    (made,) = await trail(world, "api_key")
    assert (made.actor_name, made.data["role"]) == ("Alice Martin", "member")

    await alice.close()
    assert "toc_live_" not in alice.modal.plain + alice.home.plain
    assert "Last used Nov 18, 2026 12:00  ·  never expires" in (await _list(world)).plain


async def test_the_secret_stays_nowhere(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    form = await _form(world)
    await world.alice.fill(form, {"Name": "Deploys"})
    secret = _secret((await world.alice.submit(form)).view)
    await world.settle()

    async with world.tocsin.core.reading(world.system) as tx:
        rows = [
            [tuple(row) for row in await tx.db.execute(select(table))]
            for table in Base.metadata.sorted_tables
        ]
    assert "Deploys" in repr(rows), "what there is, is looked at"
    assert secret not in repr(rows)
    assert secret not in repr(world.slack.calls)
    assert secret not in caplog.text
    carried = [view.source.get("private_metadata") for view in world.alice.modals]
    assert secret not in repr((carried, world.tocsin.workspace.homes))


@pytest.mark.parametrize(
    ("chosen", "until"),
    [
        ("In 30 days", NOON + timedelta(days=30)),
        ("In 90 days", NOON + timedelta(days=90)),
        ("In 365 days", NOON + timedelta(days=365)),
        ("Never", None),
    ],
)
async def test_a_key_expires_when_it_was_chosen_to(
    world: World, chosen: str, until: datetime | None
) -> None:
    form = await _form(world)
    await world.alice.fill(form, {"Name": "Deploys", "Role": "Admin"})
    await world.alice.choose("Expires", chosen, on=form)
    shown = (await world.alice.submit(form)).view

    (line,) = await _known(world)
    assert (line.role, line.expires_at) == (Role.ADMIN, until)
    assert "Deploys\nAn admin's key, good until " in shown.plain


async def test_a_last_day_is_asked_for_and_ends_on_its_makers_clock(world: World) -> None:
    alice, form = world.alice, await _form(world)
    await alice.fill(form, {"Name": "Deploys"})
    await alice.choose("Role", "Admin", on=form)
    assert "Last day" not in form.plain
    await alice.choose("Expires", "After a day that I choose", on=form)
    assert "until the end of that day, on your clock (Berlin)" in form.plain
    assert typed(form, "name") == "Deploys"

    await alice.fill(form, {"Last day": "2026-11-17"})
    refused = await alice.submit(form)
    assert "That is over already" in refused.errors["Last day"]
    assert typed(form, "name") == "Deploys"
    await alice.fill(form, {"Last day": "9999-12-31"})
    assert "the end of the calendar" in (await alice.submit(form)).errors["Last day"]
    await alice.fill(form, {"Last day": "2026-12-31"})
    shown = (await alice.submit(form)).view

    (line,) = await _known(world)
    assert (line.role, line.expires_at) == (Role.ADMIN, datetime(2026, 12, 31, 23, tzinfo=UTC))
    assert "until Jan 1, 2027 00:00" in alice.reads(shown)


async def test_a_name_that_is_taken_is_refused_at_the_field_and_the_rest_is_kept(
    world: World,
) -> None:
    await _make(world, "Deploys")
    form = await _form(world)
    await world.alice.choose("Expires", "In 90 days", on=form)
    await world.alice.fill(form, {"Name": "Deploys"})
    refused = await world.alice.submit(form)
    assert "already. Revoke it first, or choose another." in refused.errors["Name"]
    assert form.values["end"]["key.form:end"]["selected_option"]["value"] == "90"
    await world.alice.fill(form, {"Name": "Deploys 2"})
    assert (await world.alice.submit(form)).ok


async def test_revoked_there_a_key_is_dead_at_once(world: World) -> None:
    secret, _ = await _make(world, "Deploys", "Alerts")
    listed = await _list(world)
    await world.alice.click("Revoke", on=listed, near="Deploys", confirm=False)
    assert len(await _known(world)) == 2
    await world.alice.click("Revoke", on=listed, near="Deploys")
    await world.settle()

    assert "“Deploys” was revoked." in world.alice.modal.plain
    assert "Alerts" in world.alice.modal.plain
    assert "1 API key." in world.alice.home.plain
    with pytest.raises(NotAuthorized):
        await keys.authenticate(world.tocsin.core, secret, Surface.API)

    async with world.tocsin.core.transaction(world.system) as tx:
        await keys.revoke_key(tx, (await keys.find_key(tx, "Alerts")).id)
    await world.alice.click("Revoke", on=world.alice.modal, near="Alerts")
    await world.settle()
    assert "There is no such API key. It may have been revoked." in world.alice.modal.plain
    assert "There are no API keys." in world.alice.modal.plain


async def test_one_that_has_expired_is_marked_until_it_is_revoked(world: World) -> None:
    await _make(world, "Deploys", expires_at=NOON + timedelta(hours=1))
    await world.pass_time(hours=1)

    listed = await _list(world)

    assert "⚠️ expired Nov 18, 2026 14:00" in world.alice.reads(listed)
    assert "1 API key, 1 expired." in world.alice.home.plain


async def test_members_see_nothing_of_it_and_get_nowhere_by_forging(world: World) -> None:
    await _make(world, "Deploys")
    (line,) = await _known(world)
    bob = world.bob
    await bob.open_home()
    assert "API key" not in bob.home.plain

    for action_id, value in (
        (ids.KEYS_OPEN, "0"),
        (ids.KEY_NEW, "new"),
        (ids.KEY_REVOKE, str(line.id)),
    ):
        begun = bob.interactions.begin(bob.user, None)
        action = {"type": "button", "action_id": action_id, "value": value, "block_id": "b"}
        forged = payloads.block_actions(
            world.slack.engine, bob.user, bob.home, action, begun.trigger, None
        )
        await world.slack.engine.delivery.send("interactive", forged)
        await world.settle()
        seen = bob.home.plain + "".join(view.plain for view in bob.modals)
        assert "Managing API keys is for admins." in seen
        assert "Deploys" not in seen
    assert len(await _known(world)) == 1


async def test_who_is_no_admin_any_more_is_refused_in_what_was_open(world: World) -> None:
    await _make(world, "Deploys")
    form = await _form(world)
    await world.alice.fill(form, {"Name": "Mine"})
    await _demote(world)

    refused = await world.alice.submit(form)
    assert refused.errors == {"Expires": "Managing API keys is for admins. Ask one of them."}
    await world.alice.choose("Expires", "After a day that I choose", on=form)
    await world.settle()
    assert "is for admins" in world.alice.modal.plain
    await world.alice.close()
    await world.alice.close()
    await world.alice.click("Revoke", on=world.alice.modal, near="Deploys")
    await world.settle()

    assert "is for admins" in world.alice.modal.plain
    assert [one.name for one in await _known(world)] == ["Deploys"]


async def test_the_same_submission_told_again_makes_no_other_key(world: World) -> None:
    alice, engine = world.alice, world.slack.engine
    form = await _form(world)
    await alice.fill(form, {"Name": "Deploys"})
    begun = alice.interactions.begin(alice.user, None)
    again = payloads.view_submission(engine, alice.user, form, begun.trigger, [])
    shown = (await alice.submit(form)).view
    before = shown.plain

    for _ in ("while it lives", "after its end"):
        reply = await engine.delivery.send("interactive", again, (1, "http_timeout"))
        assert "shown only once" in reply.json()["errors"]["end"]
        async with world.tocsin.core.transaction(world.system) as tx:
            for one in await keys.list_keys(tx):
                await keys.revoke_key(tx, one.id)
        again = {**again, "trigger_id": f"{again['trigger_id']}.1"}

    assert alice.modal.plain == before, "what was shown is not taken away"
    assert await _known(world) == []


async def test_forty_keys_are_turned_page_by_page(world: World) -> None:
    await _make(world, *[f"Key {number:02}" for number in range(40)])
    listed = await _list(world)
    assert "Page 1 of 2" in listed.plain
    await world.alice.click("Next", on=listed)
    await world.settle()
    await world.alice.click("Revoke", on=world.alice.modal, near="Key 31")
    await world.settle()
    assert "Page 2 of 2" in world.alice.modal.plain
    form = (await world.alice.click("New API key")).view
    await world.alice.fill(form, {"Name": "<!channel> & *x*"})
    shown = (await world.alice.submit(form)).view
    await world.settle()
    assert "<!channel> & *x*\nA member's key" in shown.plain
    assert "Page 2 of 2" in world.alice.modals[0].plain


@pytest.fixture
async def slow(database_url: str) -> AsyncIterator[World]:
    """A world that answers after half a second, done or not, and that browsers reach."""
    url = "https://tocsin.example.com"
    async with running_world(database_url, deadline=0.5, public_url=url) as running:
        yield running
        assert running.slack.faulty_payloads == []


async def test_a_key_that_took_long_is_shown_all_the_same(slow: World) -> None:
    form = await _form(slow)
    await slow.alice.fill(form, {"Name": "Deploys"})
    free = asyncio.Event()

    async def hold_the_writers() -> None:
        async with slow.tocsin.core.transaction(slow.system) as tx:
            await people.lock_organization(tx)
            await free.wait()

    holding = asyncio.create_task(hold_the_writers())
    await asyncio.sleep(0.05)
    await slow.alice.submit(form)
    assert "Still working on it" in slow.alice.modal.plain
    free.set()
    await holding
    await slow.settle()

    shown = slow.alice.modal
    secret = _secret(shown)
    assert (await keys.authenticate(slow.tocsin.core, secret, Surface.API)).name == "Deploys"
    example = 'Bearer $TOCSIN_KEY" https://tocsin.example.com/v1/incidents'
    assert example in shown.plain
