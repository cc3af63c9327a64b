"""What the public door may read: views over published pieces, accent-free search, nothing else.

Locks: none on tables that are written.
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

STATEMENTS = (
    "CREATE EXTENSION IF NOT EXISTS unaccent",
    "CREATE TEXT SEARCH CONFIGURATION vi_plain (COPY = simple)",
    "ALTER TEXT SEARCH CONFIGURATION vi_plain"
    " ALTER MAPPING FOR hword, hword_part, word WITH unaccent, simple",
    """
    CREATE VIEW public_section AS
    SELECT code, name_vi, name_en, description_vi, sort FROM category
    """,
    """
    CREATE VIEW public_piece AS
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
    LEFT JOIN category c ON c.id = r.category_id
    WHERE p.retracted_at IS NULL
    """,
    """
    CREATE VIEW public_retraction AS
    SELECT slug, retracted_at, retraction_reason FROM publication WHERE retracted_at IS NOT NULL
    """,
    """
    CREATE VIEW public_file AS
    SELECT ra.revision_id, ra.position, ra.caption, ra.credit, a.kind, a.name, a.width, a.height,
           a.public_blob AS blob, a.public_media_type AS media_type, a.size_bytes
    FROM revision_attachment ra
    JOIN attachment a ON a.id = ra.attachment_id
    JOIN publication p ON p.revision_id = ra.revision_id
    WHERE p.retracted_at IS NULL AND a.public_blob IS NOT NULL
      -- The newest answer must allow it, now: an answer that is taken back hides the picture at once.
      AND (a.kind = 'document' OR (SELECT c.answer FROM consent_answer c WHERE c.attachment_id = a.id
           ORDER BY c.id DESC LIMIT 1) IN ('yes', 'none'))
    """,
)
VIEWS = ("public_file", "public_retraction", "public_piece", "public_section")


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    for view in VIEWS:
        op.execute(f"DROP VIEW {view}")
    op.execute("DROP TEXT SEARCH CONFIGURATION vi_plain")
