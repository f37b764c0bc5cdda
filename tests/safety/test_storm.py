"""A thousand incidents for one person in a minute, while Slack takes one message a second."""

import asyncio
import os
import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

import app
import sandbox
from assembly.clock import WallClock
from assembly.runtime import Tocsin
from assembly.settings import Settings
from cli.apply import apply
from cli.blueprint import read_blueprint
from core import bundles, declaring, people
from core.transaction import Actor, Core
from storage.database import Database
from storage.models import AuditEvent, Delivery, Incident, Member, Schedule
from storage.vocabulary import AuditType, DeliveryKind, DeliveryState, Severity, Surface
from tests.cast import BLUEPRINT
from tests.safety.judgement import check_the_posts
from tests.world import CAST, MANIFEST

INCIDENTS = int(os.environ.get("TOCSIN_STORM_INCIDENTS", "250"))
PER_SECOND = 1000 / 60
ALONE = "TOCSIN_STORM_INCIDENTS" in os.environ
FIRST_WITHIN = 0.1 if ALONE else 0.5
"""Seconds to the first page: what it takes where nothing else runs, and within the pace anyhow."""


@pytest.mark.long
async def test_the_first_page_goes_at_once_and_every_incident_is_named_within_a_minute(
    database_url: str,
) -> None:
    workspace = sandbox.Workspace(
        name="Acme",
        people=CAST,
        channels=[sandbox.Channel("general"), sandbox.Channel("incidents")],
        manifest=MANIFEST,
        bot_token="xoxb-tests",
        app_token="xapp-tests",
        signing_secret="a-secret-of-the-tests",
    )
    workspace.limits.messages_per_second = 1
    async with workspace.serve() as url:
        settings = Settings(
            _env_file=None,
            database_url=database_url,
            slack_bot_token="xoxb-tests",
            slack_signing_secret="a-secret-of-the-tests",
            slack_api_url=f"{url}/api/",
        )
        tocsin = app.build(settings, clock=WallClock())
        try:
            organization_id = await tocsin.workspace.connect()
            system = Actor.system(organization_id)
            await apply(tocsin.core, system, read_blueprint(BLUEPRINT))
            await tocsin.start()
            async with tocsin.core.reading(system) as tx:
                schedule = (await tx.db.scalars(select(Schedule))).one()
            bob = workspace.person("bob")
            # Bob's conversation is known, as it is to whoever was paged before.
            await _declare(tocsin, system, schedule, "Before the storm")
            await _until(lambda: len(bob.dm()) == 1)
            await asyncio.sleep(1.1)

            began = time.monotonic()
            await _declare(tocsin, system, schedule, "The first of many")
            await _until(lambda: len(bob.dm()) == 2)
            first = time.monotonic() - began
            for number in range(INCIDENTS - 1):
                ahead = began + number / PER_SECOND - time.monotonic()
                await asyncio.sleep(max(0, ahead))
                await _declare(tocsin, system, schedule, f"One of many ({number})")
            await _until(lambda: _named(bob, INCIDENTS + 1), seconds=60)
            pages = await _pages(tocsin, system, INCIDENTS + 1)
            longest = max((one.sent_at - one.created_at).total_seconds() for one in pages)
            print(
                f"first page after {first * 1000:.0f} ms; {len(pages)} pages in {len(bob.dm())} "
                f"messages; the one that waited longest waited {longest:.1f} s"
            )
            assert first < FIRST_WITHIN
            assert longest < 60
            assert len(bob.dm()) <= time.monotonic() - began + 3, "more than one a second"

            actor = await _actor(tocsin, system, "bob@example.com")
            for carrier_id in {one.carrier_id for one in pages} - {None}:
                await bundles.acknowledge_all(tocsin.core, actor, carrier_id)
            async with tocsin.core.reading(system) as tx:
                taken = AuditEvent.type == AuditType.INCIDENT_ACKNOWLEDGED
                events = list(await tx.db.scalars(select(AuditEvent.incident_id).where(taken)))
                assert {one.incident_id for one in pages if one.carrier_id} == set(events)
                assert len(events) == len(set(events))
        finally:
            await tocsin.stop()
        database = Database(database_url)
        async with Core(database, WallClock()).reading(system) as tx:
            numbers = {one.id: one.number for one in await tx.db.scalars(select(Incident))}
            deliveries = list(await tx.db.scalars(select(Delivery)))
        check_the_posts(workspace, deliveries, numbers)
        await database.dispose()


async def _declare(tocsin: Tocsin, system: Actor, schedule: Schedule, title: str) -> None:
    async with tocsin.core.transaction(system) as tx:
        await declaring.open_incident(
            tx, title=title, severity=Severity.HIGH, owner_schedule_id=schedule.id
        )


async def _until(true: Callable[[], bool], *, seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.002)


def _named(bob: Any, count: int) -> bool:
    found = {number for one in bob.dm() for number in re.findall(r"#(\d+) ", one.plain)}
    return len(found) == count


async def _pages(tocsin: Tocsin, system: Actor, count: int) -> list[Delivery]:
    """Every page, once each is known to have been sent."""
    async with asyncio.timeout(10):
        while True:
            async with tocsin.core.reading(system) as tx:
                of_kind = select(Delivery).where(Delivery.kind == DeliveryKind.PAGE)
                pages = list(await tx.db.scalars(of_kind))
            if [one.state for one in pages] == [DeliveryState.SENT] * count:
                return pages
            await asyncio.sleep(0.1)


async def _actor(tocsin: Tocsin, system: Actor, email: str) -> Actor:
    async with tocsin.core.reading(system) as tx:
        member = (await tx.db.scalars(select(Member).where(Member.email == email))).one()
    return people.actor_of(member, Surface.SLACK)
