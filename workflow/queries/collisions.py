"""What somebody had before her eyes and what is there now: the difference, part by part. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, text

from models.base import db
from workflow import differences, texts
from workflow.engine.errors import N_

_REVISIONS = text("""
SELECT r.number, r.digest, r.title, r.summary, r.body, r.author_line, r.author_title, r.school,
  coalesce(c.name_vi, '') AS section, coalesce(who.full_name, '') AS writer,
  coalesce((SELECT string_agg(a.name || CASE WHEN ra.caption = '' THEN '' ELSE ': ' || ra.caption END
      || CASE WHEN ra.credit = '' THEN '' ELSE ' (' || ra.credit || ')' END, E'\\n' ORDER BY ra.position)
    FROM revision_attachment ra JOIN attachment a ON a.id = ra.attachment_id
    WHERE ra.revision_id = r.id), '') AS files,
  r.id = s.revision_id AS is_present
FROM submission s JOIN revision r ON r.submission_id = s.id
LEFT JOIN category c ON c.id = r.category_id LEFT JOIN account who ON who.id = r.written_by
WHERE s.id = :piece AND (r.id = s.revision_id OR r.digest = :digest) ORDER BY r.number
""")

PARTS = {
    "title": N_("Tiêu đề"),
    "summary": N_("Tóm tắt"),
    "body": N_("Nội dung"),
    "section": N_("Chuyên mục"),
    "author_line": N_("Tác giả"),
    "author_title": N_("Chức danh"),
    "school": N_("Cơ sở giáo dục"),
    "files": N_("Ảnh, video và tệp"),
}
"""What is compared, in the order of the page; the digest covers all that readers see of it."""


@dataclass(frozen=True)
class Collision:
    """`parts` holds what differs, as runs of `differences.words`; empty when only the piece's state went on, or
    when what was seen is no version of the piece."""

    seen: int = 0
    present: int = 0
    writer: str = ""
    parts: Sequence[tuple[str, Sequence[differences.Change]]] = ()


def since_seen(submission_id: int, digest: str) -> Collision:
    """From the newest revision with this digest to the present one."""
    rows = db.session.execute(_REVISIONS, {"piece": submission_id, "digest": digest}).all()
    present = next((row for row in rows if row.is_present), None)
    seen = next((row for row in reversed(rows) if row.digest == digest), None)
    if present is None or seen is None:
        return Collision()
    parts = [
        (label, differences.words(_words(seen, name), _words(present, name)))
        for name, label in PARTS.items()
        if _words(seen, name) != _words(present, name)
    ]
    return Collision(seen.number, present.number, present.writer, parts)


def _words(row: Row[Any], name: str) -> str:
    value: str = getattr(row, name)
    return texts.to_plain(value) if name == "body" else value
