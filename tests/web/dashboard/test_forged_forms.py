"""No form counts that its own session did not send from a page of ours: whichever form it is."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import httpx
import pytest
from starlette.routing import Route, Router

from core import (
    components,
    keys,
    overrides,
    people,
    policies,
    schedules,
    sessions,
    status_pages,
    updates,
)
from core.components import ComponentDraft
from core.covering import OverrideDraft
from core.status_pages import StatusPageDraft
from core.transaction import Actor
from storage.vocabulary import Surface
from tests.engine import Engine
from tests.rows import rows_of
from tests.web.dashboard.desk import desk
from web.dashboard import _routes
from web.dashboard.cookies import SESSION

OURS = "http://tocsin.test"
SITE, ORIGIN = "Sec-Fetch-Site", "Origin"
SENT_HERE = {SITE: "same-origin", ORIGIN: OURS}

SIGNING_IN = {"/sign-in/{secret}", "/become"}
"""Who sends these has no session yet, and so no token: where they come from has to be enough."""

ENDS_SOMETHING = ("/remove", "/revoke", "/sign-out", "/sign-in/{secret}")


def _every_form() -> Iterator[Route]:
    """Each form there is; last those that take away what others are about, the inner before."""
    routes = _routes()
    assert isinstance(routes, Router)
    every = [one for one in routes.routes if isinstance(one, Route)]
    assert every == routes.routes, "below what is mounted there may be forms as well"
    found = [one for one in every if "POST" in (one.methods or ())]
    yield from sorted(found, key=lambda one: (one.path.endswith(ENDS_SOMETHING), -len(one.path)))


FORMS = list(_every_form())

LET_IN = {HTTPStatus.OK, HTTPStatus.SEE_OTHER, HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY}
"""Its work was done, or refused for what stands in it; what it is about was found."""


@dataclass
class Forms:
    """Every form at an address where there is what it is about, before Alice, an admin."""

    engine: Engine
    client: httpx.AsyncClient
    about: dict[str, dict[str, Any]]
    """What stands in a path, by how the path begins."""

    async def sign_in(self, name: str) -> str:
        """A new session of somebody's; its cookie."""
        member = self.engine.cast[name]
        async with self.engine.core.transaction(people.actor_of(member, Surface.DASHBOARD)) as tx:
            return await sessions.begin(tx, member.id)

    async def token(self, cookie: str) -> str:
        """What the forms carry that a session is shown."""
        async with self.engine.core.reading(Actor.system()) as tx:
            return (await sessions.recognise(tx, cookie)).form_token

    def address(self, form: Route) -> str:
        """Where a form is sent."""
        (ids,) = [ids for begins, ids in self.about.items() if form.path.startswith(begins)] or [{}]
        given = {name: ids[name] for name in form.param_convertors}
        return f"/app{form.url_path_for(form.name, **given)}"

    async def send(self, form: Route, token: str | None, sent: dict[str, str]) -> int:
        """Send a form, and see what is answered."""
        fields = {"member": str(self.engine.cast["bob"].id), "form_token": token}
        data = {name: value for name, value in fields.items() if value is not None}
        return (await self.client.post(self.address(form), data=data, headers=sent)).status_code


async def _about(engine: Engine) -> dict[str, dict[str, Any]]:
    """Something of everything that there are forms about, made here."""
    incident = await engine.declare()
    link = await engine.do("bob", sessions.make_link, engine.cast["bob"].id)
    dave, schedule_id, policy_id = engine.cast["dave"].id, engine.schedule_id, engine.policy_id
    async with engine.core.transaction(engine.system) as tx:
        await people.appoint_admins(tx, ["alice@example.com"])
        update = await updates.post_update(tx, incident.id, body="We are looking.")
        draft = OverrideDraft(dave, tx.now + timedelta(hours=1), tx.now + timedelta(hours=2))
        override = await overrides.create(tx, schedule_id, draft)
        component = await components.create_component(tx, ComponentDraft("Checkout"))
        page = await status_pages.create_page(tx, StatusPageDraft("acme", "Acme"))
        (rotation,) = (await schedules.get_schedule(tx, schedule_id)).layers
        layer, _ = (await policies.get_policy(tx, policy_id)).layers
        on_call = {"schedule_id": schedule_id, "override_id": override.id, "layer_id": rotation.id}
        return {
            "/sign-in/": {"secret": link},
            "/incidents/": {"number": incident.number, "update": update.id},
            "/on-call/": on_call,
            "/policies/": {"policy_id": policy_id, "layer_id": layer.id},
            "/publishing/components/": {"id": component.id},
            "/publishing/pages/": {"id": page.id},
            "/settings/members/": {"id": dave},
            "/settings/keys/": {"id": (await keys.create_key(tx, name="Deploys")).key.id},
        }


@pytest.fixture
async def forms(engine: Engine) -> AsyncIterator[Forms]:
    """A browser that holds no cookie yet, before all of that."""
    about = await _about(engine)
    async with desk(engine, open_to_all=True) as client:
        yield Forms(engine, client, about)


@pytest.mark.parametrize("whose", ["nobody's", "another member's", "another of her own sessions'"])
async def test_a_form_with_no_token_or_with_anothers_does_nothing(forms: Forms, whose: str) -> None:
    forms.client.cookies.set(SESSION, await forms.sign_in("alice"))
    token = None
    if whose != "nobody's":
        name = "bob" if whose == "another member's" else "alice"
        token = await forms.token(await forms.sign_in(name))
    before = await rows_of(forms.engine.core, forms.engine.organization_id)
    every = [form for form in FORMS if form.path not in SIGNING_IN]
    answered = {form.path: await forms.send(form, token, SENT_HERE) for form in every}

    assert answered == dict.fromkeys(answered, HTTPStatus.FORBIDDEN)
    assert await rows_of(forms.engine.core, forms.engine.organization_id) == before


@pytest.mark.parametrize(
    "sent",
    [
        {SITE: "cross-site"},
        {SITE: "cross-site", ORIGIN: OURS},
        {SITE: "same-site"},
        {ORIGIN: "https://evil.example"},
        {ORIGIN: f"{OURS}.evil.example"},
        {ORIGIN: "null"},
    ],
    ids=str,
)
async def test_a_form_that_comes_from_elsewhere_does_nothing(
    forms: Forms, sent: dict[str, str]
) -> None:
    forms.client.cookies.set(SESSION, cookie := await forms.sign_in("alice"))
    token = await forms.token(cookie)
    before = await rows_of(forms.engine.core, forms.engine.organization_id)
    answered = {form.path: await forms.send(form, token, sent) for form in FORMS}

    assert answered == dict.fromkeys(answered, HTTPStatus.FORBIDDEN)
    assert await rows_of(forms.engine.core, forms.engine.organization_id) == before


@pytest.mark.parametrize(
    "sent",
    [SENT_HERE, {SITE: "none"}, {ORIGIN: OURS}, {ORIGIN: OURS, "Host": "inside:8000"}],
    ids=str,
)
async def test_a_form_that_comes_from_here_is_let_in(forms: Forms, sent: dict[str, str]) -> None:
    refused = {}
    for form in FORMS:
        forms.client.cookies.clear()
        forms.client.cookies.set(SESSION, cookie := await forms.sign_in("alice"))
        answer = await forms.send(form, await forms.token(cookie), sent)
        if answer not in LET_IN:
            refused[form.path] = answer

    assert refused == {}
