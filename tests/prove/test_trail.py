"""An incident's story is told from its trail alone."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from prove.trail import tell
from storage.vocabulary import AuditType
from tests.cast import NOON

pytestmark = pytest.mark.long

PAGE = {"deliveryId": "d1", "memberId": "bob", "channel": "slack_dm", "layer": 1, "round": 1}


@dataclass
class Event:
    type: AuditType
    data: dict[str, Any] = field(default_factory=dict)
    minute: int = 0

    @property
    def at(self) -> Any:
        return NOON + timedelta(minutes=self.minute)


def test_a_page_that_was_sent_and_an_acknowledgement_that_stopped_it() -> None:
    story = tell(
        [
            Event(AuditType.LAYER_PAGED, {"layer": 1, "targets": [{"id": "bob"}]}),
            Event(AuditType.RESPONDER_PAGED, PAGE, 1),
            Event(AuditType.INCIDENT_ACKNOWLEDGED, minute=2),
        ]
    )
    assert [(one.member_id, one.layer, one.round) for one in story.asked] == [("bob", 1, 1)]
    assert [(one.member_id, one.ending, one.at) for one in story.pages] == [
        ("bob", "sent", NOON + timedelta(minutes=1))
    ]
    assert story.stopped == "acknowledged"


def test_a_handoff_begins_a_round_and_superseded_pages_say_why() -> None:
    story = tell(
        [
            Event(AuditType.LAYER_PAGED, {"layer": 1, "targets": [{"id": "bob"}]}),
            Event(AuditType.PAGE_SUPERSEDED, {**PAGE, "reason": "handed off"}),
            Event(AuditType.INCIDENT_HANDED_OFF, {"newOwnerId": "carol"}),
        ]
    )
    assert [(one.member_id, one.layer, one.round) for one in story.asked] == [
        ("bob", 1, 1),
        ("carol", 1, 2),
    ]
    assert [(one.ending, one.why) for one in story.pages] == [("superseded", "handed off")]
    assert story.stopped is None


def test_the_last_resort_is_asked_beside_the_layer_that_fired_last() -> None:
    story = tell(
        [
            Event(AuditType.LAYER_PAGED, {"layer": 1, "targets": [{"id": "bob"}]}),
            Event(AuditType.ESCALATION_EXHAUSTED, minute=5),
            Event(AuditType.LAST_RESORT_PAGED, {"round": 1, "targets": [{"id": "bob"}]}, 5),
        ]
    )
    assert [(one.member_id, one.layer, one.round) for one in story.asked] == [
        ("bob", 1, 1),
        ("bob", None, 1),
    ]
    assert story.stopped == "exhausted"
