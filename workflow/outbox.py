"""Putting work for the workers into the outbox, in the transaction of its cause."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, update
from sqlalchemy.dialects.postgresql import insert

from models.base import db
from models.outbox import OutboxMessage
from models.people import Account
from models.vocabulary import OutboxState
from workflow import accounts, trail
from workflow.engine import bell, click
from workflow.engine.errors import N_, Invalid, NotFound
from workflow.engine.unit_of_work import change
from workflow.queries import post
from workflow.rules.asks import reason_given
from workflow.rules.permissions import require
from workflow.rules.topics import QUEUES

UNFINISHED = (OutboxState.NEW, OutboxState.QUEUED, OutboxState.RUNNING)

NOT_DEAD = N_("Việc này không còn dừng vì lỗi. Vui lòng tải lại trang.")

HELD = N_("Hệ thống vừa được phục hồi: thư này có thể đã gửi rồi. Đề nghị xem trước khi cho gửi lại.")


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
    return put_all([Planned(topic, key, payload)]) == 1


def put_all(planned: Sequence[Planned]) -> int:
    """Add rows inside the open change(), in one statement; returns how many keys were not there already."""
    if not planned:
        return 0
    cause = click.cause()
    rows = [
        {
            "key": one.key,
            "topic": one.topic,
            "queue": QUEUES[one.topic],
            "payload": dict(one.payload),
            "cause": cause,
        }
        for one in planned
    ]
    row = insert(OutboxMessage).values(rows).on_conflict_do_nothing(index_elements=["key"])
    bell.pull()
    return len(db.session.execute(row.returning(OutboxMessage.id)).all())


def not_put(planned: Sequence[Planned]) -> list[Planned]:
    """Without those that were put already: what is planned anew each day is shown once."""
    known = post.known_keys([one.key for one in planned])
    return [one for one in planned if one.key not in known]


def retry(message_id: int, *, by: Account) -> None:
    """Give a dead row to the workers again, with all its tries. Raises Invalid(`not_dead`)."""
    with _settling(message_id, "outbox:retry", by) as message:
        message.state, message.attempts, message.error = OutboxState.NEW, 0, ""
        message.next_at = message.retried_at = func.now()
        bell.pull()


def dismiss(message_id: int, *, reason: str, by: Account) -> None:
    """Put a dead row away for good, with a reason. Raises Invalid(`reason_required`, `not_dead`)."""
    with _settling(message_id, "outbox:dismiss", by, reason=reason_given(reason)) as message:
        message.state = OutboxState.DISMISSED


def retry_all(*, queue: str, topic: str, until: int, by: Account) -> int:
    """Give every dead row of a filtered list to the workers again; returns how many. Empty filters narrow nothing.

    `until` is the newest row that was seen: what died since was not decided about. Raises Invalid(`not_dead`).
    """
    again = {
        "state": OutboxState.NEW,
        "attempts": 0,
        "error": "",
        "next_at": func.now(),
        "retried_at": func.now(),
    }
    return _settle_all("outbox:retry_all", again, queue=queue, topic=topic, until=until, by=by)


def dismiss_all(*, queue: str, topic: str, until: int, reason: str, by: Account) -> int:
    """Put every dead row of a filtered list away for good. Raises Invalid(`reason_required`, `not_dead`)."""
    why = reason_given(reason)
    away = {"state": OutboxState.DISMISSED}
    return _settle_all("outbox:dismiss_all", away, queue=queue, topic=topic, until=until, by=by, reason=why)


def hold_letters() -> int:
    """After a recovery from a backup: put aside every letter that waits, until somebody looks; returns how many.

    What the database has forgotten may have been sent: given to the workers, such letters would go twice.
    """
    aside = update(OutboxMessage).where(OutboxMessage.queue == "mail", OutboxMessage.state.in_(UNFINISHED))
    with change() as session:
        held = session.scalars(
            aside.values(state=OutboxState.DEAD, error=HELD, lease_until=None)
            .returning(OutboxMessage.id)
            .execution_options(synchronize_session=False)
        ).all()
        if held:
            trail.write(
                "settings:outbox", "outbox:hold", by=None, many=len(held), first=min(held), last=max(held)
            )
    return len(held)


def _settle_all(
    action: str, values: Mapping[str, Any], *, queue: str, topic: str, until: int, by: Account, **more: str
) -> int:
    require(accounts.roles_of(by), "queues.write")
    asked = [OutboxMessage.state == OutboxState.DEAD, OutboxMessage.id <= until]
    if queue:
        asked.append(OutboxMessage.queue == queue)
    if topic:
        asked.append(OutboxMessage.topic == topic)
    with change() as session:
        statement = update(OutboxMessage).where(*asked).values(**values).returning(OutboxMessage.id)
        settled = session.scalars(statement.execution_options(synchronize_session=False)).all()
        if not settled:
            raise Invalid("not_dead", NOT_DEAD)
        trail.write(
            "settings:outbox",
            action,
            by=by,
            many=len(settled),
            first=min(settled),
            last=max(settled),
            queue=queue,
            topic=topic,
            **more,
        )
    bell.pull()
    return len(settled)


@contextmanager
def _settling(message_id: int, action: str, by: Account, **more: str) -> Iterator[OutboxMessage]:
    """One act of an administrator on one dead row: right, lock and record."""
    require(accounts.roles_of(by), "queues.write")
    with change() as session:
        message = session.get(OutboxMessage, message_id, with_for_update=True, populate_existing=True)
        if message is None:
            raise NotFound
        if message.state != OutboxState.DEAD:
            raise Invalid("not_dead", NOT_DEAD)
        yield message
        session.flush()
        trail.write(
            "settings:outbox", action, by=by, message=message.id, topic=message.topic, key=message.key, **more
        )
