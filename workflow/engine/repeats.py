"""The same command again: it is known by its id, answered with what its first copy did, and writes nothing.

What a command asked for is kept in its event as a digest, `asked`, so that the id cannot be used for something
else. Whoever gives no id cannot repeat.
"""

import hashlib
import uuid
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from workflow.engine import click
from workflow.engine.audit import canonical
from workflow.engine.errors import CommandReused, ToaSoanError
from workflow.engine.unit_of_work import apart

Result = TypeVar("Result")

_EARLIER = text(
    "SELECT command_id, action, payload::jsonb AS payload FROM audit_event"
    " WHERE command_id = ANY(CAST(:commands AS uuid[]))"
)


def asked(command: str, content: Mapping[str, Any]) -> str:
    """32 hex digits for what a command asks for; the command id is the salt, so equal contents look different."""
    return hashlib.sha256(f"{uuid.UUID(command)}{canonical(content)}".encode()).hexdigest()[:32]


def earlier(command: str, action: str, content: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """The payload of the event that an earlier copy of this command made, or None.

    Raises CommandReused when the id stands for another action or another content; `content=None` compares the
    action only.
    """
    return earlier_of_many({command: content}, action).get(command)


def earlier_of_many(
    commands: Mapping[str, Mapping[str, Any] | None], action: str
) -> Mapping[str, Mapping[str, Any]]:
    """Command id -> payload of its event, for those that have been here before; raises as `earlier`.

    Read on a connection of its own: the transaction of the repeat may be broken already.
    """
    with apart() as connection:
        rows = connection.execute(_EARLIER, {"commands": list(commands)}).all()
    for row in rows:
        content = commands[str(row.command_id)]
        is_same = content is None or row.payload.get("asked") == asked(str(row.command_id), content)
        if row.action != action or not is_same:
            raise CommandReused
    return {str(row.command_id): row.payload for row in rows}


def once(command: str, content: Mapping[str, Any], verb: Callable[[], Result]) -> Result | None:
    """Call a verb that writes one transaction; None when an earlier copy of this command has done it.

    For verbs whose events `audit.write` writes: they need not know. As with moves, an earlier copy is looked for
    only when something was refused. Raises what the verb raises, CommandReused for an id with another content.
    """
    with click.commanded(command, asked(command, content)):
        try:
            return verb()
        except (ToaSoanError, IntegrityError) as error:
            if isinstance(error, IntegrityError) and "uq_audit_event_command_id" not in str(error.orig):
                raise
            if _is_repeat(command, content):
                return None
            raise


def _is_repeat(command: str, content: Mapping[str, Any]) -> bool:
    with apart() as connection:
        row = connection.execute(_EARLIER, {"commands": [command]}).one_or_none()
    if row is not None and row.payload.get("asked") != asked(command, content):
        raise CommandReused
    return row is not None
