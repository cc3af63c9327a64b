"""How much somebody has done in the last hour, from the trail, which nobody can empty. Reads only."""

from sqlalchemy import text

from models.base import db

# One look into ix_audit_event_actor, however long the trail: the event that must be an hour old before the next.
_WAIT = text("""
SELECT greatest(0, ceil(extract(epoch FROM at::timestamptz + interval '1 hour' - people_now())))::int
FROM audit_event WHERE actor_id = :actor AND action = :action ORDER BY id DESC OFFSET :most - 1 LIMIT 1
""")


def wait_seconds(actor: int, action: str, *, most: int) -> int:
    """How long until this person has done fewer than `most` of an action within an hour; 0 when it is so now."""
    asked = {"actor": actor, "action": action, "most": most}
    return db.session.execute(_WAIT, asked).scalar_one_or_none() or 0
