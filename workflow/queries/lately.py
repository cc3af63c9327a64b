"""The newest of a few kinds of event, and what holds now that people may change: for first pages and the settings."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, text

from models.base import db
from workflow.queries import audit

# One look into the index for each action, however long the trail and however rare the action.
_NEWEST = text("""
SELECT e.id, e.action, e.at, e.payload, a.full_name AS who
FROM unnest(CAST(:actions AS text[])) AS wanted (action)
CROSS JOIN LATERAL (
  SELECT id, action, at, actor_id, payload::jsonb AS payload FROM audit_event
  WHERE audit_event.action = wanted.action ORDER BY id DESC LIMIT :size) AS e
LEFT JOIN account a ON a.id = e.actor_id
ORDER BY e.id DESC
""")


def newest(actions: Collection[str], *, size: int = 1) -> Sequence[Row[Any]]:
    """The last `size` events of each of these actions, newest first."""
    return db.session.execute(_NEWEST, {"actions": list(actions), "size": size}).all()


def refused(size: int) -> Sequence[Row[Any]]:
    """The last acts that were refused, newest first."""
    reading = audit.Reading(audit.AskedTrail(refused=True))
    return reading.rows(db.session.connection(), "DESC", size, before=None, after=None)


_IN_FORCE = text("""
WITH held AS (
  SELECT g.account_id, g.role, g.unit_id FROM role_grant g JOIN account a ON a.id = g.account_id AND a.active
  WHERE g.valid_from <= :today AND (g.valid_to IS NULL OR g.valid_to > :today)
)
SELECT d.title, d.deadline_day, d.closing_day, d.quota,
  (SELECT count(*) FROM category WHERE retired_at IS NULL) AS sections,
  (SELECT count(*) FROM calendar_day WHERE day >= :today) AS exceptions,
  (SELECT count(*) FROM job_pause) AS paused,
  (SELECT count(*) FROM announcement WHERE withdrawn_at IS NULL AND shown_until > people_now()) AS announcements,
  (SELECT count(DISTINCT account_id) FROM held WHERE unit_id IS NULL) AS people,
  (SELECT count(*) FROM delegation d WHERE d.valid_from <= :today AND d.valid_to > :today
    AND EXISTS (SELECT FROM held WHERE held.account_id = d.from_account_id AND held.role = d.role)) AS delegations
FROM directive d WHERE d.valid_from <= :today AND (d.valid_to IS NULL OR d.valid_to > :today)
""")


def in_force(today: date) -> Row[Any]:
    """What people have settled in the console, as it stands on a day."""
    return db.session.execute(_IN_FORCE, {"today": today}).one()
