"""How one gets to a venue: step-free access, parking, a map."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLE = "courses_venue"


def upgrade() -> None:
    # The default is for the rows that are there; new ones bring their own.
    for name in ("step_free", "parking", "map_url"):
        op.add_column(TABLE, sa.Column(name, sa.Text(), nullable=False, server_default=""))
        op.alter_column(TABLE, name, server_default=None)
    for name, length in (("step_free", 300), ("parking", 300), ("map_url", 500)):
        op.create_check_constraint(
            op.f(f"ck_{TABLE}_{name}_length"), TABLE, f"char_length({name}) <= {length}"
        )
    op.create_check_constraint(
        op.f(f"ck_{TABLE}_map_url"), TABLE, "map_url = '' or map_url ~ '^https?://'"
    )
