"""PURE. Time zones as people look for them: by city, country, abbreviation or distance from UTC.

What is found are names that a schedule may have; what nobody means (Etc/GMT+5) is never offered.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from importlib import resources
from typing import NamedTuple
from unicodedata import combining, normalize
from zoneinfo import ZoneInfo, available_timezones

FOUND_MAX = 100
OTHER_NAME = 2
"""How rarely one is looked for by it; offered only if it was typed, or nothing else fits."""
_OFFSET = re.compile(r"(?:utc|gmt)? ?([+-]) ?(\d{1,2})(?::?([0-5]\d))?")
_NEVER_MEANT = ("Etc/", "SystemV/", "posix/", "right/")
_ALSO_CALLED = {"GB": "uk england scotland wales", "US": "usa america states", "KR": "south korea",
                "NL": "holland", "AE": "uae dubai abu dhabi", "CZ": "czechia"}  # fmt: skip
_SUMMER_AND_WINTER = (timedelta(), timedelta(days=182))


@dataclass(frozen=True)
class Zone:
    """A time zone, and where its clocks stand now."""

    name: str
    offset: timedelta
    abbreviation: str
    country: str | None

    @property
    def label(self) -> str:
        """The zone in a line: `Europe/Berlin (UTC+1)`."""
        return f"{self.name.replace('_', ' ')} ({said_offset(self.offset)})"

    @property
    def note(self) -> str:
        """Where that is, and what its time is called there: `Germany · CET`."""
        named = self.abbreviation if self.abbreviation.isalpha() else ""
        return " · ".join(part for part in (self.country, named) if part)


def find_zones(
    query: str, now: datetime, *, nearby: Sequence[str] = (), limit: int = FOUND_MAX
) -> list[Zone]:
    """The zones that somebody may mean, the likeliest first; for nothing typed, those `nearby`.

    `nearby` are zones that people here use, the most likely first.
    """
    near = [name for name in dict.fromkeys([*nearby, "UTC"]) if name in known_zones()]
    typed = _plain(query.partition("(")[0])  # a label that was copied is found, too
    if not typed:
        return [describe_zone(name, now) for name in near[:limit]]
    offset = _offset(typed)
    if offset is not None:
        places = sorted(_places(), key=lambda name: (_index(now.date())[name].rareness, name))
        every = [describe_zone(name, now) for name in dict.fromkeys([*near, *places])]
        return [zone for zone in every if zone.offset == offset][:limit]
    ranked = []
    for name, words in _index(now.date()).items():
        rank = _rank(typed, words)
        if rank is not None:
            known = near.index(name) if name in near else len(near)
            ranked.append((rank, known, words.rareness, name))
    best = sorted(ranked)
    likely = [one for one in best if one[0] == 0 or one[2] < OTHER_NAME]
    return [describe_zone(name, now) for *_, name in (likely or best)[:limit]]


def describe_zone(name: str, now: datetime) -> Zone:
    """A zone as it is at an instant."""
    local = now.astimezone(ZoneInfo(name))
    code = _places().get(name, "")
    return Zone(
        name, local.utcoffset() or timedelta(), local.tzname() or "", _countries().get(code)
    )


def is_zone(name: str) -> bool:
    """Whether this is an IANA time zone."""
    return name in known_zones()


def said_offset(offset: timedelta) -> str:
    """How far from UTC: `UTC`, `UTC+1`, `UTC-3:30`."""
    total = round(offset.total_seconds() / 60)
    hours, minutes = divmod(abs(total), 60)
    sign = "-" if total < 0 else "+"
    return f"UTC{sign}{hours}{f':{minutes:02}' if minutes else ''}" if total else "UTC"


def _rank(typed: str, words: "_Words") -> int | None:
    """How well a zone fits what was typed, 0 the best; None if it does not."""
    if typed in (words.city, words.name):
        return 0
    if typed in words.abbreviations or typed in words.countries:
        return 1
    if words.city.startswith(typed):
        return 2
    if any(country.startswith(typed) for country in words.countries):
        return 3
    every = f"{words.name} {' '.join(words.countries)}".split()
    if all(any(word.startswith(part) for word in every) for part in typed.split()):
        return 4
    return None


class _Words(NamedTuple):
    """By what a zone can be found, as `_plain` has it."""

    name: str
    city: str
    countries: tuple[str, ...]
    """Its country, by every name."""
    abbreviations: frozenset[str]
    rareness: int
    """0 for the first zone of a country, 1 for its others, OTHER_NAME for another name."""


@lru_cache(maxsize=2)
def _index(day: date) -> dict[str, _Words]:
    """Every zone with its words. Making it reads 500 files, so it is made once a day."""
    noon = datetime.combine(day, time(12), UTC)
    firsts = {code: name for name, code in reversed(_places().items())}
    found = {}
    for name in (*sorted(_places()), *_elsewhere()):
        zone, code = ZoneInfo(name), _places().get(name, "")
        called = {(noon + shift).astimezone(zone).tzname() or "" for shift in _SUMMER_AND_WINTER}
        found[name] = _Words(
            name=_plain(name),
            city=_plain(name.rpartition("/")[2]),
            countries=tuple(
                _plain(one)
                for one in (_countries().get(code, ""), *_ALSO_CALLED.get(code, "").split())
                if one
            ),
            abbreviations=frozenset(_plain(one) for one in called),
            rareness=OTHER_NAME if name not in _places() else 0 if firsts[code] == name else 1,
        )
    return found


def _offset(typed: str) -> timedelta | None:
    if typed in ("utc", "gmt"):
        return timedelta()
    found = _OFFSET.fullmatch(typed)
    if found is None:
        return None
    distance = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    return -distance if found[1] == "-" else distance


def _plain(text: str) -> str:
    """Text as it is compared: without case, accents and the punctuation of zone names."""
    bare = "".join(one for one in normalize("NFKD", text) if not combining(one))
    return " ".join(bare.casefold().replace("_", " ").replace("/", " ").replace(",", " ").split())


@cache
def known_zones() -> frozenset[str]:
    """Every zone there is; asked once, since the answer is read from hundreds of files."""
    return frozenset(available_timezones()) - {"localtime"}  # whatever this machine's is


@cache
def _places() -> dict[str, str]:
    """The zones that people live in, each with its country's code; UTC has none."""
    rows = (line.split("\t") for line in _table("zone.tab"))
    found = {row[2]: row[0] for row in rows if row[2] in known_zones()}
    return found | {"UTC": ""}


@cache
def _elsewhere() -> tuple[str, ...]:
    """Other names for the same places, such as Asia/Calcutta."""
    known = (name for name in known_zones() if "/" in name)
    return tuple(
        sorted(
            name for name in known if name not in _places() and not name.startswith(_NEVER_MEANT)
        )
    )


@cache
def _countries() -> dict[str, str]:
    rows = (line.split("\t") for line in _table("iso3166.tab"))
    return {row[0]: row[1] for row in rows}


def _table(name: str) -> list[str]:
    """A table of the zone database, without its comments."""
    table = resources.files("tzdata").joinpath("zoneinfo", name)
    text = table.read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
