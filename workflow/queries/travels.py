"""What a rehearsal lived through when somebody turned its clock."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text

from models.base import db

_SINCE = text("""
SELECT count(*) FILTER (WHERE action = 'submission:lapse') AS lapsed,
  count(*) FILTER (WHERE action = 'submission:create') AS created,
  count(*) FILTER (WHERE action = 'submission:submit') AS sent,
  count(*) FILTER (WHERE action = 'submission:publish') AS published,
  count(*) FILTER (WHERE action = 'period:close') AS closed,
  (SELECT count(*) FROM letter l WHERE l.written_at >= CAST(:since AS timestamptz)) AS letters
FROM audit_event WHERE id > :after
""")

_LAST = text("""
SELECT id, payload::jsonb ->> 'before' AS before, payload::jsonb ->> 'after' AS after
FROM audit_event WHERE action = 'clock:travel' AND actor_id IS NOT NULL ORDER BY id DESC LIMIT 1
""")


def since_last() -> Mapping[str, Any] | None:
    """What happened since somebody last turned the rehearsal clock; None when nobody did."""
    travel = db.session.execute(_LAST).one_or_none()
    if travel is None:
        return None
    found = db.session.execute(_SINCE, {"after": travel.id, "since": travel.before}).one()
    return {"from": travel.before, "to": travel.after, **found._mapping}
