"""Putting work for the workers into the outbox, in the transaction of its cause."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert

from models.base import db
from models.outbox import OutboxMessage
from models.people import Account
from models.vocabulary import OutboxState
from workflow import accounts, clock
from workflow.engine import audit, bell, click
from workflow.engine.errors import N_, Invalid, NotFound
from workflow.engine.unit_of_work import change
from workflow.rules.permissions import require
from workflow.rules.topics import QUEUES


@dataclass(frozen=True)
class Planned:
    """A row as it will be put, so that the same plan can be carried out or only shown."""

    topic: str
    key: str
    payload: Mapping[str, Any]

    def put(self) -> bool:
        return put(self.topic, self.key, self.payload)


def put(topic: str, key: str, payload: Mapping[str, Any]) -> bool:
    """Add one row inside the open change(); False when the same key is there already, which is no error."""
    row = (
        insert(OutboxMessage)
        .values(key=key, topic=topic, queue=QUEUES[topic], payload=dict(payload), cause=click.cause())
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(OutboxMessage.id)
    )
    bell.pull()
    return db.session.execute(row).scalar() is not None


def retry(message_id: int, *, by: Account) -> None:
    """Give a dead row to the workers again, with all its tries. Raises Invalid(`not_dead`)."""
    with _settling(message_id, "outbox:retry", by) as message:
        message.state, message.attempts, message.error = OutboxState.NEW, 0, ""
        message.next_at = func.now()


def dismiss(message_id: int, *, reason: str, by: Account) -> None:
    """Put a dead row away for good, with a reason. Raises Invalid(`reason_required`, `not_dead`)."""
    if not reason.strip():
        raise Invalid("reason_required", N_("Vui lòng ghi lý do."), field="reason")
    with _settling(message_id, "outbox:dismiss", by, reason=reason.strip()) as message:
        message.state = OutboxState.DISMISSED


@contextmanager
def _settling(message_id: int, action: str, by: Account, **more: str) -> Iterator[OutboxMessage]:
    """One act of an administrator on one dead row: right, lock and record."""
    require(accounts.roles_of(by), "queues.write")
    with change() as session:
        message = session.get(OutboxMessage, message_id, with_for_update=True, populate_existing=True)
        if message is None:
            raise NotFound
        if message.state != OutboxState.DEAD:
            raise Invalid("not_dead", N_("Việc này không còn dừng vì lỗi. Vui lòng tải lại trang."))
        yield message
        session.flush()
        audit.write(
            session.connection(), "settings:outbox", action, actor=by.id, at=clock.now(),
            message=message.id, topic=message.topic, key=message.key, **more,
        )  # fmt: skip
