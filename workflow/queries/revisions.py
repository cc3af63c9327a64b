"""The revisions of a piece, and what changed between any two of them, part by part. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, text

from models.base import db
from workflow import differences, texts
from workflow.engine.errors import N_, NotFound

COLUMNS = """
  r.number, r.digest, r.title, r.summary, r.body, r.author_line, r.author_title, r.school,
  coalesce(c.name_vi, '') AS section, coalesce(who.full_name, '') AS writer,
  coalesce((SELECT string_agg(a.name || CASE WHEN ra.caption = '' THEN '' ELSE ': ' || ra.caption END
      || CASE WHEN ra.credit = '' THEN '' ELSE ' (' || ra.credit || ')' END, E'\\n' ORDER BY ra.position)
    FROM revision_attachment ra JOIN attachment a ON a.id = ra.attachment_id
    WHERE ra.revision_id = r.id), '') AS files
"""
FROM = """
FROM revision r
LEFT JOIN category c ON c.id = r.category_id LEFT JOIN account who ON who.id = r.written_by
"""

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

Parts = Sequence[tuple[str, Sequence[differences.Change]]]
"""(name of the part, runs of words) for each part that differs."""


@dataclass(frozen=True)
class Comparison:
    seen: int
    present: int
    writer: str
    parts: Parts


_LIST = text(f"""
SELECT r.number, r.written_as, r.created_at, coalesce(who.full_name, '') AS writer {FROM}
WHERE r.submission_id = :piece ORDER BY r.number DESC LIMIT 100
""")
_TWO = text(f"SELECT {COLUMNS} {FROM} WHERE r.submission_id = :piece AND r.number IN (:one, :two)")


def of(submission_id: int) -> Sequence[Row[Any]]:
    """Every revision's number, writer and time; newest first."""
    return db.session.execute(_LIST, {"piece": submission_id}).all()


def between(submission_id: int, one: int, two: int) -> Comparison:
    """From the revision numbered `one` to `two`, whichever is older. Raises NotFound."""
    rows = db.session.execute(_TWO, {"piece": submission_id, "one": one, "two": two}).all()
    found = {row.number: row for row in rows}
    if one not in found or two not in found:
        raise NotFound
    before, after = found[one], found[two]
    return Comparison(one, two, after.writer, changed(before, after))


def changed(before: Any, after: Any) -> Parts:
    """`before` and `after` have the attributes of PARTS, the body as HTML."""
    return [
        (label, differences.words(_words(before, name), _words(after, name)))
        for name, label in PARTS.items()
        if _words(before, name) != _words(after, name)
    ]


def _words(row: Any, name: str) -> str:
    value: str = getattr(row, name)
    return texts.to_plain(value) if name == "body" else value
