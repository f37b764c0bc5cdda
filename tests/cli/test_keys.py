"""`app.py key`: a key printed once and for scripts, listed without it, revoked by its name."""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

import sandbox
from assembly.settings import Settings, SettingsError
from cli.keys import NONE, create, known, read_expiry, render, revoke
from cli.set_up import run_key_create, run_key_list, run_key_revoke
from core import keys, people
from core.errors import NameConflict, NotAuthorized, NotFound, ValidationFailed
from core.key_facts import KeyLine
from core.transaction import Actor, Core
from storage.vocabulary import Role, Surface
from tests.cast import NOON
from tests.engine import Engine
from tests.world import MANIFEST, World

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def make(engine: Engine) -> Callable[..., object]:
    async def made(name: str = "Deploys", role: Role = Role.MEMBER, expires: str | None = None):
        return await create(engine.core, engine.system, name, role=role, expires=expires)

    return made


async def test_a_key_opens_the_door_until_it_is_revoked(engine: Engine, make) -> None:
    secret = (await make()).secret
    assert (await keys.authenticate(engine.core, secret, Surface.API)).name == "Deploys"

    assert await revoke(engine.core, engine.system, " Deploys ") == "Deploys"

    with pytest.raises(NotAuthorized):
        await keys.authenticate(engine.core, secret, Surface.API)


async def test_whoever_names_no_key_is_told_which_there_are(engine: Engine, make) -> None:
    with pytest.raises(NotFound, match="The API keys are: none"):
        await revoke(engine.core, engine.system, "Deploys")
    await make("Deploys")
    await make("Alerts")
    with pytest.raises(NotFound, match=r"called “Deploy”\. The API keys are: Alerts, Deploys"):
        await revoke(engine.core, engine.system, "Deploy")


async def test_what_core_refuses_is_refused(make) -> None:
    await make("Deploys")
    with pytest.raises(NameConflict, match="There is an API key called “Deploys” already"):
        await make("Deploys")
    with pytest.raises(ValidationFailed, match="over already"):
        await make("Alerts", expires="0d")
    with pytest.raises(ValidationFailed, match="over already"):
        await make("Alerts", expires="2020-01-01")


async def test_the_list_tells_everything_but_the_key(engine: Engine, make) -> None:
    assert render(await known(engine.core, engine.system)).plain == NONE
    secrets = [
        (await make("Deploys", Role.ADMIN, "90d")).secret,
        (await make("Alerts", expires="12h")).secret,
        (await make("Für 東京")).secret,
    ]
    await keys.authenticate(engine.core, secrets[0], Surface.API)
    engine.clock.at = NOON + timedelta(hours=12)

    shown = render(await known(engine.core, engine.system)).plain

    assert shown.splitlines() == [
        "NAME      ROLE    MADE               LAST USED          EXPIRES",
        "Alerts    member  2026-11-18 12:00Z  never              expired 2026-11-19 00:00Z",
        "Deploys   admin   2026-11-18 12:00Z  2026-11-18 12:00Z  2027-02-16 12:00Z",
        "Für 東京  member  2026-11-18 12:00Z  never              never",
    ]
    assert not [secret for secret in secrets if secret in shown]


def test_a_name_gives_a_terminal_no_orders() -> None:
    line = KeyLine(UUID(int=1), "a", Role.MEMBER, NOON, None, None, expired=False)
    shown = render([replace(line, name="a\x1b[2J\nb")]).plain
    assert len(shown.splitlines()) == 2
    assert "\x1b" not in shown


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("90d", NOON + timedelta(days=90)),
        (" 1 day ", NOON + timedelta(days=1)),
        ("12h", NOON + timedelta(hours=12)),
        ("2W", NOON + timedelta(weeks=2)),
        ("2027-03-31", datetime(2027, 4, 1, tzinfo=UTC)),
        ("2027-03-31T09:00:00+02:00", datetime(2027, 3, 31, 7, tzinfo=UTC)),
        ("2027-03-31T09:00Z", datetime(2027, 3, 31, 9, tzinfo=UTC)),
    ],
)
def test_an_end_is_read_as_people_type_it(typed: str, meant: datetime) -> None:
    assert read_expiry(typed, NOON) == meant


@pytest.mark.parametrize("typed", ["", "soon", "90", "3 months", "-1d", "90m", "2027-02-30", "١d"])
def test_an_end_that_is_none_is_refused_with_what_to_write(typed: str) -> None:
    with pytest.raises(SettingsError, match=f"^--expires: “{typed}” is no time. Write 90d, 12h, "):
        read_expiry(typed, NOON)


def test_an_end_without_a_zone_or_beyond_the_calendar_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"in which zone. Write 2027-03-31T09:00:00\+00:00"):
        read_expiry("2027-03-31T09:00", NOON)
    for far in ("9999-12-31", "0001-01-01T00:00:00+09:00"):
        with pytest.raises(SettingsError, match=f"“{far.replace('+', '.')}” is outside the"):
            read_expiry(far, NOON)


async def test_a_script_catches_the_key_alone_and_people_read_the_rest(
    world: World, capsys: Captured, caplog: pytest.LogCaptureFixture
) -> None:
    """While the product runs on the same database."""
    caplog.set_level(logging.DEBUG)
    settings = world.tocsin.settings
    await run_key_create(settings, "Deploys", role=Role.MEMBER, expires=None, org=None)
    printed = capsys.readouterr()

    secret = printed.out.removesuffix("\n")
    actor = await keys.authenticate(world.tocsin.core, secret, Surface.API)
    assert (actor.name, actor.organization_id) == ("Deploys", world.organization_id)
    assert printed.err.splitlines() == [
        "This is the API key “Deploys” (member, never expires). It is shown only now: Tocsin keeps "
        "no copy.",
        "Try it, with the key in TOCSIN_KEY:",
        '  curl -H "Authorization: Bearer $TOCSIN_KEY" http://localhost:3000/v1/incidents',
    ]
    await run_key_list(settings, org=None)
    assert "Deploys  member" in capsys.readouterr().out
    await run_key_revoke(settings, "Deploys", org=None)
    said = "Revoked: whoever uses the API key “Deploys” is refused from now on.\n"
    assert capsys.readouterr().out == said
    with pytest.raises(NotAuthorized):
        await keys.authenticate(world.tocsin.core, secret, Surface.API)
    with pytest.raises(SettingsError, match="The API keys are: none"):
        await run_key_revoke(settings, "Deploys", org=None)
    assert secret not in caplog.text


async def test_the_organization_is_made_from_the_token_or_it_is_said_what_is_missing(
    core: Core, database_url: str, capsys: Captured
) -> None:
    slack = sandbox.Workspace(
        name="Acme", people=(), channels=[], manifest=MANIFEST, bot_token="xoxb-1",
        app_token="xapp-1", signing_secret="s", clock=lambda: NOON.timestamp(),
    )  # fmt: skip
    settings = Settings(
        _env_file=None, database_url=database_url, slack_bot_token=None,
        public_url="https://tocsin.example.com",
    )  # fmt: skip
    given = {"role": Role.ADMIN, "expires": "90d", "org": None}
    with pytest.raises(SettingsError, match="SLACK_BOT_TOKEN is not set, and there is no organiz"):
        await run_key_create(settings, "Deploys", **given)
    assert capsys.readouterr() == ("", "")

    async with slack.serve() as url:
        told = {"slack_bot_token": "xoxb-1", "slack_api_url": f"{url}/api/"}
        await run_key_create(settings.model_copy(update=told), "Deploys", **given)

    printed = capsys.readouterr()
    assert "(admin, expires 20" in printed.err
    assert printed.err.endswith('$TOCSIN_KEY" https://tocsin.example.com/v1/incidents\n')
    async with core.reading(Actor.system()) as tx:
        (made,) = await people.organizations(tx)
    actor = await keys.authenticate(core, printed.out.strip(), Surface.API)
    assert (made.name, actor.organization_id) == ("Acme", made.id)
