"""Rotation layers over REST: who takes turns on a schedule, and in which order (spec section 9)."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from core import schedule_parts, schedule_records
from core.errors import InvalidTargetUser, NameConflict
from core.schedule_records import RotationLayerRecord
from core.transaction import Transaction
from web.api.endpoints import Endpoints
from web.api.schedules import ScheduleId, exists
from web.api.schemas.schedules import (
    LayerOrder,
    NewRotationLayer,
    RotationLayerChanges,
    RotationLayerShown,
    ScheduleShown,
)

LayerId = Annotated[UUID, Path(alias="layerId")]

ENDPOINTS = Endpoints("Rotation layers", exists=exists)


@ENDPOINTS.post("/oncall/schedules/{scheduleId}/layers", refuses=(InvalidTargetUser, NameConflict))
async def add_rotation_layer(
    tx: Transaction, schedule_id: ScheduleId, wanted: NewRotationLayer
) -> RotationLayerShown:
    """Add a rotation layer.

    It comes after all others: the layer at position 0 has the owner, every other one somebody
    more who is paged. The first participant is on call from `effectiveFrom` on.
    """
    layer = await schedule_parts.add_layer(tx, schedule_id, **wanted.named)
    return RotationLayerShown.model_validate(RotationLayerRecord.of(layer))


@ENDPOINTS.patch(
    "/oncall/schedules/{scheduleId}/layers/{layerId}", refuses=(InvalidTargetUser, NameConflict)
)
async def change_rotation_layer(
    tx: Transaction, schedule_id: ScheduleId, layer_id: LayerId, wanted: RotationLayerChanges
) -> RotationLayerShown:
    """Change a rotation layer.

    A daily or weekly `rotationType` brings its `rotationLengthDays` along.
    """
    layer = await schedule_parts.change_layer(tx, schedule_id, layer_id, **wanted.named)
    return RotationLayerShown.model_validate(RotationLayerRecord.of(layer))


@ENDPOINTS.delete("/oncall/schedules/{scheduleId}/layers/{layerId}")
async def delete_rotation_layer(
    tx: Transaction, schedule_id: ScheduleId, layer_id: LayerId
) -> None:
    """Remove a rotation layer.

    The layers below it move up; their ids stay.
    """
    await schedule_parts.remove_layer(tx, schedule_id, layer_id)


@ENDPOINTS.put("/oncall/schedules/{scheduleId}/layers/order")
async def order_rotation_layers(
    tx: Transaction, schedule_id: ScheduleId, wanted: LayerOrder
) -> ScheduleShown:
    """Set the order of all rotation layers.

    Each is named exactly once; the first one gets position 0, and its person owns incidents.
    """
    schedule = await schedule_parts.order_layers(tx, schedule_id, layer_ids=wanted.layer_ids)
    return ScheduleShown.model_validate(await schedule_records.of(tx, schedule))
