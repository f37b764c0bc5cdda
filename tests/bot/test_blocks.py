"""The incident that the tests render, at its usual and at its worst."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from bot.blocks.text import Rendered
from core import messages
from core.facts import Copy, IncidentFacts, NextStep, UpdateFacts
from core.people import Person
from core.targets import Why
from core.timeline import Entry
from sandbox.markup import mentions
from sandbox.rendered import visible_text
from storage.vocabulary import AuditType, EscalationState, Severity, Status

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
ALICE, BOB, CAROL, DAVE = (
    Person(UUID(int=number), name, f"U{name.upper()}", "UTC")
    for number, name in enumerate(("Alice", "Bob", "Carol", "Dave"), 1)
)
TITLE = "<!channel> & <script> *x* _y_ ~z~ `w` :tada: <@UBOB> &amp; 😀".ljust(99, "<") + "&"
NAME = ("<!here> & *<@UALICE>* " * 20)[:255]
LONG = ("<!everyone> & *bold* 😀\n" * 500)[:10_000]


def incident_facts(**changes: Any) -> IncidentFacts:
    """Bob is paged for Payments and Carol is next in five minutes."""
    return replace(
        IncidentFacts(
            id=UUID(int=12),
            organization_id=UUID(int=1),
            number=12,
            version=1,
            title="Checkout is down",
            description="Every payment fails.",
            severity=Severity.CRITICAL,
            status=Status.INVESTIGATING,
            owner=BOB,
            schedule="Payments",
            policy="Payments policy",
            created_by="Alice",
            created_at=NOW - timedelta(minutes=10),
            acknowledged_by=None,
            acknowledged_by_id=None,
            acknowledged_at=None,
            resolved_at=None,
            escalation_state=EscalationState.WAITING,
            layer=1,
            layers=2,
            round=1,
            next_step=NextStep(NOW + timedelta(minutes=5), 2, ("Carol",)),
            pages=(Copy("Bob", BOB.id, 1, 1, NOW),),
        ),
        **changes,
    )


def hostile(**changes: Any) -> IncidentFacts:
    """Everything at its maximum, and none of it nice."""
    mallory = Person(UUID(int=9), NAME, "UMALLORY", "UTC")
    worst = {
        "title": TITLE,
        "description": LONG,
        "owner": mallory,
        "schedule": NAME,
        "policy": NAME,
        "created_by": NAME,
        "number": 999_999_999,
        "next_step": NextStep(NOW + timedelta(days=7), 2, (NAME,) * 50),
        "pages": tuple(Copy(NAME, UUID(int=each), 1, 1, NOW) for each in range(200)),
    }
    return incident_facts(**{**worst, **changes})


ACKNOWLEDGED = {
    "acknowledged_by": "Alice",
    "acknowledged_by_id": ALICE.id,
    "acknowledged_at": NOW,
    "escalation_state": EscalationState.ACKNOWLEDGED,
    "next_step": None,
}
RESOLVED = {
    "status": Status.RESOLVED,
    "resolved_at": NOW,
    "escalation_state": EscalationState.STOPPED,
    "next_step": None,
}
EXHAUSTED = {"escalation_state": EscalationState.EXHAUSTED, "next_step": None, "layer": 2}
IDLE = {
    "escalation_state": EscalationState.IDLE,
    "next_step": None,
    "layer": None,
    "layers": 0,
    "policy": None,
}
STATES: dict[str, dict[str, Any]] = {
    "waiting": {},
    "last layer": {"next_step": NextStep(NOW, None, ()), "layer": 2},
    "acknowledged": {**ACKNOWLEDGED, "acknowledged_by": NAME},
    "resolved": RESOLVED,
    "exhausted": EXHAUSTED,
    "idle": IDLE,
    "paged nobody": {**IDLE, "pages": (), "owner": None},
}
WHYS = (
    Why("schedule", schedule=NAME, rotation_layer=NAME, until=NOW, overriding=NAME),
    Why("users"),
    Why("owner"),
    Why("handoff", by=NAME),
)
NOTICES: tuple[messages.Notice, ...] = (
    messages.LayerPaged(1, 2, (NAME,) * 50),
    messages.Acknowledged(NAME),
    messages.HandedOff(NAME, NAME, None),
    messages.HandedOff(NAME, "Dave", "Carol"),
    messages.SeverityChanged(NAME, "low", "critical"),
    messages.UpdatePosted(UUID(int=5)),
    messages.LayerUnstaffed(2, NAME),
    messages.Exhausted(NAME),
    messages.NobodyPaged(),
    messages.CopyLeft(LONG),
    messages.PageFailed(NAME, "slack_dm", LONG),
)


def update_facts(**changes: Any) -> UpdateFacts:
    """An update of Alice's."""
    update = UpdateFacts(UUID(int=5), "We found it.", None, "Alice", NOW, redacted=False)
    return replace(update, **changes)


def entries(count: int = 300) -> tuple[Entry, ...]:
    """Many entries of every kind, with data as hostile as it gets."""
    update = update_facts(body=LONG, posted_by=NAME, status_change=Status.IDENTIFIED)
    data = {
        "before": "low", "layer": 1, "of": 2, "round": 1, "name": NAME,
        "channel": "slack_dm", "error": LONG, "target": NAME, "newOwner": NAME,
        "targets": [{"id": "1", "name": NAME}] * 50,
    }  # fmt: skip
    after: dict[AuditType, Any] = {
        AuditType.COMPONENTS_CHANGED: [{"id": "1", "name": NAME}] * 50,
        AuditType.INCIDENT_EDITED: {"title": TITLE, "description": LONG},
    }
    kinds = itertools.cycle(AuditType)
    return tuple(
        Entry(
            NOW,
            NAME,
            kind,
            {**data, "after": after.get(kind, "high")},
            update if kind is AuditType.UPDATE_POSTED else None,
            NOW + timedelta(minutes=5) if kind is AuditType.UPDATE_POSTED else None,
        )
        for kind, _ in zip(kinds, range(count), strict=False)
    )


class Nobody:
    """Names of nobody: the ids stay as they are."""

    def user_name(self, user_id: str) -> None:
        """Unknown."""

    channel_name = user_id = channel_id = user_name


def seen(rendered: Rendered | dict[str, Any]) -> str:
    """What a reader sees of a message or a view."""
    blocks = rendered.blocks if isinstance(rendered, Rendered) else rendered["blocks"]
    return visible_text(blocks, Nobody())


def buttons(rendered: Rendered | dict[str, Any]) -> list[str]:
    """The action ids of all buttons."""
    blocks = rendered.blocks if isinstance(rendered, Rendered) else rendered["blocks"]
    return [
        one["action_id"] for block in blocks if block["type"] == "actions"
        for one in block["elements"]
    ]  # fmt: skip


def test_the_cast_would_ping_if_it_were_not_escaped() -> None:
    assert mentions(TITLE) == {"channel", "UBOB"}
    assert mentions(NAME) == {"here", "UALICE"}
    assert len(TITLE) == 100
    assert len(NAME) == 255
    assert len(LONG) == 10_000
