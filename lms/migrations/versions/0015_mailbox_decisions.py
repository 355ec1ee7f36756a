"""What a person decided of a mailbox, kept by its address."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TABLE, HELD = "people_mailbox_decision", "people_person_email"
MOVED = """
insert into people_mailbox_decision (id, address, answer, decided_at, created_at, updated_at)
select id, address, decided, decided_at, decided_at, decided_at from people_person_email
where decided is not null
"""


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("address", postgresql.CITEXT(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("answer in ('own', 'shared')", name=op.f(f"ck_{TABLE}_answer")),
        sa.CheckConstraint(
            "char_length(address::text) <= 254", name=op.f(f"ck_{TABLE}_address_length")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("address", name=op.f(f"uq_{TABLE}_address")),
    )
    op.execute(sa.text(MOVED))
    for name in ("decided", "decided_at", "decided_holds"):
        op.drop_constraint(op.f(f"ck_{HELD}_{name}"), HELD, type_="check")
    for column in ("decided", "decided_at"):
        op.drop_column(HELD, column)
