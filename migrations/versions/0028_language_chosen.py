"""Whether a person has chosen her language herself; until then the screens follow what she chose as a visitor.

Whoever reads English has chosen it, and so has who once went there and back again: that is on record.

Locks: ACCESS EXCLUSIVE on account for the column, which rewrites nothing, and while these are looked for by action.
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("account", sa.Column("language_chosen", sa.Boolean, nullable=False, server_default="false"))
    op.execute(
        "UPDATE account a SET language_chosen = true WHERE language <> 'vi' OR EXISTS (SELECT FROM audit_event e"
        " WHERE e.action = 'account:language' AND e.stream = 'account:' || a.id)"
    )


def downgrade() -> None:
    op.drop_column("account", "language_chosen")
