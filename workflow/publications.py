"""Putting pieces on the forum and taking them down, inside the transaction that moves them (R7)."""

import re
import unicodedata
from datetime import datetime

from sqlalchemy import select

from models.base import db
from models.publication import Publication
from models.submission import Revision, Submission
from workflow.engine.errors import N_, Invalid


def put_up(submission_id: int, revision_id: int, *, at: datetime) -> Publication:
    """Show this revision on the piece's page; the page is made the first time."""
    page = db.session.scalars(
        select(Publication).where(Publication.submission_id == submission_id)
    ).one_or_none()
    if page is None:
        piece = db.session.get_one(Submission, submission_id)
        revision = db.session.get_one(Revision, revision_id)
        page = Publication(
            submission_id=submission_id,
            slug=slug_of(revision.title, piece.code),
            first_published_at=at,
            correction_note="",
        )
        db.session.add(page)
    elif page.revision_id != revision_id:
        page.correction_note = N_("Bài đã được sửa sau khi đăng.")
    page.revision_id = revision_id
    page.published_at = at
    page.retracted_at = None
    page.retraction_reason = ""
    db.session.flush()
    return page


def take_down(submission_id: int, *, reason: str, at: datetime) -> None:
    page = db.session.scalars(select(Publication).where(Publication.submission_id == submission_id)).one()
    page.retracted_at = at
    page.retraction_reason = reason
    db.session.flush()


def slug_of(title: str, code: str) -> str:
    """`Bếp ăn một chiều`, `GDMN-2021-05-0012` -> `bep-an-mot-chieu-2021-05-0012`. Never changes afterwards."""
    folded = unicodedata.normalize("NFD", title.lower().replace("đ", "d"))
    words = re.findall(r"[a-z0-9]+", "".join(c for c in folded if not unicodedata.combining(c)))
    if not words:
        raise Invalid("title_required", N_("Vui lòng nhập tiêu đề."), field="title")
    return "-".join(words)[:80].rstrip("-") + code.removeprefix("GDMN").lower()
