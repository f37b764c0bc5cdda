"""The tables. Everything belongs to one organization, and says so in its own row."""

from storage.models.calendars import CalendarFeed
from storage.models.escalation import (
    EscalationLayer,
    EscalationLayerMember,
    EscalationPolicy,
    LastResort,
)
from storage.models.incidents import Incident, IncidentUpdate
from storage.models.keys import ApiKey, KeptAnswer
from storage.models.people import Member, Organization
from storage.models.records import AuditEvent, Delivery, ReceivedEvent
from storage.models.schedules import (
    RotationLayer,
    RotationParticipant,
    Schedule,
    ScheduleOverride,
)
from storage.models.sessions import DashboardSession, LoginLink
from storage.models.status_pages import (
    Component,
    ComponentState,
    IncidentComponent,
    StatusPage,
    StatusPageComponent,
)

__all__ = [
    "ApiKey",
    "AuditEvent",
    "CalendarFeed",
    "Component",
    "ComponentState",
    "DashboardSession",
    "Delivery",
    "EscalationLayer",
    "EscalationLayerMember",
    "EscalationPolicy",
    "Incident",
    "IncidentComponent",
    "IncidentUpdate",
    "KeptAnswer",
    "LastResort",
    "LoginLink",
    "Member",
    "Organization",
    "ReceivedEvent",
    "RotationLayer",
    "RotationParticipant",
    "Schedule",
    "ScheduleOverride",
    "StatusPage",
    "StatusPageComponent",
]
