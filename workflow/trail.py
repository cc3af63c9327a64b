"""Events that verbs write into the audit trail: in the open transaction, at people's time."""

from typing import Any

from models.base import db
from models.people import Account
from workflow import clock
from workflow.engine import audit


def write(stream: str, action: str, *, by: Account | None, **details: Any) -> int:
    """Add an event inside the open change(); returns its number in the stream. `by=None`: nobody but the house."""
    return audit.write(
        db.session.connection(), stream, action, actor=by.id if by else None, at=clock.now(), **details
    )
