"""The nouns: every table with its keys, word lists and constraints.

Locks: nothing is there yet.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("sort_key", sa.Text(collation="C"), nullable=False),
        sa.Column("password", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column(
            "fs_uniquifier",
            sa.Text(),
            server_default=sa.text("CAST(gen_random_uuid() AS TEXT)"),
            nullable=False,
        ),
        sa.Column("language", sa.Text(), server_default="vi", nullable=False),
        sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("language IN ('vi', 'en')", name=op.f("ck_account_language")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_account_fs_uniquifier")),
    )
    op.create_index("uq_account_email", "account", [sa.literal_column("lower(email)")], unique=True)
    op.create_table(
        "audit_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("command_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("prev_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column(
            "action", sa.Text(), sa.Computed("(payload::jsonb) ->> 'action'", persisted=True), nullable=False
        ),
        sa.Column(
            "at",
            sa.Text(collation="C"),
            sa.Computed("(payload::jsonb) ->> 'at'", persisted=True),
            nullable=False,
        ),
        sa.Column(
            "actor_id",
            sa.BigInteger(),
            sa.Computed("((payload::jsonb) ->> 'actor')::bigint", persisted=True),
            nullable=True,
        ),
        sa.Column(
            "submission_id",
            sa.BigInteger(),
            sa.Computed("((payload::jsonb) ->> 'submission')::bigint", persisted=True),
            nullable=True,
        ),
        sa.Column(
            "unit_id",
            sa.BigInteger(),
            sa.Computed("((payload::jsonb) ->> 'unit')::bigint", persisted=True),
            nullable=True,
        ),
        sa.Column(
            "cause", sa.Text(), sa.Computed("(payload::jsonb) ->> 'cause'", persisted=True), nullable=False
        ),
        sa.CheckConstraint(
            "octet_length(prev_hash) = 32 AND octet_length(hash) = 32", name=op.f("ck_audit_event_hashes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
        sa.UniqueConstraint("command_id", name=op.f("uq_audit_event_command_id")),
    )
    op.create_index("ix_audit_event_action", "audit_event", ["action", "id"], unique=False)
    op.create_index("ix_audit_event_actor", "audit_event", ["actor_id", "id"], unique=False)
    op.create_index("ix_audit_event_submission", "audit_event", ["submission_id", "id"], unique=False)
    op.create_index("uq_audit_event_stream_prev_hash", "audit_event", ["stream", "prev_hash"], unique=True)
    op.create_index("uq_audit_event_stream_seq", "audit_event", ["stream", "seq"], unique=True)
    op.create_table(
        "audit_head",
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("stream", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "category",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name_vi", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("description_vi", sa.Text(), nullable=False),
        sa.Column("sort", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category")),
        sa.UniqueConstraint("code", name=op.f("uq_category_code")),
    )
    op.create_table(
        "directive",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("zone", sa.Text(), server_default="Asia/Ho_Chi_Minh", nullable=False),
        sa.Column("deadline_day", sa.BigInteger(), nullable=False),
        sa.Column("closing_day", sa.BigInteger(), nullable=False),
        sa.Column("quota", sa.BigInteger(), nullable=False),
        sa.Column("counting_kinds", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("bound_unit_kinds", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("reminder_days", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("workflow", sa.Text(), server_default="monthly-submission", nullable=False),
        postgresql.ExcludeConstraint(
            (sa.text("daterange(valid_from, valid_to)"), "&&"), using="gist", name="one_directive_at_a_time"
        ),
        sa.CheckConstraint("closing_day BETWEEN deadline_day AND 28", name=op.f("ck_directive_closing_day")),
        sa.CheckConstraint("deadline_day BETWEEN 1 AND 28", name=op.f("ck_directive_deadline_day")),
        sa.CheckConstraint("quota >= 0", name=op.f("ck_directive_quota")),
        sa.CheckConstraint("valid_to IS NULL OR valid_from < valid_to", name=op.f("ck_directive_dates")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directive")),
        sa.UniqueConstraint("code", name=op.f("uq_directive_code")),
    )
    op.create_table(
        "house_fact",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_house_fact")),
    )
    op.create_table(
        "job_run",
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("slot", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_skipped", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("job", "slot", name=op.f("pk_job_run")),
    )
    op.create_index("ix_job_run_newest", "job_run", ["job", sa.literal_column("slot DESC")], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "new",
                "queued",
                "running",
                "done",
                "dead",
                "dismissed",
                name="outboxstate",
                native_enum=False,
                create_constraint=True,
            ),
            server_default="new",
            nullable=False,
        ),
        sa.Column("attempts", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("token", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
    )
    op.create_index("ix_outbox_dead", "outbox", ["id"], unique=False, postgresql_where="state = 'dead'")
    op.create_index(
        "ix_outbox_due",
        "outbox",
        ["next_at"],
        unique=False,
        postgresql_where="state IN ('new', 'queued', 'running')",
    )
    op.create_table(
        "rehearsal_clock",
        sa.Column("is_only", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("ahead", sa.Interval(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("is_only", name=op.f("ck_rehearsal_clock_only")),
        sa.PrimaryKeyConstraint("is_only", name=op.f("pk_rehearsal_clock")),
    )
    op.create_table(
        "succession",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "merge",
                "transfer",
                "abolish_split",
                name="successionkind",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("from_code", sa.Text(), nullable=False),
        sa.Column("to_code", sa.Text(), nullable=False),
        sa.Column("is_primary_heir", sa.Boolean(), nullable=False),
        sa.Column("legal_basis", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_succession")),
        sa.UniqueConstraint(
            "effective_on", "from_code", "to_code", name=op.f("uq_succession_effective_on_from_code_to_code")
        ),
    )
    op.create_table(
        "unit",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("short_name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("admin_unit", sa.Text(), nullable=False),
        sa.Column("admin_kind", sa.Text(), nullable=False),
        sa.Column("gso_code", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("successor_codes", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("aliases", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("sort_key", sa.Text(collation="C"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("valid_to IS NULL OR valid_from < valid_to", name=op.f("ck_unit_dates")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("code", name=op.f("uq_unit_code")),
    )
    op.create_table(
        "committee",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("directive_id", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column(
            "status",
            sa.Enum("draft", "confirmed", name="committeestatus", native_enum=False, create_constraint=True),
            server_default="draft",
            nullable=False,
        ),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(status = 'confirmed') = (confirmed_at IS NOT NULL)", name=op.f("ck_committee_confirmed")
        ),
        sa.CheckConstraint("valid_to IS NULL OR valid_from <= valid_to", name=op.f("ck_committee_dates")),
        sa.ForeignKeyConstraint(
            ["confirmed_by"], ["account.id"], name=op.f("fk_committee_confirmed_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["directive_id"], ["directive.id"], name=op.f("fk_committee_directive_id_directive")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_committee_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_committee")),
        sa.UniqueConstraint("id", "directive_id", name=op.f("uq_committee_id_directive_id")),
    )
    op.create_index(
        "uq_committee_in_force", "committee", ["unit_id"], unique=True, postgresql_where="valid_to IS NULL"
    )
    op.create_table(
        "composition",
        sa.Column("directive_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "seat_kind",
            sa.Enum(
                "leader", "specialist", "teacher", name="seatkind", native_enum=False, create_constraint=True
            ),
            nullable=False,
        ),
        sa.Column("slot", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("slot >= 1", name=op.f("ck_composition_slot")),
        sa.ForeignKeyConstraint(
            ["directive_id"], ["directive.id"], name=op.f("fk_composition_directive_id_directive")
        ),
        sa.PrimaryKeyConstraint("directive_id", "seat_kind", "slot", name=op.f("pk_composition")),
    )
    op.create_table(
        "delegation",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("from_account_id", sa.BigInteger(), nullable=False),
        sa.Column("to_account_id", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("from_account_id <> to_account_id", name=op.f("ck_delegation_two_people")),
        sa.CheckConstraint("valid_from < valid_to", name=op.f("ck_delegation_dates")),
        sa.ForeignKeyConstraint(
            ["from_account_id"], ["account.id"], name=op.f("fk_delegation_from_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["to_account_id"], ["account.id"], name=op.f("fk_delegation_to_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation")),
    )
    op.create_table(
        "envelope",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), server_default="", nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("from_address", sa.Text(), server_default="", nullable=False),
        sa.Column("from_name", sa.Text(), server_default="", nullable=False),
        sa.Column("subject", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "new",
                "accepted",
                "tray",
                "ignored",
                name="verdict",
                native_enum=False,
                create_constraint=True,
            ),
            server_default="new",
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("problems", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("sender_id", sa.BigInteger(), nullable=True),
        sa.Column("handled_by", sa.BigInteger(), nullable=True),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_envelope_sha256")),
        sa.ForeignKeyConstraint(["handled_by"], ["account.id"], name=op.f("fk_envelope_handled_by_account")),
        sa.ForeignKeyConstraint(["sender_id"], ["account.id"], name=op.f("fk_envelope_sender_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_envelope")),
        sa.UniqueConstraint("sha256", name=op.f("uq_envelope_sha256")),
    )
    op.create_index("ix_envelope_message_id", "envelope", ["message_id"], unique=False)
    op.create_index(
        "ix_envelope_tray", "envelope", ["received_at"], unique=False, postgresql_where="verdict = 'tray'"
    )
    op.create_table(
        "period",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("month", sa.BigInteger(), nullable=False),
        sa.Column("directive_id", sa.BigInteger(), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("quota", sa.BigInteger(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.BigInteger(), nullable=True),
        sa.Column("deadline_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("codes_given", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint("month BETWEEN 1 AND 12", name=op.f("ck_period_month")),
        sa.CheckConstraint(
            "opens_at < deadline_at AND deadline_at <= closes_at", name=op.f("ck_period_order")
        ),
        sa.CheckConstraint("quota >= 0", name=op.f("ck_period_quota")),
        sa.ForeignKeyConstraint(["closed_by"], ["account.id"], name=op.f("fk_period_closed_by_account")),
        sa.ForeignKeyConstraint(
            ["directive_id"], ["directive.id"], name=op.f("fk_period_directive_id_directive")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_period")),
    )
    op.create_index("uq_period_month", "period", ["year", "month"], unique=True, postgresql_where="is_active")
    op.create_table(
        "role_grant",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "contributor",
                "committee",
                "editor",
                "approver",
                "publisher",
                "auditor",
                "admin",
                "system",
                name="role",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("granted_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(role IN ('contributor', 'committee')) = (unit_id IS NOT NULL)", name=op.f("ck_role_grant_scope")
        ),
        sa.CheckConstraint("role <> 'system'", name=op.f("ck_role_grant_nobody_is_the_system")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_role_grant_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["granted_by"], ["account.id"], name=op.f("fk_role_grant_granted_by_account")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_role_grant_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
    )
    op.create_index(
        "uq_role_grant_in_force",
        "role_grant",
        ["account_id", "role", sa.literal_column("coalesce(unit_id, 0)")],
        unique=True,
        postgresql_where="valid_to IS NULL",
    )
    op.create_table(
        "committee_proposal",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("envelope_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("blob", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("members", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["envelope_id"], ["envelope.id"], name=op.f("fk_committee_proposal_envelope_id_envelope")
        ),
        sa.ForeignKeyConstraint(
            ["settled_by"], ["account.id"], name=op.f("fk_committee_proposal_settled_by_account")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_committee_proposal_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_committee_proposal")),
    )
    op.create_table(
        "exemption",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("period_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("granted_by", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_exemption_reason")),
        sa.ForeignKeyConstraint(["granted_by"], ["account.id"], name=op.f("fk_exemption_granted_by_account")),
        sa.ForeignKeyConstraint(["period_id"], ["period.id"], name=op.f("fk_exemption_period_id_period")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_exemption_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exemption")),
    )
    op.create_table(
        "extension",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("period_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("granted_by", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_extension_reason")),
        sa.ForeignKeyConstraint(["granted_by"], ["account.id"], name=op.f("fk_extension_granted_by_account")),
        sa.ForeignKeyConstraint(["period_id"], ["period.id"], name=op.f("fk_extension_period_id_period")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_extension_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension")),
    )
    op.create_index("ix_extension_period_unit", "extension", ["period_id", "unit_id"], unique=False)
    op.create_table(
        "reminder",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("period_id", sa.BigInteger(), nullable=False),
        sa.Column("occasion", sa.Text(), nullable=False),
        sa.Column("is_skipped", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["period_id"], ["period.id"], name=op.f("fk_reminder_period_id_period")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_reminder_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sa.UniqueConstraint(
            "unit_id", "period_id", "occasion", name=op.f("uq_reminder_unit_id_period_id_occasion")
        ),
    )
    op.create_table(
        "seat",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("committee_id", sa.BigInteger(), nullable=False),
        sa.Column("directive_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "seat_kind",
            sa.Enum(
                "leader", "specialist", "teacher", name="seatkind", native_enum=False, create_constraint=True
            ),
            nullable=False,
        ),
        sa.Column("slot", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("workplace", sa.Text(), nullable=False),
        sa.Column("role_in_committee", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), server_default="", nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("valid_to IS NULL OR valid_from <= valid_to", name=op.f("ck_seat_dates")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_seat_account_id_account")),
        sa.ForeignKeyConstraint(
            ["committee_id", "directive_id"],
            ["committee.id", "committee.directive_id"],
            name=op.f("fk_seat_committee_id_directive_id_committee"),
        ),
        sa.ForeignKeyConstraint(
            ["directive_id", "seat_kind", "slot"],
            ["composition.directive_id", "composition.seat_kind", "composition.slot"],
            name=op.f("fk_seat_directive_id_seat_kind_slot_composition"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat")),
    )
    op.create_index("ix_seat_account", "seat", ["account_id"], unique=False)
    op.create_index(
        "uq_seat_person",
        "seat",
        ["committee_id", "account_id"],
        unique=True,
        postgresql_where="valid_to IS NULL",
    )
    op.create_index(
        "uq_seat_slot",
        "seat",
        ["committee_id", "seat_kind", "slot"],
        unique=True,
        postgresql_where="valid_to IS NULL",
    )
    op.create_table(
        "submission",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("import_id", sa.Text(), nullable=True),
        sa.Column("workflow", sa.Text(), nullable=False),
        sa.Column("workflow_version", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("head_hash", sa.LargeBinary(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("period_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "news", "article", "video", "material", name="kind", native_enum=False, create_constraint=True
            ),
            nullable=False,
        ),
        sa.Column(
            "channel",
            sa.Enum("web", "mail", name="channel", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("revision_id", sa.BigInteger(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("first_sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_late", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("statement_by", sa.BigInteger(), nullable=True),
        sa.Column(
            "uncounted",
            sa.Enum(
                "duplicate",
                "empty",
                "advertising",
                "other",
                name="uncountreason",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=True,
        ),
        sa.Column("uncounted_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("excused_reason", sa.Text(), nullable=True),
        sa.Column("claimed_by", sa.BigInteger(), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checklist_by", sa.BigInteger(), nullable=True),
        sa.Column("set_aside_reason", sa.Text(), nullable=True),
        sa.Column("returned_reason", sa.Text(), nullable=True),
        sa.Column("scheduled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("discarded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("extended_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(claimed_by IS NULL) = (claimed_at IS NULL)", name=op.f("ck_submission_claim")),
        sa.CheckConstraint(
            "NOT sent_late OR first_sent_at IS NOT NULL", name=op.f("ck_submission_sent_late")
        ),
        sa.CheckConstraint("octet_length(head_hash) = 32", name=op.f("ck_submission_head_hash")),
        sa.ForeignKeyConstraint(
            ["checklist_by"], ["account.id"], name=op.f("fk_submission_checklist_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["claimed_by"], ["account.id"], name=op.f("fk_submission_claimed_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["account.id"], name=op.f("fk_submission_created_by_account")
        ),
        sa.ForeignKeyConstraint(["period_id"], ["period.id"], name=op.f("fk_submission_period_id_period")),
        sa.ForeignKeyConstraint(
            ["statement_by"], ["account.id"], name=op.f("fk_submission_statement_by_account")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_submission_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint("code", name=op.f("uq_submission_code")),
        sa.UniqueConstraint("import_id", name=op.f("uq_submission_import_id")),
    )
    op.create_index("ix_submission_period_unit", "submission", ["period_id", "unit_id"], unique=False)
    op.create_index(
        "ix_submission_scheduled",
        "submission",
        ["scheduled_at"],
        unique=False,
        postgresql_where="scheduled_at IS NOT NULL",
    )
    op.create_index("ix_submission_state_since", "submission", ["state", "state_since"], unique=False)
    op.create_index("ix_submission_unit", "submission", ["unit_id"], unique=False)
    op.create_table(
        "attachment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("blob", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "picture",
                "video",
                "document",
                name="attachmentkind",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("width", sa.BigInteger(), nullable=True),
        sa.Column("height", sa.BigInteger(), nullable=True),
        sa.Column("public_blob", sa.Text(), nullable=True),
        sa.Column("public_media_type", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("blob ~ '^[0-9a-f]{64}$'", name=op.f("ck_attachment_blob")),
        sa.CheckConstraint(
            "(public_blob IS NULL) = (public_media_type IS NULL)", name=op.f("ck_attachment_public_copy")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_attachment_submission_id_submission")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        sa.UniqueConstraint("submission_id", "blob", name=op.f("uq_attachment_submission_id_blob")),
    )
    op.create_index("ix_attachment_public_blob", "attachment", ["public_blob"], unique=False)
    op.create_table(
        "envelope_submission",
        sa.Column("envelope_id", sa.BigInteger(), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["envelope_id"], ["envelope.id"], name=op.f("fk_envelope_submission_envelope_id_envelope")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_envelope_submission_submission_id_submission")
        ),
        sa.PrimaryKeyConstraint("envelope_id", "submission_id", name=op.f("pk_envelope_submission")),
    )
    op.create_table(
        "letter",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("to_address", sa.Text(), nullable=False),
        sa.Column("to_name", sa.Text(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("submission_id", sa.BigInteger(), nullable=True),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("code", sa.Text(), server_default="", nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("in_reply_to", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting", "sent", "failed", name="letterstate", native_enum=False, create_constraint=True
            ),
            server_default="waiting",
            nullable=False,
        ),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("server", sa.Text(), server_default="", nullable=False),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_letter_sent")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_letter_account_id_account")),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_letter_submission_id_submission")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_letter_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sa.UniqueConstraint("key", name=op.f("uq_letter_key")),
    )
    op.create_index("ix_letter_state", "letter", ["state", "id"], unique=False)
    op.create_index("ix_letter_submission", "letter", ["submission_id"], unique=False)
    op.create_table(
        "revision",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "news", "article", "video", "material", name="kind", native_enum=False, create_constraint=True
            ),
            nullable=False,
        ),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("author_line", sa.Text(), nullable=False),
        sa.Column("author_title", sa.Text(), nullable=False),
        sa.Column("school", sa.Text(), nullable=False),
        sa.Column("category_id", sa.BigInteger(), nullable=True),
        sa.Column("canonical", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("written_by", sa.BigInteger(), nullable=True),
        sa.Column(
            "written_as",
            sa.Enum("unit", "department", name="writtenas", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("digest ~ '^sha256:[0-9a-f]{64}$'", name=op.f("ck_revision_digest")),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name=op.f("fk_revision_category_id_category")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_revision_submission_id_submission")
        ),
        sa.ForeignKeyConstraint(["written_by"], ["account.id"], name=op.f("fk_revision_written_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
        sa.UniqueConstraint("submission_id", "number", name=op.f("uq_revision_submission_id_number")),
    )
    op.create_table(
        "consent_answer",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("attachment_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "answer",
            sa.Enum(
                "yes", "no", "unknown", "none", name="consent", native_enum=False, create_constraint=True
            ),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("answered_by", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["account.id"], name=op.f("fk_consent_answer_answered_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachment.id"], name=op.f("fk_consent_answer_attachment_id_attachment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_answer")),
    )
    op.create_index("ix_consent_answer_attachment", "consent_answer", ["attachment_id", "id"], unique=False)
    op.create_table(
        "publication",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("revision_id", sa.BigInteger(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("first_published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("correction_note", sa.Text(), server_default="", nullable=False),
        sa.Column("retracted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retraction_reason", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "(retracted_at IS NULL) = (retraction_reason = '')", name=op.f("ck_publication_retraction")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name=op.f("fk_publication_revision_id_revision")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_publication_submission_id_submission")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication")),
        sa.UniqueConstraint("slug", name=op.f("uq_publication_slug")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_publication_submission_id")),
    )
    op.create_index(
        "ix_publication_newest",
        "publication",
        [sa.literal_column("first_published_at DESC")],
        unique=False,
        postgresql_where="retracted_at IS NULL",
    )
    op.create_table(
        "revision_attachment",
        sa.Column("revision_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("attachment_id", sa.BigInteger(), nullable=False),
        sa.Column("caption", sa.Text(), nullable=False),
        sa.Column("credit", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachment.id"], name=op.f("fk_revision_attachment_attachment_id_attachment")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name=op.f("fk_revision_attachment_revision_id_revision")
        ),
        sa.PrimaryKeyConstraint("revision_id", "position", name=op.f("pk_revision_attachment")),
        sa.UniqueConstraint(
            "revision_id", "attachment_id", name=op.f("uq_revision_attachment_revision_id_attachment_id")
        ),
    )
    # The two tables name each other; the piece's pointer is checked when its transaction ends.
    op.create_foreign_key(
        op.f("fk_submission_revision_id_revision"),
        "submission",
        "revision",
        ["revision_id"],
        ["id"],
        initially="DEFERRED",
        deferrable=True,
    )


def downgrade() -> None:
    op.drop_constraint(op.f("fk_submission_revision_id_revision"), "submission", type_="foreignkey")
    op.drop_table("revision_attachment")
    op.drop_index("ix_publication_newest", table_name="publication", postgresql_where="retracted_at IS NULL")
    op.drop_table("publication")
    op.drop_index("ix_consent_answer_attachment", table_name="consent_answer")
    op.drop_table("consent_answer")
    op.drop_table("revision")
    op.drop_index("ix_letter_submission", table_name="letter")
    op.drop_index("ix_letter_state", table_name="letter")
    op.drop_table("letter")
    op.drop_table("envelope_submission")
    op.drop_index("ix_attachment_public_blob", table_name="attachment")
    op.drop_table("attachment")
    op.drop_index("ix_submission_unit", table_name="submission")
    op.drop_index("ix_submission_state_since", table_name="submission")
    op.drop_index(
        "ix_submission_scheduled", table_name="submission", postgresql_where="scheduled_at IS NOT NULL"
    )
    op.drop_index("ix_submission_period_unit", table_name="submission")
    op.drop_table("submission")
    op.drop_index("uq_seat_slot", table_name="seat", postgresql_where="valid_to IS NULL")
    op.drop_index("uq_seat_person", table_name="seat", postgresql_where="valid_to IS NULL")
    op.drop_index("ix_seat_account", table_name="seat")
    op.drop_table("seat")
    op.drop_table("reminder")
    op.drop_index("ix_extension_period_unit", table_name="extension")
    op.drop_table("extension")
    op.drop_table("exemption")
    op.drop_table("committee_proposal")
    op.drop_index("uq_role_grant_in_force", table_name="role_grant", postgresql_where="valid_to IS NULL")
    op.drop_table("role_grant")
    op.drop_index("uq_period_month", table_name="period", postgresql_where="is_active")
    op.drop_table("period")
    op.drop_index("ix_envelope_tray", table_name="envelope", postgresql_where="verdict = 'tray'")
    op.drop_index("ix_envelope_message_id", table_name="envelope")
    op.drop_table("envelope")
    op.drop_table("delegation")
    op.drop_table("composition")
    op.drop_index("uq_committee_in_force", table_name="committee", postgresql_where="valid_to IS NULL")
    op.drop_table("committee")
    op.drop_table("unit")
    op.drop_table("succession")
    op.drop_table("rehearsal_clock")
    op.drop_index(
        "ix_outbox_due", table_name="outbox", postgresql_where="state IN ('new', 'queued', 'running')"
    )
    op.drop_index("ix_outbox_dead", table_name="outbox", postgresql_where="state = 'dead'")
    op.drop_table("outbox")
    op.drop_index("ix_job_run_newest", table_name="job_run")
    op.drop_table("job_run")
    op.drop_table("house_fact")
    op.drop_table("directive")
    op.drop_table("category")
    op.drop_table("audit_head")
    op.drop_index("uq_audit_event_stream_seq", table_name="audit_event")
    op.drop_index("uq_audit_event_stream_prev_hash", table_name="audit_event")
    op.drop_index("ix_audit_event_submission", table_name="audit_event")
    op.drop_index("ix_audit_event_actor", table_name="audit_event")
    op.drop_index("ix_audit_event_action", table_name="audit_event")
    op.drop_table("audit_event")
    op.drop_index("uq_account_email", table_name="account")
    op.drop_table("account")
