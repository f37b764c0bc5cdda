"""Members, the alerts channel, the checks and one's own sessions in the dashboard."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from core import people
from storage.models import Member
from storage.vocabulary import Role
from tests.web.dashboard.browser import Shown, browser, visible
from tests.world import World, running_world


async def _member(world: World, email: str) -> Member:
    async with world.tocsin.core.reading(world.system) as tx:
        found = await people.find_by_email(tx, email)
        assert found is not None
        return found


async def _alerts_channel(world: World) -> str | None:
    async with world.tocsin.core.reading(world.system) as tx:
        return (await people.organization(tx)).alerts_channel


def _asked(page: Shown, member_id: UUID) -> str:
    """What is asked before somebody is removed."""
    _, _, after = page.html.partition(f'id="asks-remove-{member_id}"')
    return visible(f"<details {after.partition('</details>')[0]}")


async def test_everybody_sees_who_is_a_member_and_who_is_known_to_slack(world: World) -> None:
    async with world.tocsin.core.transaction(world.system) as tx:
        await people.ensure_by_email(tx, "erin@example.com", name="Erin <b>")
    async with browser(world, world.bob) as bob:
        page = await bob.open("/settings")

    assert "Alice Martin Admin alice@example.com Europe/Berlin Known to Slack" in page.text
    assert "Erin <b> Member erin@example.com UTC Not matched in Slack" in page.text
    assert "Erin &lt;b&gt;" in page.html


async def test_an_admin_adds_promotes_and_removes_somebody(world: World) -> None:
    async with browser(world, world.alice) as alice:
        await alice.open("/settings")
        added = await alice.send(
            "/settings", {"form": "add", "email": "Erin@Example.com", "role": "member"}
        )
        erin = await _member(world, "erin@example.com")
        promoted = await alice.send(f"/settings/members/{erin.id}/role", {"role": "admin"})
        removed = await alice.send(f"/settings/members/{erin.id}/remove")

    assert "erin@example.com is a member." in added.text
    assert "erin is an admin now." in promoted.text
    assert "erin was removed." in removed.text
    assert "erin@example.com" not in removed.text
    assert (await _member(world, "erin@example.com")).removed_at is not None


async def test_before_somebody_is_removed_it_is_said_what_would_miss_them(world: World) -> None:
    await world.declare(world.alice)
    async with world.tocsin.core.transaction(world.system) as tx:
        erin = (await people.ensure_by_email(tx, "erin@example.com")).id
    async with browser(world, world.alice) as alice:
        page = await alice.open("/settings")
    async with browser(world, world.bob) as bob:
        of_no_admin = await bob.open("/settings")

    bob_id, carol_id = [(await _member(world, f"{one}@example.com")).id for one in ("bob", "carol")]
    assert _asked(page, bob_id) == (
        "Remove Bob Okafor Bob Okafor is paged no more and can't sign in from now on. On call now "
        "for Payments. Alone in a rotation of Payments: nobody takes their place there. Owns 1 "
        "open incident: it stays theirs until somebody else takes over. Remove"
    )
    assert "Paged by name in Payments: change these policies first." in _asked(page, carol_id)
    assert "No rotation and no policy names them, and no open incident is theirs." in _asked(
        page, erin
    )
    assert "Alone in a rotation" not in of_no_admin.text


async def test_what_an_admin_may_not_do_is_said_at_the_row(world: World) -> None:
    alice_id = (await _member(world, "alice@example.com")).id
    bob_id = (await _member(world, "bob@example.com")).id
    async with browser(world, world.alice) as alice:
        await alice.open("/settings")
        own = await alice.send(
            f"/settings/members/{alice_id}/role", {"form": f"role-{alice_id}", "role": "member"}
        )
        last = await alice.send(
            f"/settings/members/{alice_id}/remove", {"form": f"remove-{alice_id}"}
        )

    row = own.html.split(f'id="change-{alice_id}"')[1].split("</li>")[0]
    assert "Nobody changes their own role. Ask another admin." in row
    assert row.startswith(" open")
    row = last.html.split(f'id="change-{alice_id}"')[1].split("</li>")[0]
    assert "There is always at least one admin" in row
    assert f'id="change-{bob_id}">' in last.html


async def test_who_is_gone_or_anothers_is_said_to_be_none(world: World) -> None:
    id = uuid4()
    async with browser(world, world.alice) as alice:
        for act in ("role", "remove"):
            await alice.open("/settings")
            fields = {"form": f"{act}-{id}", "role": "admin"}
            page = await alice.send(f"/settings/members/{id}/{act}", fields)
            assert page.status == 422
            assert "There is no such member." in page.text
        await alice.open("/settings/keys")
        page = await alice.send(f"/settings/keys/{id}/revoke", {"form": f"revoke-{id}"})
        assert "There is no such API key. It may have been revoked." in page.text


async def test_a_wrong_address_or_role_is_said_at_its_field(world: World) -> None:
    async with browser(world, world.alice) as alice:
        await alice.open("/settings")
        page = await alice.send("/settings", {"form": "add", "email": "nobody", "role": "member"})
        assert 'id="add-email-fault"' in page.html
        assert 'value="nobody"' in page.html
        page = await alice.send("/settings", {"form": "add", "email": "e@x.io", "role": "boss"})
        assert 'id="add-role-fault"' in page.html


async def test_the_alerts_channel_is_shown_to_all_and_changed_by_admins(world: World) -> None:
    async with browser(world, world.bob) as bob, browser(world, world.alice) as alice:
        seen = await bob.open("/settings/slack")
        await alice.open("/settings/slack")
        changed = await alice.send(
            "/settings/alerts-channel", {"form": "alerts", "channel": " #general "}
        )
        refused = await alice.send(
            "/settings/alerts-channel", {"form": "alerts", "channel": "two words"}
        )

    assert "Incidents are announced in #incidents ." in seen.text
    assert "Admins change it. Ask one of them." in seen.text
    assert "Incidents are announced in #general." in changed.text
    assert 'id="alerts-channel-fault"' in refused.html
    assert await _alerts_channel(world) == "general"


async def test_what_the_environment_says_is_not_changed_here(database_url: str) -> None:
    async with (
        running_world(database_url, tocsin_alerts_channel="incidents") as world,
        browser(world, world.alice) as alice,
    ):
        page = await alice.open("/settings/slack")
        refused = await alice.send("/settings/alerts-channel", {"channel": "general"})
        kept = await _alerts_channel(world)

    assert "The environment variable TOCSIN_ALERTS_CHANNEL names it." in page.text
    assert "alerts-channel" not in page.html
    assert refused.status == 422
    assert kept == "incidents"


async def test_an_admin_has_everything_checked(world: World) -> None:
    async with browser(world, world.alice) as alice:
        before = await alice.open("/settings/slack")
        page = await alice.send("/settings/slack", {"form": "check"})

    assert "SLACK_BOT_TOKEN" not in before.text
    assert page.status == 200
    assert "Well Slack: SLACK_BOT_TOKEN is good" in page.text
    assert "Alerts channel: #incidents is there, and the bot can post to it." in page.text
    assert "xoxb-tests" not in page.html


async def test_ones_own_sessions_name_the_one_that_is_used(world: World) -> None:
    async with browser(world, world.bob) as desk:
        world.clock.at += timedelta(hours=1)
        async with browser(world, world.bob) as phone:
            shown = [await one.open("/settings/sessions") for one in (desk, phone)]

    told = [one.text.partition("2 times ")[2].partition(" A session")[0] for one in shown]
    assert told == [
        "Since 18 Nov 2026, 13:00 UTC Since 18 Nov 2026, 12:00 UTC · this browser",
        "Since 18 Nov 2026, 13:00 UTC · this browser Since 18 Nov 2026, 12:00 UTC",
    ]


async def test_ones_own_sessions_end_everywhere(world: World) -> None:
    async with browser(world, world.bob) as desk, browser(world, world.bob) as phone:
        page = await desk.open("/settings/sessions")
        assert "You are signed in 2 times" in page.text
        out = await desk.send("/sign-out", {"everywhere": "yes"})
        elsewhere = await phone.open("/settings/sessions")

    assert out.path == elsewhere.path == "/app/sign-in"


PATHS: list[tuple[str, dict[str, Any]]] = [
    ("/settings", {"email": "mallory@other.example", "role": "admin"}),
    ("/settings/members/{bob}/role", {"role": "admin"}),
    ("/settings/members/{bob}/remove", {}),
    ("/settings/alerts-channel", {"channel": "general"}),
    ("/settings/slack", {}),
    ("/settings/keys", {"name": "Mine", "role": "admin", "end": "never", "id": str(uuid4())}),
    ("/settings/keys/{bob}/revoke", {}),
]


async def test_a_member_sees_no_admins_controls_and_a_forged_form_is_refused(
    world: World,
) -> None:
    bob_id = (await _member(world, "bob@example.com")).id
    async with browser(world, world.bob) as bob:
        for path in ("/settings/keys", "/settings/trail", "/settings/trail.csv"):
            refused = await bob.open(path)
            assert refused.status == 403
            assert "is for admins. Ask one of them." in refused.text
        for path in ("/settings", "/settings/slack"):
            page = await bob.open(path)
            assert "<form" not in page.html.split('id="main"')[1]
            assert "API keys" not in page.text
        token = page
        for path, fields in PATHS:
            bob.page = token
            answer = await bob.send(path.format(bob=bob_id), fields)
            assert answer.status == 403, path

    assert (await _member(world, "bob@example.com")).role is Role.MEMBER
    assert await _alerts_channel(world) == "incidents"


async def test_who_was_an_admin_until_now_is_refused(world: World) -> None:
    async with browser(world, world.alice) as alice:
        await alice.open("/settings/keys")
        async with world.tocsin.core.transaction(world.system) as tx:
            found = await people.find_by_email(tx, "alice@example.com")
            assert found is not None
            people.set_role(tx, found, Role.MEMBER)
        page = await alice.send(
            "/settings/keys",
            {"form": "new", "name": "X", "role": "admin", "end": "never", "id": str(uuid4())},
        )

    assert page.status == 403
    assert "toc_live_" not in page.html
