"""Everything, built once from the settings and wired; and its life, from start to stop."""

import asyncio
import fcntl
import logging
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import aiohttp
import uvicorn
from fastapi import FastAPI
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from starlette.routing import Route

from assembly.settings import Settings, SettingsError
from bot.answering import DEADLINE_SECONDS, Answering
from bot.application import create_bolt, create_http
from bot.sender import SlackSender
from bot.socket_mode import listen
from bot.workspace import Workspace
from core import people
from core.errors import DomainError
from core.transaction import Actor, Clock, Core
from core.worker import Alarm, Worker
from storage.database import Database, DatabaseUnavailable
from storage.migrate import current_and_head, migrate
from storage.vocabulary import Channel
from web import create_web

log = logging.getLogger(__name__)

SLACK_TIMEOUT_SECONDS = 10
RETRY_SECONDS = 3
STOP_SECONDS = 15
HEARTBEAT_MAX_SECONDS = 30


class Tocsin:
    """The whole product on one database and one Slack workspace."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        *,
        deadline: float = DEADLINE_SECONDS,
        slack_timeout: float = SLACK_TIMEOUT_SECONDS,
    ) -> None:
        self.settings = settings
        self.core = Core(Database(settings.database_url), clock)
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=slack_timeout))
        self.slack = slack_client(settings, self._session, slack_timeout)
        self.workspace = Workspace(self.core, self.slack, settings.slack_bot_token or "")
        sender = SlackSender(self.core, self.workspace)
        self.worker = Worker(self.core, {Channel.SLACK_DM: sender, Channel.ALERTS: sender})
        self.core.on_due = self.worker.due
        self.alarm = Alarm(
            self.worker, seconds_until=clock.seconds_until, real_now=lambda: datetime.now(UTC)
        )
        self.answering = Answering(deadline=deadline)
        self.bolt = create_bolt(self.core, self.workspace, self.answering)
        self.web: FastAPI = create_web(self.ready)
        if settings.slack_signing_secret:
            guard = create_http(
                self.bolt, signing_secret=settings.slack_signing_secret, seconds=time.time
            )
            self.web.router.routes.append(Route("/slack/events", endpoint=guard, methods=["POST"]))
        self._tasks: list[asyncio.Task[None]] = []
        self._listening: list[asyncio.Task[None]] = []
        self._stopping = asyncio.Event()
        self._lock: IO[str] | None = None

    async def connect(self) -> None:
        """Learn from Slack whose token this is, and bring the organization up to the settings.

        Raises what a failing connection raises.
        """
        organization_id = await self.workspace.connect()
        async with self.core.transaction(Actor.system(organization_id)) as tx:
            await people.appoint_admins(tx, self.settings.admin_emails)
            if self.settings.tocsin_alerts_channel:
                await people.set_alerts_channel(tx, self.settings.tocsin_alerts_channel)
        self.worker.organization_id = organization_id
        self.worker.wake()
        await self.workspace.match_members()

    async def start(self) -> None:
        """Run: the engine, its alarm, and the connection to Slack. Nothing here waits for Slack.

        Raises SettingsError where the database is not ready and won't be by itself.
        """
        self._lock = _only_one(self.settings.sqlite_file)
        await self._check_schema()
        await self.worker.start()
        self.worker.alarm = self.alarm.arm
        self.alarm.start()
        self._tasks = [
            asyncio.create_task(self.worker.run()),
            asyncio.create_task(self._keep_connecting()),
        ]
        if self.settings.slack_app_token:
            listening = listen(self.bolt, self.settings.slack_app_token)
            self._listening = [asyncio.create_task(listening)]

    async def stop(self) -> None:
        """Let what is under way come to its end, then close everything."""
        await self.answering.finish()
        self.alarm.stop()
        self._stopping.set()
        self.worker.finish()
        if self._tasks:
            # They end by themselves. Only what waits for Slack for ever is cancelled: a cancelled
            # transaction would leave its connection to chance.
            _, waiting = await asyncio.wait(self._tasks, timeout=STOP_SECONDS)
            for task in [*waiting, *self._listening]:
                task.cancel()
            await asyncio.gather(*waiting, *self._listening, return_exceptions=True)
        await self.worker.stop()
        await self._session.close()
        await self.core.database.dispose()
        if self._lock:
            self._lock.close()

    async def ready(self) -> str | None:
        """What keeps this process from working, or None. Never that Slack is down."""
        try:
            async with self.core.reading(Actor.system()) as tx:
                await people.organizations(tx)
        except DomainError:
            return "the database does not answer"
        beat = self.worker.last_beat
        if beat is None or time.monotonic() - beat > HEARTBEAT_MAX_SECONDS:
            return "the engine is not running"
        return None

    def http_server(self) -> uvicorn.Server:
        """The server of the HTTP application, on the host and port of the settings."""
        return uvicorn.Server(
            uvicorn.Config(
                self.web,
                host=self.settings.host,
                port=self.settings.port,
                log_config=None,
                access_log=False,
                lifespan="off",
            )
        )

    async def _check_schema(self) -> None:
        """SQLite is brought up to date; PostgreSQL is asked to be: replicas must not race."""
        if self.core.database.is_sqlite:
            await migrate(self.core.database)
            return
        while True:
            try:
                current, head = await current_and_head(self.core.database)
            except DatabaseUnavailable as error:
                log.error("the database does not answer yet: %s", error)
                await asyncio.sleep(RETRY_SECONDS)
                continue
            if current != head:
                raise SettingsError(
                    f"The database is at {current or 'no'} revision and this version of Tocsin "
                    f"needs {head}: run `python app.py migrate` first."
                )
            return

    async def _keep_connecting(self) -> None:
        while not self._stopping.is_set():
            try:
                await self.connect()
            except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as error:
                log.error("Slack can't be reached, pages wait: %s", error)
            except Exception:
                log.exception("not connected yet")
            else:
                return
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), RETRY_SECONDS)


def slack_client(
    settings: Settings,
    session: aiohttp.ClientSession | None,
    timeout: float = SLACK_TIMEOUT_SECONDS,
) -> AsyncWebClient:
    """A Slack client that never repeats a call by itself: the outbox decides what is repeated."""
    client = AsyncWebClient(
        token=settings.slack_bot_token,
        base_url=settings.slack_api_url,
        session=session,
        timeout=int(timeout) or 1,
        retry_handlers=[],
    )
    client.retry_handlers.clear()
    return client


def _only_one(file: Path | None) -> IO[str] | None:
    """Hold a SQLite file for this process alone. Raises SettingsError if another serves it."""
    if file is None:
        return None
    lock = file.with_name(f"{file.name}.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise SettingsError(
            f"Another `serve` is running on {file}. SQLite is for one process: stop that one, "
            "or set DATABASE_URL to a PostgreSQL to run several."
        ) from None
    return lock
