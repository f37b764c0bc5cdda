"""Every document of every published page, rendered once for each version and stretch, and kept.

A stretch is a UTC day, or five minutes of it while something is wrong: then the numbers grow.

A request costs no look at the database: one task looks every half second while somebody reads,
and however many ask for the same at once, it is loaded and rendered once. While the database is
away, what is here goes on being served.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from core.public_page import PublicStatusPage
from storage.vocabulary import ComponentStatus
from web.status_documents import Document
from web.status_flights import Flights
from web.status_html import PATH
from web.status_views import View, views

ELSEWHERE_MAX = 32
"""Documents that are kept for addresses that no setting names."""

STRETCH = timedelta(minutes=5)

Key = tuple[UUID, int, datetime]
"""A page, its version, and when the stretch began."""


@dataclass(frozen=True)
class Pace:
    """How eagerly is looked and how long is waited, in seconds."""

    look: float = 0.5
    """Between two looks while somebody reads: with the second for which a reader may keep a page,
    a change is visible within two."""
    gap: float = 0.05
    """Between two looks at least, however much changes."""
    believed: float = 1.0
    """How long a request believes a look; after a quiet time the first one looks itself."""
    quiet: float = 60.0
    """When nobody has asked for so long, nobody looks."""
    patience: float = 1.0
    """How long a request waits for a database that does not answer while an older page is here."""
    first_patience: float = 5.0
    """How long it waits while none is."""


class Pages(Protocol):
    """Where the published pages come from."""

    async def versions(self) -> Mapping[str, tuple[UUID, int]]:
        """The id and version of every published page, by slug."""

    async def load(self, page_id: UUID) -> PublicStatusPage | None:
        """A page as it is now; None if it is not published any more."""


class AwayError(Exception):
    """Nothing is here, and the database does not answer."""


class _Held:
    """A page that is here, and its documents by what follows the slug in their address."""

    def __init__(self, key: Key, page: PublicStatusPage, public_url: str | None) -> None:
        self.key = key
        self.page = page
        self.views = views(page, key[2].date(), public_url)
        self.documents: dict[str, Document] = {}
        self.elsewhere: OrderedDict[tuple[str, str], Document] = OrderedDict()

    def kept(self, rest: str, base: str) -> Document | None:
        """What has been rendered already, for this base or, without one, for everybody."""
        return self.elsewhere.get((rest, base)) if base else self.documents.get(rest)


class Shelf:
    """The documents that are here, and the look for newer ones."""

    def __init__(
        self,
        pages: Pages,
        *,
        public_url: str | None,
        now: Callable[[], datetime],
        stopwatch: Callable[[], float] = time.monotonic,
        pace: Pace | None = None,
    ) -> None:
        self.ready: dict[str, Document] = {}
        """By path: what may be answered at once until `believed_until`."""
        self.believed_until = self.asked_at = float("-inf")
        self._pages, self._public_url, self._now = pages, public_url, now
        self._stopwatch, self._pace = stopwatch, pace or Pace()
        self._versions: Mapping[str, tuple[UUID, int]] | None = None
        self._looked_at = now()
        self._held: dict[str, _Held] = {}
        self._flights = Flights(stopwatch)
        self._away_until: dict[str, float] = {}
        self._rendering = asyncio.Lock()
        self._rendering_elsewhere = asyncio.Lock()  # invented hosts wait for one another alone
        self._changed = asyncio.Event()

    async def find(self, slug: str, rest: str, base: str) -> Document | None:
        """A document, or None where there is none; `base` is what a reader's addresses begin with.

        Raises AwayError where nothing is known because the database does not answer.
        """
        if self._stopwatch() >= self.believed_until:
            await self._flights.take("look", self._look, patience=self._pace.patience)
            self.believed_until = max(self.believed_until, self._stopwatch() + self._pace.patience)
        if self._versions is None:
            raise AwayError
        if slug not in self._versions:
            return None
        held = await self._current(slug)
        view = held.views.get(rest) if held else None
        if held is None or view is None:
            return None
        own = "" if self._public_url or not view.is_absolute else base
        if found := held.kept(rest, own):
            return found
        flight = (held, rest, own)
        await self._flights.take(flight, lambda: self._render(slug, held, rest, view, own))
        if found := held.kept(rest, own):
            return found
        raise AwayError

    def changed(self) -> None:
        """This process has just committed a change: nothing is believed any more.

        The next request looks itself, and so does who looks anyway, if somebody reads.
        """
        self.believed_until = float("-inf")
        self._changed.set()

    async def run(self) -> None:
        """While somebody reads, look again and again, and at once when something has changed."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._pace.look):
                    await self._changed.wait()
            self._changed.clear()
            if self._stopwatch() - self.asked_at < self._pace.quiet:
                await self._flights.land("look")  # it may have begun before the change
                await self._flights.take("look", self._look)
            await asyncio.sleep(self._pace.gap)

    async def finish(self, seconds: float) -> None:
        """Let what is under way come to its end; what has not after so long is given up."""
        await self._flights.finish(seconds)

    async def _look(self) -> None:
        """See which pages have changed: the old documents of those are not answered any more."""
        looked_at = self._now()
        try:
            versions = await self._pages.versions()
        finally:
            self.believed_until = self._stopwatch() + self._pace.believed
        self._versions, self._looked_at = versions, looked_at
        for slug, held in list(self._held.items()):
            is_current = held.key == self._key(slug)
            if slug not in versions:
                del self._held[slug]
            if not is_current:
                for rest in held.documents:
                    self.ready.pop(_path(slug, rest), None)

    async def _current(self, slug: str) -> _Held | None:
        """The page as it is now; an older one where the database does not answer."""
        key = self._key(slug)
        held = self._held.get(slug)
        if key is None or (held and held.key == key):
            return held
        if self._stopwatch() >= self._away_until.get(slug, 0.0):
            patience = self._pace.patience if held else self._pace.first_patience
            flight = ("load", slug)
            is_old = self._flights.is_under_way(flight)  # it may have begun before the change
            await self._flights.take(flight, lambda: self._load(slug), patience=patience)
            if is_old and not self._is_current(slug):
                await self._flights.take(flight, lambda: self._load(slug), patience=patience)
            if self._held.get(slug) is held and not self._is_current(slug):
                self._away_until[slug] = self._stopwatch() + self._pace.believed
        if self._versions is not None and slug not in self._versions:
            return None
        if slug not in self._held:
            raise AwayError
        return self._held[slug]

    def _key(self, slug: str) -> Key | None:
        known = (self._versions or {}).get(slug)
        held = self._held.get(slug)
        return (*known, self._stretch(held.page if held else None)) if known else None

    def _is_current(self, slug: str) -> bool:
        """Whether the page is here as it is now, or is none."""
        key, held = self._key(slug), self._held.get(slug)
        return key is None or (held is not None and held.key == key)

    def _stretch(self, page: PublicStatusPage | None) -> datetime:
        """When the stretch began in which what is rendered now stays true."""
        at = self._looked_at
        day = at.replace(hour=0, minute=0, second=0, microsecond=0)
        is_calm = page is None or (
            not page.incidents
            and all(one.status is ComponentStatus.OPERATIONAL for one in page.components)
        )
        return day if is_calm else day + (at - day) // STRETCH * STRETCH

    async def _load(self, slug: str) -> None:
        """Load a page, and keep it unless a newer one is here: it may have changed again since."""
        key = self._key(slug)
        if key is None:
            return
        page = await self._pages.load(key[0])
        held = self._held.get(slug)
        if page is None:
            self._versions = {
                each: known for each, known in (self._versions or {}).items() if each != slug
            }
            self._held.pop(slug, None)
        elif held is None or held.key[0] != key[0] or held.key[1] <= key[1]:
            self._held[slug] = _Held((*key[:2], self._stretch(page)), page, self._public_url)

    async def _render(self, slug: str, held: _Held, rest: str, view: View, base: str) -> None:
        """Beside the loop and one after the other: nobody who is paged waits for a large page."""
        async with self._rendering_elsewhere if base else self._rendering:
            made = await asyncio.to_thread(view.render, self._public_url or base)
        if base:
            held.elsewhere[rest, base] = made
            if len(held.elsewhere) > ELSEWHERE_MAX:
                held.elsewhere.popitem(last=False)
            return
        held.documents[rest] = made
        if self._held.get(slug) is held and held.key == self._key(slug):
            self.ready[_path(slug, rest)] = made


def _path(slug: str, rest: str) -> str:
    return f"{PATH}/{slug}{rest}"
