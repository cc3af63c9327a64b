"""Many pieces that something is to be done with together, as a line tells of each. Reads only, bounded."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, text

from models.base import db

MOST = 500
"""Pieces on one page of what would happen; the next ones come after these."""

_NAMED = text("""
SELECT s.id, s.code, s.digest, s.state, r.title, u.short_name AS unit
FROM unnest(CAST(:ids AS bigint[])) WITH ORDINALITY AS wanted (id, place)
JOIN submission s USING (id) JOIN revision r ON r.id = s.revision_id JOIN unit u ON u.id = s.unit_id
ORDER BY wanted.place LIMIT :size
""")


def named(ids: Sequence[int]) -> Sequence[Row[Any]]:
    """The pieces as a line tells of them, in the order asked for; what does not exist is left out."""
    return db.session.execute(_NAMED, {"ids": list(ids), "size": MOST}).all()
