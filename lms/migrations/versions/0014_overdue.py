"""A check-in that waits is overdue by the day, not because a job has said so."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

NAME, TABLE = "ck_ambassadors_check_in_state", "ambassadors_check_in"
STATES = "state in ('scheduled', 'due', 'answered', 'closed', 'cancelled')"


def upgrade() -> None:
    op.execute(sa.text("update ambassadors_check_in set state = 'due' where state = 'overdue'"))
    op.drop_constraint(op.f(NAME), TABLE, type_="check")
    op.create_check_constraint(op.f(NAME), TABLE, STATES)
