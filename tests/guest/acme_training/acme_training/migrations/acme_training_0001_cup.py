"""Who takes how many cups."""

import sqlalchemy as sa
from alembic import op

revision = "acme_training_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "acme_training_cup",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("cups", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["cohort_id"],
            ["courses_cohort.id"],
            name="fk_acme_training_cup_cohort_id_courses_cohort",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people_person.id"],
            name="fk_acme_training_cup_person_id_people_person",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_acme_training_cup"),
        sa.UniqueConstraint("cohort_id", "person_id", name="uq_acme_training_cup_cohort_id"),
    )


def downgrade():
    op.drop_table("acme_training_cup")
