"""The App Home: what waits for me, what is mine, my shifts, who is on call, what is open.

An admin's also leads to the API keys.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from bot.blocks import ids
from bot.blocks.build import actions, button, context, exact, header, mrkdwn, section
from bot.blocks.controls import controls
from bot.blocks.coverage import finding_rows
from bot.blocks.keys import home_keys
from bot.blocks.lists import incident_row, more
from bot.blocks.oncall import NO_SCHEDULES, on_call_row
from bot.blocks.text import Block, escape, name
from bot.blocks.times import both
from bot.blocks.words import channel
from core.duties import OwnShift
from core.facts import IncidentFacts
from core.findings import Finding
from core.key_facts import KeyLine
from core.targets import OnDuty
from storage.vocabulary import Channel

WAITING_SHOWN = 5
OWNED_SHOWN = 10
SHIFTS_SHOWN = 5
FINDINGS_SHOWN = 3
SCHEDULES_SHOWN = 10
OPEN_SHOWN = 15
_LAST_YEAR_MEANT = 9000


@dataclass(frozen=True)
class Turned:
    """To which page each list is turned, from 0."""

    schedules: int = 0
    incidents: int = 0

    @classmethod
    def read(cls, value: str) -> "Turned":
        """What a button's value says; nothing that is no page counts."""
        numbers = [int(part) if part.isdigit() else 0 for part in value.split(":")[:2]]
        return cls(*numbers)

    def __str__(self) -> str:
        return f"{self.schedules}:{self.incidents}"


@dataclass(frozen=True)
class HomeFacts:
    """All that a member's Home shows. Of long lists, one page and how long they are."""

    member_id: UUID
    timezone: str
    now: datetime
    waiting: Sequence[IncidentFacts]
    waits: int
    owned: Sequence[IncidentFacts]
    """Theirs, and acknowledged: whatever is not waits for them."""
    shifts: Sequence[OwnShift]
    on_duty: Sequence[OnDuty]
    schedules: int
    open_incidents: Sequence[IncidentFacts]
    open: int
    channels: Sequence[Channel]
    email: str | None
    findings: Sequence[Finding] = ()
    """What would page nobody, the wrong people or too late."""
    keys: Sequence[KeyLine] | None = None
    """The API keys; None for whoever is no admin."""
    turned: Turned = Turned()
    said: str | None = None
    """What came of what was pressed just now."""


def closed_home(why: str) -> dict[str, Any]:
    """The App Home of who is no member: why, and nothing else."""
    return {"type": "home", "blocks": [exact(why)]}


def home(facts: HomeFacts) -> dict[str, Any]:
    """A member's App Home (spec section 7)."""
    return {
        "type": "home",
        "blocks": [
            *([exact(facts.said)] if facts.said else []),
            *actions(
                [
                    button("Declare an incident", ids.DECLARE, "declare", style="primary"),
                    button("Cover a shift", f"{ids.COVER}:any", "any"),
                    button("Schedules", ids.SCHEDULES_OPEN, "0"),
                    button("Policies", ids.POLICIES_OPEN, "0"),
                    button("Who would be paged?", ids.SIMULATE, "any"),
                    button("Coverage", f"{ids.COVERAGE_OPEN}:all", "0"),
                    button("My calendar", ids.CALENDAR_OPEN, "mine"),
                    button("Dashboard", ids.LOGIN, "mine"),
                ]
            ),
            *_waiting(facts.waiting, facts.waits),
            *_owned(facts),
            *_shifts(facts),
            *_on_call(facts),
            *_coverage(facts.findings, facts.timezone),
            *_open(facts),
            *(home_keys(facts.keys) if facts.keys is not None else []),
            *_reached(facts),
        ],
    }


def _waiting(waiting: Sequence[IncidentFacts], count: int) -> list[Block]:
    if not waiting:
        return []
    blocks = [header("Waiting for you")]
    for one in waiting[:WAITING_SHOWN]:
        blocks.append(incident_row(one))
        blocks += controls(one, ids.ACKNOWLEDGE, ids.HAND_OFF)
    return blocks + more(count - WAITING_SHOWN)


def _owned(facts: HomeFacts) -> list[Block]:
    if not facts.owned:
        calm = "Nothing else is yours." if facts.waits else "Nothing is waiting for you."
        return [header("Yours"), exact(calm)]
    return [header("Yours"), *(incident_row(one) for one in facts.owned[:OWNED_SHOWN])]


def _shifts(facts: HomeFacts) -> list[Block]:
    blocks = [header("Your shifts")]
    if not facts.shifts:
        return [*blocks, exact("You are not on call in the next four weeks.")]
    rows = [_shift(one, facts) for one in facts.shifts[:SHIFTS_SHOWN]]
    return [*blocks, *rows, *more(len(facts.shifts) - SHIFTS_SHOWN)]


def _shift(one: OwnShift, facts: HomeFacts) -> Block:
    runs = one.runs_at(facts.now)
    as_what = "covering" if one.by_override else name(one.layer) if one.layer else ""
    title = f"{'📟 *Now:* ' if runs else ''}*{escape(name(one.schedule))}*"
    title += f" · {escape(as_what)}" if as_what else ""
    until = both(one.end_at, one.timezone, reader=facts.timezone)
    since = both(one.start_at, one.timezone, reader=facts.timezone)
    told = section(f"{title}\n{f'until {until}' if runs else f'{since} – {until}'}")
    if one.position:
        return told  # an override stands in for the first layer alone
    start = max(one.start_at, facts.now)
    span = f"{one.schedule_id}:{int(start.timestamp())}:{int(one.end_at.timestamp())}:give"
    return {**told, "accessory": button("Give away…", f"{ids.COVER}:give", span)}


def _on_call(facts: HomeFacts) -> list[Block]:
    blocks = [header("On call now")]
    if not facts.schedules:
        new = actions([button("New schedule", ids.SCHEDULE_NEW, "new", style="primary")])
        return [*blocks, exact(NO_SCHEDULES), *new]
    rows = [on_call_row(one, facts.timezone) for one in facts.on_duty]
    turned = facts.turned
    pager = _pager(
        "schedules",
        turned.schedules,
        facts.schedules,
        SCHEDULES_SHOWN,
        lambda page: replace(turned, schedules=page),
    )
    return [*blocks, *rows, *pager]


def _coverage(found: Sequence[Finding], reader: str) -> list[Block]:
    if not found:
        return []
    shown = found[:FINDINGS_SHOWN]
    rows = [row for one in shown for row in finding_rows(one, reader)]
    every = button(f"All {len(found):,} findings", ids.COVERAGE_OPEN, "0")
    rest = actions([every]) if len(found) > len(shown) else []
    return [header("Coverage, the next 30 days"), *rows, *rest]


def _open(facts: HomeFacts) -> list[Block]:
    if not facts.open:
        return [header("Open incidents"), exact("🎉 No incident is open.")]
    turned = facts.turned
    rows = [incident_row(one) for one in facts.open_incidents]
    pager = _pager(
        "incidents",
        turned.incidents,
        facts.open,
        OPEN_SHOWN,
        lambda page: replace(turned, incidents=page),
    )
    return [header(f"Open incidents ({facts.open:,})"), *rows, *pager]


def _reached(facts: HomeFacts) -> list[Block]:
    told = [
        f"{channel(one.value)} ({facts.email})"
        if one is Channel.MAIL and facts.email
        else channel(one.value)
        for one in facts.channels
    ]
    trial = button("Send me a test page", ids.TRIAL_PAGE, "me")
    return [
        header("How you are reached"),
        exact(f"Pages reach you through {' and '.join(told)}.", accessory=trial),
        context(mrkdwn(f"As of {both(facts.now, facts.timezone, reader=facts.timezone)}")),
    ]


def _pager(what: str, page: int, count: int, shown: int, to: Any) -> list[Block]:
    """The way to the other pages, where there are any."""
    last = (count - 1) // shown
    if last < 1:
        return []
    first = page * shown + 1
    buttons = []
    if page > 0:
        buttons.append(button("◀ Earlier", f"{ids.HOME}:{what}:back", str(to(page - 1))))
    if page < last:
        buttons.append(button("More ▶", f"{ids.HOME}:{what}:on", str(to(page + 1))))
    told = f"{first:,}–{min(first + shown - 1, count):,} of {count:,} {what}"
    return [context(mrkdwn(told)), *actions(buttons)]
