"""How much somebody has done in the last hour, from the trail, which nobody can empty. Reads only."""

from uuid import UUID

from sqlalchemy import text

from models.base import db

# One look into ix_audit_event_actor, however long the trail: the event that must be an hour old before the next.
# What came by mail is not counted, and is looked through no further than `furthest`.
_WAIT = text("""
SELECT greatest(0, ceil(extract(epoch FROM at::timestamptz + interval '1 hour' - people_now())))::int
FROM (
  SELECT id, at, payload FROM audit_event WHERE actor_id = :actor AND action = :action
  ORDER BY id DESC LIMIT :furthest
) AS recent
WHERE payload::jsonb ->> 'channel' IS DISTINCT FROM 'mail' ORDER BY id DESC OFFSET :most - 1 LIMIT 1
""")
FURTHEST = 20

# The newest first: the event with which there were so many files must be an hour old before the next.
_WAIT_FOR_FILES = text("""
SELECT greatest(0, ceil(extract(epoch FROM at::timestamptz + interval '1 hour' - people_now())))::int
FROM (
  SELECT recent.id, at, sum((told ->> 'files')::int) OVER (ORDER BY recent.id DESC) AS brought
  FROM unnest(CAST(:actions AS text[])) AS wanted (action) CROSS JOIN LATERAL (
    SELECT id, at, payload::jsonb AS told FROM audit_event WHERE actor_id = :actor AND action = wanted.action
    ORDER BY id DESC LIMIT :furthest
  ) AS recent
  WHERE told ->> 'files' IS NOT NULL AND told ->> 'channel' IS DISTINCT FROM 'mail'
) AS counted
WHERE brought >= :most ORDER BY id DESC LIMIT 1
""")
BRINGING = ("submission:create", "submission:write", "committee:read_list")
"""Actions that may bring files; their events say how many."""

_IS_DONE = text("""
SELECT EXISTS (SELECT FROM audit_event WHERE command_id = :command AND actor_id = :actor AND action = :action)
""")


def wait_seconds(actor: int, action: str, *, most: int) -> int:
    """How long until this person has done fewer than `most` of an action within an hour; 0 when it is so now."""
    asked = {"actor": actor, "action": action, "most": most, "furthest": FURTHEST * most}
    return db.session.execute(_WAIT, asked).scalar_one_or_none() or 0


def wait_seconds_for_files(actor: int, *, most: int) -> int:
    """How long until this person has brought fewer than `most` files within an hour; 0 when it is so now."""
    asked = {"actor": actor, "actions": list(BRINGING), "most": most, "furthest": FURTHEST * FURTHEST}
    return db.session.execute(_WAIT_FOR_FILES, asked).scalar_one_or_none() or 0


def is_done(actor: int, action: str, *, command: UUID) -> bool:
    """Has this person's command been carried out before? Its repeat adds nothing."""
    asked = {"actor": actor, "action": action, "command": command}
    return bool(db.session.execute(_IS_DONE, asked).scalar_one())
