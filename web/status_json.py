"""PURE. A status page for programs, in the shape of spec section 8."""

import json

from core.public_page import REMOVED, PublicIncident, PublicStatusPage, PublicUpdate
from web import status_documents
from web import status_words as words
from web.status_documents import Document, Kind
from web.status_html import PATH

Json = dict[str, object]


def render(page: PublicStatusPage, base: str) -> Document:
    """The whole page; `base` is what its addresses begin with."""
    home = f"{base}{PATH}/{page.slug}"
    whole = {
        "page": {"slug": page.slug, "title": page.title, "url": home},
        "banner": page.banner,
        "updatedAt": words.instant(page.updated_at),
        "components": [
            {
                "id": str(one.id),
                "name": one.name,
                "groupLabel": one.group_label,
                "description": one.description,
                "status": one.status,
            }
            for one in page.components
        ],
        "incidents": [_incident(one, home) for one in page.incidents],
        "history": [_incident(one, home) for one in page.history],
    }
    return status_documents.write(json.dumps(whole, separators=(",", ":")), Kind.JSON)


def _incident(one: PublicIncident, home: str) -> Json:
    return {
        "number": one.number,
        "title": one.title,
        "status": one.status,
        "severity": one.severity,
        "components": [{"id": str(each.id), "name": each.name} for each in one.components],
        "startedAt": words.instant(one.started_at),
        "resolvedAt": words.instant(one.resolved_at) if one.resolved_at else None,
        "url": f"{home}/incidents/{one.number}",
        "updates": [_update(each) for each in one.updates],
    }


def _update(one: PublicUpdate) -> Json:
    return {
        "postedAt": words.instant(one.posted_at),
        "body": REMOVED if one.is_removed else one.body,
        "statusChange": one.status_change,
        "redacted": one.is_removed,
    }
