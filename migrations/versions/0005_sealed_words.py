"""Personal words beside the audit trail: the chain holds their salted digests, this table what can be erased.

Locks: a new table; its foreign key takes SHARE ROW EXCLUSIVE on account for a moment.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

APP, AUDITOR = "toasoan_app", "toasoan_auditor"


def upgrade() -> None:
    op.create_table(
        "sealed_word",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("salt", sa.LargeBinary()),
        sa.Column("value", sa.Text()),
        sa.Column("account_id", sa.BigInteger()),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("forgotten_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("octet_length(digest) = 32", name=op.f("ck_sealed_word_digest")),
        sa.CheckConstraint(
            "(value IS NULL) = (forgotten_at IS NOT NULL) AND (salt IS NULL) = (value IS NULL)",
            name=op.f("ck_sealed_word_forgotten"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_sealed_word_account_id_account")
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_sealed_word")),
    )
    op.create_index("ix_sealed_word_account", "sealed_word", ["account_id"])
    op.execute(f"GRANT SELECT, INSERT ON sealed_word TO {APP}")
    # A word may be forgotten, never put in the place of another.
    op.execute(f"GRANT UPDATE (salt, value, forgotten_at) ON sealed_word TO {APP}")
    op.execute(f"GRANT SELECT ON sealed_word TO {AUDITOR}")


def downgrade() -> None:
    op.drop_table("sealed_word")
