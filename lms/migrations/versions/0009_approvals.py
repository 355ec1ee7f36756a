"""What line managers said of bookings."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "courses_approval",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("waiting_id", sa.Uuid(), nullable=True),
        sa.Column("manager_id", sa.Uuid(), nullable=False),
        sa.Column("asked_why", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "answer in ('approved', 'declined')", name=op.f("ck_courses_approval_answer")
        ),
        sa.CheckConstraint(
            "(answer is null) = (answered_at is null)", name=op.f("ck_courses_approval_answered")
        ),
        sa.CheckConstraint(
            "char_length(asked_why) <= 500", name=op.f("ck_courses_approval_asked_why_length")
        ),
        sa.CheckConstraint(
            "char_length(reason) <= 2000", name=op.f("ck_courses_approval_reason_length")
        ),
        sa.ForeignKeyConstraint(
            ["booking_id"],
            ["courses_booking.id"],
            name=op.f("fk_courses_approval_booking_id_courses_booking"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["waiting_id"],
            ["courses_waiting.id"],
            name=op.f("fk_courses_approval_waiting_id_courses_waiting"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["manager_id"],
            ["people_person.id"],
            name=op.f("fk_courses_approval_manager_id_people_person"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_approval")),
        sa.UniqueConstraint("booking_id", name=op.f("uq_courses_approval_booking_id")),
    )
    op.create_index(op.f("ix_courses_approval_waiting_id"), "courses_approval", ["waiting_id"])
    op.create_index(
        op.f("ix_courses_approval_manager_id_answer"), "courses_approval", ["manager_id", "answer"]
    )
