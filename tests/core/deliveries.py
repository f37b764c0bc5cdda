"""What is to be delivered, read as it is stored, and claimed as a process claims it."""

from collections.abc import Sequence

from core import claims, incidents, outbox
from storage.models import Delivery
from storage.vocabulary import DeliveryKind
from tests.engine import Engine


async def the_only(engine: Engine, kind: DeliveryKind) -> Delivery:
    """The one delivery of this kind."""
    (found,) = [one for one in await engine.deliveries() if one.kind is kind]
    return found


async def claim_due(
    engine: Engine, limit: int = 100, busy: tuple[str, ...] = ()
) -> tuple[claims.Claim, ...]:
    """Claims on what is due now, but for these targets."""
    async with engine.core.transaction(engine.system) as tx:
        return (
            await claims.claim(
                tx, organization_id=engine.organization_id, limit=limit, busy_targets=busy
            )
        ).claims


async def named(engine: Engine, taken: Sequence[claims.Claim]) -> list[tuple[int, str]]:
    """The incident's number and the message's type, of each claim."""
    found = {one.id: one for one in await engine.deliveries()}
    async with engine.core.reading(engine.system) as tx:
        numbers = {one.id: one.number for one in await incidents.list_open(tx)}
    return [
        (numbers[found[id].incident_id], found[id].message["type"])
        for one in taken
        for id in one.delivery_ids
    ]


async def in_order(engine: Engine) -> list[tuple[int, str]]:
    """All that is due, taken up one by one."""
    taken: tuple[claims.Claim, ...] = ()
    while more := await claim_due(engine, limit=1):
        taken += more
        async with engine.core.transaction(engine.system) as tx:
            for done in await claims.hold(tx, more):
                outbox.release(done, due_at=None)
    return await named(engine, taken)
