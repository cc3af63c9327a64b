"""Putting work for the workers into the outbox, in the transaction of its cause."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.dialects.postgresql import insert

from models.base import db
from models.outbox import OutboxMessage
from workflow.notices import QUEUES


def put(topic: str, key: str, payload: Mapping[str, Any]) -> bool:
    """Add one row inside the open change(); False when the same key is there already, which is no error."""
    row = (
        insert(OutboxMessage)
        .values(key=key, topic=topic, queue=QUEUES[topic], payload=dict(payload))
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(OutboxMessage.id)
    )
    return db.session.execute(row).scalar() is not None
