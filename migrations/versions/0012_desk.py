"""What people leave beside the pieces: comments, named filters, who has a piece open, what was typed and not saved.

Locks: new tables; their foreign keys take SHARE ROW EXCLUSIVE on submission and account for a moment. The index of
pieces set aside is partial and small, but is built under SHARE on submission: seconds at a million pieces.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

APP, AUDITOR = "toasoan_app", "toasoan_auditor"
NOW = sa.func.now()


def upgrade() -> None:
    op.create_table(
        "comment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        _key("submission"),
        sa.Column("author_id", sa.BigInteger(), nullable=False),
        sa.Column("side", _words("writtenas", "unit", "department"), nullable=False),
        sa.Column("audience", _words("audience", "internal", "unit"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("text <> ''", name=op.f("ck_comment_text")),
        sa.CheckConstraint("side = 'department' OR audience = 'unit'", name=op.f("ck_comment_heard")),
        _refers("comment", "submission"),
        _refers("comment", "account", "author_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
    )
    op.create_index("ix_comment_submission", "comment", ["submission_id", "id"])
    op.create_table(
        "saved_filter",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("asked", sa.dialects.postgresql.JSONB(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_saved_filter_name")),
        _refers("saved_filter", "account", "owner_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filter")),
        sa.UniqueConstraint("owner_id", "name", name=op.f("uq_saved_filter_owner_id_name")),
    )
    for table, *columns in (
        ("open_piece", sa.Column("is_editing", sa.Boolean(), nullable=False), _since("seen_at")),
        ("kept_text", sa.Column("fields", sa.dialects.postgresql.JSONB(), nullable=False), _since("kept_at")),
    ):
        op.create_table(
            table,
            _key("submission"),
            _key("account"),
            *columns,
            _refers(table, "submission"),
            _refers(table, "account"),
            sa.PrimaryKeyConstraint("submission_id", "account_id", name=op.f(f"pk_{table}")),
        )
    op.create_index(
        "ix_submission_set_aside",
        "submission",
        ["state_since"],
        postgresql_where=sa.text("set_aside_reason IS NOT NULL"),
    )
    op.execute(f"GRANT SELECT, INSERT ON comment TO {APP}")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON saved_filter, open_piece, kept_text TO {APP}")
    op.execute(f"GRANT SELECT ON comment, saved_filter TO {AUDITOR}")


def _key(noun: str) -> sa.Column[int]:
    return sa.Column(f"{noun}_id", sa.BigInteger(), nullable=False)


def _since(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=NOW, nullable=False)


def _words(name: str, *members: str) -> sa.Enum:
    return sa.Enum(*members, name=name, native_enum=False, create_constraint=True)


def _refers(table: str, noun: str, column: str = "") -> sa.ForeignKeyConstraint:
    column = column or f"{noun}_id"
    return sa.ForeignKeyConstraint([column], [f"{noun}.id"], name=op.f(f"fk_{table}_{column}_{noun}"))


def downgrade() -> None:
    op.drop_index("ix_submission_set_aside", "submission")
    for table in ("kept_text", "open_piece", "saved_filter", "comment"):
        op.drop_table(table)
