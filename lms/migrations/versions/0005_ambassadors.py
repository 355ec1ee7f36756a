"""Ambassadors, their pledges and check-ins, tallies, case studies and meetings."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "ambassadors_bulletin",
    "ambassadors_check_in_outcome",
    "ambassadors_handover",
    "ambassadors_objective_wording",
    "ambassadors_role_description",
)


def upgrade() -> None:
    op.create_table(
        "ambassadors_bulletin",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("recipients", sa.Integer(), nullable=False),
        sa.Column("locality_ids", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by_label", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "char_length(body) <= 10000", name=op.f("ck_ambassadors_bulletin_body_length")
        ),
        sa.CheckConstraint(
            "char_length(subject) <= 100", name=op.f("ck_ambassadors_bulletin_subject_length")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ambassadors_bulletin")),
    )
    op.create_table(
        "ambassadors_role_description",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by_label", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "char_length(text) <= 20000", name=op.f("ck_ambassadors_role_description_text_length")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ambassadors_role_description")),
        sa.UniqueConstraint("version", name=op.f("uq_ambassadors_role_description_version")),
    )
    op.create_table(
        "ambassadors_network_meeting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("locality_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "char_length(place) <= 500", name=op.f("ck_ambassadors_network_meeting_place_length")
        ),
        sa.CheckConstraint(
            "char_length(title) <= 200", name=op.f("ck_ambassadors_network_meeting_title_length")
        ),
        sa.CheckConstraint(
            "starts_at < ends_at", name=op.f("ck_ambassadors_network_meeting_starts_before_ending")
        ),
        sa.ForeignKeyConstraint(
            ["locality_id"],
            ["people_locality.id"],
            name=op.f("fk_ambassadors_network_meeting_locality_id_people_locality"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ambassadors_network_meeting")),
    )
    op.create_index(
        op.f("ix_ambassadors_network_meeting_locality_id_starts_at"),
        "ambassadors_network_meeting",
        ["locality_id", "starts_at"],
        unique=False,
    )
    op.create_table(
        "ambassadors_ambassador",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("locality_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("role_version", sa.Integer(), nullable=True),
        sa.Column("ask_again_on", sa.Date(), nullable=True),
        sa.Column("origin_booking_id", sa.Uuid(), nullable=True),
        sa.Column("origin_label", sa.Text(), nullable=False),
        sa.Column("mentor_id", sa.Uuid(), nullable=True),
        sa.Column("leaves_on", sa.Date(), nullable=True),
        sa.Column("leaving_said_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state in ('active', 'left')) = (accepted_at is not null) and (accepted_at is null) = (role_version is null)",
            name=op.f("ck_ambassadors_ambassador_accepted"),
        ),
        sa.CheckConstraint(
            "(state in ('invited', 'active')) = (ended_at is null)",
            name=op.f("ck_ambassadors_ambassador_ended"),
        ),
        sa.CheckConstraint(
            "state = 'declined' or ask_again_on is null",
            name=op.f("ck_ambassadors_ambassador_ask_again"),
        ),
        sa.CheckConstraint(
            "state in ('invited', 'active', 'declined', 'lapsed', 'left')",
            name=op.f("ck_ambassadors_ambassador_state"),
        ),
        sa.CheckConstraint(
            "mentor_id <> id", name=op.f("ck_ambassadors_ambassador_not_their_own_mentor")
        ),
        sa.ForeignKeyConstraint(
            ["locality_id"],
            ["people_locality.id"],
            name=op.f("fk_ambassadors_ambassador_locality_id_people_locality"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["mentor_id"],
            ["ambassadors_ambassador.id"],
            name=op.f("fk_ambassadors_ambassador_mentor_id_ambassadors_ambassador"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people_person.id"],
            name=op.f("fk_ambassadors_ambassador_person_id_people_person"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["role_version"],
            ["ambassadors_role_description.version"],
            name=op.f("fk_ambassadors_ambassador_role_version_ambassadors_role_description"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ambassadors_ambassador")),
    )
    op.create_index(
        op.f("ix_ambassadors_ambassador_locality_id_state"),
        "ambassadors_ambassador",
        ["locality_id", "state"],
        unique=False,
    )
    op.create_index(
        op.f("ix_ambassadors_ambassador_mentor_id"),
        "ambassadors_ambassador",
        ["mentor_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_ambassadors_ambassador_person_id"),
        "ambassadors_ambassador",
        ["person_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_ambassadors_ambassador_role_version"),
        "ambassadors_ambassador",
        ["role_version"],
        unique=False,
    )
    op.create_index(
        op.f("ix_ambassadors_ambassador_state_ask_again_on"),
        "ambassadors_ambassador",
        ["state", "ask_again_on"],
        unique=False,
    )
    op.create_index(
        "uq_ambassadors_ambassador_active",
        "ambassadors_ambassador",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("state in ('invited', 'active')"),
    )
    op.create_table(
        "ambassadors_candidate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("locality_id", sa.Uuid(), nullable=True),
        sa.Column("volunteered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["locality_id"],
            ["people_locality.id"],
            name=op.f("fk_ambassadors_candidate_locality_id_people_locality"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people_person.id"],
            name=op.f("fk_ambassadors_candidate_person_id_people_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ambassadors_candidate")),
        sa.UniqueConstraint("booking_id", name=op.f("uq_ambassadors_candidate_booking_id")),
    )
    op.create_index(
        op.f("ix_ambassadors_candidate_locality_id_completed_at"),
        "ambassadors_candidate",
        ["locality_id", "completed_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_ambassadors_candidate_person_id"),
        "ambassadors_candidate",
        ["person_id"],
        unique=False,
    )
    op.create_table(
        "ambassadors_case_study",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ambassador_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("situation", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("lesson", sa.Text(), nullable=False),
        sa.Column("uses", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("naming", sa.Text(), nullable=False),
        sa.Column("consent_version", sa.Integer(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewer_id", sa.Uuid(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("review_note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'draft') or submitted_at is not null",
            name=op.f("ck_ambassadors_case_study_submitted"),
        ),
        sa.CheckConstraint(
            "naming in ('name', 'role', 'neither')", name=op.f("ck_ambassadors_case_study_naming")
        ),
        sa.CheckConstraint(
            "state in ('draft', 'submitted', 'approved', 'expired', 'withdrawn')",
            name=op.f("ck_ambassadors_case_study_state"),
        ),
        sa.CheckConstraint(
            "uses <@ array['bulletin', 'training', 'reports', 'public']::text[]",
            name=op.f("ck_ambassadors_case_study_uses"),
        ),
        sa.CheckConstraint(
            "char_length(action) <= 2000", name=op.f("ck_ambassadors_case_study_action_length")
        ),
        sa.CheckConstraint(
            "char_length(change) <= 2000", name=op.f("ck_ambassadors_case_study_change_length")
        ),
        sa.CheckConstraint(
            "char_length(lesson) <= 2000", name=op.f("ck_ambassadors_case_study_lesson_length")
        ),
        sa.CheckConstraint(
            "char_length(review_note) <= 500",
            name=op.f("ck_ambassadors_case_study_review_note_length"),
        ),
        sa.CheckConstraint(
            "char_length(situation) <= 2000",
            name=op.f("ck_ambassadors_case_study_situation_length"),
        ),
        sa.ForeignKeyConstraint(
            ["ambassador_id"],
            ["ambassadors_ambassador.id"],
            name=op.f("fk_ambassadors_case_study_ambassador_id_ambassadors_ambassador"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"],
            ["people_person.id"],
            name=op.f("fk_ambassadors_case_study_reviewer_id_people_person"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ambassadors_case_study")),
    )
    op.create_index(
        op.f("ix_ambassadors_case_study_ambassador_id_created_at"),
        "ambassadors_case_study",
        ["ambassador_id", "created_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_ambassadors_case_study_reviewer_id"),
        "ambassadors_case_study",
        ["reviewer_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_ambassadors_case_study_state_expires_on"),
        "ambassadors_case_study",
        ["state", "expires_on"],
        unique=False,
    )
    op.create_table(
        "ambassadors_network_attendance",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("ambassador_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["ambassador_id"],
            ["ambassadors_ambassador.id"],
            name=op.f("fk_ambassadors_network_attendance_ambassador_id_ambassadors_ambassador"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["ambassadors_network_meeting.id"],
            name=op.f("fk_ambassadors_network_attendance_meeting_id_ambassadors_network_meeting"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ambassadors_network_attendance")),
        sa.UniqueConstraint(
            "meeting_id",
            "ambassador_id",
            name=op.f("uq_ambassadors_network_attendance_meeting_id_ambassador_id"),
        ),
    )
    op.create_index(
        op.f("ix_ambassadors_network_attendance_ambassador_id"),
        "ambassadors_network_attendance",
        ["ambassador_id"],
        unique=False,
    )
    op.create_table(
        "ambassadors_pledge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ambassador_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("strength", sa.Integer(), nullable=False),
        sa.Column("shared_with_manager", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'live') = (ended_at is null)", name=op.f("ck_ambassadors_pledge_ended")
        ),
        sa.CheckConstraint(
            "state in ('live', 'finished', 'withdrawn', 'handed_on')",
            name=op.f("ck_ambassadors_pledge_state"),
        ),
        sa.CheckConstraint("strength between 1 and 5", name=op.f("ck_ambassadors_pledge_strength")),
        sa.ForeignKeyConstraint(
            ["ambassador_id"],
            ["ambassadors_ambassador.id"],
            name=op.f("fk_ambassadors_pledge_ambassador_id_ambassadors_ambassador"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ambassadors_pledge")),
    )
    op.create_index(
        op.f("ix_ambassadors_pledge_ambassador_id_made_at"),
        "ambassadors_pledge",
        ["ambassador_id", "made_at"],
        unique=False,
    )
    op.create_index(
        "uq_ambassadors_pledge_live",
        "ambassadors_pledge",
        ["ambassador_id"],
        unique=True,
        postgresql_where=sa.text("state = 'live'"),
    )
    op.create_table(
        "ambassadors_referral_tally",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ambassador_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("conversations", sa.Integer(), nullable=True),
        sa.Column("to_counselling", sa.Integer(), nullable=True),
        sa.Column("to_mediation", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "conversations between 0 and 9999",
            name=op.f("ck_ambassadors_referral_tally_conversations"),
        ),
        sa.CheckConstraint(
            "extract(day from month) = 1", name=op.f("ck_ambassadors_referral_tally_month")
        ),
        sa.CheckConstraint(
            "num_nulls(conversations, to_counselling, to_mediation, answered_at) in (0, 4)",
            name=op.f("ck_ambassadors_referral_tally_all_or_nothing"),
        ),
        sa.CheckConstraint(
            "to_counselling between 0 and 9999",
            name=op.f("ck_ambassadors_referral_tally_to_counselling"),
        ),
        sa.CheckConstraint(
            "to_mediation between 0 and 9999",
            name=op.f("ck_ambassadors_referral_tally_to_mediation"),
        ),
        sa.ForeignKeyConstraint(
            ["ambassador_id"],
            ["ambassadors_ambassador.id"],
            name=op.f("fk_ambassadors_referral_tally_ambassador_id_ambassadors_ambassador"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ambassadors_referral_tally")),
        sa.UniqueConstraint(
            "ambassador_id", "month", name=op.f("uq_ambassadors_referral_tally_ambassador_id_month")
        ),
    )
    op.create_index(
        op.f("ix_ambassadors_referral_tally_month"),
        "ambassadors_referral_tally",
        ["month"],
        unique=False,
    )
    op.create_table(
        "ambassadors_check_in",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pledge_id", sa.Uuid(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminders_sent", sa.Integer(), nullable=False),
        sa.Column(
            "wording", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column("obstacles", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("helped", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("manager_support", sa.Integer(), nullable=True),
        sa.Column("no_manager", sa.Boolean(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'answered') = (answered_at is not null)",
            name=op.f("ck_ambassadors_check_in_answered"),
        ),
        sa.CheckConstraint(
            "helped <@ array['manager', 'colleagues', 'network', 'materials', 'practice', 'supervision', 'onward', 'forms', 'refresher', 'other']::text[]",
            name=op.f("ck_ambassadors_check_in_helped"),
        ),
        sa.CheckConstraint(
            "obstacles <@ array['time', 'caseload', 'chance', 'unsure', 'parents', 'safety', 'onward', 'manager', 'forms', 'job', 'other']::text[]",
            name=op.f("ck_ambassadors_check_in_obstacles"),
        ),
        sa.CheckConstraint(
            "state in ('scheduled', 'due', 'overdue', 'answered', 'closed', 'cancelled')",
            name=op.f("ck_ambassadors_check_in_state"),
        ),
        sa.CheckConstraint(
            "char_length(sentence) <= 300", name=op.f("ck_ambassadors_check_in_sentence_length")
        ),
        sa.CheckConstraint(
            "due_on < closes_on", name=op.f("ck_ambassadors_check_in_due_before_closing")
        ),
        sa.CheckConstraint(
            "manager_support between 1 and 5", name=op.f("ck_ambassadors_check_in_manager_support")
        ),
        sa.CheckConstraint("months in (1, 3, 6)", name=op.f("ck_ambassadors_check_in_months")),
        sa.CheckConstraint(
            "not (no_manager and manager_support is not null)",
            name=op.f("ck_ambassadors_check_in_no_manager"),
        ),
        sa.CheckConstraint(
            "reminders_sent between 0 and 2", name=op.f("ck_ambassadors_check_in_reminders_sent")
        ),
        sa.ForeignKeyConstraint(
            ["pledge_id"],
            ["ambassadors_pledge.id"],
            name=op.f("fk_ambassadors_check_in_pledge_id_ambassadors_pledge"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ambassadors_check_in")),
        sa.UniqueConstraint(
            "pledge_id", "months", name=op.f("uq_ambassadors_check_in_pledge_id_months")
        ),
    )
    op.create_index(
        op.f("ix_ambassadors_check_in_state_closes_on"),
        "ambassadors_check_in",
        ["state", "closes_on"],
        unique=False,
    )
    op.create_index(
        op.f("ix_ambassadors_check_in_state_due_on"),
        "ambassadors_check_in",
        ["state", "due_on"],
        unique=False,
    )
    op.create_table(
        "ambassadors_handover",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("from_id", sa.Uuid(), nullable=False),
        sa.Column("to_id", sa.Uuid(), nullable=True),
        sa.Column("pledge_id", sa.Uuid(), nullable=True),
        sa.Column(
            "moved", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by_label", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "char_length(why) <= 500", name=op.f("ck_ambassadors_handover_why_length")
        ),
        sa.CheckConstraint("from_id <> to_id", name=op.f("ck_ambassadors_handover_two_people")),
        sa.ForeignKeyConstraint(
            ["from_id"],
            ["ambassadors_ambassador.id"],
            name=op.f("fk_ambassadors_handover_from_id_ambassadors_ambassador"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["pledge_id"],
            ["ambassadors_pledge.id"],
            name=op.f("fk_ambassadors_handover_pledge_id_ambassadors_pledge"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["to_id"],
            ["ambassadors_ambassador.id"],
            name=op.f("fk_ambassadors_handover_to_id_ambassadors_ambassador"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ambassadors_handover")),
        sa.UniqueConstraint("from_id", name=op.f("uq_ambassadors_handover_from_id")),
    )
    op.create_index(
        op.f("ix_ambassadors_handover_pledge_id"),
        "ambassadors_handover",
        ["pledge_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_ambassadors_handover_to_id"), "ambassadors_handover", ["to_id"], unique=False
    )
    op.create_table(
        "ambassadors_objective",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pledge_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "position between 1 and 5", name=op.f("ck_ambassadors_objective_position")
        ),
        sa.CheckConstraint("weight between 1 and 3", name=op.f("ck_ambassadors_objective_weight")),
        sa.ForeignKeyConstraint(
            ["pledge_id"],
            ["ambassadors_pledge.id"],
            name=op.f("fk_ambassadors_objective_pledge_id_ambassadors_pledge"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ambassadors_objective")),
        sa.UniqueConstraint(
            "pledge_id", "position", name=op.f("uq_ambassadors_objective_pledge_id_position")
        ),
    )
    op.create_table(
        "ambassadors_check_in_outcome",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("check_in_id", sa.Uuid(), nullable=False),
        sa.Column("objective_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("goal", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "outcome in ('not_started', 'partly', 'fully', 'no_longer_relevant')",
            name=op.f("ck_ambassadors_check_in_outcome_outcome"),
        ),
        sa.CheckConstraint(
            "goal between -2 and 2", name=op.f("ck_ambassadors_check_in_outcome_goal")
        ),
        sa.ForeignKeyConstraint(
            ["check_in_id"],
            ["ambassadors_check_in.id"],
            name=op.f("fk_ambassadors_check_in_outcome_check_in_id_ambassadors_check_in"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["objective_id"],
            ["ambassadors_objective.id"],
            name=op.f("fk_ambassadors_check_in_outcome_objective_id_ambassadors_objective"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id", "check_in_id", "objective_id"],
            [
                "ambassadors_check_in_outcome.id",
                "ambassadors_check_in_outcome.check_in_id",
                "ambassadors_check_in_outcome.objective_id",
            ],
            name="fk_ambassadors_check_in_outcome_replaces_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ambassadors_check_in_outcome")),
        sa.UniqueConstraint(
            "id",
            "check_in_id",
            "objective_id",
            name=op.f("uq_ambassadors_check_in_outcome_id_check_in_id_objective_id"),
        ),
        sa.UniqueConstraint(
            "replaces_id", name=op.f("uq_ambassadors_check_in_outcome_replaces_id")
        ),
    )
    op.create_index(
        op.f("ix_ambassadors_check_in_outcome_check_in_id"),
        "ambassadors_check_in_outcome",
        ["check_in_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_ambassadors_check_in_outcome_objective_id"),
        "ambassadors_check_in_outcome",
        ["objective_id"],
        unique=False,
    )
    op.create_index(
        "uq_ambassadors_check_in_outcome_first",
        "ambassadors_check_in_outcome",
        ["check_in_id", "objective_id"],
        unique=True,
        postgresql_where=sa.text("replaces_id is null"),
    )
    op.create_table(
        "ambassadors_objective_wording",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("objective_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("known_when", sa.Text(), nullable=False),
        sa.Column("by_months", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by_label", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("btrim(text) <> ''", name=op.f("ck_ambassadors_objective_wording_text")),
        sa.CheckConstraint(
            "by_months in (1, 3, 6)", name=op.f("ck_ambassadors_objective_wording_by_months")
        ),
        sa.CheckConstraint(
            "char_length(known_when) <= 120",
            name=op.f("ck_ambassadors_objective_wording_known_when_length"),
        ),
        sa.CheckConstraint(
            "char_length(text) <= 200", name=op.f("ck_ambassadors_objective_wording_text_length")
        ),
        sa.ForeignKeyConstraint(
            ["objective_id"],
            ["ambassadors_objective.id"],
            name=op.f("fk_ambassadors_objective_wording_objective_id_ambassadors_objective"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ambassadors_objective_wording")),
    )
    op.create_index(
        op.f("ix_ambassadors_objective_wording_objective_id_at"),
        "ambassadors_objective_wording",
        ["objective_id", "at"],
        unique=False,
    )
    for table in APPEND_ONLY:
        op.execute(f"select make_append_only('{table}')")
