"""Mail as a channel, bundles, receipts, the last resort, and the order in which work is taken."""

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BEFORE = ("slack_dm", "alerts")
AFTER = ("slack_dm", "alerts", "mail")
DUE = "next_escalation_at"
OPEN = "next_escalation_at IS NOT NULL"
INDEXES = {
    "ix_deliveries_in_order": (
        ["organization_id", "priority", "due_at", "sequence"],
        "due_at IS NOT NULL",
    ),
    "ix_deliveries_leased": (["target"], "lease IS NOT NULL"),
    "ix_deliveries_carrier_id": (["carrier_id"], "carrier_id IS NOT NULL"),
    "ix_deliveries_due_to": (["target", "due_at"], "due_at IS NOT NULL"),
    "ix_deliveries_sent_to": (["target", "sent_at"], "sent_at IS NOT NULL"),
}


def upgrade() -> None:
    op.add_column("organizations", sa.Column("link_key", sa.String(length=64), nullable=True))
    op.create_table(
        "last_resorts",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("schedule_id", sa.Uuid(), nullable=True),
        sa.Column("member_ids", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_last_resorts_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["schedule_id"], ["schedules.id"], name=op.f("fk_last_resorts_schedule_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", name=op.f("pk_last_resorts")),
    )
    with op.batch_alter_table("deliveries") as batch_op:
        _change_channels(batch_op, AFTER)
        batch_op.add_column(sa.Column("carrier_id", sa.Uuid(), nullable=True))
        batch_op.add_column(
            sa.Column("history", sa.JSON(), nullable=False, server_default=sa.text("'[]'"))
        )
        batch_op.add_column(sa.Column("link_used_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_deliveries_carrier_id"), "deliveries", ["carrier_id"], ["id"]
        )
    with op.batch_alter_table("deliveries") as batch_op:
        batch_op.alter_column("history", server_default=None)
    for name, (columns, where) in INDEXES.items():
        op.create_index(name, "deliveries", columns, **_where(where))
    op.drop_index("ix_incidents_next_escalation_at", "incidents")
    op.create_index("ix_incidents_due", "incidents", ["organization_id", DUE], **_where(OPEN))
    op.execute(
        "UPDATE deliveries SET priority = priority % 10"
        " + CASE WHEN kind = 'page' THEN 50 ELSE 60 END WHERE state = 'sent'"
    )


def downgrade() -> None:
    op.execute("DELETE FROM deliveries WHERE channel = 'mail'")
    op.execute("UPDATE deliveries SET priority = priority % 10 WHERE state = 'sent'")
    op.drop_index("ix_incidents_due", "incidents")
    op.create_index("ix_incidents_next_escalation_at", "incidents", [DUE], **_where(OPEN))
    for name in INDEXES:
        op.drop_index(name, "deliveries")
    with op.batch_alter_table("deliveries") as batch_op:
        _change_channels(batch_op, BEFORE)
        batch_op.drop_constraint(op.f("fk_deliveries_carrier_id"), type_="foreignkey")
        batch_op.drop_column("link_used_at")
        batch_op.drop_column("history")
        batch_op.drop_column("carrier_id")
    op.drop_table("last_resorts")
    op.execute("ALTER TABLE organizations DROP COLUMN link_key")


def _where(condition: str) -> dict[str, sa.TextClause]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def _change_channels(batch_op: BatchOperations, channels: tuple[str, ...]) -> None:
    name = op.f("ck_deliveries_channel")
    batch_op.drop_constraint(name, type_="check")
    batch_op.create_check_constraint(name, sa.text(_one_of("channel", channels)))


def _one_of(column: str, words: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(word) for word in words)})"
