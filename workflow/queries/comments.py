"""What was said about a piece, oldest first. Reads only."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, text

from models.base import db

LONGEST = 200

_SAID = text("""
SELECT * FROM (
  SELECT c.id, c.side, c.audience, c.text, c.said_at, a.full_name AS who, a.title AS seat, a.id AS author_id
  FROM comment c JOIN account a ON a.id = c.author_id
  WHERE c.submission_id = :piece AND (:everything OR c.audience = 'unit')
  ORDER BY c.id DESC LIMIT :size
) newest ORDER BY id
""")


def said(submission_id: int, *, everything: bool) -> Sequence[Row[Any]]:
    """The newest LONGEST comments; the unit reads only what is meant for it."""
    values = {"piece": submission_id, "everything": everything, "size": LONGEST}
    return db.session.execute(_SAID, values).all()
