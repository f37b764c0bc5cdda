"""Components, status pages, and what an incident affects."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

STATUSES = ("operational", "maintenance", "degraded", "partial_outage", "major_outage")


def _status(name: str) -> sa.Enum:
    return sa.Enum(*STATUSES, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    with op.batch_alter_table("incidents") as batch_op:
        batch_op.add_column(sa.Column("affected", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "components",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("group_label", sa.String(length=100), nullable=True),
        sa.Column("status_override", _status("status_override"), nullable=True),
        sa.Column("status", _status("status"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "length(name) BETWEEN 1 AND 100", name=op.f("ck_components_name_length")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_components_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_components")),
        sa.UniqueConstraint(
            "organization_id", "name", name=op.f("uq_components_organization_id_name")
        ),
    )
    op.create_table(
        "component_states",
        sa.Column("component_id", sa.Uuid(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", _status("status"), nullable=False),
        sa.ForeignKeyConstraint(
            ["component_id"],
            ["components.id"],
            name=op.f("fk_component_states_component_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("component_id", "began_at", name=op.f("pk_component_states")),
    )
    op.create_table(
        "status_pages",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(length=63), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("published", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "length(title) BETWEEN 1 AND 100", name=op.f("ck_status_pages_title_length")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_status_pages_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_pages")),
        sa.UniqueConstraint("slug", name=op.f("uq_status_pages_slug")),
    )
    op.create_index("ix_status_pages_organization_id", "status_pages", ["organization_id"])
    op.create_table(
        "status_page_components",
        sa.Column("page_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("component_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["page_id"],
            ["status_pages.id"],
            name=op.f("fk_status_page_components_page_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["component_id"],
            ["components.id"],
            name=op.f("fk_status_page_components_component_id"),
        ),
        sa.PrimaryKeyConstraint("page_id", "position", name=op.f("pk_status_page_components")),
        sa.UniqueConstraint(
            "page_id", "component_id", name=op.f("uq_status_page_components_page_id_component_id")
        ),
    )
    op.create_index(
        "ix_status_page_components_component_id", "status_page_components", ["component_id"]
    )
    op.create_table(
        "incident_components",
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("component_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_incident_components_incident_id")
        ),
        sa.PrimaryKeyConstraint("incident_id", "position", name=op.f("pk_incident_components")),
        sa.UniqueConstraint(
            "incident_id",
            "component_id",
            name=op.f("uq_incident_components_incident_id_component_id"),
        ),
    )
    op.create_index("ix_incident_components_component_id", "incident_components", ["component_id"])


def downgrade() -> None:
    op.drop_table("incident_components")
    op.drop_table("status_page_components")
    op.drop_table("status_pages")
    op.drop_table("component_states")
    op.drop_table("components")
    with op.batch_alter_table("incidents") as batch_op:
        batch_op.drop_column("affected")
