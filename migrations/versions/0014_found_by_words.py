"""The desk finds a text by the words of its title, author and school, without accents, through an index.

Locks: ACCESS EXCLUSIVE on revision while the column is written into every row: about a minute at a million texts.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

FOUND = "to_tsvector('public.vi_plain', title || ' ' || author_line || ' ' || school)"


def upgrade() -> None:
    op.add_column(
        "revision", sa.Column("found", TSVECTOR(), sa.Computed(FOUND, persisted=True), nullable=False)
    )
    op.create_index("ix_revision_found", "revision", ["found"], postgresql_using="gin")


def downgrade() -> None:
    op.drop_index("ix_revision_found", "revision")
    op.drop_column("revision", "found")
