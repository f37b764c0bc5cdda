"""How far an escalation has come: which layer was paged when, and what the clock says now."""

from datetime import datetime, timedelta

from storage.vocabulary import AuditType, EscalationState
from tests.cast import NOON
from tests.engine import Engine


def minutes(amount: float) -> datetime:
    """So many minutes after every story began."""
    return NOON + timedelta(minutes=amount)


async def paged_at(engine: Engine) -> list[tuple[int, datetime]]:
    """Which layer was paged when."""
    return [
        (event.data["layer"], event.at)
        for event in await engine.trail()
        if event.type is AuditType.LAYER_PAGED
    ]


async def clock(engine: Engine) -> tuple[EscalationState, int | None, datetime | None]:
    """The escalation's state, its layer, and when the next one is due."""
    incident = await engine.incident()
    return incident.escalation_state, incident.escalation_layer, incident.next_escalation_at
