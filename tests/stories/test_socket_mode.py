"""Socket Mode: the same story without a public URL, and a connection that comes back."""

import asyncio
from contextlib import suppress

from bot.socket_mode import listen
from tests.world import World


async def test_a_command_arrives_through_the_socket_and_still_does_after_it_broke(
    world: World,
) -> None:
    world.slack.engine.delivery.deliver = None
    listening = asyncio.create_task(listen(world.tocsin.bolt, "xapp-tests", watch_seconds=0.05))
    try:
        await world.slack.until(lambda: world.slack.engine.delivery.connected, timeout=5)
        first = await world.dave.command("/incident list")
        assert "No incident is open" in first.messages[0].plain

        await world.slack.socket.disconnect()
        await world.slack.until(lambda: world.slack.engine.delivery.connected, timeout=10)

        again = await world.dave.command("/incident help")
        assert "/incident ack" in again.messages[0].plain
    finally:
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening
