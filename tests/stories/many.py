"""More incidents at once than a list shows."""

from bot.identity import member_of
from core import declaring
from storage.vocabulary import Severity
from tests.world import World


async def many(world: World, count: int, *, critical: int) -> None:
    """So many open incidents of Dave's, all but the one with this number of low severity."""
    dave = await member_of(world.tocsin.core, world.tocsin.workspace, world.dave.id)
    async with world.tocsin.core.transaction(world.system) as tx:
        for number in range(1, count + 1):
            severity = Severity.CRITICAL if number == critical else Severity.LOW
            await declaring.open_incident(
                tx, title=f"Alert {number}", severity=severity, owner_id=dave.id
            )
