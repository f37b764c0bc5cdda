"""Policies in the dashboard: the ladder, the simulation beside it, and the forms of its layers."""

import re
from uuid import UUID

from core import people, policies, policy_facts
from core.policies import PolicyDraft
from core.transaction import Actor
from tests.web.dashboard.browser import browser
from tests.web.dashboard.test_on_call import member_id, schedule_of
from tests.world import World, running_world


async def policy_of(world: World, name: str = "Payments") -> UUID:
    async with world.tocsin.core.reading(world.system) as tx:
        return await policy_facts.find_policy(tx, name)


async def layers_of(world: World, policy_id: UUID) -> list[tuple[str, int]]:
    """Whom each layer pages, and how many minutes it waits."""
    async with world.tocsin.core.reading(world.system) as tx:
        facts = await policy_facts.of(tx, policy_id)
    return [
        (one.schedule or ", ".join(who.name for who in one.people), one.draft.ack_timeout_minutes)
        for one in facts.layers
    ]


def hidden(html: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found, name
    return found[1]


async def test_a_policy_is_a_ladder_with_its_simulation_beside_it(world: World) -> None:
    policy_id = await policy_of(world)
    async with browser(world, world.bob) as bob:
        listed = await bob.open("/policies")
        page = await bob.open(f"/policies/{policy_id}")

    assert "Payments 2 layers · now pages Bob Okafor first" in listed.text
    assert "Layer 1: Whoever is on call for Payments now Bob Okafor" in page.text
    assert "Waits 5 min, then layer 2" in page.text
    assert "If nobody answers, and it began now at once · layer 1 of 2" in page.text
    assert "on call for Payments, rotation Primary, week 1" in page.text
    assert "after 10 min" in page.text
    assert "No last resort is named." in page.text
    assert "A rehearsal by the real rules. Nobody was paged." in page.text


async def test_an_instant_is_chosen_and_what_goes_wrong_then(world: World) -> None:
    policy_id = await policy_of(world)
    bob_id = await member_id(world, "bob")
    path = f"/policies/{policy_id}"
    async with browser(world, world.bob) as bob:
        before = await bob.open(f"{path}?at=2026-11-10T09:00")
        lost = await bob.open(f"{path}?at=2026-11-24T09:00&unreachable={bob_id}")
        odd = await bob.open(f"{path}?at=tomorrow")
        never = await bob.open(f"{path}?at=9999-12-31T23:59")

    assert "skipped at once: nobody is on call for Payments" in before.text
    assert "none of it can be delivered : layer 2 at once" in lost.text
    assert 'value="2026-11-24T09:00"' in lost.html
    assert "Choose a day and a time." in odd.text
    assert never.status == 200


async def test_a_simulation_is_reckoned_anew_once_something_changed(world: World) -> None:
    policy_id = await policy_of(world)
    async with world.tocsin.core.reading(world.system) as tx:
        second = (await policy_facts.of(tx, policy_id)).layers[1]
    async with browser(world, world.bob) as bob:
        before = await bob.open(f"/policies/{policy_id}")
        path = f"/policies/{policy_id}/layers/{second.id}/move"
        after = await bob.send(path, {"form": "move", "to": "1"})

    assert "layer 1 of 2 18 Nov 2026, 12:00 UTC Bob Okafor , Slack DM" in before.text
    assert "The layer was moved." in after.text
    assert "layer 1 of 2 18 Nov 2026, 12:00 UTC Carol Jansen , Slack DM" in after.text
    assert await layers_of(world, policy_id) == [("Carol Jansen", 5), ("Payments", 5)]


async def test_what_slack_says_of_a_member_counts_at_once(world: World) -> None:
    """It is on nobody's trail, and who is paged has another name all the same."""
    policy_id = await policy_of(world)
    async with browser(world, world.bob) as bob:
        before = await bob.open(f"/policies/{policy_id}")
        profile = people.SlackProfile(world.bob.id, None, "Robert Okafor", "Europe/Berlin")
        async with world.tocsin.core.transaction(world.system) as tx:
            await people.recognise(tx, profile)
        after = await bob.open(f"/policies/{policy_id}")

    assert "12:00 UTC Bob Okafor , Slack DM" in before.text
    assert "12:00 UTC Robert Okafor , Slack DM" in after.text


async def test_a_policy_is_made_and_given_a_layer_by_forms(world: World) -> None:
    schedule_id = await schedule_of(world)
    async with browser(world, world.bob) as bob:
        await bob.open("/policies/new")
        made = await bob.send("/policies/new", {"form": "details", "name": "Nights"})
        policy_id = await policy_of(world, "Nights")
        path = f"/policies/{policy_id}/layers/new"
        form = await bob.open(path)
        fields = {
            "form": "layer",
            "as_seen": hidden(form.html, "as_seen"),
            "layer": hidden(form.html, "layer"),
            "target": "schedule",
            "schedule_id": str(schedule_id),
        }
        looked = await bob.send(path, {**fields, "ack_timeout_minutes": "1 h", "look": "yes"})
        assert await layers_of(world, policy_id) == []
        refused = await bob.send(path, {**fields, "ack_timeout_minutes": "soon"})
        added = await bob.send(path, {**fields, "ack_timeout_minutes": "1 h"})
        again = await bob.send(path, {**fields, "ack_timeout_minutes": "1 h"})

    assert "This policy pages nobody yet." in made.text
    assert "Bob Okafor at once; exhausted after 1 h." in looked.text
    assert refused.status == 422
    assert "“soon” is no timeout." in refused.text
    assert 'aria-describedby="layer-ack_timeout_minutes-fault"' in refused.html
    assert "The layer was saved." in added.text
    assert again.status == 200
    assert await layers_of(world, policy_id) == [("Payments", 60)]


async def test_who_was_overtaken_is_told_and_overwrites_nothing(world: World) -> None:
    policy_id = await policy_of(world)
    carol_id, dave_id = await member_id(world, "carol"), await member_id(world, "dave")
    async with world.tocsin.core.reading(world.system) as tx:
        layer = (await policy_facts.of(tx, policy_id)).layers[1]
    path = f"/policies/{policy_id}/layers/{layer.id}"
    async with browser(world, world.bob) as bob, browser(world, world.carol) as carol:
        seen = hidden((await bob.open(path)).html, "as_seen")
        await carol.open(path)
        fields = {"form": "layer", "as_seen": seen, "target": "users"}
        first = await carol.send(
            path, {**fields, "people": [dave_id, ""], "ack_timeout_minutes": "5 min"}
        )
        second = await bob.send(path, {**fields, "people": carol_id, "ack_timeout_minutes": "9"})

    assert "The layer was saved." in first.text
    assert second.status == 422
    assert "Somebody else changed this" in second.text
    assert await layers_of(world, policy_id) == [("Payments", 5), ("Dave Lindqvist", 5)]


async def test_a_layer_and_a_policy_are_removed_after_a_question(world: World) -> None:
    policy_id = await policy_of(world)
    async with world.tocsin.core.reading(world.system) as tx:
        layer = (await policy_facts.of(tx, policy_id)).layers[0]
    async with browser(world, world.bob) as bob:
        path = f"/policies/{policy_id}/layers/{layer.id}/remove"
        question = await bob.open(path)
        fields = {"form": "remove", "as_seen": hidden(question.html, "as_seen")}
        removed = await bob.send(path, fields)
        await bob.open(f"/policies/{policy_id}/remove")
        gone = await bob.send(f"/policies/{policy_id}/remove", {"form": "remove"})

    assert "If an incident began now: Carol Jansen at once" in question.text
    assert "The layer was removed." in removed.text
    assert gone.path == "/app/policies"
    assert "“Payments” was removed." in gone.text


async def test_a_policy_of_another_organization_is_not_found(world: World) -> None:
    core = world.tocsin.core
    other = await people.ensure_organization(core, slack_team_id="TOTHER", name="Other")
    async with core.transaction(Actor.system(other.id)) as tx:
        theirs = (await policies.create_policy(tx, PolicyDraft("Theirs", None, ()))).id
    async with browser(world, world.bob) as bob:
        assert "Theirs" not in (await bob.open("/policies")).text
        for path in ("", "/edit", "/layers/new", "/remove"):
            assert (await bob.open(f"/policies/{theirs}{path}")).status == 404


async def test_without_policies_it_says_how_to_make_one(database_url: str) -> None:
    async with running_world(database_url, blueprint="") as world:
        await world.bob.command("/incident oncall")
        async with browser(world, world.bob) as bob:
            page = await bob.open("/policies")

    assert "There are no escalation policies yet." in page.text
    assert "/incident policies" in page.text
