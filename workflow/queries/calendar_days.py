"""Which days are worked on beside the week and the public holidays."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, text

from models.base import db
from workflow.rules.workdays import Known

_EXCEPTIONS = text("SELECT day, is_working FROM calendar_day")


def exceptions() -> Known:
    """Every exception, for `workflow/rules/workdays.py`; there are a few a year."""
    return {row.day: row.is_working for row in db.session.execute(_EXCEPTIONS)}


_LISTED = text("""
SELECT c.day, c.is_working, c.reason, c.marked_at, a.full_name AS marked_by
FROM calendar_day c JOIN account a ON a.id = c.marked_by
WHERE c.day >= :since ORDER BY c.day LIMIT 200
""")


def listed(since: date) -> Sequence[Row[Any]]:
    """The exceptions from a day on, each with its reason and who wrote it down."""
    return db.session.execute(_LISTED, {"since": since}).all()
