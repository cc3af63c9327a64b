"""One unit in one month, close up: what it sent, and when it was reminded. Reads only."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, text

from models.base import db

_SENT = text("""
SELECT s.id, s.code, s.state, s.kind, s.first_sent_at, s.sent_late, s.excused_reason, s.uncounted, r.title,
  r.author_line
FROM submission s JOIN revision r ON r.id = s.revision_id
WHERE s.period_id = :period AND s.unit_id = :unit AND s.discarded_at IS NULL
ORDER BY s.first_sent_at NULLS LAST, s.id LIMIT 100
""")


def pieces(unit_id: int, period_id: int) -> Sequence[Row[Any]]:
    """What the unit has for the month: sent pieces first, in the order they came."""
    return db.session.execute(_SENT, {"unit": unit_id, "period": period_id}).all()


_REMINDED = text("""
SELECT r.occasion, r.created_at FROM reminder r
WHERE r.period_id = :period AND r.unit_id = :unit AND NOT r.is_skipped ORDER BY r.id DESC LIMIT 20
""")


def reminded(unit_id: int, period_id: int) -> Sequence[Row[Any]]:
    """The reminders that went out, the newest first."""
    return db.session.execute(_REMINDED, {"unit": unit_id, "period": period_id}).all()
