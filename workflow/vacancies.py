"""A unit whose committee lacks a seat is asked to fill it: once a week by the clock, at once by hand (R1).

The outbox key of the letter is unit and week, or unit and day when the week's was written before: two clocks, a
restart or two people at once repeat none.
"""

from collections.abc import Mapping
from datetime import date

from models.organisation import Unit
from models.people import Account
from workflow import accounts, clock, committees, outbox, trail
from workflow.engine.errors import N_, Invalid
from workflow.engine.patience import patient
from workflow.engine.unit_of_work import change
from workflow.outbox import Planned
from workflow.queries import calendar_days, duties, post, recipients
from workflow.rules import workdays
from workflow.rules.asks import reason_given
from workflow.rules.permissions import require

TOPIC = "letter:committee_incomplete"


def remind(on: date) -> Mapping[str, int]:
    """One letter a week to each unit whose committee lacks a seat, on a working day."""
    with change():
        return {"sent": outbox.put_all(due(on))}


def due(on: date) -> list[Planned]:
    """What `remind` would put into the outbox; changes nothing."""
    if not workdays.is_working_day(on, calendar_days.exceptions()):
        return []
    return outbox.not_put([_of_the_week(unit_id, on) for unit_id in duties.incomplete_committees(on)])


@patient
def remind_by_hand(unit: Unit, *, reason: str, by: Account) -> int:
    """Ask a unit now and with a reason; returns how many letters. At most one letter a day, the clock's included.

    Raises Invalid (`reason_required`, and those of `foresee`).
    """
    require(accounts.roles_of(by), "committees.write")
    reason = reason_given(reason)
    with change():
        today, committee = clock.today(), committees.in_force(unit)
        is_short = bool(duties.incomplete_committees(today, unit.id))
        letters, refused = foresee(unit, on=today, is_short=is_short)
        if refused:
            raise refused
        if not (_of_the_week(unit.id, today).put() or _of_the_day(unit.id, today).put()):
            raise _reminded_today()
        trail.write(
            f"committee:{committee.id}" if committee else f"unit:{unit.id}",
            "committee:remind",
            by=by,
            unit=unit.id,
            reason=reason,
        )
        return letters


def foresee(unit: Unit, *, on: date, is_short: bool) -> tuple[int, Invalid | None]:
    """How many letters would go to a unit today, and why it is not asked now, if so.

    `committee_complete`, `nobody_to_write_to` or `reminded_today`.
    """
    if not is_short:
        return 0, Invalid("committee_complete", N_("Ban Truyền thông không thiếu thành viên nào."))
    letters = len(recipients.contacts(unit.id))
    if not letters:
        return 0, Invalid("nobody_to_write_to", N_("Đơn vị chưa có ai để gửi thư."))
    keys = [_of_the_week(unit.id, on).key, _of_the_day(unit.id, on).key]
    return letters, _reminded_today() if on.isoformat() in post.days_of(keys) else None


def _reminded_today() -> Invalid:
    return Invalid("reminded_today", N_("Hôm nay đã gửi nhắc việc."))


def _of_the_week(unit_id: int, day: date) -> Planned:
    return _letter(unit_id, workdays.monday_of(day), day)


def _of_the_day(unit_id: int, day: date) -> Planned:
    return _letter(unit_id, day, day)


def _letter(unit_id: int, on: date, day: date) -> Planned:
    """`on` is the occasion, which makes the letter one of its kind; `day` is when it was written."""
    told = {"unit": unit_id, "on": on.isoformat(), "day": day.isoformat()}
    return Planned(TOPIC, f"committee_incomplete:{unit_id}:{on.isoformat()}", told)
