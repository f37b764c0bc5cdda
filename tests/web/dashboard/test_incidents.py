"""What the dashboard shows of an incident, and what is done to it there."""

from typing import Any
from uuid import uuid4

from core import updates
from core.people import actor_of, find_by_slack_user_id
from storage.vocabulary import AuditType, Severity, Status, Surface
from tests.stories.public import a_public_incident
from tests.web.dashboard.browser import Browser, Shown, browser, paged
from tests.world import World


async def _send(staff: Browser, what: str, fields: dict[str, Any] | None = None) -> Shown:
    await staff.open("/incidents/1")
    return await staff.send(f"/incidents/1/{what}", {"form": what, **(fields or {})})


async def _posted(world: World) -> list[Any]:
    return [one for one in await world.trail() if one.type is AuditType.UPDATE_POSTED]


async def test_the_panel_says_how_far_the_escalation_is_and_what_comes_next(world: World) -> None:
    await world.declare(world.alice)
    async with browser(world, world.carol) as carol:
        waiting = (await carol.open("/incidents/1")).text
        await world.pass_time(minutes=10)
        exhausted = (await carol.open("/incidents/1")).text
        taken = (await _send(carol, "acknowledge")).text

    assert "Waiting for layer 1 of 2" in waiting
    assert "Comes next Carol Jansen (layer 2)" in waiting
    assert "Paged Bob Okafor" in waiting
    assert "Nobody acknowledged: the policy is exhausted" in exhausted
    assert "Acknowledge it or hand it off now." in exhausted
    assert "You acknowledged #1. Nobody else will be paged." in taken
    assert "Acknowledged by Carol Jansen" in taken


async def test_who_was_too_late_reads_who_was_first(world: World) -> None:
    await world.declare(world.alice)
    async with browser(world, world.bob) as bob, browser(world, world.carol) as carol:
        await bob.open("/incidents/1")
        await _send(carol, "acknowledge")
        late = await bob.send("/incidents/1/acknowledge", {"form": "acknowledge"})

    assert "Carol Jansen acknowledged #1 before you." in late.text


async def test_it_is_handed_to_whoever_is_typed(world: World) -> None:
    await world.declare(world.alice)
    async with browser(world, world.bob) as bob:
        nobody = await _send(bob, "hand-off", {"to": ""})
        guest = await _send(bob, "hand-off", {"to": "Gail"})
        handed = await _send(bob, "hand-off", {"to": "carol"})
        again = await _send(bob, "hand-off", {"to": "Carol Jansen"})
    await world.settle()

    assert "Choose the person who takes over." in nobody.text
    assert 'id="hand-off-to-fault" role="alert">That person is not a member here' in guest.html
    assert "You handed #1 to Carol Jansen. They are being paged now." in handed.text
    assert "They own this incident already. Choose somebody else." in again.text
    assert 'value="Carol Jansen"' in again.html
    assert await paged(world) == ["Bob Okafor", "Carol Jansen"]
    handoff = next(e for e in await world.trail() if e.type is AuditType.INCIDENT_HANDED_OFF)
    assert (handoff.surface, handoff.actor_name) == (Surface.DASHBOARD, "Bob Okafor")


async def test_it_advances_a_step_at_a_time_and_once_for_a_form(world: World) -> None:
    await world.declare(world.alice)
    step = {"status_change": "identified", "dedup_key": "one"}
    async with browser(world, world.bob) as bob:
        await _send(bob, "status", step)
        await _send(bob, "status", step)
        skipped = await _send(bob, "status", {"status_change": "resolved", "dedup_key": "two"})
        odd = await _send(bob, "status", {"status_change": "odd"})

    assert (await world.incident()).status is Status.IDENTIFIED
    assert "This incident is identified; the next step is monitoring" in skipped.text
    assert "Choose one of the statuses." in odd.text


async def test_severity_and_texts_are_changed_and_nothing_is_written_over(world: World) -> None:
    await world.declare(world.alice)
    async with browser(world, world.bob) as bob, browser(world, world.carol) as carol:
        await _send(bob, "severity", {"severity": "low"})
        form = await bob.open("/incidents/1/edit")
        seen = form.html.partition('name="seen" value="')[2].partition('"')[0]
        await carol.open("/incidents/1/edit")
        typed = {"form": "edit", "title": "Payments are down", "description": "", "seen": seen}
        await carol.send("/incidents/1/edit", typed)
        late = await bob.send("/incidents/1/edit", {**typed, "title": "Mine"})

    found = await world.incident()
    assert (found.title, found.severity) == ("Payments are down", Severity.LOW)
    assert "Somebody else changed this while you had it open" in late.text
    assert "As it is now: Payments are down" in late.text
    assert 'value="Mine"' in late.html


async def test_an_update_is_internal_unless_public_is_said(world: World) -> None:
    await world.declare(world.alice)
    key = {"dedup_key": "one"}
    async with browser(world, world.bob) as bob:
        empty = await _send(bob, "update", {"body": " "})
        posted = await _send(bob, "update", {"body": "It is <b>the</b> database", **key})
        await _send(bob, "update", {"body": "It is <b>the</b> database", **key})
        other = await _send(bob, "update", {"body": "It is the network", **key})
        public = await _send(bob, "update", {"body": "Sorry", "visibility": "public"})

    assert "Write something, or choose the next status." in empty.text
    assert "Note Only your organization reads this by Bob Okafor" in posted.text
    assert "It is &lt;b&gt;the&lt;/b&gt; database" in posted.html
    assert "This form has posted something else already" in other.text
    assert "It is the network</textarea>" in other.html
    assert 'name="dedup_key" value="one"' not in other.html
    assert "#1 affects no component yet" in public.text
    assert "Sorry</textarea>" in public.html
    (event,) = await _posted(world)
    assert event.data["visibility"] == "internal"


def _hidden(page: Shown, name: str) -> str:
    return page.html.partition(f'name="{name}" value="')[2].partition('"')[0]


async def test_what_is_public_is_shown_first_and_published_as_it_was_shown(world: World) -> None:
    await a_public_incident(world)
    said = {"body": "We look into it: https://acme.example/now, db-1.internal",
            "visibility": "public", "status_change": "identified"}  # fmt: skip
    async with browser(world, world.bob) as bob:
        shown = await _send(bob, "update", {**said, "dedup_key": "one"})
        assert not await _posted(world)
        token = {"foreseen": _hidden(shown, "foreseen"), "form": "update", "dedup_key": "one"}
        changed = await bob.send("/incidents/1/update", {**said, **token, "body": "Something else"})
        assert not await _posted(world)
        for _ in range(2):
            done = await bob.send("/incidents/1/update", {**said, **token})

    assert "Customers will read this on Acme Status" in shown.text
    assert "Is this for everybody?" in shown.text
    assert "“db-1.internal” looks like an internal host name." in shown.text
    assert "Publish to Acme Status" in shown.text
    assert "What you were shown is no longer what would be published" in changed.text
    assert "Something else" in changed.text
    assert "Customers can read it now." in done.text
    (event,) = await _posted(world)
    assert event.data == {"updateId": event.data["updateId"], "visibility": "public",
                          "statusChange": "identified"}  # fmt: skip


async def test_resolving_asks_once_what_customers_are_told(world: World) -> None:
    await a_public_incident(world)
    async with browser(world, world.bob) as bob:
        form = await bob.open("/incidents/1/resolve")
        typed = {"form": "resolve", "note": "Failed over", "write_up": "It works again."}
        shown = await bob.send("/incidents/1/resolve", typed)
        assert (await world.incident()).status is Status.INVESTIGATING
        typed["foreseen"] = _hidden(shown, "foreseen")
        done = await bob.send("/incidents/1/resolve", typed)
        again = await bob.send("/incidents/1/resolve", typed)
        late = await _send(bob, "update", {"body": "One more thing"})

    assert "Write-up for customers" in form.text
    assert "Publish and resolve" in shown.text
    assert "You resolved #1. Nobody will be paged for it any more." in done.text
    assert "This incident is resolved, so nothing about it can change" in again.text
    assert "This incident is resolved, so nothing about it can change" in late.text
    assert "One more thing</textarea>" in late.html
    assert [one.data["visibility"] for one in await _posted(world)] == [
        "public", "internal", "internal", "internal"]  # fmt: skip


async def test_the_last_step_in_an_update_asks_for_the_write_up_too(world: World) -> None:
    await a_public_incident(world)
    await world.bob.command("/incident status 1 identified")
    await world.bob.command("/incident status 1 monitoring")
    await world.settle()
    async with browser(world, world.bob) as bob:
        asked = await _send(bob, "update", {"body": "All fine", "status_change": "resolved"})

    assert "Write-up for customers" in asked.text
    assert "All fine</textarea>" in asked.html
    assert (await world.incident()).status is Status.MONITORING


async def test_a_text_is_taken_back_for_good(world: World) -> None:
    await world.declare(world.alice)
    async with world.tocsin.core.reading(world.system) as tx:
        member = await find_by_slack_user_id(tx, world.bob.id)
    assert member is not None
    incident = await world.incident()
    async with world.tocsin.core.transaction(actor_of(member, Surface.SLACK)) as tx:
        said = await updates.post_update(tx, incident.id, body="The password is hunter2")
    path, form = f"updates/{said.id}/redact", {"form": f"redact-{said.id}"}
    async with browser(world, world.bob) as bob, browser(world, world.carol) as carol:
        others = await carol.open("/incidents/1")
        refused = await _send(carol, path, form)
        mine = await bob.open("/incidents/1")
        gone = await _send(bob, path, form)
        unknown = await _send(bob, f"updates/{uuid4()}/redact")
    await world.settle()

    assert "Remove the text" not in others.text
    assert "You may remove the text of your own update within five minutes" in refused.text
    assert "Remove the text ( 18 Nov 2026, 12:05 UTC left)" in mine.text
    assert "hunter2" not in gone.text
    assert "This update has been removed. By Bob Okafor" in gone.text
    assert "There is no such update." in unknown.text


async def test_components_are_chosen_and_one_reads_who_will_read_of_it(world: World) -> None:
    made = await a_public_incident(world)
    async with browser(world, world.bob) as bob:
        form = await bob.open("/incidents/1/components")
        told = await bob.send("/incidents/1/components/told", {"form": "components"})
        odd = await bob.send("/incidents/1/components", {"form": "components",
                             "component_ids": ["x"]})  # fmt: skip
        page = await bob.send("/incidents/1/components", {"form": "components"})

    assert f'value="{made[0]}" checked' in form.html
    assert "Anybody reads its title" in form.text
    assert "Anybody reads its title" not in told.text
    assert "There is no such component." in odd.text
    assert "Affected components None" in page.text


async def test_every_page_has_its_receipt_and_every_event_is_on_the_trail(world: World) -> None:
    await world.declare(world.alice)
    await world.pass_time(minutes=5)
    async with browser(world, world.bob) as bob:
        await _send(bob, "acknowledge")
        await world.settle()
        shown = (await bob.open("/incidents/1")).text
        receipts = (await bob.open("/incidents/1/pages")).text
        trail = (await bob.open("/incidents/1/audit")).text
        line = (await bob.open("/incidents/1/timeline?page=99")).text

    for text in (shown, receipts):
        assert "Bob Okafor · Slack DM · layer 1 · in" in text
        assert "On call for Payments (Primary), until" in text
        assert "Acknowledged by Bob Okafor" in text
    assert "Incident acknowledged by Bob Okafor through the dashboard" in trail
    assert "Escalation stopped" in trail
    assert "Paging Layer 2 of 2: Carol Jansen" in line


async def test_an_incident_that_is_not_there_is_nothing(world: World) -> None:
    await world.declare(world.alice)
    async with browser(world, world.bob) as bob:
        for number in (2, 10**30):
            for what in ("", "/edit", "/components", "/resolve", "/timeline", "/audit", "/pages"):
                assert (await bob.open(f"/incidents/{number}{what}")).status == 404
