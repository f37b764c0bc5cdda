"""Status pages in every state that matters, and where they come from in a test."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from core.errors import DomainError
from core.public_page import (
    HISTORY_DAYS,
    ComponentDay,
    PublicComponent,
    PublicIncident,
    PublicStatusPage,
    PublicTag,
    PublicUpdate,
)
from storage.vocabulary import ComponentStatus, Severity, Status

NOW = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
PUBLIC_URL = "https://status.example.com"

SENTENCES = (
    "We are looking into reports that payments by card are declined in Europe.",
    "A change to our routing has been found as the cause and is being taken back.",
    "Payments go through again. We keep watching, and will say more within the hour.",
    "Some requests still take longer than usual. No data is lost; retries succeed.",
)


class Memory:
    """Published pages that a test changes; it counts what is asked of it."""

    def __init__(self, *pages: PublicStatusPage) -> None:
        self.pages = {UUID(int=number): (1, page) for number, page in enumerate(pages, start=1)}
        self.looks = 0
        self.loads = 0
        self.is_away = False
        self.is_broken = False
        self.leaves_at_once = False
        self.hangs: asyncio.Event | None = None
        self.hangs_loading: asyncio.Event | None = None
        self.takes: Callable[[], float] = lambda: 0.0

    async def versions(self) -> Mapping[str, tuple[UUID, int]]:
        self.looks += 1
        found = {page.slug: (id_, version) for id_, (version, page) in self.pages.items()}
        if self.leaves_at_once:
            self.pages.clear()
        await self._answer()
        return found

    async def load(self, page_id: UUID) -> PublicStatusPage | None:
        self.loads += 1
        found = self.pages[page_id][1] if page_id in self.pages else None
        await self._answer()
        if self.hangs_loading:
            await self.hangs_loading.wait()
        if self.is_broken:
            raise RuntimeError("a bug")
        return found

    def change(self, page: PublicStatusPage) -> None:
        for id_, (version, old) in self.pages.items():
            if old.slug == page.slug:
                self.pages[id_] = (version + 1, page)

    def unpublish(self) -> None:
        self.pages.clear()

    async def _answer(self) -> None:
        if self.hangs:
            await self.hangs.wait()
        await asyncio.sleep(self.takes())
        if self.is_away:
            raise DomainError("the database does not answer")


def days(bad: Mapping[int, ComponentDay] | None = None, known: int = HISTORY_DAYS):
    """The last 90 days, the oldest first; `bad` by how many days ago."""
    found = []
    for ago in reversed(range(HISTORY_DAYS)):
        on = (NOW - ago * DAY).date()
        worst = ComponentStatus.OPERATIONAL if ago < known else None
        one = ComponentDay(on, worst, timedelta(), timedelta())
        found.append(replace((bad or {}).get(ago, one), day=on))
    return tuple(found)


def bad_day(worst: ComponentStatus, *, down: int = 0, degraded: int = 0) -> ComponentDay:
    """A day with so many minutes of outage, and of less than that."""
    return ComponentDay(date.min, worst, down * MINUTE, degraded * MINUTE)


def component(number: int, name: str, **more) -> PublicComponent:
    whole = {
        "id": UUID(int=1000 + number),
        "group_label": None,
        "description": None,
        "status": ComponentStatus.OPERATIONAL,
        "days": days(),
        "uptime": 1.0,
    } | more
    return PublicComponent(name=name, **whole)


def update(
    minutes: int, body: str | None, step: Status | None = None, *, removed: bool = False
) -> PublicUpdate:
    """An entry, so many minutes ago."""
    return PublicUpdate(NOW - minutes * MINUTE, body, step, NOW if removed else None)


def incident(number: int, title: str, **more) -> PublicIncident:
    whole = {
        "severity": Severity.HIGH,
        "status": Status.INVESTIGATING,
        "components": (),
        "started_at": NOW - 90 * MINUTE,
        "resolved_at": None,
        "updates": (),
    } | more
    return PublicIncident(id=UUID(int=number), number=number, title=title, **whole)


def resolved(number: int, title: str, *, days_ago: float, **more) -> PublicIncident:
    ended = NOW - days_ago * DAY
    return incident(
        number,
        title,
        **{
            "status": Status.RESOLVED,
            "started_at": ended - 47 * MINUTE,
            "resolved_at": ended,
            "updates": (
                PublicUpdate(ended, SENTENCES[2], Status.RESOLVED),
                PublicUpdate(ended - 20 * MINUTE, SENTENCES[1], Status.IDENTIFIED),
                PublicUpdate(ended - 40 * MINUTE, SENTENCES[0], None),
            ),
        }
        | more,
    )


def tag(one: PublicComponent) -> PublicTag:
    return PublicTag(one.id, one.name)


def page(*components: PublicComponent, **more) -> PublicStatusPage:
    whole = {
        "id": UUID(int=1),
        "slug": "acme",
        "title": "Acme Payments",
        "banner": max(
            (one.status for one in components if one.status is not ComponentStatus.MAINTENANCE),
            key=lambda one: one.badness,
            default=ComponentStatus.OPERATIONAL,
        ),
        "updated_at": NOW - 3 * MINUTE,
        "incidents": (),
        "history": (),
    } | more
    return PublicStatusPage(components=components, **whole)


def empty() -> PublicStatusPage:
    return page()


def calm() -> PublicStatusPage:
    """Everything works, and nearly always did."""
    one_bad = days({30: bad_day(ComponentStatus.PARTIAL_OUTAGE, down=26)})
    return page(
        component(1, "Card payments", group_label="Payments",
                  description="Authorization and capture by card", days=one_bad, uptime=0.99979),
        component(2, "Bank transfers", group_label="Payments"),
        component(3, "Payouts", group_label="Payments", days=days(known=12)),
        component(4, "API", group_label="Developers", description="api.example.com"),
        component(5, "Webhooks", group_label="Developers", days=days(known=0), uptime=None),
        component(6, "Dashboard"),
        history=(resolved(41, "Card payments were declined in Europe", days_ago=30),),
    )  # fmt: skip


def mixed() -> PublicStatusPage:
    """A busy morning: two incidents are open, one is over, a text was removed."""
    worse = ComponentStatus
    cards = component(
        1, "Card payments", group_label="Payments", status=worse.MAJOR_OUTAGE,
        description="Authorization and capture by card",
        days=days({0: bad_day(worse.MAJOR_OUTAGE, down=88),
                   12: bad_day(worse.DEGRADED, degraded=190),
                   13: bad_day(worse.DEGRADED, degraded=61),
                   47: bad_day(worse.PARTIAL_OUTAGE, down=26, degraded=5)}),
        uptime=0.99912,
    )  # fmt: skip
    hooks = component(
        2, "Webhooks", group_label="Developers", status=worse.DEGRADED,
        days=days({0: bad_day(worse.DEGRADED, degraded=12)}, known=40),
    )  # fmt: skip
    works = component(
        3, "Search", group_label="Developers", status=worse.MAINTENANCE,
        description="Full-text search in transactions",
        days=days({0: bad_day(worse.MAINTENANCE)}),
    )  # fmt: skip
    open_now = (
        incident(58, "Webhooks arrive late", severity=Severity.MEDIUM, components=(tag(hooks),),
                 started_at=NOW - 12 * MINUTE,
                 updates=(update(9, "Webhooks are delivered up to five minutes late.\n\n"
                                    "None is lost. Details: https://docs.example.com/webhooks"),)),
        incident(57, "Card payments are declined", severity=Severity.CRITICAL,
                 status=Status.IDENTIFIED, components=(tag(cards),),
                 started_at=NOW - 88 * MINUTE,
                 updates=(update(3, SENTENCES[1]), update(30, None, Status.IDENTIFIED),
                          update(42, None, removed=True), update(80, SENTENCES[0]))),
    )  # fmt: skip
    past = (
        resolved(55, "Slow dashboard", days_ago=2, severity=Severity.LOW),
        resolved(
            41, "Card payments were declined in Europe", days_ago=47, components=(tag(cards),)
        ),
        resolved(40, "Payouts were late", days_ago=61, updates=()),
    )
    return page(
        cards, component(4, "Payouts", group_label="Payments"), hooks, works,
        component(5, "Dashboard"), incidents=open_now, history=past,
    )  # fmt: skip


def red() -> PublicStatusPage:
    """Nothing works, and for ninety days nothing did."""
    down = ComponentStatus.MAJOR_OUTAGE
    every = dict.fromkeys(range(HISTORY_DAYS), bad_day(down, down=1440))
    components = tuple(
        component(number, f"System {number}", group_label="Everything", status=down,
                  days=days(every), uptime=0.0)
        for number in range(1, 7)
    )  # fmt: skip
    return page(
        *components,
        incidents=(
            incident(7, "Nothing works", severity=Severity.CRITICAL,
                     components=tuple(tag(one) for one in components),
                     updates=(update(5, SENTENCES[0]),)),
        ),
    )  # fmt: skip


def large() -> PublicStatusPage:
    """50 components, 200 incidents within 90 days, and one that is open with 40 updates."""
    some = {
        4: bad_day(ComponentStatus.DEGRADED, degraded=31),
        33: bad_day(ComponentStatus.PARTIAL_OUTAGE, down=72),
    }
    components = tuple(
        component(
            number,
            f"Service {number}",
            group_label=f"Region {number // 10 + 1}",
            description="What customers reach by its own address" if number % 5 == 0 else None,
            status=ComponentStatus.OPERATIONAL if number else ComponentStatus.PARTIAL_OUTAGE,
            days=days(some if number % 4 == 0 else None),
            uptime=0.99944 if number % 4 == 0 else 1.0,
        )
        for number in range(50)
    )
    told = tuple(update(5 + 10 * number, SENTENCES[number % 4]) for number in range(40))
    return page(
        *components,
        incidents=(incident(500, "Region 1 is slow", components=(tag(components[0]),),
                            updates=told),),
        history=tuple(
            resolved(400 - number, f"Service {number % 50} answered slowly",
                     days_ago=1 + number * 0.44, components=(tag(components[number % 50]),))
            for number in range(200)
        ),
    )  # fmt: skip


SCRIPT = '<script>window.ran = true</script><img src=x onerror="window.ran = true">'
HOSTILE = (
    SCRIPT,
    '"><script>window.ran = true</script>',
    "' onmouseover='window.ran = true' autofocus onfocus='window.ran = true' x='",
    "{{ 7*7 }} {% raw %} ${7*7} <%= 7*7 %>",
    "</title></style></textarea></svg>" + SCRIPT,
    "javascript:window.ran=true http://example.com/\"onmouseover='window.ran=true'",
    "x" * 10_000,
    "\u202eright to left\u202c \u2066isolated",
    "مرحبا بالعالم 🔥👩‍👩‍👧‍👦 Zalgo Z͎̠͗ͣḁ̵͙̑l͖͙̫̲̉̃g̘̹o̶",
    "control \x01\x07\x08\x0b\x0c\x1b\x7f\x85\ufffe]]> &amp; &#x41; <!-- -->",
    "-->]]><![CDATA[ <?php ?> </script><script>window.ran = true</script>",
)


def hostile(text: str) -> PublicStatusPage:
    """A text in every field that somebody writes."""
    affected = component(1, text, group_label=text, description=text,
                         status=ComponentStatus.DEGRADED,
                         days=days({0: bad_day(ComponentStatus.DEGRADED, degraded=3)}))  # fmt: skip
    other = component(2, f"2{text}", group_label=f"2{text}")
    told = (update(1, text), update(2, f"{text}\n{text}", Status.IDENTIFIED))
    return page(
        affected, other, title=text,
        incidents=(incident(1, text, components=(tag(affected), tag(other)), updates=told),),
        history=(resolved(2, text, days_ago=1, updates=told),),
    )  # fmt: skip
