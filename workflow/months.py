"""Opening months from the directive in force (R6): who needs a month finds it, whether or not a clock has run."""

from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert

from models.base import db
from models.directive import Directive
from models.period import Period
from workflow import clock, trail
from workflow.engine.errors import N_, Invalid
from workflow.rules import periods


def directive_on(day: date) -> Directive:
    """The directive in force on a day. Raises Invalid(`no_directive`)."""
    found = db.session.scalars(
        select(Directive).where(
            Directive.valid_from <= day, or_(Directive.valid_to.is_(None), day < Directive.valid_to)
        )
    ).one_or_none()
    if found is None:
        raise Invalid(
            "no_directive", N_("Chưa có văn bản quy định hiệu lực vào ngày {day:%d/%m/%Y}."), day=day
        )
    return found


def ensure_period(year: int, month: int) -> Period:
    """The period of a month, opened from the directive in force if it was not there. Inside a change()."""
    found = _find(year, month)
    if found is None:
        rule = directive_on(date(year, month, 1))
        times = periods.bounds(
            year, month, deadline_day=rule.deadline_day, closing_day=rule.closing_day, zone=rule.zone
        )
        # Two that open the same month at once: the unique index lets one through, both find its row.
        opened = db.session.execute(
            insert(Period)
            .values(
                year=year,
                month=month,
                directive_id=rule.id,
                quota=rule.quota,
                opens_at=times.opens_at,
                deadline_at=times.deadline_at,
                closes_at=times.closes_at,
            )
            .on_conflict_do_nothing()
            .returning(Period.id)
        ).scalar()
        found = _find(year, month)
        if found is None:
            raise LookupError(f"the period {year}-{month:02d} was neither found nor made")
        if opened is not None:
            trail.write(f"period:{opened}", "period:open", by=None, period=found.code)
    return found


def _find(year: int, month: int) -> Period | None:
    return db.session.scalars(
        select(Period).where(Period.year == year, Period.month == month, Period.is_active)
    ).one_or_none()


def ensure_around(moment: datetime) -> list[Period]:
    """The months that matter at a moment, opened where missing: the calendar month and the next. In a change()."""
    return [ensure_period(*month) for month in _around(moment)]


def missing_around(moment: datetime) -> list[tuple[int, int]]:
    """(year, month) of those that `ensure_around` would open; changes nothing."""
    return [month for month in _around(moment) if _find(*month) is None]


def _around(moment: datetime) -> tuple[tuple[int, int], tuple[int, int]]:
    local = moment.astimezone(clock.ZONE)
    first = (local.year, local.month)
    return first, periods.month_after(*first)
