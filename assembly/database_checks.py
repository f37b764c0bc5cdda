"""Whether the database answers, has the tables this version needs, and tells the same time."""

import asyncio
from datetime import datetime
from pathlib import Path

from sqlalchemy import text

from core.checkup import Finding, bad, ok, warn
from core.transaction import Clock
from storage.database import Database
from storage.migrate import current_and_head

TIMEOUT_SECONDS = 10
SKEW_WARN_SECONDS = 5
SKEW_BAD_SECONDS = 60


async def check_database(database: Database, clock: Clock) -> tuple[list[Finding], bool]:
    """What there is to say of the database, and whether its tables can be read.

    Changes nothing: a SQLite file that is not there is not made.
    """
    shown = database.url.set(query={}).render_as_string(hide_password=True)
    file = Path(database.url.database or "") if database.is_sqlite else None
    if file and not await asyncio.to_thread(file.exists):
        return [bad(f"Database: {file} is not there yet.", "Run `python app.py migrate`.")], False
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            current, head = await current_and_head(database)
            ahead = None if database.is_sqlite else await _ahead(database, clock)
    except Exception as error:  # whatever the driver raises, it is one thing to the reader
        remedy = "Start it, or correct DATABASE_URL; check its host, user and password."
        return [bad(f"Database: {shown} does not answer ({_reason(error)}).", remedy)], False
    findings = [ok(f"Database: {shown} answers.")]
    ready = current == head
    if ready:
        findings.append(ok(f"Tables: at {head}, as this version needs."))
    elif current is None:
        findings.append(bad("Tables: there are none yet.", "Run `python app.py migrate`."))
    else:
        remedy = "Run `python app.py migrate`; if the database is the newer one, upgrade Tocsin."
        what = f"Tables: the database is at {current}, and this version needs {head}."
        findings.append(bad(what, remedy))
    if ahead is not None:
        findings.append(judge_clock("the database's", ahead))
    return findings, ready


def judge_clock(whose: str, ahead: float) -> Finding:
    """How far this computer's clock is ahead of another one, in seconds, and whether it matters."""
    apart = f"{abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} {whose}"
    remedy = "Set the clock, and keep it right with NTP (for example chrony or systemd-timesyncd)."
    if abs(ahead) > SKEW_BAD_SECONDS:
        return bad(f"Clock: {apart}. Slack's requests are refused at 300 s.", remedy)
    if abs(ahead) > SKEW_WARN_SECONDS:
        return warn(f"Clock: {apart}.", remedy)
    return ok(f"Clock: agrees with {whose}.")


async def _ahead(database: Database, clock: Clock) -> float:
    async with database.engine.connect() as connection:
        theirs = (await connection.execute(text("SELECT clock_timestamp()"))).scalar_one()
        assert isinstance(theirs, datetime)  # noqa: S101  (of type timestamptz)
        return (clock.now() - theirs).total_seconds()


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return f"no answer within {TIMEOUT_SECONDS} s"
    cause = getattr(error, "orig", None) or error
    lines = str(cause).strip().splitlines()
    return lines[0] if lines else type(cause).__name__
