"""What runs when, on people's clock. TIMETABLE is the whole of it.

A slot is the moment a job was due. Whoever claims it, by the unique key of `job_run`, puts the job into the outbox
in the same transaction; so any number of clocks may run, and a worker does the job. In a rehearsal the clock jumps:
then each job catches up as its row says.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from apscheduler.triggers.cron import CronTrigger
from sqlalchemy import Row, func, select, update
from sqlalchemy.dialects.postgresql import insert

from models.base import db
from models.outbox import JobPause, JobRun
from tasks import deadlines, digests, doorkeeping, publishing, sealing, stocktaking, summaries
from tasks.rehearsal import playing
from workflow import clock, outbox
from workflow.engine.audit import instant
from workflow.engine.unit_of_work import bookkeeping
from workflow.queries import post
from workflow.rules import topics
from workflow.settings import settings


class CatchUp(StrEnum):
    NEWEST = "newest"
    """Only the newest slot slept over: the job looks at the world as it is and needs no more."""
    EACH = "each"
    """Every slot slept over: each stands for something of its own."""


@dataclass(frozen=True)
class Job:
    name: str
    """What people read for it stands in `workflow/wording.py`, for the queues screen: JOBS."""
    trigger: CronTrigger
    run: Callable[[datetime], Mapping[str, object]]
    catch_up: CatchUp = CatchUp.NEWEST
    in_rehearsal_only: bool = False


def at(**when: str | int) -> CronTrigger:
    return CronTrigger(timezone=clock.ZONE, **when)


def arrive(_slot: datetime) -> Mapping[str, int]:
    """In a rehearsal: what the demo's month brings up to now."""
    return playing.arrive(clock.now())


# fmt: off
TIMETABLE: Mapping[str, Job] = {job.name: job for job in (
    # First: what came before a deadline came in time, though the rehearsal jumped over both.
    Job("arrivals", at(minute="*"), arrive, in_rehearsal_only=True),
    Job("sweep", at(minute="*"), deadlines.sweep),
    Job("publishing", at(minute="*"), publishing.publish_due),
    Job("close_periods", at(minute="*/5"), deadlines.close_periods),
    Job("open_periods", at(day=1, hour=0, minute=5), deadlines.open_periods, CatchUp.EACH),
    Job("reminders", at(hour=8), deadlines.remind),
    Job("late_notices", at(hour=8), deadlines.give_late_notice),
    Job("shortfalls", at(hour=8), deadlines.give_shortfall_notice),
    Job("consents", at(hour=8), deadlines.ask_for_consents),
    Job("long_waits", at(hour=8), deadlines.tell_of_long_waits),
    # Each day, so that a week that begins with a holiday is told on its first working day.
    Job("committees", at(hour=8), deadlines.remind_incomplete_committees),
    Job("claims", at(minute=0), deadlines.lapse_claims),
    Job("summaries", at(hour=8), summaries.sum_up),
    Job("weekly_digest", at(hour=7, minute=30), summaries.write_weekly_digest),
    Job("digests", at(hour=16, minute=30), digests.send),
    Job("audit_check", at(hour=3), sealing.look),
    Job("sign_ins", at(minute=40), doorkeeping.sweep),
    Job(stocktaking.JOB, at(minute=50), stocktaking.look),
    # Last: what the others did in this minute is sealed with it.
    Job("seal", at(minute="*"), sealing.seal),
)}
# fmt: on

# Searched in turn, so that finding the newest slot of a job that runs each minute does not walk through months.
_WINDOWS = (
    timedelta(minutes=6),
    timedelta(hours=2),
    timedelta(days=2),
    timedelta(days=10),
    timedelta(days=400),
)


def slots(trigger: CronTrigger, after: datetime, until: datetime) -> Iterator[datetime]:
    """The moments at which the trigger was due: later than `after`, not later than `until`; oldest first."""
    while (due := trigger.get_next_fire_time(None, after + timedelta(microseconds=1))) and due <= until:
        yield due
        after = due


def newest_slot(trigger: CronTrigger, until: datetime) -> datetime | None:
    """The last moment at or before `until` at which the trigger was due."""
    for window in _WINDOWS:
        if found := list(slots(trigger, until - window, until)):
            return found[-1]
    return None


def due_slots(job: Job, last: datetime | None, now: datetime) -> list[datetime]:
    """The slots to claim now, given the last one on record. The first time ever: the newest one."""
    if last is not None and job.catch_up is CatchUp.EACH:
        return list(slots(job.trigger, last, now))
    newest = newest_slot(job.trigger, now)
    return [newest] if newest is not None and (last is None or newest > last) else []


class Clock:
    """One clock among any number of them. Remembers the last slots it saw, to ask the database less."""

    def __init__(self) -> None:
        self._last: dict[str, datetime] = {}
        self._next: dict[str, datetime] = {}

    def tick(self) -> list[tuple[str, datetime]]:
        """Claim every slot that is due and not claimed; returns those that were ours."""
        now = clock.now()
        paused = set(db.session.scalars(select(JobPause.job)))
        claimed = []
        for job in in_use():
            # A paused job is not looked at at all, so that it catches up when it is let go.
            if job.name in paused or now < self._next.get(job.name, now):
                continue
            for slot in due_slots(job, self._last_slot(job), now):
                if claim(job, slot):
                    claimed.append((job.name, slot))
                self._last[job.name] = slot
            self._next[job.name] = next_run(job, now) or now
        db.session.rollback()
        return claimed

    def _last_slot(self, job: Job) -> datetime | None:
        if job.name not in self._last and (found := last_slot(job)) is not None:
            self._last[job.name] = found
        return self._last.get(job.name)


@dataclass(frozen=True)
class Line:
    """One job of the timetable, as somebody reads it."""

    job: str
    catch_up: CatchUp
    last: Row[Any] | None
    """The newest run, by the clock or by hand: slot, claimed_at, done_at, took_ms, outcome, asked_by."""
    next_at: datetime | None
    """None while it is paused."""
    pause: Row[Any] | None
    """reason, paused_by, paused_at."""


def lines(now: datetime) -> list[Line]:
    """The whole timetable of this house, in its order."""
    runs = {row.job: row for row in post.last_runs(list(TIMETABLE))}
    pauses = {row.job: row for row in post.pauses()}
    return [
        Line(
            job.name,
            job.catch_up,
            runs.get(job.name),
            None if job.name in pauses else next_run(job, now),
            pauses.get(job.name),
        )
        for job in in_use()
    ]


def in_use() -> list[Job]:
    """The jobs of this house: some are for a rehearsal only."""
    return [job for job in TIMETABLE.values() if settings().is_demo or not job.in_rehearsal_only]


def last_slot(job: Job) -> datetime | None:
    """The newest slot of the timetable that was claimed; what somebody ran by hand is none."""
    claimed = select(func.max(JobRun.slot)).where(JobRun.job == job.name, JobRun.asked_by.is_(None))
    return db.session.scalar(claimed)


def next_run(job: Job, now: datetime) -> datetime | None:
    """The next moment the job is due after `now`."""
    found: datetime | None = job.trigger.get_next_fire_time(None, now + timedelta(microseconds=1))
    return found


def claim(job: Job, slot: datetime) -> bool:
    """Make the slot ours and put the job into the outbox, in one transaction; False when another was faster."""
    with bookkeeping() as session:
        row = insert(JobRun).values(job=job.name, slot=slot).on_conflict_do_nothing().returning(JobRun.job)
        if session.execute(row).scalar() is None:
            return False
        when = instant(slot)
        return outbox.put(topics.of_job(job.name), f"job:{job.name}:{when}", {"job": job.name, "slot": when})


def run(name: str, slot: str) -> Callable[[], object]:
    """Do the job for its slot; the returned half notes the outcome. Raises KeyError for an unknown job."""
    began = time.monotonic()
    told = TIMETABLE[name].run(datetime.fromisoformat(slot))
    took_ms = round((time.monotonic() - began) * 1000)
    return lambda: note(name, slot, told, took_ms=took_ms)


def note(name: str, slot: str, outcome: Mapping[str, object], *, took_ms: int | None = None) -> None:
    """Write down how a slot ended and how long its work took. Inside the caller's transaction."""
    db.session.execute(
        update(JobRun)
        .where(JobRun.job == name, JobRun.slot == datetime.fromisoformat(slot))
        .values(done_at=func.now(), outcome=dict(outcome), took_ms=took_ms)
    )
