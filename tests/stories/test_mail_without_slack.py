"""A process that starts while Slack is away: what was running goes on by mail."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

import app
from assembly import runtime
from assembly.runtime import Tocsin
from assembly.settings import Settings
from core import people
from storage.vocabulary import Channel
from tests.assembly.test_logs import Written, written
from tests.cast import StoryClock
from tests.mail.post_office import PostOffice, post_office
from tests.world import running_world

__all__ = ["written"]

NO_SLACK = "http://127.0.0.1:1/api/"
"""An address at which nobody answers."""


@asynccontextmanager
async def _started(
    database_url: str, office: PostOffice, clock: StoryClock
) -> AsyncIterator[Tocsin]:
    tocsin = app.build(
        Settings(
            _env_file=None,
            database_url=database_url,
            slack_bot_token="xoxb-tests",
            slack_signing_secret="a-secret-of-the-tests",
            slack_api_url=NO_SLACK,
            smtp_url=office.url,
            mail_from="tocsin@acme.example",
        ),
        clock=clock,
    )
    try:
        await tocsin.start()
        yield tocsin
    finally:
        await tocsin.stop()


async def test_an_incident_that_was_running_goes_on_by_mail(database_url: str) -> None:
    clock = StoryClock()
    async with running_world(database_url, clock=clock) as world:
        await world.declare(world.alice)
    clock.at += timedelta(minutes=5)

    async with post_office() as office, _started(database_url, office, clock) as tocsin:
        async with asyncio.timeout(10):
            while not office.letters:
                await asyncio.sleep(0.02)
        assert office.recipients == ["carol@example.com"]
        assert tocsin.workspace.organization_id is None, "Slack was there after all"
        assert tocsin.worker.held == {Channel.SLACK_DM, Channel.ALERTS}


async def test_where_there_are_several_organizations_nothing_is_guessed(database_url: str) -> None:
    clock = StoryClock()
    async with running_world(database_url, clock=clock) as world:
        await people.ensure_organization(world.tocsin.core, slack_team_id="TOTHER", name="Other")
    async with post_office() as office, _started(database_url, office, clock) as tocsin:
        assert tocsin.worker.organization_id is None


async def test_before_slack_has_said_who_it_is_nothing_is_tried_there(database_url: str) -> None:
    clock = StoryClock()
    async with running_world(database_url, clock=clock) as world:
        world.tocsin.worker.held = frozenset((Channel.SLACK_DM, Channel.ALERTS))
        await world.declare(world.alice)
        assert world.bob.dm() == []
        await world.tocsin.connect()
        await world.settle()
        assert len(world.bob.dm()) == 1


async def test_that_slack_is_away_is_said_once_however_often_it_is_tried(
    database_url: str, written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime, "RETRY_SECONDS", 0.001)
    tried = asyncio.Semaphore(0)
    async with post_office() as office, _started(database_url, office, StoryClock()) as tocsin:
        connect = tocsin.workspace.connect

        async def counted() -> Any:
            tried.release()
            return await connect()

        monkeypatch.setattr(tocsin.workspace, "connect", counted)
        async with asyncio.timeout(10):
            for _ in range(5):
                await tried.acquire()
    assert written.text.count("Slack can't be reached, pages wait") == 1
