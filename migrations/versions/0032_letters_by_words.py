"""The department finds a letter by the words of its subject, receiver, address and code through an index.

What is no word by itself (`@`, `.`, `-`, ...) only parts words: "nguoi7" begins nguoi7@example.edu.vn, "2021" is in
KY-2021-05.
Locks: ACCESS EXCLUSIVE on letter while the column is written into every row: half a minute at a million letters.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

FOUND = (
    "to_tsvector('public.vi_plain', translate(subject || ' ' || to_name || ' ' || to_address || ' ' || code,"
    " '@._+-/:&=?#~%<>;', repeat(' ', 16)))"
)


def upgrade() -> None:
    op.add_column(
        "letter", sa.Column("found", TSVECTOR(), sa.Computed(FOUND, persisted=True), nullable=False)
    )
    op.create_index("ix_letter_found", "letter", ["found"], postgresql_using="gin")


def downgrade() -> None:
    op.drop_index("ix_letter_found", "letter")
    op.drop_column("letter", "found")
