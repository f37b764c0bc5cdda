"""What the tests of the command line share: core on an empty database, and a clinic."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from core.transaction import Core
from storage.database import Database
from tests.cast import StoryClock
from tests.cli.clinic import Clinic, RealClock, Slack, well


@pytest.fixture
async def core(database_url: str) -> AsyncIterator[Core]:
    made = Core(Database(database_url), StoryClock())
    yield made
    await made.database.dispose()


@pytest.fixture
async def clinic(database_url: str) -> AsyncIterator[Clinic]:
    """Everything that the doctor looks at, well to begin with."""
    slack = Slack(well())
    application = web.Application()
    application.router.add_route("*", "/api/{method}", slack.answer)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    clock = RealClock()
    core = Core(Database(database_url), clock)
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(
            token="xoxb-x", base_url=f"http://127.0.0.1:{port}/api/", session=session
        )
        client.retry_handlers.clear()
        yield Clinic(
            core,
            slack,
            client,
            clock,
            {
                "slack_bot_token": "xoxb-x",
                "slack_app_token": "xapp-x",
                "tocsin_alerts_channel": "incidents",
                "tocsin_admin_emails": "alice@example.com",
                "smtp_url": None,
            },
        )
    await runner.cleanup()
    await core.database.dispose()
