"""Every closed set of words, once: the database checks them and every surface speaks them."""

from enum import StrEnum


class Word(StrEnum):
    """A word, found in sets and dictionaries as quickly as the text that it is equal to."""

    __hash__ = str.__hash__  # an Enum's own is written in Python, and every row asks for it


class Severity(Word):
    """How bad an incident is, worst first (spec section 2)."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        """0 for the worst: the order in which work is claimed."""
        return list(Severity).index(self)


class Status(Word):
    """Where an incident is in its life, in order (spec section 3)."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"


class EscalationState(Word):
    """What an incident's escalation is doing (spec section 2)."""

    IDLE = "idle"
    WAITING = "waiting"
    ACKNOWLEDGED = "acknowledged"
    EXHAUSTED = "exhausted"
    STOPPED = "stopped"


class Visibility(Word):
    """Who may read an update (spec section 4)."""

    INTERNAL = "internal"
    PUBLIC = "public"


class ComponentStatus(Word):
    """How a component is, best first (spec section 8)."""

    OPERATIONAL = "operational"
    MAINTENANCE = "maintenance"
    DEGRADED = "degraded"
    PARTIAL_OUTAGE = "partial_outage"
    MAJOR_OUTAGE = "major_outage"

    @property
    def badness(self) -> int:
        """0 for operational, most for a major outage."""
        return list(ComponentStatus).index(self)


class Role(Word):
    """What a member may do (spec section 1)."""

    ADMIN = "admin"
    MEMBER = "member"


class RotationType(Word):
    """How long a shift is (spec section 5)."""

    DAILY = "daily"
    WEEKLY = "weekly"
    CUSTOM = "custom"


class TargetType(Word):
    """Whom an escalation layer pages (spec section 5)."""

    SCHEDULE = "schedule"
    USERS = "users"


class ActorKind(Word):
    """What kind of actor did something (spec section 9)."""

    MEMBER = "member"
    API_KEY = "api_key"
    SYSTEM = "system"


class Surface(Word):
    """Through which door it was done (spec section 9)."""

    SLACK = "slack"
    DASHBOARD = "dashboard"
    API = "api"
    MCP = "mcp"
    MAIL = "mail"
    SYSTEM = "system"


class Channel(Word):
    """Through what a delivery travels."""

    SLACK_DM = "slack_dm"
    ALERTS = "alerts"
    MAIL = "mail"


class DeliveryKind(Word):
    """What a delivery is: a page wakes somebody, a card is kept current, a notice is said once."""

    PAGE = "page"
    CARD = "card"
    NOTICE = "notice"


class DeliveryState(Word):
    """What became of a delivery (spec section 6, the promise)."""

    PENDING = "pending"
    SENT = "sent"
    SUPERSEDED = "superseded"
    FAILED = "failed"


class AuditType(Word):
    """What an audit event says happened (spec section 4)."""

    INCIDENT_CREATED = "incident_created"
    INCIDENT_EDITED = "incident_edited"
    SEVERITY_CHANGED = "severity_changed"
    NOBODY_PAGED = "nobody_paged"
    LAYER_PAGED = "layer_paged"
    OWNER_PAGED = "owner_paged"
    RESPONDER_PAGED = "responder_paged"
    PAGE_SUPERSEDED = "page_superseded"
    DELIVERY_FAILED = "delivery_failed"
    LAYER_UNSTAFFED = "layer_unstaffed"
    ESCALATED = "escalated"
    ESCALATION_EXHAUSTED = "escalation_exhausted"
    ESCALATION_STOPPED = "escalation_stopped"
    ESCALATION_STUMBLED = "escalation_stumbled"
    LAST_RESORT_PAGED = "last_resort_paged"
    INCIDENT_ACKNOWLEDGED = "incident_acknowledged"
    INCIDENT_HANDED_OFF = "incident_handed_off"
    OWNER_CHANGED = "owner_changed"
    STATUS_CHANGED = "status_changed"
    UPDATE_POSTED = "update_posted"
    UPDATE_REDACTED = "update_redacted"
    COMPONENTS_CHANGED = "components_changed"
    ORGANIZATION_CREATED = "organization_created"
    MEMBER_ADDED = "member_added"
    MEMBER_MATCHED = "member_matched"
    MEMBER_REMOVED = "member_removed"
    MEMBER_RESTORED = "member_restored"
    ROLE_CHANGED = "role_changed"
    SCHEDULE_CREATED = "schedule_created"
    SCHEDULE_CHANGED = "schedule_changed"
    SCHEDULE_REMOVED = "schedule_removed"
    OVERRIDE_CREATED = "override_created"
    OVERRIDE_CHANGED = "override_changed"
    OVERRIDE_REMOVED = "override_removed"
    POLICY_CREATED = "policy_created"
    POLICY_CHANGED = "policy_changed"
    POLICY_REMOVED = "policy_removed"
    COMPONENT_CREATED = "component_created"
    COMPONENT_CHANGED = "component_changed"
    COMPONENT_REMOVED = "component_removed"
    STATUS_PAGE_CREATED = "status_page_created"
    STATUS_PAGE_CHANGED = "status_page_changed"
    STATUS_PAGE_REMOVED = "status_page_removed"
    SETTINGS_CHANGED = "settings_changed"
    CALENDAR_MADE = "calendar_made"
    CALENDAR_REVOKED = "calendar_revoked"
    API_KEY_CREATED = "api_key_created"
    API_KEY_REVOKED = "api_key_revoked"
    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
