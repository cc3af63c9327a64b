"""Announcements as they are read: those that hold now, and all of them for who writes them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text

from models.base import db
from models.vocabulary import Readers

_SHOWN = text("""
SELECT title, body, shown_until FROM announcement
WHERE withdrawn_at IS NULL AND shown_from <= :now AND :now < shown_until AND readers = ANY(:readers)
ORDER BY shown_from DESC, id DESC LIMIT 3
""")
_ALL = text("""
SELECT x.id, x.title, x.body, x.readers, x.shown_from, x.shown_until, x.written_at, x.withdrawn_at,
  writer.full_name AS writer, withdrawer.full_name AS withdrawer
FROM announcement x JOIN account writer ON writer.id = x.written_by
LEFT JOIN account withdrawer ON withdrawer.id = x.withdrawn_by
ORDER BY x.id DESC LIMIT 100
""")


def shown(to: Readers, *, now: datetime) -> Sequence[Row[Any]]:
    """What holds now for the units or for the department, the newest first, three at most."""
    return db.session.execute(_SHOWN, {"now": now, "readers": [to, Readers.EVERYONE]}).all()


def all_of_them() -> Sequence[Row[Any]]:
    """The newest hundred, whatever became of them."""
    return db.session.execute(_ALL).all()
