"""One digest a day to one person, and what the brake on large runs stopped."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

STATES = (
    "state in ('queued', 'held', 'merged', 'sending', 'sent', 'uncertain', 'failed', 'bounced', "
    "'cancelled')"
)


def upgrade() -> None:
    op.create_table(
        "messages_digest",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people_person.id"],
            name=op.f("fk_messages_digest_person_id_people_person"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages_digest")),
        sa.UniqueConstraint(
            "person_id", "on_date", name=op.f("uq_messages_digest_person_id_on_date")
        ),
    )
    op.add_column("messages_message", sa.Column("deadline", sa.DateTime(timezone=True)))
    op.add_column("messages_message", sa.Column("line", sa.Text()))
    op.add_column("messages_message", sa.Column("digest_id", sa.Uuid()))
    op.add_column("messages_message", sa.Column("stopped_at", sa.DateTime(timezone=True)))
    op.create_foreign_key(
        op.f("fk_messages_message_digest_id_messages_digest"),
        "messages_message",
        "messages_digest",
        ["digest_id"],
        ["id"],
        ondelete="SET NULL",
    )
    op.create_index(op.f("ix_messages_message_digest_id"), "messages_message", ["digest_id"])
    op.create_index(op.f("ix_messages_message_sent_at"), "messages_message", ["sent_at"])
    op.drop_constraint(op.f("ck_messages_message_state"), "messages_message", type_="check")
    op.create_check_constraint(op.f("ck_messages_message_state"), "messages_message", STATES)
    op.create_check_constraint(
        op.f("ck_messages_message_merged"),
        "messages_message",
        "state <> 'merged' or digest_id is not null",
    )
    op.create_check_constraint(
        op.f("ck_messages_message_may_wait"),
        "messages_message",
        "urgency = 'now' or (ical is null and to_address is null)",
    )
