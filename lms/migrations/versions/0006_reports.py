"""Handed-in counts, targets, indicators, releases, frozen returns and restatements."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

APPEND_ONLY = ("reports_frozen_return", "reports_release", "reports_restatement")


def upgrade() -> None:
    op.create_table(
        "reports_frozen_return",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column(
            "slugs", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column(
            "query", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column(
            "reach", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column(
            "policy", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column(
            "documents", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by_label", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "audience in ('team', 'partner', 'publication')",
            name=op.f("ck_reports_frozen_return_audience"),
        ),
        sa.CheckConstraint("btrim(title) <> ''", name=op.f("ck_reports_frozen_return_named")),
        sa.CheckConstraint(
            "char_length(about) <= 2000", name=op.f("ck_reports_frozen_return_about_length")
        ),
        sa.CheckConstraint(
            "char_length(title) <= 200", name=op.f("ck_reports_frozen_return_title_length")
        ),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_reports_frozen_return_period")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports_frozen_return")),
        sa.UniqueConstraint("key", name=op.f("uq_reports_frozen_return_key")),
    )
    op.create_table(
        "reports_pack",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column(
            "documents", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("back", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("pdf", sa.LargeBinary(), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state in ('pending', 'ready', 'failed')", name=op.f("ck_reports_pack_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports_pack")),
    )
    op.create_index(
        op.f("ix_reports_pack_created_at"), "reports_pack", ["created_at"], unique=False
    )
    op.create_table(
        "reports_release",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column(
            "query", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column(
            "reach", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("draft", sa.Text(), nullable=False),
        sa.Column(
            "document", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column(
            "figures", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column(
            "measures", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by_label", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "audience in ('partner', 'publication')", name=op.f("ck_reports_release_audience")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports_release")),
        sa.UniqueConstraint("number", name=op.f("uq_reports_release_number")),
    )
    op.create_index(
        op.f("ix_reports_release_key_number"), "reports_release", ["key", "number"], unique=False
    )
    op.create_table(
        "reports_delivery_count",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("locality_id", sa.Uuid(), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("projects_started", sa.Integer(), nullable=False),
        sa.Column("clients_enrolled", sa.Integer(), nullable=False),
        sa.Column("clients_starts", sa.Integer(), nullable=False),
        sa.Column("retained", sa.Integer(), nullable=False),
        sa.Column("milestones", sa.Integer(), nullable=False),
        sa.Column("milestone_base", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by_label", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "btrim(project) <> '' and btrim(source) <> ''",
            name=op.f("ck_reports_delivery_count_named"),
        ),
        sa.CheckConstraint(
            "milestone_base in ('starts', 'retained')",
            name=op.f("ck_reports_delivery_count_milestone_base"),
        ),
        sa.CheckConstraint(
            "char_length(project) <= 200", name=op.f("ck_reports_delivery_count_project_length")
        ),
        sa.CheckConstraint(
            "char_length(source) <= 500", name=op.f("ck_reports_delivery_count_source_length")
        ),
        sa.CheckConstraint(
            "clients_starts <= clients_enrolled",
            name=op.f("ck_reports_delivery_count_starts_of_enrolled"),
        ),
        sa.CheckConstraint(
            "milestones <= retained", name=op.f("ck_reports_delivery_count_milestones_of_retained")
        ),
        sa.CheckConstraint(
            "projects_started >= 0 and milestones >= 0",
            name=op.f("ck_reports_delivery_count_not_negative"),
        ),
        sa.CheckConstraint(
            "retained <= clients_starts", name=op.f("ck_reports_delivery_count_retained_of_starts")
        ),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_reports_delivery_count_period")),
        sa.ForeignKeyConstraint(
            ["locality_id"],
            ["people_locality.id"],
            name=op.f("fk_reports_delivery_count_locality_id_people_locality"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports_delivery_count")),
    )
    op.create_index(
        "uq_reports_delivery_count_project",
        "reports_delivery_count",
        ["locality_id", "project", "starts_on", "ends_on"],
        unique=True,
    )
    op.create_table(
        "reports_indicator_set",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("locality_id", sa.Uuid(), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by_label", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("btrim(title) <> ''", name=op.f("ck_reports_indicator_set_named")),
        sa.CheckConstraint(
            "char_length(about) <= 2000", name=op.f("ck_reports_indicator_set_about_length")
        ),
        sa.CheckConstraint(
            "char_length(title) <= 200", name=op.f("ck_reports_indicator_set_title_length")
        ),
        sa.ForeignKeyConstraint(
            ["locality_id"],
            ["people_locality.id"],
            name=op.f("fk_reports_indicator_set_locality_id_people_locality"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports_indicator_set")),
    )
    op.create_index(
        op.f("ix_reports_indicator_set_locality_id"),
        "reports_indicator_set",
        ["locality_id"],
        unique=False,
    )
    op.create_index(
        "uq_reports_indicator_set_title",
        "reports_indicator_set",
        ["locality_id", sa.literal_column("lower(title)")],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "reports_restatement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("return_id", sa.Uuid(), nullable=False),
        sa.Column(
            "cells", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column(
            "documents", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by_label", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("btrim(reason) <> ''", name=op.f("ck_reports_restatement_reasoned")),
        sa.CheckConstraint(
            "char_length(reason) <= 2000", name=op.f("ck_reports_restatement_reason_length")
        ),
        sa.ForeignKeyConstraint(
            ["return_id"],
            ["reports_frozen_return.id"],
            name=op.f("fk_reports_restatement_return_id_reports_frozen_return"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports_restatement")),
    )
    op.create_index(
        op.f("ix_reports_restatement_return_id"), "reports_restatement", ["return_id"], unique=False
    )
    op.create_table(
        "reports_headcount_target",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("profession_id", sa.Uuid(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by_label", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("btrim(source) <> ''", name=op.f("ck_reports_headcount_target_sourced")),
        sa.CheckConstraint(
            "char_length(source) <= 500", name=op.f("ck_reports_headcount_target_source_length")
        ),
        sa.CheckConstraint("number >= 0", name=op.f("ck_reports_headcount_target_not_negative")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["people_organisation.id"],
            name=op.f("fk_reports_headcount_target_organisation_id_people_organisation"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["profession_id"],
            ["people_profession.id"],
            name=op.f("fk_reports_headcount_target_profession_id_people_profession"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports_headcount_target")),
    )
    op.create_index(
        op.f("ix_reports_headcount_target_profession_id"),
        "reports_headcount_target",
        ["profession_id"],
        unique=False,
    )
    op.create_index(
        "uq_reports_headcount_target_day",
        "reports_headcount_target",
        ["organisation_id", "profession_id", "on_date"],
        unique=True,
    )
    op.create_table(
        "reports_indicator",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("set_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column(
            "definition", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "btrim(title) <> '' and btrim(source) <> ''", name=op.f("ck_reports_indicator_named")
        ),
        sa.CheckConstraint(
            "kind in ('count', 'percentage', 'change')", name=op.f("ck_reports_indicator_kind")
        ),
        sa.CheckConstraint(
            "char_length(source) <= 500", name=op.f("ck_reports_indicator_source_length")
        ),
        sa.CheckConstraint(
            "char_length(title) <= 300", name=op.f("ck_reports_indicator_title_length")
        ),
        sa.CheckConstraint("position >= 1", name=op.f("ck_reports_indicator_position")),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_reports_indicator_period")),
        sa.ForeignKeyConstraint(
            ["set_id"],
            ["reports_indicator_set.id"],
            name=op.f("fk_reports_indicator_set_id_reports_indicator_set"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports_indicator")),
        sa.UniqueConstraint(
            "set_id",
            "position",
            deferrable=True,
            initially="IMMEDIATE",
            name="uq_reports_indicator_position",
        ),
    )
    for table in APPEND_ONLY:
        op.execute(f"select make_append_only('{table}')")
