"""The engine with two ways out, one for mail; and a network on which a mail server has a name."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from core.sending import Outgoing
from core.worker import Worker
from storage.models import Delivery
from storage.vocabulary import Channel, DeliveryKind
from tests.engine import Engine, RecordingSender
from tests.mail.certificates import Network

OF_SLACK = (Channel.SLACK_DM, Channel.ALERTS)


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Every test of mail is on that network."""
    return {"network": Network}


class GatedSender(RecordingSender):
    """Takes nothing before its gate is opened."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = asyncio.Event()
        self.gate.set()
        self.waiting = 0

    async def send(self, outgoing: Outgoing) -> dict[str, str]:
        self.waiting += 1
        await self.gate.wait()
        self.waiting -= 1
        return await super().send(outgoing)


@dataclass
class Both:
    """The engine with a sender for Slack and another for mail."""

    engine: Engine
    slack: GatedSender
    mail: GatedSender
    worker: Worker

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.worker.run())
        try:
            yield
        finally:
            self.slack.gate.set()
            self.mail.gate.set()
            self.worker.finish()
            await task
            await self.worker.stop()

    async def pages(self) -> list[Delivery]:
        return [one for one in await self.engine.deliveries() if one.kind is DeliveryKind.PAGE]


@pytest.fixture
def both(engine: Engine) -> Both:
    slack, mail = GatedSender(), GatedSender()
    worker = Worker(engine.core, {**dict.fromkeys(OF_SLACK, slack), Channel.MAIL: mail})
    worker.organization_id = engine.organization_id
    engine.worker = worker
    engine.core.on_due = worker.due
    engine.core.person_channels = (Channel.SLACK_DM, Channel.MAIL)
    return Both(engine, slack, mail, worker)
