"""Versions and returns that a job makes, as they were asked for."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reports_making",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column(
            "wanted", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("made_id", sa.Uuid(), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind in ('version', 'return')", name=op.f("ck_reports_making_kind")),
        sa.CheckConstraint(
            "state in ('pending', 'ready', 'failed')", name=op.f("ck_reports_making_state")
        ),
        sa.CheckConstraint(
            "(state = 'ready') = (made_id is not null)", name=op.f("ck_reports_making_made")
        ),
        sa.CheckConstraint(
            "(state = 'failed') = (error is not null)", name=op.f("ck_reports_making_said")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports_making")),
        sa.UniqueConstraint("by_id", "key", name=op.f("uq_reports_making_by_id_key")),
    )
    op.create_index(op.f("ix_reports_making_created_at"), "reports_making", ["created_at"])
