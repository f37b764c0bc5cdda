"""A real `serve` whose wall clock is stepped by an hour while an escalation waits.

TOCSIN_STEP_LEFT is how many seconds the escalation still has to wait when the incident is known,
5 by default and 60 for the whole of a layer's minute.
"""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp
import pytest
from sqlalchemy import func, select

import sandbox
from cli.apply import apply
from cli.blueprint import read_blueprint
from core import audit, declaring, people
from core.transaction import Actor, Core
from storage.database import Database
from storage.models import Incident, Schedule
from storage.vocabulary import AuditType, EscalationState, Severity
from tests.postgres import own_postgres
from tests.safety.faketime import SteppedClock, find_faketime
from tests.safety.stage import BLUEPRINT, free_port
from tests.world import CAST, MANIFEST

SQLITE, POSTGRESQL, DATABASE = "machine with SQLite", "machine with PostgreSQL", "PostgreSQL itself"
ROOT = Path(__file__).parent.parent.parent
LEFT = timedelta(seconds=float(os.environ.get("TOCSIN_STEP_LEFT", "5")))
HOUR = 3600
LATE_AT_MOST = 2.0
TIME_FOR_A_SECOND_PAGE = 2.5


class LateClock:
    """The true time, some of a layer's minute ago: an incident declared then has the rest left."""

    def now(self) -> datetime:
        return datetime.now(UTC) - timedelta(minutes=1) + LEFT

    def seconds_until(self, instant: datetime) -> float:
        return (instant - self.now()).total_seconds()


@dataclass
class Waiting:
    """An incident that nobody acknowledges: Bob was paged, and Carol is to be at `due`."""

    workspace: sandbox.Workspace
    core: Core
    system: Actor
    port: int
    due: float

    async def late(self, due: float) -> float:
        """How many seconds after it was due, by the true clock, Carol's page was at Slack."""
        await asyncio.sleep(max(0, due - time.time()))
        assert not self.workspace.person("carol").dm(), "she was paged too early"
        await self.workspace.until(self.workspace.person("carol").dm, timeout=30)
        late = float(self.workspace.person("carol").dm()[0].ts) - due
        print(f"{late:.2f} s late")
        return late

    async def check_that_it_was_stepped(self, seconds: float, whose: str) -> None:
        """Otherwise nothing is shown here."""
        if whose == DATABASE:
            async with self.core.reading(self.system) as tx:
                shown = await tx.db.scalar(select(func.clock_timestamp()))
        else:
            async with (
                aiohttp.ClientSession() as session,
                session.get(f"http://127.0.0.1:{self.port}/healthz") as answer,
            ):
                shown = parsedate_to_datetime(answer.headers["Date"])
        assert abs(shown.timestamp() - time.time() - seconds) < 60

    async def check_that_all_happened_once(self) -> None:
        await asyncio.sleep(TIME_FOR_A_SECOND_PAGE)
        assert len(self.workspace.person("bob").dm()) == 1
        assert len(self.workspace.person("carol").dm()) == 1
        async with self.core.reading(self.system) as tx:
            incident = (await tx.db.scalars(select(Incident))).one()
            types = [event.type for event in await audit.trail(tx, incident.id)]
        assert types.count(AuditType.LAYER_PAGED) == 2
        assert incident.escalation_state is EscalationState.WAITING


@asynccontextmanager
async def waiting(database_url: str, variables: Mapping[str, str]) -> AsyncIterator[Waiting]:
    """A real process, with these variables besides, and an escalation that waits in it."""
    workspace = sandbox.Workspace(
        name="Acme",
        people=CAST,
        channels=[sandbox.Channel("general"), sandbox.Channel("incidents")],
        manifest=MANIFEST,
        bot_token="xoxb-tests",
        app_token="xapp-tests",
    )
    database = Database(database_url)
    core = Core(database, LateClock())
    async with workspace.serve() as url:
        organization = await people.ensure_organization(
            core, slack_team_id=workspace.team_id, name="Acme"
        )
        system = Actor.system(organization.id)
        await apply(core, system, read_blueprint(BLUEPRINT))
        settings = {
            "DATABASE_URL": database_url,
            "SLACK_BOT_TOKEN": "xoxb-tests",
            "SLACK_SIGNING_SECRET": "a-secret-of-the-tests",
            "SLACK_API_URL": f"{url}/api/",
            "HOST": "127.0.0.1",
            "LOG_LEVEL": "error",
        }
        async with _serving({**settings, **variables}) as port:
            async with core.transaction(system) as tx:
                schedule = (await tx.db.scalars(select(Schedule))).one()
                incident = await declaring.open_incident(
                    tx, title="The till", severity=Severity.HIGH, owner_schedule_id=schedule.id
                )
                due = incident.next_escalation_at
            assert due is not None
            await workspace.until(workspace.person("bob").dm, timeout=10)
            yield Waiting(workspace, core, system, port, due.timestamp())
    await database.dispose()


@asynccontextmanager
async def _serving(variables: Mapping[str, str]) -> AsyncIterator[int]:
    """`python app.py serve`, ready, by its port; it must live until it is told to end."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(ROOT / "app.py"),
        "serve",
        env={**os.environ, **variables, "PORT": str(port)},
    )
    try:
        async with asyncio.timeout(30), aiohttp.ClientSession() as session:
            while not await _ready(session, port):
                await asyncio.sleep(0.05)
        yield port
        assert process.returncode is None, "it did not outlive the step"
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _ready(session: aiohttp.ClientSession, port: int) -> bool:
    try:
        async with session.get(f"http://127.0.0.1:{port}/readyz") as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False


@pytest.fixture(params=[SQLITE, POSTGRESQL, DATABASE])
def whose(request: pytest.FixtureRequest) -> str:
    """Whose clock it is that is stepped."""
    return str(request.param)


@pytest.fixture
def backend(whose: str) -> str:
    return "sqlite" if whose == SQLITE else "postgresql"


@pytest.fixture
def clock() -> Iterator[SteppedClock]:
    library = find_faketime()
    with TemporaryDirectory(dir="/tmp") as folder:
        yield SteppedClock(library, Path(folder))


@pytest.fixture
async def story(whose: str, clock: SteppedClock, database_url: str) -> AsyncIterator[Waiting]:
    if whose == DATABASE:
        async with own_postgres(**clock.variables) as server, waiting(server.url, {}) as story:
            yield story
    else:
        async with waiting(database_url, clock.variables) as story:
            yield story


@pytest.mark.long
async def test_a_clock_set_back_an_hour_delays_no_page_and_repeats_none(
    whose: str, clock: SteppedClock, story: Waiting
) -> None:
    clock.step(-HOUR)

    assert await story.late(story.due) < LATE_AT_MOST
    await story.check_that_it_was_stepped(-HOUR, whose)
    clock.step(0)
    await story.check_that_all_happened_once()


@pytest.mark.long
async def test_a_clock_set_forward_an_hour_pages_what_is_due_then_at_once_and_once(
    whose: str, clock: SteppedClock, story: Waiting
) -> None:
    clock.step(HOUR)

    # Replicas go by their database's clock: a machine's own means nothing to them.
    due = story.due if whose == POSTGRESQL else time.time()
    assert await story.late(due) < LATE_AT_MOST
    await asyncio.sleep(1)
    await story.check_that_it_was_stepped(HOUR, whose)
    clock.step(0)
    await asyncio.sleep(1.5)
    clock.step(HOUR)
    await story.check_that_all_happened_once()
