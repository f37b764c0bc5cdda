"""The tables. Everything belongs to one organization, and says so in its own row."""

from storage.models.calendars import CalendarFeed
from storage.models.escalation import (
    EscalationLayer,
    EscalationLayerMember,
    EscalationPolicy,
    LastResort,
)
from storage.models.incidents import Incident, IncidentUpdate
from storage.models.people import Member, Organization
from storage.models.records import AuditEvent, Delivery, ReceivedEvent
from storage.models.schedules import (
    RotationLayer,
    RotationParticipant,
    Schedule,
    ScheduleOverride,
)

__all__ = [
    "AuditEvent",
    "CalendarFeed",
    "Delivery",
    "EscalationLayer",
    "EscalationLayerMember",
    "EscalationPolicy",
    "Incident",
    "IncidentUpdate",
    "LastResort",
    "Member",
    "Organization",
    "ReceivedEvent",
    "RotationLayer",
    "RotationParticipant",
    "Schedule",
    "ScheduleOverride",
]
