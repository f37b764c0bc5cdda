"""What holds for every page of the dashboard: sessions, forms, refusals and headers."""

from tests.web.dashboard.browser import browser
from tests.world import World


async def test_who_is_not_signed_in_is_told_how_to(world: World) -> None:
    async with browser(world) as stranger:
        page = await stranger.open("/")

    assert page.path == "/app/sign-in"
    assert "Type /incident login in Slack" in page.text


async def test_an_incident_is_seen_and_taken(world: World) -> None:
    await world.declare(world.alice, "Checkout <b>is</b> down")
    async with browser(world, world.bob) as bob:
        listed = await bob.open("/")
        opened = await bob.open("/incidents/1")
        taken = await bob.send("/incidents/1/acknowledge", {"form": "acknowledge"})

    assert "Checkout <b>is</b> down" in listed.text
    assert "Checkout &lt;b&gt;is&lt;/b&gt; down" in opened.html
    assert taken.path == "/app/incidents/1"
    assert "You acknowledged #1." in taken.text
    assert "Acknowledged by Bob Okafor" in taken.text
    assert (await world.incident()).acknowledged_by == "Bob Okafor"


async def test_a_form_that_was_not_shown_to_this_session_does_nothing(world: World) -> None:
    await world.declare(world.alice)
    async with browser(world, world.bob) as bob, browser(world, world.carol) as carol:
        await bob.open("/incidents/1")
        bob.page = await carol.open("/incidents/1")
        page = await bob.send("/incidents/1/acknowledge")

    assert page.status == 403
    assert (await world.incident()).acknowledged_at is None


async def test_where_there_is_nothing_one_can_go_on_from_there(world: World) -> None:
    async with browser(world, world.bob) as bob, browser(world) as stranger:
        unknown = await bob.open("/incidents/99")
        admins_alone = await bob.open("/settings/keys")
        unsigned = await stranger.open("/no/such/page")

    assert (unknown.status, admins_alone.status, unsigned.status) == (404, 403, 404)
    for page in (unknown, admins_alone):
        assert 'href="/app/on-call"' in page.html
        assert "Sign out" in page.text
    assert "Sign out" not in unsigned.text


async def test_what_is_said_is_said_once(world: World) -> None:
    await world.declare(world.alice)
    async with browser(world, world.bob) as bob:
        await bob.open("/incidents/1")
        await bob.send("/incidents/1/acknowledge")
        again = await bob.open("/incidents/1")

    assert "You acknowledged" not in again.text


async def test_the_address_of_a_form_is_the_page_that_it_is_on(world: World) -> None:
    await world.declare(world.alice)
    async with browser(world, world.bob) as bob:
        reloaded = await bob.open("/incidents/1/hand-off")
        theirs = await bob.open("/settings/alerts-channel")
        nowhere = await bob.open("/incidents/2/hand-off")
    async with browser(world) as stranger:
        unknown = await stranger.open("/incidents/1/hand-off")

    assert "Checkout is down" in reloaded.text
    assert (await world.incident()).owner_id is not None
    assert theirs.status == 403, "an admin's form"
    assert nowhere.status == 404
    assert unknown.path == "/app/sign-in"


async def test_whoever_types_no_more_than_the_host_is_led_to_the_dashboard(world: World) -> None:
    async with browser(world, world.bob) as bob:
        answer = await bob.client.get("/", follow_redirects=True)

    assert answer.url.path == "/app/"
    assert "Open incidents" in answer.text or "No incident is open" in answer.text
