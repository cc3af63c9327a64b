"""Sections of the forum can end: retired, or merged into another, which then shows their pieces.

Locks: ACCESS EXCLUSIVE on category and two views for a moment.
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

APP, FORUM = "toasoan_app", "toasoan_forum"

# A retired section stays as long as something can be read under it.
SECTIONS = """
CREATE OR REPLACE VIEW public_section AS
SELECT code, name_vi, name_en, description_vi, sort FROM category {shown}
"""
SHOWN = """
WHERE merged_into IS NULL AND (retired_at IS NULL OR EXISTS (
  SELECT 1 FROM publication p JOIN revision r ON r.id = p.revision_id
  LEFT JOIN category own ON own.id = r.category_id
  WHERE p.retracted_at IS NULL AND coalesce(own.merged_into, own.id) = category.id))
"""
PIECES = """
CREATE OR REPLACE VIEW public_piece AS
SELECT p.id, p.slug, r.title, r.summary, r.body, r.kind, r.author_line, r.author_title, r.school,
       c.code AS section_code, c.name_vi AS section_vi, c.name_en AS section_en,
       u.code AS unit_code, u.short_name AS unit_short, u.name AS unit_name,
       p.first_published_at, p.published_at, p.correction_note, r.id AS revision_id, s.code,
       to_tsvector('public.vi_plain',
         r.title || ' ' || r.summary || ' ' || r.author_line || ' ' || r.school || ' '
         || regexp_replace(r.body, '<[^>]+>', ' ', 'g')) AS words
FROM publication p
JOIN submission s ON s.id = p.submission_id
JOIN revision r ON r.id = p.revision_id
JOIN unit u ON u.id = s.unit_id
LEFT JOIN category {own}
WHERE p.retracted_at IS NULL
"""


def upgrade() -> None:
    op.add_column("category", sa.Column("retired_at", sa.DateTime(timezone=True)))
    op.add_column("category", sa.Column("merged_into", sa.BigInteger()))
    op.create_foreign_key(
        op.f("fk_category_merged_into_category"), "category", "category", ["merged_into"], ["id"]
    )
    op.create_check_constraint(op.f("ck_category_merged"), "category", "merged_into <> id")
    op.execute(SECTIONS.format(shown=SHOWN))
    op.execute(
        PIECES.format(
            own="own ON own.id = r.category_id LEFT JOIN category c ON c.id = coalesce(own.merged_into, own.id)"
        )
    )
    op.execute(
        "CREATE VIEW public_merged_section AS SELECT one.code, heir.code AS into_code"
        " FROM category one JOIN category heir ON heir.id = one.merged_into"
    )
    op.execute(f"GRANT SELECT ON public_merged_section TO {FORUM}")
    op.execute(f"REVOKE INSERT, UPDATE ON public_merged_section FROM {APP}")


def downgrade() -> None:
    op.execute("DROP VIEW public_merged_section")
    op.execute(PIECES.format(own="c ON c.id = r.category_id"))
    op.execute(SECTIONS.format(shown=""))
    op.drop_constraint(op.f("ck_category_merged"), "category")
    op.drop_constraint(op.f("fk_category_merged_into_category"), "category")
    op.drop_column("category", "merged_into")
    op.drop_column("category", "retired_at")
