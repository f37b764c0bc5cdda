"""Which deliveries can be taken up, and when the next one can, as statements compiled once."""

from collections.abc import Collection
from datetime import timedelta
from functools import cache
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    Table,
    and_,
    bindparam,
    case,
    exists,
    false,
    func,
    or_,
    select,
)

from core import pacing
from core.outbox import Priority
from core.transaction import Transaction
from storage.columns import UtcDateTime
from storage.models import Delivery
from storage.vocabulary import Channel, DeliveryKind, DeliveryState

PATIENCE = timedelta(seconds=30)
"""How long what is loud waits for the message in whose thread it belongs."""

_table = cast(Table, Delivery.__table__)  # nothing is loaded: half of what a class would cost
_d = _table.c
_parent = _table.alias()
_busy = _table.alias()
_now = bindparam("now", type_=UtcDateTime)
_waits_for_its_thread = and_(
    _d.kind == DeliveryKind.NOTICE,
    _d.parent_id.is_not(None),
    _parent.c.state == DeliveryState.PENDING,
    or_(
        _d.priority >= Priority.NOTICE * 10,
        _d.created_at > bindparam("impatient_since", type_=UtcDateTime),
    ),
)
"""Whether a notice belongs under a message that is not out yet. A page never waits."""


def _of_a_free_target(channels: Collection[Channel], *, some_busy: bool) -> ColumnElement[bool]:
    """Written out: a list of any length is rendered anew each time that it is asked with."""
    found = and_(
        _d.organization_id == bindparam("organization_id"),
        ~_waits_for_its_thread,
        or_(false(), *(_d.channel == one for one in sorted(channels))),
    )
    busy: BindParameter[Any] = bindparam("busy_targets", expanding=True)
    return and_(found, _d.target.not_in(busy)) if some_busy else found


_speaks_for_itself = or_(
    _d.carrier_id.is_(None),
    _d.carrier_id == _d.id,
    _d.state == DeliveryState.SENT,
)
"""A bundle is sent by its carrier; once it was, whoever changes has it brought up to date."""


@cache
def rows(channels: frozenset[Channel], *, some_busy: bool) -> Select[Any]:
    """Asks for what can be taken up now, the most urgent first, and locks what nobody holds."""
    return (
        select(
            _d.id,
            _d.channel,
            _d.target,
            _d.outcome_unknown,
            _d.carrier_id,
            pacing.LAST_PAGE.label("last_page"),
            ((_d.state == DeliveryState.PENDING) & (_d.kind == DeliveryKind.PAGE)).label("wakes"),
        )
        .outerjoin(_parent, _parent.c.id == _d.parent_id)
        .where(
            _of_a_free_target(channels, some_busy=some_busy),
            _d.due_at <= _now,
            or_(_d.lease_until.is_(None), _d.lease_until <= _now),
            _speaks_for_itself,
            ~exists().where(
                _busy.c.target == _d.target, _busy.c.lease.is_not(None), _busy.c.lease_until > _now
            ),
        )
        .order_by(_d.priority, _d.due_at, _d.sequence)
        .limit(bindparam("limit"))
        .with_for_update(skip_locked=True, of=_table)
    )


@cache
def earliest(channels: frozenset[Channel], *, some_busy: bool) -> Select[Any]:
    """Asks when the next delivery can be taken up, leases and waiting threads considered."""
    return (
        select(
            func.min(
                case(
                    (_d.lease_until > _d.due_at, _d.lease_until),
                    else_=_d.due_at,
                )
            )
        )
        .select_from(_table)
        .outerjoin(_parent, _parent.c.id == _d.parent_id)
        .where(_of_a_free_target(channels, some_busy=some_busy), _d.due_at.is_not(None))
    )


def eligible(
    tx: Transaction,
    organization_id: UUID | None,
    busy_targets: Collection[str],
) -> dict[str, Any]:
    """The parameters by which what can be taken up now is told from what can't."""
    given = {"organization_id": organization_id, "impatient_since": tx.now - PATIENCE}
    return {**given, "busy_targets": list(busy_targets)} if busy_targets else given
