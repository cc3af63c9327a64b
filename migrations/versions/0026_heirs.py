"""Who works on the pieces of a unit that has ended, as a function: a statement that asks pays for it only then.

Locks: none.
"""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

HEIR_AT_WORK = """
CREATE FUNCTION heir_at_work(ended bigint, day date) RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS $$
  WITH RECURSIVE line AS (
    SELECT id, valid_to, successor_codes FROM unit WHERE id = ended
    UNION
    SELECT next.id, next.valid_to, next.successor_codes
    FROM line JOIN unit next ON next.code = line.successor_codes[1] WHERE line.valid_to <= day
  )
  SELECT id FROM line WHERE valid_to IS NULL OR day < valid_to
$$
"""


def upgrade() -> None:
    op.execute(HEIR_AT_WORK)


def downgrade() -> None:
    op.execute("DROP FUNCTION heir_at_work(bigint, date)")
