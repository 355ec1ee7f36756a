"""A course's queue: points, offers with deadlines, pairs and stored decisions."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

JSONB = postgresql.JSONB(none_as_null=True, astext_type=sa.Text())
MOMENT = sa.DateTime(timezone=True)
APPEND_ONLY = ("courses_offer_decision", "courses_waiting_move", "courses_waiting_priority")


def upgrade() -> None:
    _pairs()
    _waiting()
    _reasons()
    _decisions()
    _offers()
    for table in APPEND_ONLY:
        op.execute(f"select make_append_only('{table}')")


def _pairs() -> None:
    op.create_table(
        "courses_waiting_pair",
        *_id(),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        *_dates(),
        _key("courses_waiting_pair", "course_id", "courses_course"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_waiting_pair")),
    )
    _index("courses_waiting_pair", "course_id")


def _waiting() -> None:
    """Who waits already goes on waiting, in the order in which they came."""
    table = "courses_waiting"
    op.add_column(table, sa.Column("pair_id", sa.Uuid()))
    _added("points", sa.Integer(), "0")
    op.add_column(table, sa.Column("run_id", sa.Uuid()))
    _added("localities", JSONB, "'[]'::jsonb")
    _added("editions", JSONB, "'[]'::jsonb")
    _added("availability", JSONB, "'{}'::jsonb")
    op.add_column(table, sa.Column("waiver", sa.Text()))
    op.create_foreign_key(
        op.f("fk_courses_waiting_pair_id_courses_waiting_pair"),
        table,
        "courses_waiting_pair",
        ["pair_id"],
        ["id"],
        ondelete="SET NULL",
    )
    _index(table, "pair_id")
    for name in ("closed_at", "state"):
        op.drop_constraint(op.f(f"ck_courses_waiting_{name}"), table, type_="check")
    _check(table, "state", "state in ('waiting', 'offered', 'placed', 'withdrawn')")
    _check(table, "closed_at", "(state in ('waiting', 'offered')) = (closed_at is null)")
    _check(table, "waiver_length", "char_length(waiver) <= 2000")
    op.drop_index(op.f("ix_courses_waiting_course_id_state_joined_at_id"), table)
    op.create_index(
        "ix_courses_waiting_order",
        table,
        ["course_id", "state", sa.text("points desc"), "joined_at", "id"],
    )
    op.drop_index("uq_courses_waiting_active", table)
    op.create_index(
        "uq_courses_waiting_active",
        table,
        ["course_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("state in ('waiting', 'offered')"),
    )


def _reasons() -> None:
    op.create_table(
        "courses_waiting_priority",
        *_id(),
        sa.Column("waiting_id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        *_dates(changes=False),
        _key("courses_waiting_priority", "waiting_id", "courses_waiting"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_waiting_priority")),
    )
    _index("courses_waiting_priority", "waiting_id", "run_id")
    op.create_table(
        "courses_waiting_move",
        *_id(),
        sa.Column("waiting_id", sa.Uuid(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        *_signed(),
        *_dates(changes=False),
        sa.CheckConstraint(
            "char_length(why) <= 2000", name=op.f("ck_courses_waiting_move_why_length")
        ),
        _key("courses_waiting_move", "waiting_id", "courses_waiting"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_waiting_move")),
    )
    _index("courses_waiting_move", "waiting_id")


def _decisions() -> None:
    op.create_table(
        "courses_offer_decision",
        *_id(),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("rules", JSONB, nullable=False),
        sa.Column("listed", JSONB, nullable=False),
        sa.Column("chosen", JSONB, nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        *_signed(),
        *_dates(changes=False),
        sa.CheckConstraint(
            "kind in ('offer', 'by_hand')", name=op.f("ck_courses_offer_decision_kind")
        ),
        sa.CheckConstraint("seats >= 0", name=op.f("ck_courses_offer_decision_seats")),
        sa.CheckConstraint(
            "char_length(why) <= 2000", name=op.f("ck_courses_offer_decision_why_length")
        ),
        _key("courses_offer_decision", "cohort_id", "courses_cohort"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_offer_decision")),
    )
    _index("courses_offer_decision", "cohort_id", "created_at")


def _offers() -> None:
    table = "courses_offer"
    op.create_table(
        table,
        *_id(),
        sa.Column("waiting_id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("agreed_at", MOMENT),
        sa.Column("decided_at", MOMENT),
        sa.Column("token_version", sa.Integer(), nullable=False),
        *_dates(),
        sa.CheckConstraint(
            "state in ('open', 'accepted', 'declined', 'lapsed', 'revoked')",
            name=op.f("ck_courses_offer_state"),
        ),
        sa.CheckConstraint(
            "(state = 'open') = (decided_at is null)", name=op.f("ck_courses_offer_decided_at")
        ),
        _key(table, "waiting_id", "courses_waiting"),
        _key(table, "cohort_id", "courses_cohort"),
        _key(table, "booking_id", "courses_booking"),
        _key(table, "decision_id", "courses_offer_decision"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_offer")),
        sa.UniqueConstraint("booking_id", name=op.f("uq_courses_offer_booking_id")),
    )
    _index(table, "waiting_id", "cohort_id")
    _index(table, "cohort_id")
    _index(table, "decision_id")
    _index(table, "state", "expires_at")
    op.create_index(
        "uq_courses_offer_open",
        table,
        ["waiting_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )


def _id() -> tuple[sa.Column[Any], ...]:
    return (sa.Column("id", sa.Uuid(), nullable=False),)


def _signed() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("by_id", sa.Uuid()),
        sa.Column("by_label", sa.Text(), nullable=False),
    )


def _dates(*, changes: bool = True) -> tuple[sa.Column[Any], ...]:
    made = sa.Column("created_at", MOMENT, nullable=False)
    return (made, sa.Column("updated_at", MOMENT, nullable=False)) if changes else (made,)


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}"), ondelete="RESTRICT"
    )


def _index(table: str, *columns: str) -> None:
    op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, list(columns))


def _check(table: str, name: str, condition: str) -> None:
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)


def _added(name: str, kind: sa.types.TypeEngine[Any], value: str) -> None:
    """A column that rows of before get a value in, and later ones from the application."""
    op.add_column(
        "courses_waiting",
        sa.Column(name, kind, nullable=False, server_default=sa.text(value)),
    )
    op.alter_column("courses_waiting", name, server_default=None)
