"""A session opens to nobody but the browser that began it, for as long as it lives.

Its cookie is signed; what opens by itself in a page asks whose it is like the page; and who signs
in leaves nothing of whoever sat there before.
"""

import asyncio
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from core import sessions, team
from core.transaction import Actor
from storage.models import AuditEvent, DashboardSession, Organization
from storage.vocabulary import AuditType, Surface
from tests.core import given
from tests.engine import Engine
from tests.web.dashboard.desk import desk, sign_in
from web.dashboard.cookies import SESSION

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
PATIENCE = 2


async def _begin(engine: Engine, actor: Actor) -> str:
    """A new session; its cookie."""
    assert actor.id
    async with engine.core.transaction(actor) as tx:
        return await sessions.begin(tx, actor.id)


async def _key_of(engine: Engine, organization_id: UUID | None) -> str:
    """With what an organization signs."""
    async with engine.core.reading(Actor.system()) as tx:
        return (await tx.db.get_one(Organization, organization_id)).link_key or ""


async def _form_token(engine: Engine, cookie: str) -> str:
    """What stands in every form that a session is shown."""
    async with engine.core.reading(Actor.system()) as tx:
        return (await sessions.recognise(tx, cookie)).form_token


def _signature(key: str, secret: str) -> str:
    return hmac.new(key.encode(), f"tocsin:session:{secret}".encode(), sha256).hexdigest()


async def _answers(client: httpx.AsyncClient) -> list[int]:
    """What a page, what tells it of changes, and what it asks for those, answer to a browser."""
    async with asyncio.timeout(PATIENCE):  # a stream would go on for ever
        return [(await client.get(f"/app{path}")).status_code for path in ("/", "/events", "/last")]


NOBODY = [303, 204, 401]
"""To the page where one signs in; no stream, not even later; and no number."""


async def test_a_session_whose_signature_is_not_its_own_opens_nothing(engine: Engine) -> None:
    mallory = await given.stranger(engine)
    cookie, other, theirs = [
        await _begin(engine, one) for one in (engine.actor("bob"), engine.actor("bob"), mallory)
    ]
    secret, _, signature = cookie.partition(".")
    our_key = await _key_of(engine, engine.organization_id)
    their_key = await _key_of(engine, mallory.organization_id)
    forged = {
        "missing": secret,
        "empty": f"{secret}.",
        "of nothing": f"{secret}.{'0' * 64}",
        "nearly right": f"{secret}.{signature[:-1]}{'1' if signature[-1] == '0' else '0'}",
        "cut short": cookie[:-1],
        "of another session": f"{secret}.{other.partition('.')[2]}",
        "of another organization's session": f"{secret}.{theirs.partition('.')[2]}",
        "by another organization's key": f"{secret}.{_signature(their_key, secret)}",
        "by no key": f"{secret}.{_signature('', secret)}",
        "of its forms": f"{secret}.{await _form_token(engine, cookie)}",
    }
    answered = {}
    async with desk(engine) as client:
        for name, value in forged.items():
            client.cookies.set(SESSION, value)
            answered[name] = await _answers(client)
        client.cookies.set(SESSION, cookie)
        opened = await client.get("/app/last")

    assert our_key != their_key
    assert cookie == f"{secret}.{_signature(our_key, secret)}"
    assert answered == dict.fromkeys(forged, NOBODY)
    assert opened.status_code == 200


async def _signed_out(engine: Engine) -> None:
    await engine.do("bob", sessions.end_all, engine.cast["bob"].id)


async def _removed(engine: Engine) -> None:
    async with engine.core.transaction(engine.system) as tx:
        await team.remove_member(tx, engine.cast["bob"].id)


async def _left(engine: Engine) -> None:
    """Somebody goes, and their sessions stay where they are kept."""
    await given.remove(engine, "bob")


async def _idle(engine: Engine) -> None:
    engine.clock.at += timedelta(hours=12)


@pytest.mark.parametrize("over", [_signed_out, _removed, _left, _idle])
async def test_a_session_that_is_over_opens_nothing(
    engine: Engine, over: Callable[[Engine], Awaitable[None]]
) -> None:
    async with desk(engine) as client:
        await sign_in(engine, client, "bob")
        before = [(await client.get(f"/app{path}")).status_code for path in ("/", "/last")]
        await over(engine)
        after = await _answers(client)

    assert (before, after) == ([200, 200], NOBODY)


async def test_nobody_is_told_that_anything_happened(engine: Engine) -> None:
    async with desk(engine) as client:
        answered = await _answers(client)
        told = [(await client.get(f"/app{path}")).content for path in ("/events", "/last")]

    assert (answered, told) == (NOBODY, [b"", b""])


async def test_a_session_lives_until_it_was_idle_for_twelve_hours(engine: Engine) -> None:
    async with desk(engine) as client:
        await sign_in(engine, client, "bob")
        engine.clock.at += timedelta(hours=12, seconds=-1)
        living = await client.get("/app/last")

    assert living.status_code == 200


@pytest.mark.parametrize("how", ["by a link", "by a click"])
async def test_signing_in_ends_the_session_that_somebody_elsewhere_left(
    engine: Engine, how: str
) -> None:
    mallory = replace(await given.stranger(engine), surface=Surface.DASHBOARD)
    bob, left = engine.cast["bob"], await _begin(engine, mallory)
    async with desk(engine, open_to_all=True) as client, desk(engine) as thief:
        for browser in (client, thief):
            browser.cookies.set(SESSION, left)
        if how == "by a link":
            link = await engine.do("bob", sessions.make_link, bob.id)
            await client.post(f"/app/sign-in/{link}", headers=SAME_ORIGIN)
        else:
            await client.post("/app/become", headers=SAME_ORIGIN, data={"member": str(bob.id)})
        answered = [(await one.get("/app/last")).status_code for one in (client, thief)]

    assert answered == [200, 401]
    assert await _living(engine) == [(engine.organization_id, bob.id)]
    assert await _told(engine) == [
        (AuditType.SIGNED_IN, mallory.organization_id, mallory.id, Surface.DASHBOARD),
        (AuditType.SIGNED_OUT, mallory.organization_id, mallory.id, Surface.DASHBOARD),
        (AuditType.SIGNED_IN, engine.organization_id, bob.id, Surface.DASHBOARD),
    ]


async def _living(engine: Engine) -> list[tuple[UUID, UUID]]:
    """Every session of anybody's: of which organization, and whose."""
    async with engine.core.reading(Actor.system()) as tx:
        found = await tx.db.scalars(select(DashboardSession))
        return [(one.organization_id, one.member_id) for one in found]


async def _told(engine: Engine) -> list[tuple[AuditType, UUID | None, UUID | None, Surface]]:
    """Who came and went, on whatever trail: where it stands, and in whose name."""
    types = (AuditType.SIGNED_IN, AuditType.SIGNED_OUT)
    query = select(AuditEvent).where(AuditEvent.type.in_(types)).order_by(AuditEvent.sequence)
    async with engine.core.reading(Actor.system()) as tx:
        found = list(await tx.db.scalars(query))
    assert all(one.data["memberId"] == str(one.actor_id) for one in found)
    return [(one.type, one.organization_id, one.actor_id, one.surface) for one in found]
