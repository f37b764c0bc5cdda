"""What came due while the process was down fires at its start: at once, and once."""

from datetime import timedelta

import app
from storage.vocabulary import AuditType
from tests.cast import StoryClock
from tests.world import World


async def test_an_hour_down_is_followed_by_one_page_at_the_start(
    world: World,
) -> None:
    await world.declare(world.alice)
    assert len(world.bob.dm()) == 1

    clock = StoryClock(world.clock.at + timedelta(hours=1))
    restarted = app.build(world.tocsin.settings, clock=clock)
    try:
        await restarted.start()
        await world.slack.until(lambda: world.carol.dm(), timeout=5)
    finally:
        await restarted.stop()

    assert len(world.carol.dm()) == 1
    assert (await world.types()).count(AuditType.LAYER_PAGED) == 2
    incident = await world.incident()
    assert incident.next_escalation_at == clock.at + timedelta(minutes=5)
