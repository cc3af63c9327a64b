"""What somebody has open and what she has typed: kept for her, in real time, and no part of the record."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, text

from models.people import Account
from workflow.engine.unit_of_work import apart

OPEN_SECONDS = 120
"""So long a page that was not renewed still counts as open; pages renew every third of it."""
KEPT_DAYS = 30

_LOOK = text("""
WITH mine AS (
  INSERT INTO open_piece (submission_id, account_id, is_editing)
  SELECT id, :me, :editing FROM submission WHERE id = :piece
  ON CONFLICT (submission_id, account_id) DO UPDATE SET seen_at = now(), is_editing = EXCLUDED.is_editing
), old AS (
  DELETE FROM open_piece WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM open_piece WHERE seen_at < now() - make_interval(secs => 10 * :fresh) AND account_id <> :me
    LIMIT 50 FOR UPDATE SKIP LOCKED))
)
SELECT a.full_name AS who, o.is_editing FROM open_piece o JOIN account a ON a.id = o.account_id
WHERE o.submission_id = :piece AND o.account_id <> :me AND o.seen_at > now() - make_interval(secs => :fresh)
ORDER BY o.is_editing DESC, a.sort_key LIMIT 5
""")


def look_in(submission_id: int, *, by: Account, is_editing: bool = False) -> Sequence[Row[Any]]:
    """Note that she has the piece open, and tell who else has: rows of `who` and `is_editing`. One statement."""
    values = {"piece": submission_id, "me": by.id, "editing": is_editing, "fresh": OPEN_SECONDS}
    with apart() as connection:
        return connection.execute(_LOOK, values).all()


_KEEP = text("""
WITH old AS (
  DELETE FROM kept_text WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM kept_text WHERE kept_at < now() - make_interval(days => :days) AND account_id <> :me
    LIMIT 50 FOR UPDATE SKIP LOCKED))
)
INSERT INTO kept_text (submission_id, account_id, fields) SELECT id, :me, CAST(:fields AS jsonb)
FROM submission WHERE id = :piece
ON CONFLICT (submission_id, account_id) DO UPDATE SET fields = EXCLUDED.fields, kept_at = now()
""")
# Kept in real time, told on the clock that people read.
_KEPT = text("""
SELECT fields, kept_at + (people_now() - now()) AS kept_at FROM kept_text
WHERE submission_id = :piece AND account_id = :me
""")
_DROP = text("DELETE FROM kept_text WHERE submission_id = :piece AND account_id = :me")


def keep(submission_id: int, fields: dict[str, str], *, by: Account) -> None:
    """Keep what she has typed and not saved, in place of what was kept before."""
    with apart() as connection:
        connection.execute(
            _KEEP, {"piece": submission_id, "me": by.id, "fields": json.dumps(fields), "days": KEPT_DAYS}
        )


def kept(submission_id: int, *, by: Account) -> Row[Any] | None:
    """What she had typed and not saved, and when (`fields`, `kept_at`)."""
    with apart() as connection:
        return connection.execute(_KEPT, {"piece": submission_id, "me": by.id}).one_or_none()


def drop(submission_id: int, *, by: Account) -> None:
    """It was saved, or is not wanted."""
    with apart() as connection:
        connection.execute(_DROP, {"piece": submission_id, "me": by.id})
