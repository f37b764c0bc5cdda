"""The judges of when: due instants, order, and what must stop once somebody has acted."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from prove.history import History
from prove.stage import NOON
from storage.vocabulary import AuditType, DeliveryKind, DeliveryState

GRACE_SECONDS = 1.0
"""How long before its call leaves a page is asked for the last time whether it is wanted."""

STOOD_STILL_SECONDS = 60.0
"""A process that stood still may have asked so much earlier: never longer than its lease."""

APART_SECONDS = 3.0
"""How far the clocks of replicas may be apart that follow the same one: half an answer's way."""

_FIRES = (AuditType.LAYER_PAGED, AuditType.LAYER_UNSTAFFED)


def due(history: History) -> Iterator[str]:
    """No layer fires before its due instant: each has had the whole of its own time.

    So a clock that jumps forward fires what was due once, and downtime ends with one layer.
    """
    for incident, trail in _trails(history):
        timeouts = {
            layer["position"]: timedelta(minutes=layer["ack_timeout_minutes"])
            for layer in incident.escalation_layers
        }
        layer, round, since = None, 1, None
        for event in trail:
            match event.type:
                case AuditType.LAYER_PAGED:
                    layer, since = event.data["layer"], event.at
                case AuditType.LAYER_UNSTAFFED:
                    layer = event.data["layer"]
                case AuditType.INCIDENT_HANDED_OFF:
                    round += 1
                    since = event.at if layer else None
                case AuditType.ESCALATED if event.data["reason"] == "undeliverable":
                    if _somebody_reached(history, incident.id, round, event.data["fromLayer"]):
                        yield f"#{incident.number}: a layer that reached somebody was given up"
                    since = None
                case AuditType.ESCALATED | AuditType.ESCALATION_EXHAUSTED if since and layer:
                    if _last_paged_failed(history, incident.id, round):
                        continue
                    wait = timeouts[_waited(event, layer)]
                    if event.at < since + wait:
                        early = (since + wait - event.at).total_seconds()
                        yield f"#{incident.number}: what follows layer {layer} came {early} s early"


def _waited(event: Any, layer: int) -> int:
    return int(event.data.get("fromLayer") or layer)


def _somebody_reached(history: History, incident_id: Any, round: int, layer: int) -> bool:
    return any(
        one.state is DeliveryState.SENT
        for one in history.deliveries
        if one.kind is DeliveryKind.PAGE
        and (one.incident_id, one.round, one.layer) == (incident_id, round, layer)
    )


def _last_paged_failed(history: History, incident_id: Any, round: int) -> bool:
    """Whether pages of this round could not be delivered: what follows may then come at once."""
    return any(
        one.state is DeliveryState.FAILED
        for one in history.deliveries
        if one.kind is DeliveryKind.PAGE and (one.incident_id, one.round) == (incident_id, round)
    )


def stopped(history: History) -> Iterator[str]:
    """No layer fires after a committed acknowledgement or resolution."""
    for incident, trail in _trails(history):
        by: str | None = None
        for event in trail:
            match event.type:
                case AuditType.INCIDENT_ACKNOWLEDGED:
                    by = "acknowledged"
                case AuditType.INCIDENT_HANDED_OFF:
                    by = None
                case AuditType.STATUS_CHANGED if event.data["after"] == "resolved":
                    by = "resolved"
                case AuditType.LAYER_PAGED | AuditType.ESCALATED if by:
                    yield f"#{incident.number}: a layer fired after it was {by}"


def in_order(history: History) -> Iterator[str]:
    """Layers fire in order, each once in a round; a handoff goes on with the one after."""
    for incident, trail in _trails(history):
        fired = [event.data["layer"] for event in trail if event.type in _FIRES]
        if fired != list(range(1, len(fired) + 1)):
            yield f"#{incident.number}: layers fired as {fired}"
        if len(fired) > len(incident.escalation_layers):
            yield f"#{incident.number}: more layers fired than there are: {fired}"


def nothing_stale(history: History) -> Iterator[str]:
    """No page begins to be sent after the acknowledgement, resolution or handoff was committed.

    Between the last question whether it is wanted and the call lies a moment: `GRACE_SECONDS`.
    """
    deeds = history.world.everybody.deeds
    for begun in (*history.world.slack.begun, *history.world.mail.begun):
        grace = STOOD_STILL_SECONDS if begun.frozen else GRACE_SECONDS
        before = [
            deed
            for deed in deeds
            if deed.incident_id == begun.incident_id
            and deed.committed_at is not None
            and deed.committed_at < begun.at - grace
        ]
        if not before:
            continue
        last = before[-1]
        acknowledged = last.acknowledged and last.round == begun.round
        if last.resolved or last.round > begun.round or acknowledged:
            number = history.incidents[begun.incident_id].number  # type: ignore[index]  # a page speaks of one
            after = begun.at - (last.committed_at or 0)
            yield f"#{number}: a page left {after:.1f} s after “{last.what}”"


def one_time(history: History) -> Iterator[str]:
    """Replicas that follow the database's clock date by it what they do, whatever their machine's.

    A page leaves no earlier than it was made, and is there no later than it is said to be sent.
    """
    if history.plan.apart is None:
        return
    made = {one.id: _second(one.created_at) for one in history.deliveries}
    sent = {one.id: _second(one.sent_at) for one in history.deliveries if one.sent_at}
    for begun in (*history.world.slack.begun, *history.world.mail.begun):
        early = made[begun.delivery_id] - begun.at
        if early > APART_SECONDS:
            yield f"a page left {early:.1f} s before it was made"
    for post in (*history.world.slack.posts, *history.world.mail.posts):
        late = post.at - sent.get(post.delivery_id, post.at)
        if late > APART_SECONDS:
            yield f"a message arrived {late:.1f} s after it was said to be sent"


def _second(instant: datetime) -> float:
    """Since the history began, by the clock by which it is dated."""
    return (instant - NOON).total_seconds()


def _trails(history: History) -> Iterator[tuple[Any, list[Any]]]:
    in_groups = sorted(history.trail, key=lambda one: (one.incident_id.hex, one.sequence))
    for incident_id, trail in groupby(in_groups, key=lambda one: one.incident_id):
        yield history.incidents[incident_id], list(trail)
