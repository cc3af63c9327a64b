"""The timetable in people's hands: a job is run by somebody, or stopped with a reason; a run knows how long it took.

Locks: ACCESS EXCLUSIVE on job_run for a moment; the columns are empty and nothing is rewritten.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

APP, AUDITOR = "toasoan_app", "toasoan_auditor"


def upgrade() -> None:
    op.add_column("job_run", sa.Column("asked_by", sa.BigInteger()))
    op.create_foreign_key("fk_job_run_asked_by_account", "job_run", "account", ["asked_by"], ["id"])
    op.add_column("job_run", sa.Column("took_ms", sa.BigInteger()))
    op.create_table(
        "job_pause",
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("paused_by", sa.BigInteger(), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_job_pause_reason")),
        sa.ForeignKeyConstraint(["paused_by"], ["account.id"], name=op.f("fk_job_pause_paused_by_account")),
        sa.PrimaryKeyConstraint("job", name=op.f("pk_job_pause")),
    )
    op.execute(f"GRANT SELECT, INSERT, DELETE ON job_pause TO {APP}")
    op.execute(f"GRANT SELECT ON job_pause TO {AUDITOR}")


def downgrade() -> None:
    op.drop_table("job_pause")
    op.drop_column("job_run", "took_ms")
    op.drop_column("job_run", "asked_by")
