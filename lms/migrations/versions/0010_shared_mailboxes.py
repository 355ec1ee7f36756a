"""Whether several people read a person's mailbox, and which import says so."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TABLE = "people_person_email"


def upgrade() -> None:
    # The default is for the rows that are there; new ones bring their own.
    op.add_column(TABLE, sa.Column("sharing", sa.Text(), nullable=False, server_default="own"))
    op.alter_column(TABLE, "sharing", server_default=None)
    op.add_column(TABLE, sa.Column("said_by_id", sa.Uuid(), nullable=True))
    op.create_check_constraint(
        op.f(f"ck_{TABLE}_sharing"), TABLE, "sharing in ('own', 'said', 'shared')"
    )
    op.create_check_constraint(
        op.f(f"ck_{TABLE}_said_by"), TABLE, "said_by_id is null or sharing <> 'own'"
    )
    op.create_foreign_key(
        op.f(f"fk_{TABLE}_said_by_id_import_batch"),
        TABLE,
        "import_batch",
        ["said_by_id"],
        ["id"],
        ondelete="SET NULL",
    )
    op.create_index(op.f(f"ix_{TABLE}_said_by_id"), TABLE, ["said_by_id"])
