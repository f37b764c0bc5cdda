"""What a stranger finds in the sandbox: a status page, unless their own file says otherwise."""

import pytest

from cli.apply import apply
from cli.blueprint import read_blueprint
from cli.sandbox import KEY, about_the_api, make_key, with_status_page
from core import keys, publishing
from core.transaction import Core
from storage.vocabulary import ComponentStatus, Surface
from tests.cast import BLUEPRINT
from tests.cli.offices import new_office


async def test_the_sandbox_has_a_published_page_with_grouped_components(core: Core) -> None:
    office = await new_office(core)
    await apply(core, office.actor, with_status_page(read_blueprint(BLUEPRINT)))

    shown = publishing.Publishing(core)
    ((page_id, _),) = [one for slug, one in (await shown.versions()).items() if slug == "acme"]
    page = await shown.load(page_id)
    assert page is not None
    assert page.title == "Acme Status"
    assert [(label, [one.name for one in them]) for label, them in page.groups] == [
        (None, ["Website"]),
        ("Shop", ["Checkout", "Search"]),
        ("For developers", ["API", "Webhooks"]),
    ]
    assert page.banner is ComponentStatus.OPERATIONAL


@pytest.mark.parametrize("own", ["components: {API: }", "pages: {mine: {title: Mine}}"])
def test_a_file_that_speaks_of_components_or_pages_is_set_up_as_it_is(own: str) -> None:
    blueprint = read_blueprint(BLUEPRINT + own)
    assert with_status_page(blueprint) == blueprint


async def test_the_sandbox_hands_out_a_key_that_opens_the_api(core: Core) -> None:
    office = await new_office(core)

    secret = await make_key(core, office.actor)

    actor = await keys.authenticate(core, secret, Surface.API)
    assert (actor.name, actor.organization_id) == (KEY, office.actor.organization_id)
    said = about_the_api("http://127.0.0.1:8701", secret)
    assert f"TOCSIN_KEY={secret}\n" in said
    assert "http://127.0.0.1:8701/v1/docs" in said
