"""`app.py key`: API keys made, listed and revoked; the key itself is on standard output alone."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from rich.cells import cell_len
from rich.text import Text

from assembly.settings import SettingsError
from cli.values import instant
from core import key_facts, keys
from core.instants import first_instant
from core.key_facts import KeyLine
from core.keys import MadeKey
from core.transaction import Actor, Core
from storage.vocabulary import Role

UTC = ZoneInfo("UTC")
NONE = "There are no API keys. Make one with `python app.py key create NAME`."

_SPAN = re.compile(r"([0-9]{1,5}) ?(h|hours?|d|days?|w|weeks?)", re.IGNORECASE)
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_COLUMNS = ("NAME", "ROLE", "MADE", "LAST USED", "EXPIRES")


async def create(
    core: Core, actor: Actor, name: str, *, role: Role, expires: str | None
) -> MadeKey:
    """Make a key; `expires` is as somebody types it. Raises SettingsError, and what core raises."""
    until = read_expiry(expires, core.clock.now()) if expires is not None else None
    async with core.transaction(actor) as tx:
        return await keys.create_key(tx, name=name, role=role, expires_at=until)


async def known(core: Core, actor: Actor) -> Sequence[KeyLine]:
    """Every key that is not revoked, by name."""
    async with core.reading(actor) as tx:
        return await key_facts.lines(tx)


async def revoke(core: Core, actor: Actor, name: str) -> str:
    """Make the key of this very name dead; returns its name. Raises NotFound."""
    async with core.transaction(actor) as tx:
        return (await keys.revoke_key(tx, (await keys.find_key(tx, name)).id)).name


def read_expiry(text: str, now: datetime) -> datetime:
    """The instant that “90d”, “12h”, a day or an instant means; a day counts to its end, in UTC.

    Raises SettingsError for what is none of them.
    """
    typed = text.strip()
    try:
        if span := _SPAN.fullmatch(typed):
            return now + int(span[1]) * _UNITS[span[2][0].lower()]
        if day := _day(typed):
            return first_instant(day + timedelta(days=1), time(), UTC)
        datetime.fromisoformat(typed)
    except OverflowError:
        raise SettingsError(f"--expires: “{text}” is outside the calendar.") from None
    except ValueError:
        raise SettingsError(
            f"--expires: “{text}” is no time. Write 90d, 12h, a last day such as 2027-03-31, or "
            "an instant such as 2027-03-31T09:00:00+02:00."
        ) from None
    try:
        return instant(typed, None)
    except ValueError as error:
        raise SettingsError(f"--expires: {error}") from None


def made(key: MadeKey, url: str) -> str:
    """What is said of a new key beside the key itself, for people: never the key."""
    line = key.key
    until = f"expires {_at(line.expires_at)}" if line.expires_at else "never expires"
    return (
        f"This is the API key “{_shown(line.name)}” ({line.role.value}, {until}). It is shown only "
        "now: Tocsin keeps no copy.\n"
        "Try it, with the key in TOCSIN_KEY:\n"
        f'  curl -H "Authorization: Bearer $TOCSIN_KEY" {url}/v1/incidents'
    )


def render(every: Sequence[KeyLine]) -> Text:
    """The keys for a terminal, one a line; `.plain` is the same without colours."""
    if not every:
        return Text(NONE)
    rows = [_COLUMNS, *(_row(one) for one in every)]
    widths = [max(cell_len(row[at]) for row in rows) for at in range(len(_COLUMNS))]
    shown = Text()
    for row, one in zip(rows, [None, *every], strict=True):
        cells = (
            cell + " " * (wide - cell_len(cell)) for cell, wide in zip(row, widths, strict=True)
        )
        style = "bold" if one is None else "yellow" if one.expired else ""
        shown.append("  ".join(cells).rstrip() + "\n", style=style)
    shown.rstrip()
    return shown


def _row(one: KeyLine) -> tuple[str, ...]:
    used = _at(one.last_used_at) if one.last_used_at else "never"
    until = _at(one.expires_at) if one.expires_at else "never"
    if one.expired:
        until = f"expired {until}"
    return _shown(one.name), one.role.value, _at(one.created_at), used, until


def _at(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M}Z"


def _shown(name: str) -> str:
    """A name on one line, without what a terminal would take for an order."""
    return "".join(char if char.isprintable() else "�" for char in name)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
