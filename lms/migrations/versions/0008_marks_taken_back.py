"""A mark that is taken back: the place is unmarked again, and the history keeps both."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLE, NAME = "courses_attendance", "ck_courses_attendance_mark"


def upgrade() -> None:
    op.drop_constraint(op.f(NAME), TABLE, type_="check")
    op.create_check_constraint(
        op.f(NAME), TABLE, "mark in ('present', 'late', 'left_early', 'absent', 'taken_back')"
    )
