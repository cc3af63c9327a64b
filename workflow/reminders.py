"""Reminding who owes: what is decided here is on record once, the letters are written from it (R1, R5).

A `Reminder` row and the outbox row of its letter are one transaction; the unique key of the row is what keeps
two clocks, a restart or a second look on the same day from reminding twice.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.dialects.postgresql import insert

from models.base import db
from models.period import Reminder
from workflow import clock, outbox
from workflow.engine.unit_of_work import change
from workflow.queries import duties
from workflow.queries.duties import Duty
from workflow.rules import reminding
from workflow.rules.reminding import Plan


def remind(on: date) -> Mapping[str, int]:
    """The reminders of one day: who is short is reminded once, by the strongest occasion due."""

    def plan(duty: Duty, now: datetime) -> Plan:
        # A clock that slept, or was turned, does a past day's work today: by then its last day may be over.
        today = max(on, now.astimezone(ZoneInfo(duty.zone)).date())
        return reminding.due_reminder(
            duty.deadline_at,
            days_before=duty.reminder_days,
            recorded=duty.recorded,
            on=today,
            zone=duty.zone,
        )

    return _write_down(plan)


def give_late_notice(on: date) -> Mapping[str, int]:
    """The late notices of one day: who is still short after the deadline is told until when it may follow."""

    def plan(duty: Duty, now: datetime) -> Plan:
        closes_at = now if duty.is_closed else duty.closes_at
        return reminding.due_late_notice(
            duty.deadline_at, closes_at, recorded=duty.recorded, on=on, now=now, zone=duty.zone
        )

    return _write_down(plan)


def _write_down(plan: Callable[[Duty, datetime], Plan]) -> Mapping[str, int]:
    told = {"sent": 0, "skipped": 0}
    with change():
        now = clock.now()
        for duty in duties.owing(now=now):
            planned = plan(duty, now)
            for occasion in planned.skipped:
                told["skipped"] += _record(duty, occasion, is_skipped=True)
            if planned.sent is not None and _record(duty, planned.sent, is_skipped=False):
                told["sent"] += outbox.put(
                    "letter:reminder",
                    f"reminder:{duty.period_id}:{duty.unit_id}:{planned.sent}",
                    {"unit": duty.unit_id, "period": duty.period_id, "occasion": planned.sent},
                )
    return told


def _record(duty: Duty, occasion: str, *, is_skipped: bool) -> bool:
    """Write the occasion down; False when another clock was faster."""
    row = (
        insert(Reminder)
        .values(unit_id=duty.unit_id, period_id=duty.period_id, occasion=occasion, is_skipped=is_skipped)
        .on_conflict_do_nothing()
        .returning(Reminder.id)
    )
    return db.session.execute(row).scalar() is not None


def remind_incomplete_committees(on: date) -> Mapping[str, int]:
    """One letter a week to each unit whose committee lacks a seat."""
    sent = 0
    with change():
        for unit_id in duties.incomplete_committees(on):
            sent += outbox.put(
                "letter:committee_incomplete",
                f"committee_incomplete:{unit_id}:{on.isoformat()}",
                {"unit": unit_id, "on": on.isoformat()},
            )
    return {"sent": sent}
