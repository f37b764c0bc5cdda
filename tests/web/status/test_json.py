"""A status page as JSON: every field as promised, and every text unchanged."""

import json

import pytest

from core.public_page import REMOVED
from tests import status_pages
from tests.status_pages import HOSTILE, PUBLIC_URL, hostile
from tests.web.status.forms import shown


def test_json_is_as_promised() -> None:
    whole = json.loads(shown(status_pages.mixed(), ".json"))
    assert list(whole) == ["page", "banner", "updatedAt", "components", "incidents", "history"]
    assert whole["page"] == {
        "slug": "acme",
        "title": "Acme Payments",
        "url": f"{PUBLIC_URL}/status/acme",
    }
    assert (whole["banner"], whole["updatedAt"]) == ("major_outage", "2026-11-18T11:57:00.000Z")
    cards = {"id": "00000000-0000-0000-0000-0000000003e9", "name": "Card payments"}
    assert whole["components"][0] == {
        **cards,
        "groupLabel": "Payments",
        "description": "Authorization and capture by card",
        "status": "major_outage",
    }
    declined = whole["incidents"][1]
    assert declined.pop("updates")[1:3] == [
        {
            "postedAt": "2026-11-18T11:30:00.000Z",
            "body": None,
            "statusChange": "identified",
            "redacted": False,
        },
        {
            "postedAt": "2026-11-18T11:18:00.000Z",
            "body": REMOVED,
            "statusChange": None,
            "redacted": True,
        },
    ]
    assert declined == {
        "number": 57,
        "title": "Card payments are declined",
        "status": "identified",
        "severity": "critical",
        "components": [cards],
        "startedAt": "2026-11-18T10:32:00.000Z",
        "resolvedAt": None,
        "url": f"{PUBLIC_URL}/status/acme/incidents/57",
    }
    assert whole["history"][0]["resolvedAt"] == "2026-11-16T12:00:00.000Z"
    assert [one["number"] for one in whole["history"]] == [55, 41, 40]


@pytest.mark.parametrize("told", HOSTILE, ids=range(len(HOSTILE)))
def test_json_holds_every_text_unchanged(told: str) -> None:
    whole = json.loads(shown(hostile(told), ".json"))
    assert whole["page"]["title"] == whole["incidents"][0]["updates"][0]["body"] == told
