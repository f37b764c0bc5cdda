"""Everything, built once from the settings and wired; and its life, from start to stop."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from socket import socket
from typing import IO
from uuid import UUID

import aiohttp
import uvicorn
from fastapi import FastAPI
from slack_sdk.errors import SlackApiError
from starlette.routing import Route

from assembly import possession
from assembly.checkup import Checkup
from assembly.clock import DatabaseClock, stopwatch
from assembly.heartbeat import Heartbeat
from assembly.mail import mail_senders, person_channels
from assembly.settings import Settings
from assembly.slack import SLACK_TIMEOUT_SECONDS, slack_client
from assembly.version import VERSION
from assembly.watch import Watch
from bot.answering import DEADLINE_SECONDS, Answering
from bot.application import create_bolt, create_http
from bot.held_back import HeldBack
from bot.sender import SlackSender
from bot.socket_mode import listen
from bot.workspace import Workspace
from core import people
from core.alarm import Alarm
from core.publishing import Publishing
from core.transaction import Actor, Clock, Core
from core.worker import Worker
from mail.server import TIMEOUT_SECONDS
from storage.bell import Bell
from storage.database import Database
from storage.vocabulary import Channel
from web import create_web
from web.acknowledging import acknowledging
from web.api import Api, mounts
from web.calendars import calendar_feeds
from web.dashboard import PATH as DASHBOARD
from web.dashboard import Dashboard
from web.dashboard.with_slack import SlackApp
from web.mcp import Mcp
from web.metrics import Metrics
from web.status_pages import StatusPages

log = logging.getLogger(__name__)

OF_SLACK = (Channel.SLACK_DM, Channel.ALERTS)
RETRY_SECONDS = 3
SAID_AGAIN_SECONDS = 60
"""Slack is tried more often than anybody wants to read that it is away."""
STOP_SECONDS = 15


class Tocsin:
    """The whole product on one database and one Slack workspace."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        *,
        deadline: float = DEADLINE_SECONDS,
        slack_timeout: float = SLACK_TIMEOUT_SECONDS,
        mail_timeout: float = TIMEOUT_SECONDS,
        open_to_all: bool = False,
    ) -> None:
        """`open_to_all`: anybody may enter the dashboard as anybody, in the sandbox alone."""
        self.settings = settings
        self.core = Core(
            Database(settings.database_url), clock, person_channels=person_channels(settings)
        )
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=slack_timeout))
        self.slack = slack_client(settings, self._session, slack_timeout)
        self.workspace = Workspace(
            self.core,
            self.slack,
            settings.slack_bot_token or "",
            public_url=settings.public_url,
        )
        sender = SlackSender(self.core, self.workspace)
        mail = mail_senders(settings, self.core, timeout=mail_timeout)
        self.worker = Worker(self.core, {**dict.fromkeys(OF_SLACK, sender), **mail})
        self.worker.held = frozenset(OF_SLACK)
        self.bell = self._hang_the_bell(clock)
        self.core.on_due = self._due
        self.alarm = Alarm(
            self.worker, seconds_until=clock.seconds_until, real_now=lambda: datetime.now(UTC)
        )
        self.answering = Answering(deadline=deadline)
        self.bolt = create_bolt(self.core, self.workspace, self.answering)
        self.core.measures = metrics = Metrics(VERSION)
        self.slack.retry_handlers.append(HeldBack(metrics.held_back))
        self.watch = Watch(self.core, self.worker)
        self.heartbeat: Heartbeat | None = None
        if settings.tocsin_heartbeat_url:
            self.heartbeat = Heartbeat(settings.tocsin_heartbeat_url, self._session)
            self.worker.on_calm = self.heartbeat.beat
        self.web: FastAPI = create_web(self.watch.ready, metrics, self.watch.look)
        self.web.include_router(acknowledging(self.core))
        self.web.include_router(calendar_feeds(self.core))
        api = Api(self.core, per_second=settings.tocsin_api_rate, burst=settings.tocsin_api_burst)
        self.web.router.routes.extend(mounts(api))
        self.checkup = Checkup(self.core, self.workspace, settings)
        self.dashboard = Dashboard(
            self.core,
            public_url=settings.public_url,
            open_to_all=open_to_all,
            checkup=self.checkup,
            alerts_channel=settings.tocsin_alerts_channel,
            slack_app=self._slack_app(slack_timeout),
        )
        self.web.mount(DASHBOARD, self.dashboard)
        mcp = Mcp(self.core, api.pace, public_url=settings.public_url, version=VERSION)
        self.web.router.routes.append(Route("/mcp", endpoint=mcp))
        if settings.slack_signing_secret:
            guard = create_http(
                self.bolt, signing_secret=settings.slack_signing_secret, seconds=time.time
            )
            self.web.router.routes.append(Route("/slack/events", endpoint=guard, methods=["POST"]))
        self.http = StatusPages(
            self.web, Publishing(self.core), public_url=settings.public_url, now=clock.now
        )
        self.core.on_published = self.http.changed
        self._tasks: list[asyncio.Task[None]] = []
        self._listening: list[asyncio.Task[None]] = []
        self._ringing: asyncio.Task[None] | None = None
        self._stopping = asyncio.Event()
        self._lock: IO[str] | None = None

    def _slack_app(self, timeout: float) -> SlackApp | None:
        """Through what people sign in with Slack; None unless both its settings are set."""
        settings = self.settings
        if not settings.slack_client_id or not settings.slack_client_secret:
            return None
        nobody = settings.model_copy(update={"slack_bot_token": None})
        slack = slack_client(nobody, self._session, timeout)
        return SlackApp(settings.slack_client_id, settings.slack_client_secret, slack)

    def _hang_the_bell(self, clock: Clock) -> Bell | None:
        """Where replicas may share the database: what wakes them, and what sets their clocks."""
        if self.core.database.is_sqlite:
            return None

        def hear(instant: datetime, *, asked: float, answered: float) -> None:
            leapt = isinstance(clock, DatabaseClock) and clock.hear(
                instant, asked=asked, answered=answered
            )
            if leapt:
                self.worker.wake()

        return Bell(
            self.core.database.url, on_due=self.worker.due, on_time=hear, stopwatch=stopwatch
        )

    def _due(self, instant: datetime) -> None:
        self.worker.due(instant)
        if self.bell:
            self.bell.ring(instant)

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
        self.worker.held = frozenset()
        self.worker.wake()
        await self.workspace.match_members()

    async def start(self) -> None:
        """Run: the engine, its alarm, and the connection to Slack. Nothing here waits for Slack.

        Raises SettingsError where the database is not ready and won't be by itself.
        """
        self._lock = possession.only_one(self.settings.sqlite_file)
        await possession.have_tables(self.core.database)
        if self.bell:
            on_time = asyncio.Event()
            self._ringing = asyncio.create_task(self.bell.run(on_time))
            await on_time.wait()
        self.core.scrubbing.begin()  # a process that died may have left something to forget
        self.worker.organization_id = await self._only_organization()
        await self.worker.start()
        self.worker.alarm = self.alarm.arm
        self.alarm.start()
        await self.http.start()
        self._tasks = [
            asyncio.create_task(self.worker.run()),
            asyncio.create_task(self._keep_connecting()),
        ]
        if self.settings.slack_app_token:
            listening = listen(self.bolt, self.settings.slack_app_token)
            self._listening = [asyncio.create_task(listening)]

    async def stop(self) -> None:
        """Let what is under way come to its end, then close everything."""
        # First of all, so that Slack sends what comes now to another replica.
        for listening in self._listening:
            listening.cancel()
        await asyncio.gather(*self._listening, return_exceptions=True)
        await self.answering.finish()
        await self.workspace.countdowns.stop()
        self.alarm.stop()
        self._stopping.set()
        self.worker.finish()
        if self._tasks:
            # They end by themselves. Only what waits for Slack for ever is cancelled: a cancelled
            # transaction would leave its connection to chance.
            _, waiting = await asyncio.wait(self._tasks, timeout=STOP_SECONDS)
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
        await self.worker.stop()
        if self._ringing:
            self._ringing.cancel()
            await asyncio.gather(self._ringing, return_exceptions=True)
        await self.http.stop()
        await self.dashboard.stop()
        await self.checkup.stop()
        await self.watch.stop()
        if self.heartbeat:
            await self.heartbeat.stop()
        await self._session.close()
        await self.core.scrubbing.stop()
        await self.core.database.dispose()
        if self._lock:
            self._lock.close()

    def http_server(self) -> uvicorn.Server:
        """The server of the HTTP application, on the host and port of the settings."""
        return _Server(
            self.dashboard.stop,
            uvicorn.Config(
                self.http,
                host=self.settings.host,
                port=self.settings.port,
                log_config=None,
                access_log=False,
                lifespan="off",
                timeout_graceful_shutdown=STOP_SECONDS,
            ),
        )

    async def _only_organization(self) -> UUID | None:
        """Whose pages go by mail while Slack has not said yet whose token this is."""
        async with self.core.reading(Actor.system()) as tx:
            every = await people.organizations(tx)
        return every[0].id if len(every) == 1 else None

    async def _keep_connecting(self) -> None:
        said, again_at = "", 0.0
        while not self._stopping.is_set():
            try:
                await self.connect()
            except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as error:
                if str(error) != said or time.monotonic() >= again_at:
                    log.error("Slack can't be reached, pages wait: %s", error)
                    said, again_at = str(error), time.monotonic() + SAID_AGAIN_SECONDS
            except Exception:
                log.exception("not connected yet")
            else:
                return
            with suppress(TimeoutError):
                async with asyncio.timeout(RETRY_SECONDS):
                    await self._stopping.wait()


class _Server(uvicorn.Server):
    """Ends the streams before it waits for requests: nobody waits for those who only listen."""

    def __init__(self, end_streams: Callable[[], Awaitable[None]], config: uvicorn.Config) -> None:
        super().__init__(config)
        self._end_streams = end_streams

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        """Let what is under way come to its end."""
        await self._end_streams()
        await super().shutdown(sockets)
