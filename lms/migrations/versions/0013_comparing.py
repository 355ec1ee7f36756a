"""Looks at a return, its comparison with now and its restatement, which a job makes too."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

KINDS = "kind in ('version', 'return', 'preview', 'comparison', 'restatement')"
MADE = "(state = 'ready') = (made_id is not null or outcome is not null)"


def upgrade() -> None:
    outcome = postgresql.JSONB(none_as_null=True, astext_type=sa.Text())
    op.add_column("reports_making", sa.Column("outcome", outcome, nullable=True))
    for name, condition in (("kind", KINDS), ("made", MADE)):
        op.drop_constraint(op.f(f"ck_reports_making_{name}"), "reports_making", type_="check")
        op.create_check_constraint(op.f(f"ck_reports_making_{name}"), "reports_making", condition)
