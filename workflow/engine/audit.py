"""Audit events: the canonical text, and adding one to a stream that has no row of its own.

Events of a submission are added by `moves.py`, in the statement that moves it.
"""

import json
import unicodedata
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, text

from workflow.engine import click

GENESIS = bytes(32)
"""The `prev_hash` of the first event of every stream."""
MARK = b"\x02"
"""Domain separation: an event hash can never be taken for a Merkle leaf (0x00) or node (0x01)."""


def canonical(value: Mapping[str, Any]) -> str:
    """Sorted keys, no spaces, NFC, no floats, UTC with microseconds as text. Hashed as stored."""
    return _WRITTEN.encode(_plain(value))


_WRITTEN = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def instant(moment: datetime) -> str:
    """2021-05-19T17:00:00.000000Z. Raises ValueError for a naive datetime."""
    if moment.tzinfo is None:
        raise ValueError("an instant needs a zone")
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def _plain(value: Any) -> Any:
    match value:
        case str():
            return value if value.isascii() else unicodedata.normalize("NFC", value)
        case datetime():
            return instant(value)
        case bool() | int() | None:
            return value
        case dict() | Mapping():
            return {str(key): _plain(inner) for key, inner in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_plain(inner) for inner in value]
        case float():
            raise TypeError("no floats in the audit trail: their text is not canonical")
        case _:
            return str(value)


def derived(command: str, stream: str, seq: int) -> str:
    """The id of one event among several that one command writes."""
    return str(uuid.uuid5(uuid.UUID(command), f"{stream}:{seq}"))


_LOCK_HEAD = text(
    "INSERT INTO audit_head (stream, seq, hash) VALUES (:stream, 0, :genesis)"
    " ON CONFLICT (stream) DO UPDATE SET seq = audit_head.seq RETURNING seq, hash"
)
# The head row is locked first: without it two commits fork the chain (235 of 400 in a trial).
_ADD = text(
    "WITH head AS (UPDATE audit_head SET seq = seq + 1,"
    "   hash = sha256('\\x02'::bytea || hash || convert_to(:payload, 'UTF8'))"
    "   WHERE stream = :stream RETURNING seq, hash)"
    " INSERT INTO audit_event (stream, seq, payload, command_id, prev_hash, hash)"
    " SELECT :stream, head.seq, :payload, :command, :prev, head.hash FROM head"
)


def write(
    connection: Connection,
    stream: str,
    action: str,
    *,
    actor: int | None,
    at: datetime,
    command: str | None = None,
    **details: Any,
) -> int:
    """Add one event to `stream` inside the caller's transaction; returns its number in the stream.

    Its cause is `command`, else the click under way. The first event of a click that has a command carries its id,
    so that the same click again cannot be written (`repeats.once`); a refusal may be earned twice.
    """
    own = None if command or ":refused/" in action else _first_of_its_command(connection)
    command = command or click.cause() or str(uuid.uuid4())
    head = connection.execute(_LOCK_HEAD, {"stream": stream, "genesis": GENESIS}).one()
    seq = int(head.seq) + 1
    payload = canonical(
        {
            "action": action,
            "actor": actor,
            "at": at,
            "cause": command,
            "seq": seq,
            "stream": stream,
            **click.came_from(),
            **({"asked": own[1]} if own else {}),
            **details,
        }
    )
    connection.execute(
        _ADD,
        {
            "stream": stream,
            "payload": payload,
            "command": own[0] if own else derived(command, stream, seq),
            "prev": head.hash,
        },
    )
    return seq


def _first_of_its_command(connection: Connection) -> tuple[str, str] | None:
    """(command id, what it asked for) for the first event that a commanded click writes in this transaction."""
    commanded = click.command()
    if commanded is None:
        return None
    # Known by the transaction: a try that was rolled back has written nothing.
    transaction = connection.get_transaction()
    if connection.info.get("commanded in") is transaction:
        return None
    connection.info["commanded in"] = transaction
    return commanded
