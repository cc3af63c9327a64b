"""The filters that a person may use again: her own and the shared ones. Reads only."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, text

from models.base import db

_OFFERED = text("""
SELECT f.id, f.name, f.asked, f.is_shared, f.owner_id = :me AS is_mine, a.full_name AS owner
FROM saved_filter f JOIN account a ON a.id = f.owner_id
WHERE f.owner_id = :me OR f.is_shared
ORDER BY f.owner_id <> :me, f.name LIMIT 60
""")


def offered(me: int) -> Sequence[Row[Any]]:
    """Her own first, by name."""
    return db.session.execute(_OFFERED, {"me": me}).all()
