"""The forms of a schedule in the dashboard: made, given people who take turns, changed, removed."""

import pytest

from core import schedule_facts
from core.schedule_facts import ScheduleFacts
from tests.web.dashboard.browser import browser
from tests.web.dashboard.test_on_call import member_id, schedule_of
from tests.web.dashboard.test_policies import hidden
from tests.world import World

TERMS = {
    "name": "Nights",
    "rotation_type": "daily",
    "length_days": "",
    "handoff": "21:00",
    "first_day": "2026-11-18",
    "last_day": "",
}


async def facts_of(world: World, name: str = "Payments") -> ScheduleFacts:
    schedule_id = await schedule_of(world, name)
    async with world.tocsin.core.reading(world.system) as tx:
        return await schedule_facts.of(tx, schedule_id)


async def test_a_schedule_is_made_and_given_people_who_take_turns(world: World) -> None:
    carol_id, dave_id = await member_id(world, "carol"), await member_id(world, "dave")
    async with browser(world, world.dave) as dave:
        opened = await dave.open("/on-call/schedules/new")
        details = {"form": "details", "id": hidden(opened.html, "id"), "name": "Tokyo"}
        wrong = await dave.send("/on-call/schedules/new", {**details, "timezone": "Edo"})
        made = await dave.send("/on-call/schedules/new", {**details, "timezone": "Asia/Tokyo"})
        again = await dave.send("/on-call/schedules/new", {**details, "timezone": "Asia/Tokyo"})
        path = f"/on-call/schedules/{await schedule_of(world, 'Tokyo')}/layers/new"
        form = await dave.open(path)
        fields = {
            "form": "layer",
            "as_seen": hidden(form.html, "as_seen"),
            "layer": hidden(form.html, "layer"),
            "participants": [dave_id, "", carol_id],
            **TERMS,
        }
        looked = await dave.send(path, {**fields, "look": "yes"})
        added = await dave.send(path, fields)

    assert 'value="Asia/Tokyo"' in opened.html
    assert "“Edo” is not a time zone." in wrong.text
    assert 'value="Tokyo"' in wrong.html
    assert "“Tokyo” is there. Add who takes turns." in made.text
    assert again.status == 200
    assert "At once Dave Lindqvist is on call." in looked.text
    assert "Carol Jansen from Thu 19 Nov, 21:00" in looked.text
    assert "“Nights” was saved." in added.text
    facts = await facts_of(world, "Tokyo")
    (layer,) = facts.layers
    assert [one.person.name for one in layer.people] == ["Dave Lindqvist", "Carol Jansen"]
    assert (layer.terms.length_days, layer.terms.handoff.hour) == (1, 21)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"rotation_type": "custom", "length_days": "999"}, "length_days"),
        ({"rotation_type": "hourly"}, "rotation_type"),
        ({"handoff": "soon"}, "handoff"),
        ({"first_day": ""}, "first_day"),
        ({"last_day": "2026-11-01"}, "last_day"),
        ({"participants": [""]}, "participants"),
        ({"participants": ["me"]}, "participants"),
        ({"name": "Primary"}, "name"),
    ],
)
async def test_a_layer_is_refused_at_the_field_that_is_wrong(
    world: World, changed: dict[str, object], field: str
) -> None:
    bob_id = await member_id(world, "bob")
    path = f"/on-call/schedules/{await schedule_of(world)}/layers/new"
    async with browser(world, world.bob) as bob:
        form = await bob.open(path)
        fields = {
            "form": "layer",
            "as_seen": hidden(form.html, "as_seen"),
            "layer": hidden(form.html, "layer"),
            "participants": [bob_id],
            **TERMS,
            **changed,
        }
        refused = await bob.send(path, fields)

    assert refused.status == 422
    assert f'aria-describedby="layer-{field}-fault"' in refused.html
    assert len((await facts_of(world)).layers) == 1


async def test_details_and_layers_change_and_go(world: World) -> None:
    facts = await facts_of(world)
    (layer,) = facts.layers
    at = f"/on-call/schedules/{facts.id}"
    async with browser(world, world.bob) as bob:
        form = await bob.open(f"{at}/edit")
        details = {"form": "details", "as_seen": hidden(form.html, "as_seen")}
        more = {"name": "Money", "timezone": "Europe/Berlin", "description": "Card <b>and</b> cash"}
        changed = await bob.send(f"{at}/edit", details | more)
        overtaken = await bob.send(f"{at}/edit", details | more | {"name": "Cash"})
        moved = await bob.send(f"{at}/layers/{layer.id}/move", {"form": "move", "to": "0"})
        in_use = await bob.send(f"{at}/remove", {"form": "remove"})
        question = await bob.open(f"{at}/layers/{layer.id}/remove")
        fields = {"form": "remove", "as_seen": hidden(question.html, "as_seen")}
        removed = await bob.send(f"{at}/layers/{layer.id}/remove", fields)

    assert "Card &lt;b&gt;and&lt;/b&gt; cash" in changed.html
    assert "Somebody else changed this" in overtaken.text
    assert "The layer was moved." in moved.text
    assert "in use by the policy “Payments”" in in_use.text
    assert "Nobody is on call then, from now on." in question.text
    assert "The layer was removed." in removed.text
    assert "Nobody is on call here yet." in removed.text
