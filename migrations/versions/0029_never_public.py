"""Why a file can never be shown to the public: a code, beside the copy that could not be made.

What waits as dead work of that kind is done again when somebody retries it, and then says its reason here.

Locks: ACCESS EXCLUSIVE on attachment for a column that rewrites nothing; the check finds no row to refuse.
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("attachment", sa.Column("public_refused", sa.Text))
    op.create_check_constraint(
        op.f("ck_attachment_refused_copy"), "attachment", "public_blob IS NULL OR public_refused IS NULL"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_attachment_refused_copy"), "attachment")
    op.drop_column("attachment", "public_refused")
