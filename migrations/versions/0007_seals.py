"""Seals over the audit trail: the leaves of its Merkle tree and the signed checkpoints, append only.

Locks: nothing that is written; the tables are new. The trail itself is sealed by the next run of the clock.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

APP, FORUM, SEALER, AUDITOR = "toasoan_app", "toasoan_forum", "toasoan_sealer", "toasoan_auditor"
TABLES = ("audit_leaf", "checkpoint")


def upgrade() -> None:
    op.create_table(
        "audit_leaf",
        sa.Column("tree_index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.Column("above", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tree_index", name="pk_audit_leaf"),
        sa.CheckConstraint(
            "octet_length(leaf) = 32 AND octet_length(above) % 32 = 0", name="ck_audit_leaf_hashes"
        ),
    )
    op.create_index("uq_audit_leaf_stream_seq", "audit_leaf", ["stream", "seq"], unique=True)
    op.create_table(
        "checkpoint",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("newest_id", sa.BigInteger(), nullable=False),
        sa.Column("horizon", sa.BigInteger(), nullable=False),
        sa.Column("settled_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("size", name="pk_checkpoint"),
        sa.CheckConstraint("octet_length(root) = 32 AND size > 0", name="ck_checkpoint_root"),
    )
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    op.execute(f"GRANT SELECT ON {', '.join(TABLES)} TO {APP}, {SEALER}, {AUDITOR}")
    op.execute(f"GRANT INSERT ON {', '.join(TABLES)} TO {SEALER}")
    op.execute("CREATE VIEW public_checkpoint AS SELECT size, note, key, at FROM checkpoint")
    op.execute(f"GRANT SELECT ON public_checkpoint TO {FORUM}, {APP}, {AUDITOR}")


def downgrade() -> None:
    op.execute("DROP VIEW public_checkpoint")
    op.drop_table("checkpoint")
    op.drop_table("audit_leaf")
