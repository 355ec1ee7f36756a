"""The tables of kernel, people, messages, courses, surveys and certificates."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

from lms.db import uuid7

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    for extension in ("btree_gist", "citext", "unaccent"):
        op.execute(f"create extension if not exists {extension}")
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_label", sa.Text(), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("subject_type", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column(
            "before", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column(
            "after", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_index(
        op.f("ix_audit_entry_actor_id_at"), "audit_entry", ["actor_id", "at"], unique=False
    )
    op.create_index(
        op.f("ix_audit_entry_subject_type_subject_id_at"),
        "audit_entry",
        ["subject_type", "subject_id", "at"],
        unique=False,
    )
    op.create_table(
        "courses_course",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("provider_key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("template_version", sa.Integer(), nullable=False),
        sa.Column(
            "template", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state in ('offered', 'withdrawn', 'provider_gone')",
            name=op.f("ck_courses_course_state"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_course")),
        sa.UniqueConstraint("key", name=op.f("uq_courses_course_key")),
        sa.UniqueConstraint("slug", name=op.f("uq_courses_course_slug")),
    )
    op.create_index(
        op.f("ix_courses_course_provider_key"), "courses_course", ["provider_key"], unique=False
    )
    op.create_table(
        "import_batch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("importer_key", sa.Text(), nullable=False),
        sa.Column("subject_type", sa.Text(), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_sha256", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column(
            "reading", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column(
            "counts", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by_label", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state in ('staged', 'confirmed', 'undone', 'discarded')",
            name=op.f("ck_import_batch_state"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
    )
    op.create_index(
        op.f("ix_import_batch_by_id_created_at"),
        "import_batch",
        ["by_id", "created_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_import_batch_subject_type_subject_id"),
        "import_batch",
        ["subject_type", "subject_id"],
        unique=False,
    )
    op.create_table(
        "installation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("is_only", sa.Boolean(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("is_only", name=op.f("ck_installation_is_only")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
        sa.UniqueConstraint("is_only", name=op.f("uq_installation_is_only")),
    )
    op.create_table(
        "once_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("actor_key", sa.Text(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_once_key")),
        sa.UniqueConstraint(
            "actor_key", "route", "key", name=op.f("uq_once_key_actor_key_route_key")
        ),
    )
    op.create_index(op.f("ix_once_key_created_at"), "once_key", ["created_at"], unique=False)
    op.create_table(
        "people_locality",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("ons_code", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("char_length(name) <= 200", name=op.f("ck_people_locality_name_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_locality")),
        sa.UniqueConstraint("ons_code", name=op.f("uq_people_locality_ons_code")),
    )
    op.create_table(
        "people_profession",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "char_length(name) <= 200", name=op.f("ck_people_profession_name_length")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_profession")),
        sa.UniqueConstraint("code", name=op.f("uq_people_profession_code")),
    )
    op.create_table(
        "rate_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rate_event")),
    )
    op.create_index(op.f("ix_rate_event_at"), "rate_event", ["at"], unique=False)
    op.create_index(
        op.f("ix_rate_event_key_hash_at"), "rate_event", ["key_hash", "at"], unique=False
    )
    op.create_table(
        "surveys_instrument",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("provider_key", sa.Text(), nullable=False),
        sa.Column(
            "definition", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("definition_sha256", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_surveys_instrument")),
        sa.UniqueConstraint(
            "key", "definition_sha256", name=op.f("uq_surveys_instrument_key_definition_sha256")
        ),
        sa.UniqueConstraint("key", "version", name=op.f("uq_surveys_instrument_key_version")),
    )
    op.create_table(
        "courses_edition",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("cpd_minutes", sa.Integer(), nullable=False),
        sa.Column("participatory_minutes", sa.Integer(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("cpd_minutes >= 0", name=op.f("ck_courses_edition_cpd_minutes")),
        sa.CheckConstraint(
            "participatory_minutes >= 0", name=op.f("ck_courses_edition_participatory_minutes")
        ),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["courses_course.id"],
            name=op.f("fk_courses_edition_course_id_courses_course"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_edition")),
        sa.UniqueConstraint("course_id", "key", name=op.f("uq_courses_edition_course_id_key")),
    )
    op.create_table(
        "courses_venue",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("locality_id", sa.Uuid(), nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("is_virtual", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("capacity > 0", name=op.f("ck_courses_venue_capacity")),
        sa.CheckConstraint("char_length(name) <= 200", name=op.f("ck_courses_venue_name_length")),
        sa.ForeignKeyConstraint(
            ["locality_id"],
            ["people_locality.id"],
            name=op.f("fk_courses_venue_locality_id_people_locality"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_venue")),
    )
    op.create_index(
        op.f("ix_courses_venue_locality_id"), "courses_venue", ["locality_id"], unique=False
    )
    op.create_index(
        "uq_courses_venue_locality_id_name",
        "courses_venue",
        ["locality_id", sa.literal_column("lower(name)")],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "import_row",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("row_no", sa.Integer(), nullable=False),
        sa.Column("raw", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column(
            "reasons", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column(
            "choice", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column("target_type", sa.Text(), nullable=True),
        sa.Column("target_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "verdict in ('add', 'already', 'attention', 'left_out')",
            name=op.f("ck_import_row_verdict"),
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["import_batch.id"],
            name=op.f("fk_import_row_batch_id_import_batch"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_row")),
        sa.UniqueConstraint("batch_id", "row_no", name=op.f("uq_import_row_batch_id_row_no")),
    )
    op.create_index(
        op.f("ix_import_row_batch_id_verdict_row_no"),
        "import_row",
        ["batch_id", "verdict", "row_no"],
        unique=False,
    )
    op.create_index(
        op.f("ix_import_row_target_type_target_id"),
        "import_row",
        ["target_type", "target_id"],
        unique=False,
    )
    op.create_table(
        "people_organisation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("locality_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "char_length(name) <= 200", name=op.f("ck_people_organisation_name_length")
        ),
        sa.ForeignKeyConstraint(
            ["locality_id"],
            ["people_locality.id"],
            name=op.f("fk_people_organisation_locality_id_people_locality"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["people_organisation.id"],
            name=op.f("fk_people_organisation_parent_id_people_organisation"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_organisation")),
    )
    op.create_index(
        op.f("ix_people_organisation_locality_id"),
        "people_organisation",
        ["locality_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_people_organisation_parent_id"), "people_organisation", ["parent_id"], unique=False
    )
    op.create_index(
        "uq_people_organisation_locality_id_name",
        "people_organisation",
        ["locality_id", sa.literal_column("lower(name)")],
        unique=True,
    )
    op.create_table(
        "courses_cohort",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("design", sa.Text(), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("minimum", sa.Integer(), nullable=True),
        sa.Column("seats_taken", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("profession_id", sa.Uuid(), nullable=True),
        sa.Column(
            "rule", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column(
            "template", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("costs_pence", sa.Integer(), nullable=True),
        sa.Column("arrival", sa.Text(), nullable=True),
        sa.Column("bring", sa.Text(), nullable=True),
        sa.Column("lunch", sa.Text(), nullable=True),
        sa.Column("day_phone", sa.Text(), nullable=True),
        sa.Column("contact", sa.Text(), nullable=True),
        sa.Column(
            "draft", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "design in ('pre_post', 'pre_post_follow_up', 'after_only')",
            name=op.f("ck_courses_cohort_design"),
        ),
        sa.CheckConstraint(
            "seats_taken = 0 or state not in ('draft', 'cancelled')",
            name=op.f("ck_cohort_no_seats_unless_open"),
        ),
        sa.CheckConstraint(
            "state in ('draft', 'cancelled') or (capacity is not null and design is not null and rule is not null and template is not null)",
            name=op.f("ck_courses_cohort_complete"),
        ),
        sa.CheckConstraint(
            "state in ('draft', 'scheduled', 'published', 'running', 'finished', 'closed', 'cancelled')",
            name=op.f("ck_courses_cohort_state"),
        ),
        sa.CheckConstraint("capacity > 0", name=op.f("ck_courses_cohort_capacity")),
        sa.CheckConstraint("costs_pence >= 0", name=op.f("ck_courses_cohort_costs_pence")),
        sa.CheckConstraint("minimum <= capacity", name=op.f("ck_courses_cohort_minimum_fits")),
        sa.CheckConstraint("minimum >= 0", name=op.f("ck_courses_cohort_minimum")),
        sa.CheckConstraint(
            "opens_at < closes_at", name=op.f("ck_courses_cohort_opens_before_closing")
        ),
        sa.CheckConstraint(
            "seats_taken >= 0 and seats_taken <= capacity", name=op.f("ck_cohort_not_oversold")
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["courses_edition.id"],
            name=op.f("fk_courses_cohort_edition_id_courses_edition"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["profession_id"],
            ["people_profession.id"],
            name=op.f("fk_courses_cohort_profession_id_people_profession"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_cohort")),
        sa.UniqueConstraint("code", name=op.f("uq_courses_cohort_code")),
    )
    op.create_index(
        op.f("ix_courses_cohort_edition_id"), "courses_cohort", ["edition_id"], unique=False
    )
    op.create_index(
        op.f("ix_courses_cohort_profession_id"), "courses_cohort", ["profession_id"], unique=False
    )
    op.create_index(
        op.f("ix_courses_cohort_state_id"), "courses_cohort", ["state", "id"], unique=False
    )
    op.create_table(
        "courses_component",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("required_minutes", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind in ('workshop', 'e-learning')", name=op.f("ck_courses_component_kind")
        ),
        sa.CheckConstraint(
            "required_minutes >= 0", name=op.f("ck_courses_component_required_minutes")
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["courses_edition.id"],
            name=op.f("fk_courses_component_edition_id_courses_edition"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_component")),
        sa.UniqueConstraint("edition_id", "key", name=op.f("uq_courses_component_edition_id_key")),
    )
    op.create_table(
        "people_person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("given_name", sa.Text(), nullable=False),
        sa.Column("family_name", sa.Text(), nullable=False),
        sa.Column("sort_key", sa.Text(collation="C"), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("profession_id", sa.Uuid(), nullable=True),
        sa.Column("manager_id", sa.Uuid(), nullable=True),
        sa.Column("merged_into_id", sa.Uuid(), nullable=True),
        sa.Column("added_by_id", sa.Uuid(), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("session_epoch", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "erased_at is not null or btrim(given_name || family_name) <> ''",
            name=op.f("ck_people_person_named"),
        ),
        sa.CheckConstraint(
            "char_length(family_name) <= 200", name=op.f("ck_people_person_family_name_length")
        ),
        sa.CheckConstraint(
            "char_length(given_name) <= 200", name=op.f("ck_people_person_given_name_length")
        ),
        sa.CheckConstraint(
            "merged_into_id <> id", name=op.f("ck_people_person_not_merged_into_self")
        ),
        sa.ForeignKeyConstraint(
            ["added_by_id"],
            ["people_person.id"],
            name=op.f("fk_people_person_added_by_id_people_person"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["manager_id"],
            ["people_person.id"],
            name=op.f("fk_people_person_manager_id_people_person"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["merged_into_id"],
            ["people_person.id"],
            name=op.f("fk_people_person_merged_into_id_people_person"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["people_organisation.id"],
            name=op.f("fk_people_person_organisation_id_people_organisation"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["profession_id"],
            ["people_profession.id"],
            name=op.f("fk_people_person_profession_id_people_profession"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_person")),
    )
    op.create_index(
        op.f("ix_people_person_added_by_id"), "people_person", ["added_by_id"], unique=False
    )
    op.create_index(
        op.f("ix_people_person_manager_id"), "people_person", ["manager_id"], unique=False
    )
    op.create_index(
        op.f("ix_people_person_merged_into_id"), "people_person", ["merged_into_id"], unique=False
    )
    op.create_index(
        op.f("ix_people_person_organisation_id"), "people_person", ["organisation_id"], unique=False
    )
    op.create_index(
        op.f("ix_people_person_profession_id"), "people_person", ["profession_id"], unique=False
    )
    op.create_index(
        op.f("ix_people_person_sort_key_id"), "people_person", ["sort_key", "id"], unique=False
    )
    op.create_table(
        "courses_booking",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("profession_id", sa.Uuid(), nullable=True),
        sa.Column("profession_label", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_label", sa.Text(), nullable=False),
        sa.Column("locality_id", sa.Uuid(), nullable=True),
        sa.Column("locality_label", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=True),
        sa.Column("manager_id", sa.Uuid(), nullable=True),
        sa.Column("needs_approval", sa.Boolean(), nullable=False),
        sa.Column("prerequisite_waiver", sa.Text(), nullable=True),
        sa.Column("needs", sa.Text(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "source in ('self', 'coordinator', 'import', 'offer')",
            name=op.f("ck_courses_booking_source"),
        ),
        sa.CheckConstraint(
            "state in ('requested', 'offered', 'booked', 'refused', 'declined', 'lapsed', 'withdrawn', 'cancelled', 'moved')",
            name=op.f("ck_courses_booking_state"),
        ),
        sa.CheckConstraint(
            "char_length(needs) <= 2000", name=op.f("ck_courses_booking_needs_length")
        ),
        sa.CheckConstraint(
            "char_length(prerequisite_waiver) <= 2000",
            name=op.f("ck_courses_booking_prerequisite_waiver_length"),
        ),
        sa.ForeignKeyConstraint(
            ["cohort_id"],
            ["courses_cohort.id"],
            name=op.f("fk_courses_booking_cohort_id_courses_cohort"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["locality_id"],
            ["people_locality.id"],
            name=op.f("fk_courses_booking_locality_id_people_locality"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["manager_id"],
            ["people_person.id"],
            name=op.f("fk_courses_booking_manager_id_people_person"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["people_organisation.id"],
            name=op.f("fk_courses_booking_organisation_id_people_organisation"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people_person.id"],
            name=op.f("fk_courses_booking_person_id_people_person"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["profession_id"],
            ["people_profession.id"],
            name=op.f("fk_courses_booking_profession_id_people_profession"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_booking")),
        sa.UniqueConstraint("id", "person_id", name=op.f("uq_courses_booking_id_person_id")),
    )
    op.create_index(
        op.f("ix_courses_booking_cohort_id_state"),
        "courses_booking",
        ["cohort_id", "state"],
        unique=False,
    )
    op.create_index(
        op.f("ix_courses_booking_locality_id"), "courses_booking", ["locality_id"], unique=False
    )
    op.create_index(
        op.f("ix_courses_booking_manager_id"), "courses_booking", ["manager_id"], unique=False
    )
    op.create_index(
        op.f("ix_courses_booking_organisation_id"),
        "courses_booking",
        ["organisation_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_courses_booking_person_id_state"),
        "courses_booking",
        ["person_id", "state"],
        unique=False,
    )
    op.create_index(
        op.f("ix_courses_booking_profession_id"), "courses_booking", ["profession_id"], unique=False
    )
    op.create_index(
        "uq_courses_booking_active",
        "courses_booking",
        ["cohort_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("state in ('offered', 'requested', 'booked')"),
    )
    op.create_table(
        "courses_cohort_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=True),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by_label", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "char_length(why) <= 2000", name=op.f("ck_courses_cohort_change_why_length")
        ),
        sa.ForeignKeyConstraint(
            ["cohort_id"],
            ["courses_cohort.id"],
            name=op.f("fk_courses_cohort_change_cohort_id_courses_cohort"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_cohort_change")),
    )
    op.create_index(
        op.f("ix_courses_cohort_change_cohort_id_at"),
        "courses_cohort_change",
        ["cohort_id", "at"],
        unique=False,
    )
    op.create_table(
        "courses_cohort_locality",
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("locality_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cohort_id"],
            ["courses_cohort.id"],
            name=op.f("fk_courses_cohort_locality_cohort_id_courses_cohort"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["locality_id"],
            ["people_locality.id"],
            name=op.f("fk_courses_cohort_locality_locality_id_people_locality"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint(
            "cohort_id", "locality_id", name=op.f("pk_courses_cohort_locality")
        ),
    )
    op.create_index(
        op.f("ix_courses_cohort_locality_locality_id"),
        "courses_cohort_locality",
        ["locality_id"],
        unique=False,
    )
    op.create_table(
        "courses_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("component_id", sa.Uuid(), nullable=False),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("venue_id", sa.Uuid(), nullable=True),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("holds", sa.Boolean(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("venue_id"), "="),
            (sa.column("during"), "&&"),
            where=sa.text("holds and venue_id is not null"),
            using="gist",
            name="ex_session_venue_clash",
        ),
        sa.CheckConstraint(
            "not isempty(during) and lower_inc(during) and not upper_inc(during) and not lower_inf(during) and not upper_inf(during)",
            name=op.f("ck_courses_session_bounded"),
        ),
        sa.CheckConstraint("sequence >= 0", name=op.f("ck_courses_session_sequence")),
        sa.ForeignKeyConstraint(
            ["cohort_id"],
            ["courses_cohort.id"],
            name=op.f("fk_courses_session_cohort_id_courses_cohort"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["component_id"],
            ["courses_component.id"],
            name=op.f("fk_courses_session_component_id_courses_component"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["venue_id"],
            ["courses_venue.id"],
            name=op.f("fk_courses_session_venue_id_courses_venue"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_session")),
        sa.UniqueConstraint(
            "id", "during", "holds", name=op.f("uq_courses_session_id_during_holds")
        ),
    )
    op.create_index(
        op.f("ix_courses_session_cohort_id"), "courses_session", ["cohort_id"], unique=False
    )
    op.create_index(
        op.f("ix_courses_session_component_id"), "courses_session", ["component_id"], unique=False
    )
    op.create_index(
        op.f("ix_courses_session_venue_id"), "courses_session", ["venue_id"], unique=False
    )
    op.create_table(
        "courses_trainer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("provider_key", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people_person.id"],
            name=op.f("fk_courses_trainer_person_id_people_person"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_trainer")),
        sa.UniqueConstraint(
            "person_id", "provider_key", name=op.f("uq_courses_trainer_person_id_provider_key")
        ),
    )
    op.create_table(
        "courses_waiting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'waiting') = (closed_at is null)", name=op.f("ck_courses_waiting_closed_at")
        ),
        sa.CheckConstraint(
            "state in ('waiting', 'placed', 'withdrawn')", name=op.f("ck_courses_waiting_state")
        ),
        sa.ForeignKeyConstraint(
            ["cohort_id"],
            ["courses_cohort.id"],
            name=op.f("fk_courses_waiting_cohort_id_courses_cohort"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["courses_course.id"],
            name=op.f("fk_courses_waiting_course_id_courses_course"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people_person.id"],
            name=op.f("fk_courses_waiting_person_id_people_person"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_waiting")),
    )
    op.create_index(
        op.f("ix_courses_waiting_cohort_id"), "courses_waiting", ["cohort_id"], unique=False
    )
    op.create_index(
        op.f("ix_courses_waiting_course_id_state_joined_at_id"),
        "courses_waiting",
        ["course_id", "state", "joined_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_courses_waiting_person_id"), "courses_waiting", ["person_id"], unique=False
    )
    op.create_index(
        "uq_courses_waiting_active",
        "courses_waiting",
        ["course_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "messages_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("to_address", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("urgency", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("subject_type", sa.Text(), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("about_type", sa.Text(), nullable=True),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column("locality_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("template_key", sa.Text(), nullable=False),
        sa.Column("template_version", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column(
            "links", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("message_id_header", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("sending_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("sent_to", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ical_uid", sa.Text(), nullable=True),
        sa.Column("ical_sequence", sa.Integer(), nullable=True),
        sa.Column(
            "ical", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column("dedupe_key", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state in ('queued', 'held', 'sending', 'sent', 'uncertain', 'failed', 'bounced', 'cancelled')",
            name=op.f("ck_messages_message_state"),
        ),
        sa.CheckConstraint(
            "urgency in ('now', 'routine')", name=op.f("ck_messages_message_urgency")
        ),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_messages_message_attempts")),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people_person.id"],
            name=op.f("fk_messages_message_person_id_people_person"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages_message")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_messages_message_dedupe_key")),
        sa.UniqueConstraint(
            "message_id_header", name=op.f("uq_messages_message_message_id_header")
        ),
    )
    op.create_index(
        op.f("ix_messages_message_about_type_about_id_not_before"),
        "messages_message",
        ["about_type", "about_id", "not_before"],
        unique=False,
    )
    op.create_index(
        op.f("ix_messages_message_person_id_created_at"),
        "messages_message",
        ["person_id", "created_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_messages_message_state_not_before"),
        "messages_message",
        ["state", "not_before"],
        unique=False,
    )
    op.create_index(
        op.f("ix_messages_message_subject_type_subject_id"),
        "messages_message",
        ["subject_type", "subject_id"],
        unique=False,
    )
    op.create_table(
        "people_person_email",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("address", postgresql.CITEXT(), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "char_length(address::text) <= 254", name=op.f("ck_people_person_email_address_length")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people_person.id"],
            name=op.f("fk_people_person_email_person_id_people_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_person_email")),
        sa.UniqueConstraint("address", name=op.f("uq_people_person_email_address")),
    )
    op.create_index(
        op.f("ix_people_person_email_person_id"), "people_person_email", ["person_id"], unique=False
    )
    op.create_index(
        "uq_people_person_email_primary",
        "people_person_email",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("is_primary"),
    )
    op.create_table(
        "people_person_merge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("from_person_id", sa.Uuid(), nullable=False),
        sa.Column("into_person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "moved", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("undoes_id", sa.Uuid(), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by_label", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "char_length(why) <= 2000", name=op.f("ck_people_person_merge_why_length")
        ),
        sa.CheckConstraint(
            "from_person_id <> into_person_id", name=op.f("ck_people_person_merge_two_people")
        ),
        sa.ForeignKeyConstraint(
            ["from_person_id"],
            ["people_person.id"],
            name=op.f("fk_people_person_merge_from_person_id_people_person"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["into_person_id"],
            ["people_person.id"],
            name=op.f("fk_people_person_merge_into_person_id_people_person"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["undoes_id"],
            ["people_person_merge.id"],
            name=op.f("fk_people_person_merge_undoes_id_people_person_merge"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_person_merge")),
        sa.UniqueConstraint("undoes_id", name=op.f("uq_people_person_merge_undoes_id")),
    )
    op.create_index(
        op.f("ix_people_person_merge_from_person_id"),
        "people_person_merge",
        ["from_person_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_people_person_merge_into_person_id"),
        "people_person_merge",
        ["into_person_id"],
        unique=False,
    )
    op.create_table(
        "people_persona",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people_person.id"],
            name=op.f("fk_people_persona_person_id_people_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_persona")),
        sa.UniqueConstraint("person_id", name=op.f("uq_people_persona_person_id")),
    )
    op.create_table(
        "people_personal_data_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind in ('access', 'erasure')", name=op.f("ck_people_personal_data_request_kind")
        ),
        sa.CheckConstraint(
            "state in ('open', 'done', 'refused')",
            name=op.f("ck_people_personal_data_request_state"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people_person.id"],
            name=op.f("fk_people_personal_data_request_person_id_people_person"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_personal_data_request")),
    )
    op.create_index(
        op.f("ix_people_personal_data_request_person_id"),
        "people_personal_data_request",
        ["person_id"],
        unique=False,
    )
    op.create_table(
        "people_personal_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("octet_length(key) = 16", name=op.f("ck_people_personal_link_key")),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people_person.id"],
            name=op.f("fk_people_personal_link_person_id_people_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_personal_link")),
        sa.UniqueConstraint("key", name=op.f("uq_people_personal_link_key")),
    )
    op.create_index(
        op.f("ix_people_personal_link_person_id"),
        "people_personal_link",
        ["person_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_people_personal_link_purpose_object_id"),
        "people_personal_link",
        ["purpose", "object_id"],
        unique=False,
    )
    op.create_table(
        "people_role_grant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("scope_kind", sa.Text(), nullable=False),
        sa.Column("scope_id", sa.Text(), nullable=False),
        sa.Column("granted_by_id", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(scope_kind = 'programme') = (scope_id = '')",
            name=op.f("ck_people_role_grant_scope_id"),
        ),
        sa.CheckConstraint(
            "role in ('coordinator', 'trainer', 'ambassador', 'trainee', 'manager', 'analyst', 'administrator')",
            name=op.f("ck_people_role_grant_role"),
        ),
        sa.CheckConstraint(
            "scope_kind in ('programme', 'locality', 'organisation', 'provider', 'cohort')",
            name=op.f("ck_people_role_grant_scope_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["granted_by_id"],
            ["people_person.id"],
            name=op.f("fk_people_role_grant_granted_by_id_people_person"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people_person.id"],
            name=op.f("fk_people_role_grant_person_id_people_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_role_grant")),
    )
    op.create_index(
        op.f("ix_people_role_grant_granted_by_id"),
        "people_role_grant",
        ["granted_by_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_people_role_grant_person_id"), "people_role_grant", ["person_id"], unique=False
    )
    op.create_index(
        op.f("ix_people_role_grant_scope_kind_scope_id_role"),
        "people_role_grant",
        ["scope_kind", "scope_id", "role"],
        unique=False,
    )
    op.create_index(
        "uq_people_role_grant_active",
        "people_role_grant",
        ["person_id", "role", "scope_kind", "scope_id"],
        unique=True,
        postgresql_where=sa.text("ended_at is null"),
    )
    op.create_table(
        "people_sign_in_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("address", postgresql.CITEXT(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("nonce_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("code_tries", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "code_tries between 0 and 5", name=op.f("ck_people_sign_in_link_code_tries")
        ),
        sa.CheckConstraint("octet_length(key) = 16", name=op.f("ck_people_sign_in_link_key")),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people_person.id"],
            name=op.f("fk_people_sign_in_link_person_id_people_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_sign_in_link")),
        sa.UniqueConstraint("key", name=op.f("uq_people_sign_in_link_key")),
    )
    op.create_index(
        op.f("ix_people_sign_in_link_address_created_at"),
        "people_sign_in_link",
        ["address", "created_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_people_sign_in_link_nonce_sha256"),
        "people_sign_in_link",
        ["nonce_sha256"],
        unique=False,
    )
    op.create_index(
        op.f("ix_people_sign_in_link_person_id"), "people_sign_in_link", ["person_id"], unique=False
    )
    op.create_table(
        "surveys_wave",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("instrument_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=True),
        sa.Column("is_second", sa.Boolean(), nullable=False),
        sa.Column("anchor", sa.Text(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "anchor in ('booking', 'first_session', 'last_session', 'completion')",
            name=op.f("ck_surveys_wave_anchor"),
        ),
        sa.CheckConstraint(
            "kind in ('pre', 'post', 'then_test', 'follow_up')", name=op.f("ck_surveys_wave_kind")
        ),
        sa.CheckConstraint("months >= 0", name=op.f("ck_surveys_wave_months")),
        sa.CheckConstraint(
            "opens_at <= closes_at", name=op.f("ck_surveys_wave_opens_before_closing")
        ),
        sa.ForeignKeyConstraint(
            ["cohort_id"],
            ["courses_cohort.id"],
            name=op.f("fk_surveys_wave_cohort_id_courses_cohort"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["instrument_id"],
            ["surveys_instrument.id"],
            name=op.f("fk_surveys_wave_instrument_id_surveys_instrument"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_surveys_wave")),
        sa.UniqueConstraint(
            "cohort_id",
            "kind",
            "months",
            "instrument_id",
            name=op.f("uq_surveys_wave_cohort_id_kind_months_instrument_id"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(
        op.f("ix_surveys_wave_instrument_id"), "surveys_wave", ["instrument_id"], unique=False
    )
    op.create_table(
        "certificates_preview",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("pdf", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state in ('pending', 'ready', 'failed')", name=op.f("ck_certificates_preview_state")
        ),
        sa.ForeignKeyConstraint(
            ["booking_id"],
            ["courses_booking.id"],
            name=op.f("fk_certificates_preview_booking_id_courses_booking"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates_preview")),
    )
    op.create_index(
        op.f("ix_certificates_preview_booking_id"),
        "certificates_preview",
        ["booking_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_certificates_preview_created_at"),
        "certificates_preview",
        ["created_at"],
        unique=False,
    )
    op.create_table(
        "courses_booking_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=True),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by_label", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column(
            "transaction",
            sa.BigInteger(),
            server_default=sa.text("(pg_current_xact_id()::text)::bigint"),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "char_length(why) <= 2000", name=op.f("ck_courses_booking_change_why_length")
        ),
        sa.ForeignKeyConstraint(
            ["booking_id"],
            ["courses_booking.id"],
            name=op.f("fk_courses_booking_change_booking_id_courses_booking"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_booking_change")),
    )
    op.create_index(
        op.f("ix_courses_booking_change_booking_id_at"),
        "courses_booking_change",
        ["booking_id", "at"],
        unique=False,
    )
    op.create_table(
        "courses_completion",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column(
            "rule", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column(
            "evidence", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "verdict in ('completed', 'not_yet', 'not_completed')",
            name=op.f("ck_courses_completion_verdict"),
        ),
        sa.ForeignKeyConstraint(
            ["booking_id"],
            ["courses_booking.id"],
            name=op.f("fk_courses_completion_booking_id_courses_booking"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id", "booking_id"],
            ["courses_completion.id", "courses_completion.booking_id"],
            name="fk_courses_completion_replaces_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_completion")),
        sa.UniqueConstraint("id", "booking_id", name=op.f("uq_courses_completion_id_booking_id")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_courses_completion_replaces_id")),
    )
    op.create_index(
        op.f("ix_courses_completion_booking_id"), "courses_completion", ["booking_id"], unique=False
    )
    op.create_index(
        "uq_courses_completion_root",
        "courses_completion",
        ["booking_id"],
        unique=True,
        postgresql_where=sa.text("replaces_id is null"),
    )
    op.create_table(
        "courses_component_completion",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("component_id", sa.Uuid(), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_ref", sa.Text(), nullable=False),
        sa.Column(
            "evidence", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by_label", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "source in ('import_row', 'hook', 'person')",
            name=op.f("ck_courses_component_completion_source"),
        ),
        sa.CheckConstraint("minutes >= 0", name=op.f("ck_courses_component_completion_minutes")),
        sa.ForeignKeyConstraint(
            ["booking_id"],
            ["courses_booking.id"],
            name=op.f("fk_courses_component_completion_booking_id_courses_booking"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["component_id"],
            ["courses_component.id"],
            name=op.f("fk_courses_component_completion_component_id_courses_component"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_component_completion")),
        sa.UniqueConstraint(
            "booking_id", "component_id", "source_ref", name="uq_courses_component_completion_once"
        ),
    )
    op.create_index(
        op.f("ix_courses_component_completion_component_id"),
        "courses_component_completion",
        ["component_id"],
        unique=False,
    )
    op.create_table(
        "courses_place",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("holds", sa.Boolean(), nullable=False),
        sa.Column("is_booked", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("person_id"), "="),
            (sa.column("during"), "&&"),
            where=sa.text("holds and is_booked"),
            using="gist",
            name="ex_place_person_clash",
        ),
        sa.ForeignKeyConstraint(
            ["booking_id", "person_id"],
            ["courses_booking.id", "courses_booking.person_id"],
            name=op.f("fk_courses_place_booking_id_courses_booking"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["session_id", "during", "holds"],
            ["courses_session.id", "courses_session.during", "courses_session.holds"],
            name=op.f("fk_courses_place_session_id_courses_session"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_place")),
        sa.UniqueConstraint(
            "booking_id", "session_id", name=op.f("uq_courses_place_booking_id_session_id")
        ),
    )
    op.create_index(
        op.f("ix_courses_place_session_id"), "courses_place", ["session_id"], unique=False
    )
    op.create_table(
        "courses_session_trainer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("trainer_id", sa.Uuid(), nullable=False),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("holds", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("trainer_id"), "="),
            (sa.column("during"), "&&"),
            where=sa.text("holds"),
            using="gist",
            name="ex_session_trainer_clash",
        ),
        sa.ForeignKeyConstraint(
            ["session_id", "during", "holds"],
            ["courses_session.id", "courses_session.during", "courses_session.holds"],
            name=op.f("fk_courses_session_trainer_session_id_courses_session"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["trainer_id"],
            ["courses_trainer.id"],
            name=op.f("fk_courses_session_trainer_trainer_id_courses_trainer"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_session_trainer")),
        sa.UniqueConstraint(
            "session_id",
            "trainer_id",
            name=op.f("uq_courses_session_trainer_session_id_trainer_id"),
        ),
    )
    op.create_index(
        op.f("ix_courses_session_trainer_trainer_id"),
        "courses_session_trainer",
        ["trainer_id"],
        unique=False,
    )
    op.create_table(
        "messages_message_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column(
            "before", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column(
            "after", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column("from_state", sa.Text(), nullable=True),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by_label", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "char_length(why) <= 2000", name=op.f("ck_messages_message_change_why_length")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["messages_message.id"],
            name=op.f("fk_messages_message_change_message_id_messages_message"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages_message_change")),
    )
    op.create_index(
        op.f("ix_messages_message_change_message_id_at"),
        "messages_message_change",
        ["message_id", "at"],
        unique=False,
    )
    op.create_table(
        "surveys_assignment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminders_sent", sa.Integer(), nullable=False),
        sa.Column(
            "draft", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column("link_version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state in ('waiting', 'open', 'submitted', 'closed', 'void')",
            name=op.f("ck_surveys_assignment_state"),
        ),
        sa.CheckConstraint(
            "reminders_sent >= 0", name=op.f("ck_surveys_assignment_reminders_sent")
        ),
        sa.ForeignKeyConstraint(
            ["booking_id", "person_id"],
            ["courses_booking.id", "courses_booking.person_id"],
            name=op.f("fk_surveys_assignment_booking_id_courses_booking"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["wave_id"],
            ["surveys_wave.id"],
            name=op.f("fk_surveys_assignment_wave_id_surveys_wave"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_surveys_assignment")),
        sa.UniqueConstraint(
            "wave_id", "booking_id", name=op.f("uq_surveys_assignment_wave_id_booking_id")
        ),
    )
    op.create_index(
        op.f("ix_surveys_assignment_booking_id"), "surveys_assignment", ["booking_id"], unique=False
    )
    op.create_index(
        op.f("ix_surveys_assignment_person_id_state"),
        "surveys_assignment",
        ["person_id", "state"],
        unique=False,
    )
    op.create_index(
        op.f("ix_surveys_assignment_state_closes_at"),
        "surveys_assignment",
        ["state", "closes_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_surveys_assignment_state_opens_at"),
        "surveys_assignment",
        ["state", "opens_at"],
        unique=False,
    )
    op.create_table(
        "certificates_certificate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("completion_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("design_key", sa.Text(), nullable=False),
        sa.Column("design_version", sa.Text(), nullable=False),
        sa.Column(
            "shown", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("pdf_sha256", sa.Text(), nullable=True),
        sa.Column("rendered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind in ('attendance', 'completion', 'accreditation')",
            name=op.f("ck_certificates_certificate_kind"),
        ),
        sa.CheckConstraint(
            "state in ('pending', 'failed') or (pdf_sha256 is not null and rendered_at is not null) or (state = 'withdrawn' and rendered_at is null)",
            name=op.f("ck_certificates_certificate_issued_is_rendered"),
        ),
        sa.CheckConstraint(
            "state in ('pending', 'issued', 'failed', 'replaced', 'withdrawn')",
            name=op.f("ck_certificates_certificate_state"),
        ),
        sa.CheckConstraint(
            "replaces_id <> id", name=op.f("ck_certificates_certificate_not_replacing_itself")
        ),
        sa.ForeignKeyConstraint(
            ["booking_id"],
            ["courses_booking.id"],
            name=op.f("fk_certificates_certificate_booking_id_courses_booking"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["completion_id"],
            ["courses_completion.id"],
            name=op.f("fk_certificates_certificate_completion_id_courses_completion"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"],
            ["certificates_certificate.id"],
            name="fk_certificates_certificate_replaces_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates_certificate")),
        sa.UniqueConstraint("number", name=op.f("uq_certificates_certificate_number")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_certificates_certificate_replaces_id")),
    )
    op.create_index(
        op.f("ix_certificates_certificate_booking_id"),
        "certificates_certificate",
        ["booking_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_certificates_certificate_completion_id"),
        "certificates_certificate",
        ["completion_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_certificates_certificate_state_created_at"),
        "certificates_certificate",
        ["state", "created_at"],
        unique=False,
    )
    op.create_index(
        "uq_certificates_certificate_current",
        "certificates_certificate",
        ["booking_id", "kind"],
        unique=True,
        postgresql_where=sa.text("state in ('pending', 'issued')"),
    )
    op.create_table(
        "courses_attendance",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("place_id", sa.Uuid(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by_label", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "mark in ('present', 'late', 'left_early', 'absent')",
            name=op.f("ck_courses_attendance_mark"),
        ),
        sa.CheckConstraint(
            "char_length(reason) <= 2000", name=op.f("ck_courses_attendance_reason_length")
        ),
        sa.CheckConstraint(
            "char_length(why) <= 2000", name=op.f("ck_courses_attendance_why_length")
        ),
        sa.CheckConstraint("minutes >= 0", name=op.f("ck_courses_attendance_minutes")),
        sa.ForeignKeyConstraint(
            ["place_id"],
            ["courses_place.id"],
            name=op.f("fk_courses_attendance_place_id_courses_place"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id", "place_id"],
            ["courses_attendance.id", "courses_attendance.place_id"],
            name="fk_courses_attendance_replaces_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses_attendance")),
        sa.UniqueConstraint("id", "place_id", name=op.f("uq_courses_attendance_id_place_id")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_courses_attendance_replaces_id")),
    )
    op.create_index(
        op.f("ix_courses_attendance_place_id"), "courses_attendance", ["place_id"], unique=False
    )
    op.create_index(
        "uq_courses_attendance_root",
        "courses_attendance",
        ["place_id"],
        unique=True,
        postgresql_where=sa.text("replaces_id is null"),
    )
    op.create_table(
        "surveys_submission",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("instrument_id", sa.Uuid(), nullable=False),
        sa.Column(
            "answers", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("score", sa.Numeric(precision=6, scale=3), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("keyed_by_id", sa.Uuid(), nullable=True),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(channel = 'paper') = (keyed_by_id is not null)",
            name=op.f("ck_surveys_submission_keyed_by"),
        ),
        sa.CheckConstraint(
            "channel in ('link', 'qr', 'paper')", name=op.f("ck_surveys_submission_channel")
        ),
        sa.CheckConstraint("seconds >= 0", name=op.f("ck_surveys_submission_seconds")),
        sa.ForeignKeyConstraint(
            ["assignment_id"],
            ["surveys_assignment.id"],
            name=op.f("fk_surveys_submission_assignment_id_surveys_assignment"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["instrument_id"],
            ["surveys_instrument.id"],
            name=op.f("fk_surveys_submission_instrument_id_surveys_instrument"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_surveys_submission")),
        sa.UniqueConstraint("assignment_id", name=op.f("uq_surveys_submission_assignment_id")),
    )
    op.create_index(
        "ix_surveys_submission_score",
        "surveys_submission",
        ["instrument_id", "assignment_id"],
        unique=False,
        postgresql_include=["score"],
    )
    op.create_table(
        "certificates_certificate_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=True),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by_label", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "char_length(why) <= 2000", name=op.f("ck_certificates_certificate_change_why_length")
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificates_certificate.id"],
            name="fk_certificates_certificate_change_certificate_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates_certificate_change")),
    )
    op.create_index(
        op.f("ix_certificates_certificate_change_certificate_id_at"),
        "certificates_certificate_change",
        ["certificate_id", "at"],
        unique=False,
    )
    op.create_table(
        "certificates_certificate_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificates_certificate.id"],
            name="fk_certificates_certificate_file_certificate_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates_certificate_file")),
        sa.UniqueConstraint(
            "certificate_id", name=op.f("uq_certificates_certificate_file_certificate_id")
        ),
    )
    # A demonstration from the first migration or never: a trigger refuses every later change.
    op.execute(
        sa.text(
            "insert into installation (id, is_only, is_demo, created_at)"
            " values (:id, true, :demo, now())"
        ).bindparams(id=uuid7(), demo=bool(context.config.attributes.get("demo")))
    )
