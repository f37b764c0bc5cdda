"""The views of API keys at their worst: within limits, silent, and complete."""

from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from bot.blocks import key_form, keys
from bot.blocks.key_form import LAST_DAY, NEVER, KeyForm
from core.errors import ValidationFailed
from core.key_facts import KeyLine
from sandbox.blockkit import check_blocks
from storage.vocabulary import Role
from tests.bot.test_blocks import LONG, NAME, NOW, seen
from tests.bot.views import faults_of, offered

ZONE = "America/Argentina/ComodRivadavia"
SECRET = f"toc_live_{'-_' * 21}x"
URL = f"https://{'tocsin.' * 30}example.com"
WORST = f"{NAME} {'&' * 255}"[:255]


def _line(number: int, *, expired: bool) -> KeyLine:
    id = UUID(int=number + 1)
    return KeyLine(id, WORST, Role.ADMIN, NOW, NOW, NOW, expired=expired)


LINES = [_line(number, expired=number % 2 == 0) for number in range(80)]
CALM = KeyLine(UUID(int=1), "Deploys", Role.MEMBER, NOW, None, None, expired=False)
FORM = KeyForm(UUID(int=1), 9, WORST, Role.ADMIN, LAST_DAY, "2026-12-31")
VIEWS = {
    **{
        f"keys page {page}": keys.keys_view(LINES, page=page, said=LONG, error=LONG)
        for page in range(4)
    },
    "no keys": keys.keys_view([]),
    "shown once": keys.shown_once(LINES[1], SECRET, URL),
    "shown without a URL": keys.shown_once(CALM, SECRET, None),
    "form": key_form.key_modal(FORM, ZONE),
    "new form": key_form.key_modal(KeyForm(UUID(int=1), None), "UTC"),
}


@pytest.mark.parametrize("name", VIEWS)
def test_every_view_keeps_slacks_limits_and_pings_nobody(name: str) -> None:
    assert faults_of(VIEWS[name]) == []


def test_every_key_is_on_some_page() -> None:
    revoked = offered(*(VIEWS[f"keys page {page}"] for page in range(3)))
    assert revoked == [str(one.id) for one in LINES]
    assert VIEWS["keys page 3"] == VIEWS["keys page 2"]


@pytest.mark.parametrize("name", ["shown once", "shown without a URL"])
def test_in_what_shows_the_secret_there_is_nothing_to_press(name: str) -> None:
    """Slack sends a view back, whole, with whatever is pressed in it."""
    view = VIEWS[name]
    assert {block["type"] for block in view["blocks"]} <= {"header", "section", "context"}
    assert not [block for block in view["blocks"] if "accessory" in block]
    assert "submit" not in view
    assert not view.get("notify_on_close")
    assert SECRET in seen(view)
    assert SECRET not in view["private_metadata"]


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ([], "There are none. A key lets a program use Tocsin."),
        ([CALM], "1 API key."),
        (LINES[:3], "3 API keys, 2 expired."),
        (LINES * 20, "1,600 API keys, 800 expired."),
    ],
)
def test_the_home_says_how_many_there_are(known: list[KeyLine], said: str) -> None:
    blocks = keys.home_keys(known)
    assert check_blocks(blocks, "home") == []
    assert said in seen({"blocks": blocks})


def test_a_form_is_read_back_as_it_was_filled_in() -> None:
    for form in (FORM, KeyForm(UUID(int=2), None, "Deploys")):
        assert key_form.read_key(_with_state(key_form.key_modal(form, ZONE))) == form


def test_a_last_day_ends_with_the_clocks_of_its_zone() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    until = KeyForm(UUID(int=1), None, end=LAST_DAY, last_day="2026-10-25").expires_at(NOW, berlin)
    assert until is not None
    assert until.isoformat() == "2026-10-25T23:00:00+00:00"  # a day of 25 hours
    assert KeyForm(UUID(int=1), None, end=NEVER).expires_at(NOW, berlin) is None
    days = KeyForm(UUID(int=1), None, end="90").expires_at(NOW, berlin)
    assert days == NOW + timedelta(days=90)
    with pytest.raises(ValidationFailed, match="Choose the last day"):
        KeyForm(UUID(int=1), None, end=LAST_DAY).expires_at(NOW, berlin)


def _with_state(view: dict[str, Any]) -> dict[str, Any]:
    """The view as Slack hands it back when nothing in it was changed."""
    held_as = {"initial_value": "value", "initial_option": "selected_option",
               "initial_date": "selected_date"}  # fmt: skip
    values = {}
    for block in view["blocks"]:
        element = block["element"]
        state = {held_as[name]: held for name, held in element.items() if name in held_as}
        values[block["block_id"]] = {element.get("action_id"): state}
    return {**view, "state": {"values": values}}
