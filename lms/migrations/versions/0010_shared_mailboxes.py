"""Whether several people read a mailbox: what imports say, and what a person decided."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TABLE = "people_person_email"
SAYINGS = "people_mailbox_saying"


def upgrade() -> None:
    # The default is for the rows that are there; new ones bring their own.
    op.add_column(TABLE, sa.Column("sharing", sa.Text(), nullable=False, server_default="own"))
    op.alter_column(TABLE, "sharing", server_default=None)
    op.add_column(TABLE, sa.Column("decided", sa.Text(), nullable=True))
    op.add_column(TABLE, sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True))
    for name, rule in (
        ("sharing", "sharing in ('own', 'said', 'shared')"),
        ("decided", "decided in ('own', 'shared')"),
        ("decided_at", "(decided is null) = (decided_at is null)"),
        ("decided_holds", "decided is null or (decided = 'shared') = (sharing = 'shared')"),
    ):
        op.create_check_constraint(op.f(f"ck_{TABLE}_{name}"), TABLE, rule)
    op.create_table(
        SAYINGS,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("address", postgresql.CITEXT(), nullable=False),
        sa.Column("decides", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "char_length(address::text) <= 254", name=op.f(f"ck_{SAYINGS}_address_length")
        ),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["import_batch.id"],
            name=op.f(f"fk_{SAYINGS}_import_id_import_batch"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{SAYINGS}")),
        sa.UniqueConstraint("import_id", "address", name=op.f(f"uq_{SAYINGS}_import_id_address")),
    )
    op.create_index(op.f(f"ix_{SAYINGS}_address"), SAYINGS, ["address"])
