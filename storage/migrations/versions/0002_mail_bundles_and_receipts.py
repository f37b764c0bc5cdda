"""Mail as a channel, bundles, receipts, the last resort, and the order in which work is taken."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

CHECKS = {
    "kind": ("page", "card", "notice"),
    "state": ("pending", "sent", "superseded", "failed"),
}
BEFORE = ("slack_dm", "alerts")
AFTER = ("slack_dm", "alerts", "mail")
INDEXES = {
    "ix_deliveries_in_order": (
        ["organization_id", "priority", "due_at", "sequence"],
        "due_at IS NOT NULL",
    ),
    "ix_deliveries_leased": (["target"], "lease IS NOT NULL"),
    "ix_deliveries_carrier_id": (["carrier_id"], "carrier_id IS NOT NULL"),
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
    with op.batch_alter_table("deliveries", table_args=_checks(AFTER)) as batch_op:
        _change_channels(batch_op, AFTER)
        batch_op.add_column(sa.Column("carrier_id", sa.Uuid(), nullable=True))
        batch_op.add_column(
            sa.Column("history", sa.JSON(), nullable=False, server_default=sa.text("'[]'"))
        )
        batch_op.add_column(sa.Column("link_used_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_deliveries_carrier_id"), "deliveries", ["carrier_id"], ["id"]
        )
    with op.batch_alter_table("deliveries", table_args=_checks(AFTER)) as batch_op:
        batch_op.alter_column("history", server_default=None)
    for name, (columns, where) in INDEXES.items():
        op.create_index(
            name,
            "deliveries",
            columns,
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )
    op.execute(
        "UPDATE deliveries SET priority = priority % 10"
        " + CASE WHEN kind = 'page' THEN 50 ELSE 60 END WHERE state = 'sent'"
    )


def downgrade() -> None:
    op.execute("DELETE FROM deliveries WHERE channel = 'mail'")
    op.execute("UPDATE deliveries SET priority = priority % 10 WHERE state = 'sent'")
    for name in INDEXES:
        op.drop_index(name, "deliveries")
    with op.batch_alter_table("deliveries", table_args=_checks(BEFORE)) as batch_op:
        _change_channels(batch_op, BEFORE)
        batch_op.drop_constraint(op.f("fk_deliveries_carrier_id"), type_="foreignkey")
        batch_op.drop_column("link_used_at")
        batch_op.drop_column("history")
        batch_op.drop_column("carrier_id")
    op.drop_table("last_resorts")
    op.execute("ALTER TABLE organizations DROP COLUMN link_key")


def _checks(channels: tuple[str, ...]) -> list[sa.CheckConstraint]:
    """SQLite changes a table by making it anew, and does not say what its checks were."""
    if op.get_bind().dialect.name != "sqlite":
        return []
    return [
        sa.CheckConstraint(_one_of(column, words), name=op.f(f"ck_deliveries_{column}"))
        for column, words in {**CHECKS, "channel": channels}.items()
    ]


def _change_channels(batch_op: object, channels: tuple[str, ...]) -> None:
    if op.get_bind().dialect.name == "sqlite":
        return
    name = op.f("ck_deliveries_channel")
    op.drop_constraint(name, "deliveries", type_="check")
    op.create_check_constraint(name, "deliveries", _one_of("channel", channels))


def _one_of(column: str, words: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(word) for word in words)})"
