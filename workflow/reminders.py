"""Reminding who owes: what is decided here is on record once, the letters are written from it (R5).

A `Reminder` row and the outbox row of its letter are one transaction; the unique key of the row is what keeps
two clocks, a restart or a second look on the same day from reminding twice.
"""

import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.dialects.postgresql import insert

from models.base import db
from models.organisation import Unit
from models.people import Account
from models.period import Period, Reminder
from workflow import accounts, clock, mishaps, outbox
from workflow.engine import audit
from workflow.engine.errors import N_, Invalid
from workflow.engine.patience import patient
from workflow.engine.unit_of_work import change
from workflow.outbox import Planned
from workflow.queries import calendar_days, duties
from workflow.queries.duties import Duty
from workflow.rules import reminding
from workflow.rules.asks import reason_given
from workflow.rules.permissions import require
from workflow.rules.reminding import Plan


@dataclass(frozen=True)
class Due:
    """What a day brings one unit for one month: `sent` goes out, `skipped` never will."""

    duty: Duty
    sent: str | None
    skipped: tuple[str, ...]

    @property
    def letter(self) -> Planned | None:
        if self.sent is None:
            return None
        unit, period = self.duty.unit_id, self.duty.period_id
        if self.sent == reminding.SHORT:
            return Planned(
                "letter:quota_shortfall", f"shortfall:{period}:{unit}", {"unit": unit, "period": period}
            )
        return Planned(
            "letter:reminder",
            f"reminder:{period}:{unit}:{self.sent}",
            {"unit": unit, "period": period, "occasion": self.sent},
        )


Planner = Callable[[datetime, int | None], Sequence[Due]]
"""(now, unit or None for all) -> what is to be written down."""


def remind(on: date) -> Mapping[str, int]:
    """The reminders of one day: who is short is reminded once, by the strongest occasion due."""
    return _write_down("reminders", lambda now, unit_id: reminders_due(on, now, unit_id))


def reminders_due(on: date, now: datetime, unit_id: int | None = None) -> list[Due]:
    """What `remind` would write down at `now`, for all units or one; changes nothing."""
    known = calendar_days.exceptions()

    def plan(duty: Duty) -> Plan:
        # A clock that slept, or was turned, does a past day's work today: by then its last day may be over.
        today = max(on, now.astimezone(ZoneInfo(duty.zone)).date())
        return reminding.due_reminder(
            duty.deadline_at,
            days_before=duty.reminder_days,
            is_moved=duty.is_extended,
            recorded=duty.recorded,
            on=today,
            zone=duty.zone,
            known=known,
        )

    return _planned(plan, now, unit_id)


def give_late_notice(on: date) -> Mapping[str, int]:
    """The late notices of one day: who is still short after the deadline is told until when it may follow."""
    return _write_down("late_notices", lambda now, unit_id: late_notices_due(on, now, unit_id))


def late_notices_due(on: date, now: datetime, unit_id: int | None = None) -> list[Due]:
    """What `give_late_notice` would write down at `now`, for all units or one; changes nothing."""
    known = calendar_days.exceptions()

    def plan(duty: Duty) -> Plan:
        closes_at = now if duty.is_closed else duty.closes_at
        return reminding.due_late_notice(
            duty.deadline_at,
            closes_at,
            is_moved=duty.is_extended,
            recorded=duty.recorded,
            on=on,
            now=now,
            zone=duty.zone,
            known=known,
        )

    return _planned(plan, now, unit_id)


def give_shortfall_notice(on: date) -> Mapping[str, int]:
    """The notices of one day to who is short of a month that is over; of several months slept over, of the newest."""
    return _write_down("shortfalls", lambda now, unit_id: shortfalls_due(on, now, unit_id))


def shortfalls_due(on: date, now: datetime, unit_id: int | None = None) -> list[Due]:
    """What `give_shortfall_notice` would write down at `now`, for all units or one; changes nothing."""
    known = calendar_days.exceptions()
    newest: dict[int, Duty] = {}
    due = [
        duty
        for duty in duties.owing(now=now, unit_id=unit_id)
        if reminding.due_shortfall(
            duty.deadline_at,
            duty.closed_at,
            recorded=duty.recorded,
            on=on,
            now=now,
            zone=duty.zone,
            known=known,
        )
    ]
    for duty in due:
        newest[duty.unit_id] = max(newest.get(duty.unit_id, duty), duty, key=lambda each: each.closes_at)
    return [
        Due(duty, reminding.SHORT, ())
        if newest[duty.unit_id] is duty
        else Due(duty, None, (reminding.SHORT,))
        for duty in due
    ]


def _planned(plan: Callable[[Duty], Plan], now: datetime, unit_id: int | None) -> list[Due]:
    return [
        Due(duty, planned.sent, planned.skipped)
        for duty in duties.owing(now=now, unit_id=unit_id)
        for planned in [plan(duty)]
    ]


def _write_down(job: str, plan: Planner) -> Mapping[str, int]:
    """All units in one transaction; where that cannot be, each by itself, and the bad ones are noted as mishaps.

    Raises Stumbled then: what is due on a last day is due on no other, so the job comes back today. Who was reminded
    is on record and is not reminded twice.
    """
    began, bad, told = mishaps.began(), mishaps.Bad(), Counter[str]()
    for some in mishaps.all_or_apart(lambda unit_id: _write_down_for(unit_id, plan), duties.units, bad):
        told.update(some)
    if stumbled := mishaps.show(job, "unit", bad, since=began):
        raise mishaps.Stumbled(stumbled)
    return told


def _write_down_for(unit_id: int | None, plan: Planner) -> Counter[str]:
    with change():
        due = plan(clock.now(), unit_id)
        sent = _record([(each.duty, each.sent) for each in due if each.sent], is_skipped=False)
        skipped = _record([(each.duty, one) for each in due for one in each.skipped], is_skipped=True)
        letters = [each.letter for each in due if each.letter and _cell(each.duty, each.sent) in sent]
        return Counter(sent=outbox.put_all(letters), skipped=len(skipped))


def _cell(duty: Duty, occasion: str | None) -> tuple[int, int, str | None]:
    return duty.unit_id, duty.period_id, occasion


def _record(occasions: Sequence[tuple[Duty, str]], *, is_skipped: bool) -> set[tuple[int, int, str | None]]:
    """Write occasions down; returns those for which no other clock was faster."""
    if not occasions:
        return set()
    rows = [
        {"unit_id": duty.unit_id, "period_id": duty.period_id, "occasion": occasion, "is_skipped": is_skipped}
        for duty, occasion in occasions
    ]
    new = insert(Reminder).values(rows).on_conflict_do_nothing()
    found = db.session.execute(new.returning(Reminder.unit_id, Reminder.period_id, Reminder.occasion))
    return {(row.unit_id, row.period_id, row.occasion) for row in found}


@patient
def remind_by_hand(period: Period, *, unit: Unit | None, reason: str, by: Account) -> int:
    """Remind a unit that owes, or all of them, outside the timetable and with a reason; returns how many letters.

    At most once a day for each unit. Raises Invalid (`reason_required`, `nothing_owed`, `reminded_today`).
    """
    require(accounts.roles_of(by), "periods.write")
    reason = reason_given(reason)
    with change() as session:
        now = clock.now()
        owing = duties.owing(now=now, period_id=period.id, unit_id=unit.id if unit else None)
        owing = [duty for duty in owing if not duty.is_closed]
        if not owing:
            raise Invalid("nothing_owed", N_("Không còn bài nào phải nhắc cho kỳ này."))
        planned = [
            Due(duty, reminding.by_hand(duty.deadline_at, now=now, zone=duty.zone), ()) for duty in owing
        ]
        written = _record([(due.duty, str(due.sent)) for due in planned], is_skipped=False)
        new = [due for due in planned if _cell(due.duty, due.sent) in written]
        if not new:
            raise Invalid("reminded_today", N_("Hôm nay đã gửi nhắc việc."))
        cause = str(uuid.uuid4())
        outbox.put_all([due.letter for due in new if due.letter])
        for due in new:
            audit.write(
                session.connection(), f"period:{period.id}", "period:remind", actor=by.id, at=now, command=cause,
                period=period.code, unit=due.duty.unit_id, occasion=due.sent, reason=reason,
            )  # fmt: skip
        return len(new)
