"""What came due while the process was down fires at its start: at once, and once."""

import time
from datetime import timedelta

import app
from storage.vocabulary import AuditType
from tests.cast import StoryClock
from tests.world import World


async def test_an_hour_down_is_followed_by_one_page_within_a_second_of_the_start(
    world: World,
) -> None:
    await world.declare(world.alice)
    assert len(world.bob.dm()) == 1

    clock = StoryClock(world.clock.at + timedelta(hours=1))
    restarted = app.build(world.tocsin.settings, clock=clock)
    try:
        began = time.monotonic()
        await restarted.start()
        await world.slack.until(lambda: world.carol.dm(), timeout=5)
        took = time.monotonic() - began
    finally:
        await restarted.stop()

    assert took < 1
    assert len(world.carol.dm()) == 1
    assert (await world.types()).count(AuditType.LAYER_PAGED) == 2
    incident = await world.incident()
    assert incident.next_escalation_at == clock.at + timedelta(minutes=5)
