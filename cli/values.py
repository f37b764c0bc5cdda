"""PURE. The words of a blueprint become values; what is wrong is said, with what to write instead.

Every function raises ValueError with a sentence that begins with what was written (spec section 5).
"""

import re
from collections.abc import Iterable
from datetime import datetime, time
from difflib import get_close_matches
from zoneinfo import ZoneInfo

from core import status_pages, timezones
from core.addresses import is_address
from core.instants import as_utc
from storage.limits import ROTATION_LENGTH_DAYS_MAX, SLUG_MAX
from storage.vocabulary import RotationType

_CHANNEL = re.compile(r"[^\s@,;:!?.\"'()<>#A-Z]{1,80}|[CG][A-Z0-9]{6,}")
_SHIFT = re.compile(r"([0-9]{1,4}) ?(days?|weeks?)")
_TYPE_OF_LENGTH = {1: RotationType.DAILY, 7: RotationType.WEEKLY}


def email(text: str) -> str:
    """An e-mail address, in lower case as members are kept."""
    if not is_address(text):
        raise ValueError(f"“{text}” is no e-mail address. Write one like bob@example.com.")
    return text.lower()


def channel(text: str) -> str:
    """A Slack channel's name without its #, or its id."""
    name = text.removeprefix("#")
    if not _CHANNEL.fullmatch(name) or not name.isprintable():
        raise ValueError(
            f"“{text}” can't be a Slack channel. Write its name in lower case, such as incidents, "
            "or its id."
        )
    return name


def timezone(text: str) -> str:
    """An IANA time zone."""
    zones = timezones.known_zones()
    if text in zones:
        return text
    typed = text.strip().replace(" ", "_").casefold()
    by_name = {zone.casefold(): zone for zone in sorted(zones)}
    by_city = {zone.rpartition("/")[2]: name for zone, name in by_name.items() if "/" in zone}
    near = [by_name[typed]] if typed in by_name else []
    near += [by_city[typed]] if typed in by_city else []
    close = get_close_matches(typed, by_name, n=1, cutoff=0.9)
    close = close or get_close_matches(typed, by_name, n=3, cutoff=0.75)
    near += [by_name[one] for one in close]
    near += [by_city[one] for one in get_close_matches(typed, by_city, n=2, cutoff=0.8)]
    meant = list(dict.fromkeys(near))[:3]
    remedy = f"Did you mean {_either(meant)}?" if meant else "Use one such as Europe/Berlin."
    raise ValueError(f"“{text}” is no IANA time zone. {remedy}")


def clock_time(text: str) -> time:
    """A local time of day, HH:MM."""
    found = re.fullmatch(r"([0-9]{1,2}):([0-9]{2})", text)
    if found and int(found[1]) < 24 and int(found[2]) < 60:
        if len(found[1]) == 2:
            return time(int(found[1]), int(found[2]))
        raise ValueError(f"“{text}” is no time of day as HH:MM. Write 0{text}.")
    raise ValueError(f"“{text}” is no time of day as HH:MM. Write one such as 09:00.")


def instant(text: str, zone: str | None) -> datetime:
    """A date and time with its offset from UTC; `zone` helps to say what a naive one lacks."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(
            f"“{text}” is no date and time. Write one such as 2026-11-02T09:00:00+01:00."
        ) from None
    try:
        if found.utcoffset() is None:
            meant = found.replace(tzinfo=ZoneInfo(zone or "UTC")).isoformat()
            raise ValueError(f"“{text}” does not say in which zone. Write {meant}.")
        return as_utc(found)
    except OverflowError:
        raise ValueError(f"“{text}” is outside the calendar.") from None


def shift(text: str) -> tuple[RotationType, int]:
    """How long a shift is: its type, and its days."""
    named = {"daily": 1, "weekly": 7}
    found = _SHIFT.fullmatch(text.lower())
    days = named.get(text.lower())
    if found:
        days = int(found[1]) * (7 if found[2].startswith("week") else 1)
    if days is None:
        raise ValueError(f"“{text}” is no length of a shift. Write daily, weekly or 3 days.")
    if not 1 <= days <= ROTATION_LENGTH_DAYS_MAX:
        raise ValueError(f"“{text}”: a shift lasts 1 to {ROTATION_LENGTH_DAYS_MAX} days.")
    return _TYPE_OF_LENGTH.get(days, RotationType.CUSTOM), days


def slug(text: str) -> str:
    """A status page's place in its address."""
    if status_pages.SLUG.fullmatch(text):
        return text
    near = re.sub(r"[^a-z0-9]+", "-", text.casefold())[:SLUG_MAX].strip("-")
    raise ValueError(
        f"“{text}” can't be a page's address: 1 to {SLUG_MAX} small letters, digits or hyphens. "
        f"Write {near or 'one such as acme'}."
    )


def truth(text: str) -> bool:
    """Yes or no, in YAML's words."""
    if text.lower() not in ("true", "false"):
        raise ValueError(f"“{text}” is neither true nor false. Write one of them.")
    return text.lower() == "true"


def say_truth(said: bool) -> str:
    """The same word again."""
    return "true" if said else "false"


def say_shift(rotation_type: RotationType, days: int) -> str:
    """The length of a shift as people write it."""
    return f"{days} days" if rotation_type is RotationType.CUSTOM else rotation_type.value


def say_instant(at: datetime, zone: str) -> str:
    """An instant on the wall clock of a zone, with its offset."""
    try:
        local = at.astimezone(ZoneInfo(zone))
    except OverflowError:  # at the calendar's first or last day
        local = at
    return local.isoformat()


def nearest(typed: str, known: Iterable[str]) -> str | None:
    """The known word that somebody probably meant."""
    by_word = {word.casefold(): word for word in known}
    found = get_close_matches(typed.casefold(), by_word, n=1, cutoff=0.6)
    return by_word[found[0]] if found else None


def _either(words: list[str]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
