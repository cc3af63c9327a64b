"""The timetable in people's hands: run a job now, stop it for a while with a reason, let it go on.

What runs when stands in `tasks/timetable.py`; a job is known here by its name only.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert

from models.outbox import JobPause, JobRun
from models.people import Account
from workflow import accounts, clock, outbox, trail
from workflow.engine.audit import instant
from workflow.engine.errors import N_, Invalid, NotFound
from workflow.engine.unit_of_work import apart, change
from workflow.rules import topics
from workflow.rules.asks import reason_given
from workflow.rules.permissions import require
from workflow.wording import JOBS


def run_now(job: str, *, by: Account) -> datetime:
    """Put a job into the outbox beside its timetable, paused or not; returns the slot it runs for."""
    _require(job, by)
    return put(job, by)


def put(job: str, by: Account) -> datetime:
    """The same for who has been asked whether she may."""
    with change() as session:
        slot = clock.now()
        row = insert(JobRun).values(job=job, slot=slot, asked_by=by.id).on_conflict_do_nothing()
        session.execute(row)
        outbox.put(topics.of_job(job), f"job:{job}:{instant(slot)}", {"job": job, "slot": instant(slot)})
        _told("job:run", job, by, slot=slot)
        return slot


def note_progress(job: str, slot: datetime, done: Mapping[str, object]) -> None:
    """Write down how far a run has come, for who waits for it; on a connection of its own, so that others see it."""
    with apart() as connection:
        connection.execute(
            update(JobRun)
            .where(JobRun.job == job, JobRun.slot == slot, JobRun.done_at.is_(None))
            .values(outcome=dict(done))
        )


def pause(job: str, *, reason: str, by: Account) -> None:
    """Let a job claim no slot until it is resumed. Raises Invalid(`reason_required`, `already_paused`)."""
    _require(job, by)
    reason = reason_given(reason)
    values = {"job": job, "reason": reason, "paused_by": by.id, "paused_at": clock.now()}
    with change() as session:
        row = insert(JobPause).values(**values).on_conflict_do_nothing().returning(JobPause.job)
        if session.execute(row).scalar() is None:
            raise Invalid("already_paused", N_("Việc này đã tạm dừng."))
        _told("job:pause", job, by, reason=reason)


def resume(job: str, *, by: Account) -> None:
    """Let a paused job go on; it catches up as its row of the timetable says. Raises Invalid(`not_paused`)."""
    _require(job, by)
    with change() as session:
        gone = session.execute(delete(JobPause).where(JobPause.job == job).returning(JobPause.job)).scalar()
        if gone is None:
            raise Invalid("not_paused", N_("Việc này không tạm dừng."))
        _told("job:resume", job, by)


def _require(job: str, by: Account) -> None:
    require(accounts.roles_of(by), "queues.write")
    if job not in JOBS:
        raise NotFound


def _told(action: str, job: str, by: Account, **more: Any) -> None:
    trail.write(f"job:{job}", action, by=by, job=job, **more)
