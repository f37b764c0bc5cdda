"""Incidents and the audit trail found at once, however many there are."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

INDEXES = (
    ("ix_incidents_newest", "incidents", ["organization_id", "created_at", "number"]),
    (
        "ix_incidents_newest_of_a_kind",
        "incidents",
        ["organization_id", "status", "severity", "created_at", "number"],
    ),
    ("ix_audit_events_newest", "audit_events", ["organization_id", "at", "sequence"]),
    (
        "ix_audit_events_newest_of_a_type",
        "audit_events",
        ["organization_id", "type", "at", "sequence"],
    ),
)


def upgrade() -> None:
    for name, table, columns in INDEXES:
        op.create_index(name, table, columns)


def downgrade() -> None:
    for name, table, _ in reversed(INDEXES):
        op.drop_index(name, table)
