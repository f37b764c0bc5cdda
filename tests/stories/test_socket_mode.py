"""Socket Mode: the same story without a public URL, and a connection that comes back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

import sandbox
from bot import socket_mode
from bot.socket_mode import listen
from tests.assembly.test_logs import Written, written
from tests.world import World

__all__ = ["written"]


@asynccontextmanager
async def _listening(world: World) -> AsyncIterator[None]:
    """Slack has no URL of ours, only the socket."""
    world.slack.engine.delivery.deliver = None
    listening = asyncio.create_task(listen(world.tocsin.bolt, "xapp-tests", watch_seconds=0.05))
    try:
        await world.slack.until(lambda: world.slack.engine.delivery.connected, timeout=5)
        yield
    finally:
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening


async def test_what_is_logged_says_which_request_of_the_socket_it_is_about(
    world: World, written: Written
) -> None:
    async with _listening(world):
        await world.declare(world.alice)
        await world.bob.command("/incident ack 1")
        await world.settle()

    (created,) = written.of("incident_created")
    (acknowledged,) = written.of("incident_acknowledged")
    assert len({created["request_id"], acknowledged["request_id"], None}) == 3
    (paged,) = written.of("responder_paged")
    assert "request_id" not in paged


async def test_a_command_arrives_through_the_socket_and_still_does_after_it_broke(
    world: World,
) -> None:
    async with _listening(world):
        first = await world.dave.command("/incident list")
        assert "No incident is open" in first.messages[0].plain

        await world.slack.socket.disconnect()
        await world.slack.until(lambda: world.slack.engine.delivery.connected, timeout=10)

        again = await world.dave.command("/incident help")
        assert "/incident ack" in again.messages[0].plain


async def test_what_came_through_the_socket_is_answered_before_it_is_given_up(
    world: World,
) -> None:
    world.slack.engine.delivery.deliver = None
    listening = asyncio.create_task(listen(world.tocsin.bolt, "xapp-tests"))
    await world.slack.until(lambda: world.slack.engine.delivery.connected, timeout=5)
    world.slack.faults.add(sandbox.Fault(method="views.open", kind="slow", delay=0.3))
    asking = asyncio.create_task(world.dave.command("/incident new The lift is stuck"))
    await world.slack.until(lambda: not world.slack.faults.waiting)

    listening.cancel()
    with suppress(asyncio.CancelledError):
        await listening

    assert (await asking).failed is None
    assert not world.slack.engine.delivery.connected


async def test_what_comes_when_it_is_being_given_up_is_not_done_in_silence(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket_mode, "GRACE_SECONDS", 0.3)
    await world.declare(world.alice)
    world.slack.engine.delivery.deliver = None
    listening = asyncio.create_task(listen(world.tocsin.bolt, "xapp-tests"))
    await world.slack.until(lambda: world.slack.engine.delivery.connected, timeout=5)
    world.slack.faults.add(sandbox.Fault(method="views.open", kind="slow", delay=0.5))
    asking = asyncio.create_task(world.dave.command("/incident new The lift is stuck"))
    await world.slack.until(lambda: not world.slack.faults.waiting)

    listening.cancel()
    await asyncio.sleep(0.4)  # it is kept busy for longer than it would wait for a quiet moment
    late = await world.bob.command("/incident ack 1")
    with suppress(asyncio.CancelledError):
        await listening

    assert (await asking).failed is None
    assert late.failed == "operation_timeout"
    incident = await world.incident()
    assert incident.acknowledged_at is None
