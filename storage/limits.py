"""Every limit, once: used by the column, the check, the schema and the modal alike."""

TITLE_MAX = 100
DESCRIPTION_MAX = 10_000
UPDATE_BODY_MAX = 10_000
RESOLUTION_NOTE_MAX = 2_000
NAME_MAX = 255
EMAIL_MAX = 320
ACK_TIMEOUT_MINUTES_MAX = 10_080
ROTATION_LENGTH_DAYS_MAX = 366
PARTICIPANTS_MAX = 100
"""In one rotation layer, and by name in one escalation layer."""
DEDUP_KEY_MAX = 255
IDEMPOTENCY_KEY_MAX = 255
CALENDAR_SECRET_MAX = 64
COMPONENT_NAME_MAX = 100
COMPONENT_DESCRIPTION_MAX = 500
"""A component's description stands beside its name on a public page."""
GROUP_LABEL_MAX = 100
AFFECTED_COMPONENTS_MAX = 50
PAGE_TITLE_MAX = 100
SLUG_MAX = 63
PAGE_COMPONENTS_MAX = 100
LISTED = 20
LISTED_MAX = 100
"""How much of a list that can grow is given at once."""
