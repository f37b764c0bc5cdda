"""Whoever repeats a request is given the ETag of its first answer, too."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("kept_answers", sa.Column("etag", sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("kept_answers") as batch_op:
        batch_op.drop_column("etag")
