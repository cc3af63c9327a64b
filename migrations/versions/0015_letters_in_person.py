"""How each person wants letters, what became of each one, and addresses that cannot be reached.

Locks: ACCESS EXCLUSIVE on letter for a moment (columns with constant defaults, nothing is rewritten) and while its
new checks read every row, a second at a million; SHARE ROW EXCLUSIVE on account and envelope for the foreign keys.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

APP, AUDITOR = "toasoan_app", "toasoan_auditor"
TEXTS = ("zalo", "calendar", "message_id", "raw")
SENT = "CASE state WHEN 'sent' THEN sent_at IS NOT NULL WHEN 'bounced' THEN true ELSE sent_at IS NULL END"


def upgrade() -> None:
    for name in TEXTS:
        op.add_column("letter", sa.Column(name, sa.Text(), server_default="", nullable=False))
    op.add_column("letter", sa.Column("digest_id", sa.BigInteger()))
    op.create_foreign_key(op.f("fk_letter_digest_id_letter"), "letter", "letter", ["digest_id"], ["id"])
    _drop_checks()
    _check("waiting", "held", "sent", "bounced", "failed", "muted", sent=SENT)
    op.create_index("ix_letter_message_id", "letter", ["message_id"], postgresql_where="message_id <> ''")
    op.create_index("ix_letter_held", "letter", ["account_id", "id"], postgresql_where="state = 'held'")
    op.create_table(
        "letter_wish",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("pace", _words("pace", "now", "daily", "never"), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_letter_wish_account_id_account")
        ),
        sa.PrimaryKeyConstraint("account_id", "subject", name=op.f("pk_letter_wish")),
    )
    op.create_table(
        "bounce",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("letter_id", sa.BigInteger(), nullable=False),
        sa.Column("envelope_id", sa.BigInteger()),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("came_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cleared_at", sa.DateTime(timezone=True)),
        sa.Column("cleared_by", sa.BigInteger()),
        sa.CheckConstraint("address = lower(address)", name=op.f("ck_bounce_address")),
        sa.CheckConstraint("cleared_by IS NULL OR cleared_at IS NOT NULL", name=op.f("ck_bounce_cleared")),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_bounce_letter_id_letter")),
        sa.ForeignKeyConstraint(
            ["envelope_id"], ["envelope.id"], name=op.f("fk_bounce_envelope_id_envelope")
        ),
        sa.ForeignKeyConstraint(["cleared_by"], ["account.id"], name=op.f("fk_bounce_cleared_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bounce")),
    )
    op.create_index(
        "uq_bounce_in_force", "bounce", ["address"], unique=True, postgresql_where="cleared_at IS NULL"
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON letter_wish, bounce TO {APP}")
    op.execute(f"GRANT SELECT ON letter_wish, bounce TO {AUDITOR}")


def downgrade() -> None:
    op.drop_table("bounce")
    op.drop_table("letter_wish")
    op.drop_index("ix_letter_held", table_name="letter")
    op.drop_index("ix_letter_message_id", table_name="letter")
    _drop_checks()
    # The older program knows no better word: what nobody got has failed, what waits for its digest waits.
    op.execute("UPDATE letter SET state = 'waiting' WHERE state = 'held'")
    op.execute("UPDATE letter SET state = 'failed', sent_at = NULL WHERE state IN ('bounced', 'muted')")
    _check("waiting", "sent", "failed", sent="(state = 'sent') = (sent_at IS NOT NULL)")
    op.drop_constraint(op.f("fk_letter_digest_id_letter"), "letter", type_="foreignkey")
    for name in ("digest_id", *TEXTS):
        op.drop_column("letter", name)


def _drop_checks() -> None:
    op.drop_constraint(op.f("ck_letter_letterstate"), "letter")
    op.drop_constraint(op.f("ck_letter_sent"), "letter")


def _check(*states: str, sent: str) -> None:
    listed = ", ".join(f"'{state}'" for state in states)
    op.create_check_constraint(op.f("ck_letter_letterstate"), "letter", f"state IN ({listed})")
    op.create_check_constraint(op.f("ck_letter_sent"), "letter", sent)


def _words(name: str, *members: str) -> sa.Enum:
    return sa.Enum(*members, name=name, native_enum=False, create_constraint=True)
