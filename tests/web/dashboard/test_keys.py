"""API keys in the dashboard: made, shown this once, and revoked."""

import logging
import re
from uuid import uuid4

import pytest
from sqlalchemy import text

from core import keys
from core.errors import NotAuthorized
from storage.vocabulary import Surface
from tests.web.dashboard.browser import browser
from tests.world import World

SECRET = re.compile(r"toc_live_[A-Za-z0-9_-]{43}")


def _fields(**more: str) -> dict[str, str]:
    fields = {"form": "new", "id": str(uuid4()), "name": "Deploys", "role": "member"}
    return {**fields, "end": "never", **more}


async def test_a_key_is_made_shown_once_and_revoked(world: World) -> None:
    async with browser(world, world.alice) as alice:
        empty = await alice.open("/settings/keys")
        made = await alice.send("/settings/keys", _fields())
        (secret,) = SECRET.findall(made.html)
        caller = await keys.authenticate(world.tocsin.core, secret, Surface.API)
        listed = await alice.open("/settings/keys")
        revoke = re.search(r"/app(/settings/keys/[^/]+/revoke)", listed.html)
        assert revoke is not None
        gone = await alice.send(revoke[1], {"form": "revoke"})

    assert "There are no API keys." in empty.text
    assert "Copy it now: you won't see it again." in made.text
    assert caller.name == "Deploys"
    assert "Deploys Member Last used" in listed.text
    assert "“Deploys” was revoked." in gone.text
    with pytest.raises(NotAuthorized):
        await keys.authenticate(world.tocsin.core, secret, Surface.API)


async def test_the_secret_stands_nowhere_but_on_the_page_that_answers_the_form(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with browser(world, world.alice) as alice:
        await alice.open("/settings/keys")
        made = await alice.send("/settings/keys", _fields())
        (secret,) = SECRET.findall(made.html)
        after = [
            await alice.open(path)
            for path in ("/settings/keys", "/settings/trail", "/settings/trail.csv", "/")
        ]
        cookies = " ".join(one.value or "" for one in alice.client.cookies.jar)

    assert made.status == 200
    assert made.answer.history == []  # nobody was sent elsewhere
    assert made.answer.headers["Cache-Control"] == "no-store"
    assert secret not in str(made.answer.url)
    assert secret not in str(made.answer.headers)
    assert secret not in cookies
    assert secret not in caplog.text
    assert not any(secret in one.html for one in after)
    async with world.tocsin.core.reading(world.system) as tx:
        kept = await tx.db.execute(text("SELECT data FROM audit_events"))
        assert secret not in str(kept.all())


async def test_the_same_form_sent_again_makes_no_other_and_shows_nothing(world: World) -> None:
    async with browser(world, world.alice) as alice:
        opened = await alice.open("/settings/keys")
        fields = _fields()
        await alice.send("/settings/keys", fields)
        alice.page = opened
        again = await alice.send("/settings/keys", fields)

    assert again.status == 422
    assert not SECRET.search(again.html)
    assert "This form has made its API key already" in again.text


async def test_a_key_ends_with_the_last_day_on_its_makers_clock(world: World) -> None:
    async with browser(world, world.alice) as alice:
        opened = await alice.open("/settings/keys")
        for wrong in ({"end": "last_day"}, {"end": "last_day", "expires_at": "2026-11-01"}):
            alice.page = opened
            page = await alice.send("/settings/keys", _fields(**wrong))
            assert 'id="new-expires_at-fault"' in page.html
        fields = _fields(end="last_day", expires_at="2026-12-24")
        page = await alice.send("/settings/keys", fields)

    assert 'datetime="2026-12-24T23:00:00.000Z"' in page.html


async def test_a_name_that_is_taken_is_said_at_its_field(world: World) -> None:
    async with browser(world, world.alice) as alice:
        opened = await alice.open("/settings/keys")
        await alice.send("/settings/keys", _fields())
        alice.page = opened
        page = await alice.send("/settings/keys", _fields(role="admin"))

    assert 'id="new-name-fault"' in page.html
    assert '<option value="admin" selected>' in page.html
