"""The organization's audit trail for admins: looked through, a page at a time, and taken along."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from starlette.responses import StreamingResponse

from core import people, trail_facts
from core.instants import first_instant
from core.transaction import Transaction
from storage.vocabulary import AuditType
from web.dashboard import trail_csv
from web.dashboard.pages import Afterwards, Asked, Pages
from web.dashboard.rendering import HEADERS, Page
from web.dashboard.trail_words import SURFACES, sentence, type_words

PAGES = Pages()

WHAT = "The audit trail"
AT_ONCE = 50


@dataclass(frozen=True)
class Filters:
    """What is looked for: a type, and the first and the last day on the reader's clock."""

    type: AuditType | None = None
    first: date | None = None
    last: date | None = None
    faults: tuple[str, ...] = ()
    """What was asked for and can't be."""

    @classmethod
    def of(cls, query: dict[str, str]) -> "Filters":
        """Those of an address; what is wrong with it is said, and left out."""
        faults: list[str] = []
        type = next((one for one in AuditType if one.value == query.get("type")), None)
        if query.get("type") and type is None:
            faults.append("There is no such kind of event.")
        first, last = _day(query.get("from"), faults), _day(query.get("to"), faults)
        if first and last and last < first:
            faults.append("The last day is before the first, so there is nothing in between.")
        return cls(type, first, last, tuple(dict.fromkeys(faults)))

    def bounds(self, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
        """From when on, and before when; both days are meant whole."""
        since = first_instant(self.first, time(), zone) if self.first else None
        day_after = self.last + timedelta(days=1) if self.last else None
        return since, first_instant(day_after, time(), zone) if day_after else None

    @property
    def query(self) -> str:
        """As they stand in an address."""
        told = {
            "type": self.type.value if self.type else None,
            "from": self.first.isoformat() if self.first else None,
            "to": self.last.isoformat() if self.last else None,
        }
        return urlencode({name: value for name, value in told.items() if value})


@PAGES.get("/settings/trail", admins=WHAT)
async def show_trail(tx: Transaction, asked: Asked) -> Page:
    """What happened, the newest first."""
    filters = Filters.of(asked.query)
    zone = ZoneInfo(await people.zone_name_of(tx, asked.session.person.id))
    since, until = filters.bounds(zone)
    before = asked.query.get("before", "")
    is_place = before.isascii() and before.isdecimal() and len(before) < 19
    found = await trail_facts.search(
        tx,
        since=since,
        until=until,
        type=filters.type,
        before_sequence=int(before) if is_place else None,
        limit=AT_ONCE + 1,
    )
    shown = found[:AT_ONCE]
    return Page(
        "trail.html",
        {
            "lines": [(one, sentence(one), SURFACES[one.surface]) for one in shown],
            "older": shown[-1].sequence if len(found) > AT_ONCE else None,
            "is_first": not is_place,
            "filters": filters,
            "types": [("", "Everything"), *((one.value, type_words(one)) for one in AuditType)],
            "zone": zone.key,
            "rows_max": trail_csv.ROWS_MAX,
        },
    )


@PAGES.get("/settings/trail.csv", admins=WHAT)
async def download(tx: Transaction, asked: Asked) -> Afterwards:
    """What is looked for, as a file that grows while it is read."""
    filters = Filters.of(asked.query)
    zone = ZoneInfo(await people.zone_name_of(tx, asked.session.person.id))
    since, until = filters.bounds(zone)
    lines = trail_facts.every(
        asked.door.core,
        asked.session.actor,
        since=since,
        until=until or tx.now + timedelta(microseconds=1),
        type=filters.type,
        limit=trail_csv.ROWS_MAX + 1,
    )
    name = f"tocsin-audit-{tx.now:%Y-%m-%d}.csv"
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}

    async def work() -> StreamingResponse:
        return StreamingResponse(trail_csv.written(lines), 200, headers, "text/csv; charset=utf-8")

    return Afterwards(work)


def _day(written: str | None, faults: list[str]) -> date | None:
    if not written:
        return None
    try:
        day = date.fromisoformat(written)
    except ValueError:
        faults.append("A day is written like 2026-11-22.")
        return None
    if not date(1970, 1, 2) <= day <= date(9999, 12, 30):
        faults.append("Nothing happened on that day.")
        return None
    return day
