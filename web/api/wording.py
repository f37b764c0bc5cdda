"""PURE. What each field means, in a sentence: once for all schemas that have it.

A field that means something else in one schema has a sentence there (`Schema.field`), or says it
itself where it is declared, which wins.
"""

from collections.abc import Mapping
from typing import Any

_FIELDS: Mapping[str, str] = {
    "id": "Stays for ever.",
    "orgId": "The organization's.",
    "number": "To say aloud: 1, 2, 3 and on.",
    "name": "No two have the same.",
    "title": "In a few words, what is wrong.",
    "description": "More about it.",
    "ownerId": "The member who answers for it; null where nobody does.",
    "ownerScheduleId": "A schedule whose owner is to own it, and whose policy is to page.",
    "escalationPolicyId": "The policy by which people are paged.",
    "affectedComponents": "What it affects, as customers know it.",
    "componentIds": "The components, each once.",
    "createdAt": "When it was made.",
    "updatedAt": "When it was changed last.",
    "createdBy": "Who made it.",
    "acknowledgedBy": "Who took it; null while nobody has.",
    "acknowledgedAt": "When it was taken.",
    "escalation": "How far the paging is.",
    "layer": "Which layer of the policy, counted from 1.",
    "nextEscalationAt": "When the next layer is paged if nobody acknowledges.",
    "targetUserId": "The member who is to own it.",
    "statusHistory": "Each status that it has had, the first one first.",
    "audit": "Everything that happened to it, in order.",
    "incidents": "One page of them.",
    "nextCursor": "Asks for the page after this one; null on the last.",
    "changedAt": "When it took this status on.",
    "resolutionNote": "What is to be known of this step, for your own people.",
    "incidentId": "The incident's.",
    "body": "What is said, for people to read.",
    "statusChange": "The status that it came with.",
    "postedAt": "When it was posted.",
    "postedBy": "Who posted it.",
    "redactedAt": "When its text was removed.",
    "redactedBy": "Who removed its text.",
    "updates": "Each with its place, the oldest first.",
    "timezone": "An IANA name, such as `Europe/Berlin`.",
    "layers": "By position.",
    "overrides": "Those that have not ended.",
    "position": "Its place among the layers.",
    "rotationLengthDays": "For how many days each of them has it.",
    "handoffTime": "When the next one takes over, `HH:MM` on the schedule's clock.",
    "effectiveFrom": "When its first shift begins.",
    "effectiveUntil": "When it ends; null if it does not.",
    "participantIds": "The members who take turns, in this order.",
    "userId": "The member who stands in.",
    "startAt": "Its first instant.",
    "endAt": "The first instant that is no longer in it.",
    "layerIds": "All of them, in order.",
    "at": "The instant of which this is told.",
    "owner": "Who is on call first, and owns incidents; null if nobody is.",
    "pagingTargets": "Everybody whom a page would reach, each once.",
    "until": "When any of it changes next; null if it never does.",
    "user": "Who is on call.",
    "users": "Who is paged; nobody, where the layer is skipped.",
    "layerId": "The rotation layer.",
    "overrideId": "The override, where it is one; else null.",
    "shifts": "Who is on call, in order of start.",
    "gaps": "When nobody owns the schedule.",
    "ackTimeoutMinutes": "So long it waits before the next layer.",
    "target": "Whom it pages.",
    "type": "Which kind it is.",
    "scheduleId": "Whoever is on call on this schedule.",
    "userIds": "These members.",
    "steps": "Each layer's turn, in order.",
    "endsAt": "When nothing more would follow.",
    "outcome": "How it ends.",
    "reason": "Why.",
    "groupLabel": "Those of one label stand together on a status page.",
    "statusOverride": "What an admin says it is; null where the incidents decide.",
    "slug": "Its place in the address: `/status/<slug>`.",
    "published": "Whether everybody can read it.",
    "email": "The address that Slack knows them by.",
    "joinedAt": "When they became a member.",
    "members": "All of them.",
    "expiresAt": "When it ends; null if it does not.",
    "events": "One page of them.",
    "surface": "Through which door it was done.",
    "kind": "Which kind it is.",
    "data": "The facts of it, by its type.",
    "deliveryId": "The page's.",
    "responder": "Who was paged.",
    "channel": "Through what it went.",
    "policy": "The policy's name; null where none paged.",
    "round": "The incident was handed on so many times before.",
    "committedAt": "When it was decided to page them.",
    "sentAt": "When the channel had it; null where it has not.",
    "latencyMs": "Milliseconds from the one to the other.",
    "provider": "Where it is, in the channel's own words.",
    "failures": "How many tries failed.",
    "attempts": "Each try, in order.",
    "error": "What went wrong; null where nothing did.",
    "superseded": "Why it was not sent, where nobody had stopped it.",
    "stop": "What ended the need for it; null while nothing has.",
    "togetherWith": "So many others were told in the same message.",
    "tookMs": "How long it took, in milliseconds.",
    "schedule": "The schedule's name.",
    "rotationLayer": "The rotation layer's name.",
    "byOverride": "Whether they stood in.",
    "overriding": "For whom they stood in.",
    "by": "Whose doing it was.",
    "state": "Where it stands.",
    "status": "Where the incident is in its life.",
    "severity": "How bad it is.",
    "visibility": "Who may read it.",
    "role": "What they may do.",
    "rotationType": "How long each has it.",
    "actor": "Who did it.",
    "why": "Why it was this person.",
    "Named.name": "As people call it.",
    "By.name": "A member's name, a key's, or Tocsin's own.",
    "Actor.name": "A member's name, a key's, or Tocsin's own.",
    "By.id": "A member's or a key's; null for Tocsin itself.",
    "Actor.id": "A member's or a key's; null for Tocsin itself.",
    "Member.name": "As Slack knows them.",
    "AuditEvent.at": "When it happened.",
    "AuditEvent.incidentId": "The incident that it is about; null where it is about none.",
    "Attempt.at": "When it was tried.",
    "Attempt.outcome": "What became of it.",
    "Stop.at": "When it was ended.",
    "Step.at": "When its turn would come.",
    "StatusPage.title": "What stands on top of it.",
    "NewStatusPage.title": "What stands on top of it.",
    "StatusPageChange.title": "What stands on top of it.",
    "Escalation.layer": "The layer that was paged last, counted from 1; null before the first.",
    "Component.status": "How it is now.",
    "StatusStep.status": "The next one: no step is left out, and none goes back.",
    "Why.until": "How long they are on call; null where that has no end.",
    "Shift.position": "The rotation layer's, counted from 0.",
    "RotationLayer.position": "Its place, counted from 0. The first one has precedence.",
    "EscalationLayer.position": "Its place, counted from 1.",
    "NewEscalationLayer.position": "Its place, counted from 1; what is there moves down.",
    "EscalationLayerChanges.position": "Its place, counted from 1; what is there moves down.",
}

_IN_PATHS: Mapping[str, str] = {
    name: f"The {what}'s id."
    for name, what in {
        "incidentId": "incident",
        "updateId": "update",
        "scheduleId": "schedule",
        "layerId": "layer",
        "overrideId": "override",
        "policyId": "policy",
        "componentId": "component",
        "pageId": "status page",
        "memberId": "member",
        "keyId": "key",
    }.items()
}


def add_wording(document: dict[str, Any]) -> None:
    """Say of every field and of every id in a path what it means, unless it says so itself."""
    for schema, described in document["components"]["schemas"].items():
        for name, field in described.get("properties", {}).items():
            said = _FIELDS.get(f"{schema}.{name}") or _FIELDS.get(name)
            if said and "description" not in field:
                field["description"] = said
    for of_path in document["paths"].values():
        for operation in of_path.values():
            for parameter in operation.get("parameters", ()):
                if parameter["in"] == "path":
                    parameter.setdefault("description", _IN_PATHS.get(parameter["name"], ""))


def unused_wording(document: Mapping[str, Any]) -> set[str]:
    """What is said of fields that no schema has."""
    known = set()
    for schema, described in document["components"]["schemas"].items():
        for name in described.get("properties", ()):
            known |= {name, f"{schema}.{name}"}
    return set(_FIELDS) - known
