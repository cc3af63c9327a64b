"""The same command again: it is known by its id, answered with what its first copy did, and writes nothing.

What a command asked for is kept in its event as a digest, `asked`, so that the id cannot be used for something
else. Whoever gives no id cannot repeat.
"""

import hashlib
import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import text

from workflow.engine.audit import canonical
from workflow.engine.errors import CommandReused
from workflow.engine.unit_of_work import apart

_EARLIER = text(
    "SELECT stream, seq, action, payload::jsonb AS payload FROM audit_event"
    " WHERE command_id = CAST(:command AS uuid)"
)


def asked(command: str, content: Mapping[str, Any]) -> str:
    """32 hex digits for what a command asks for; the command id is the salt, so equal contents look different."""
    return hashlib.sha256(f"{uuid.UUID(command)}{canonical(content)}".encode()).hexdigest()[:32]


def earlier(command: str, action: str, content: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """The payload of the event that an earlier copy of this command made, or None.

    Read on a connection of its own: the transaction of the repeat may be broken already. Raises CommandReused
    when the id stands for another action or another content; `content=None` compares the action only.
    """
    with apart() as connection:
        row = connection.execute(_EARLIER, {"command": command}).one_or_none()
    if row is None:
        return None
    payload: Mapping[str, Any] = row.payload
    if row.action != action or (content is not None and payload.get("asked") != asked(command, content)):
        raise CommandReused
    return payload
