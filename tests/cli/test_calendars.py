"""`app.py calendar`: the address of a feed, the same until it is revoked."""

from collections.abc import Callable

import pytest

from assembly.settings import SettingsError
from cli.calendars import address, revoke
from core import calendars
from core.errors import NotFound
from tests.engine import Engine

URL = "https://tocsin.example.com"


@pytest.fixture
def ask(engine: Engine) -> Callable[..., object]:
    async def asked(
        schedule: str | None = None, email: str | None = None, url: str | None = URL
    ) -> str:
        return await address(
            engine.core, engine.system, schedule=schedule, email=email, public_url=url
        )

    return asked


async def test_the_address_is_whole_and_stays_the_same(engine: Engine, ask) -> None:
    first = await ask("payments")
    assert first == await ask("Payments")
    assert first.startswith(f"{URL}/calendars/")
    secret = first.rpartition("/")[2].removesuffix(".ics")
    assert (await calendars.look(engine.core, secret)).name == "Payments on call"


async def test_a_person_is_named_by_their_e_mail(engine: Engine, ask) -> None:
    secret = (await ask(email=" Bob@example.com")).rpartition("/")[2].removesuffix(".ics")
    assert (await calendars.look(engine.core, secret)).name == "Bob on call"


async def test_revoked_there_is_a_new_address(engine: Engine, ask) -> None:
    old = await ask("Payments")
    arguments = {"schedule": "Payments", "email": None}
    assert await revoke(engine.core, engine.system, **arguments) is True
    assert await revoke(engine.core, engine.system, **arguments) is False
    assert await ask("Payments") != old


async def test_without_a_public_url_it_says_what_is_missing_and_makes_nothing(
    engine: Engine, ask
) -> None:
    with pytest.raises(SettingsError, match=r"^PUBLIC_URL is not set, .* such as https://"):
        await ask("Payments", url=None)
    async with engine.core.reading(engine.system) as tx:
        assert await calendars.find_feed(tx, schedule_id=engine.schedule_id) is None


async def test_whoever_names_nobody_or_two_is_told(ask) -> None:
    for named in ({}, {"schedule": "Payments", "email": "bob@example.com"}):
        with pytest.raises(SettingsError, match="either a schedule or --member"):
            await ask(**named)
    with pytest.raises(SettingsError, match=r"no member .* nobody@example.com"):
        await ask(email="nobody@example.com")
    with pytest.raises(NotFound, match="The schedules are: Payments"):
        await ask("Paymnts")
