"""One bad row is set aside and shown: what a job of the clock stumbles at, while the others go on.

Locks: none on tables that are read; the new one is empty.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

APP, AUDITOR = "toasoan_app", "toasoan_auditor"


def upgrade() -> None:
    op.create_table(
        "mishap",
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("times", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.CheckConstraint("error <> ''", name=op.f("ck_mishap_error")),
        sa.PrimaryKeyConstraint("job", "target", name=op.f("pk_mishap")),
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON mishap TO {APP}")
    op.execute(f"GRANT SELECT ON mishap TO {AUDITOR}")


def downgrade() -> None:
    op.drop_table("mishap")
