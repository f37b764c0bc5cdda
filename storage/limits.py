"""Every limit, once: used by the column, the check, the schema and the modal alike."""

TITLE_MAX = 100
DESCRIPTION_MAX = 10_000
UPDATE_BODY_MAX = 10_000
NAME_MAX = 255
EMAIL_MAX = 320
ACK_TIMEOUT_MINUTES_MAX = 10_080
ROTATION_LENGTH_DAYS_MAX = 366
DEDUP_KEY_MAX = 255
