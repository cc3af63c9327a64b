"""Months and their deadlines: opening, closing, extending, freeing of quota (R5, R6). The sweep: `lapses`."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, text

from models.base import db
from models.organisation import Unit
from models.people import Account
from models.period import Exemption, Extension, Period
from models.submission import Submission
from workflow import accounts, clock, definitions, trail
from workflow.engine import moves
from workflow.engine.errors import N_, Invalid
from workflow.engine.patience import patient
from workflow.engine.unit_of_work import change
from workflow.lapses import lapsing, sweep
from workflow.months import directive_on, ensure_around, ensure_period
from workflow.queries.months import deadline
from workflow.rules.asks import reason_given
from workflow.rules.permissions import require
from workflow.submissions import perform

__all__ = [
    "binding",
    "close_due",
    "close_period",
    "closing",
    "deadline_for",
    "directive_on",
    "ensure_around",
    "ensure_period",
    "exempt",
    "exempt_each",
    "extend",
    "extend_each",
    "lapsing",
    "reopen_period",
    "sweep",
    "taking",
]


_IN_FORCE = text(f"SELECT {deadline('CAST(:unit AS bigint)')} FROM period p WHERE p.id = :period")  # noqa: S608


def deadline_for(period: Period, unit_id: int | None) -> datetime:
    """The unit's deadline in force: the period's, or the latest extension to it. None: what holds for all units."""
    found: datetime = db.session.execute(_IN_FORCE, {"period": period.id, "unit": unit_id}).scalar_one()
    return found


def binding(unit: Unit, *, at: datetime) -> Period:
    """The first month whose deadline for this unit is ahead at `at`; new drafts belong to it. In a change()."""
    for period in ensure_around(at):
        deadline_at = deadline_for(period, unit.id)
        # Closing a month ends the wait for late pieces; it does not take back the time a unit was given.
        if at < deadline_at and (_is_open(period, at) or deadline_at > period.deadline_at):
            return period
    raise Invalid("no_open_period", N_("Chưa có kỳ nào đang mở để nhận bài."))


def taking(code: str, *, at: datetime) -> Period | None:
    """The month somebody names (`KY-2021-05`), when it takes pieces at `at`, on time or late. In a change()."""
    found = next((period for period in ensure_around(at) if period.code == code), None)
    return found if found and found.opens_at <= at < found.closes_at and _is_open(found, at) else None


def _is_open(period: Period, at: datetime) -> bool:
    """Judged at the receipt time: what came before an editor closed the month, but was read after, is in it."""
    return period.closed_at is None or at < period.closed_at


@patient
def extend(period: Period, *, unit: Unit | None, until: datetime, reason: str, by: Account) -> int:
    """A later deadline for a unit (or all), with a reason. Its late, never-sent pieces, so many, are drafts again."""
    require(accounts.roles_of(by), "periods.write")
    reason = reason_given(reason)
    with change() as session:
        # A sweep or a sending under way is waited for, and judged anew below; the next ones find more time.
        session.refresh(period, with_for_update=True)
        if until <= deadline_for(period, unit.id if unit else None):
            raise Invalid("deadline_not_later", N_("Hạn mới phải sau hạn hiện tại."), field="last_day")
        extension = Extension(
            period_id=period.id,
            unit_id=unit.id if unit else None,
            deadline_at=until.astimezone(UTC),
            reason=reason,
            granted_by=by.id,
        )
        session.add(extension)
        session.flush()
        _told(period, "period:extend", by, unit=unit, until=until, reason=reason)
        reopened = _late_and_unsent(period, unit)
        for piece_id in reopened:
            perform(piece_id, "extend", by=by, reason=reason, until=until)
        _judge_anew(period, unit)
        return len(reopened)


@patient
def extend_each(period: Period, *, units: Sequence[Unit], until: datetime, reason: str, by: Account) -> int:
    """The same later deadline for several units: all of them or none, and one cause on record."""
    with change():
        return sum(extend(period, unit=unit, until=until, reason=reason, by=by) for unit in units)


def _late_and_unsent(period: Period, unit: Unit | None) -> Sequence[int]:
    query = select(Submission.id).where(
        Submission.period_id == period.id,
        Submission.state.in_(definitions.sources("extend")),
        Submission.first_sent_at.is_(None),
        Submission.discarded_at.is_(None),
    )
    return db.session.scalars(query.where(Submission.unit_id == unit.id) if unit else query).all()


def _judge_anew(period: Period, unit: Unit | None) -> None:
    """A deadline that moves later makes some late sendings on time; each is an event of its piece."""
    query = select(Submission).where(Submission.period_id == period.id, Submission.sent_late)
    now = clock.now()
    for piece in db.session.scalars(query.where(Submission.unit_id == unit.id) if unit else query):
        if piece.first_sent_at is None or piece.first_sent_at >= deadline_for(period, piece.unit_id):
            continue
        moves.record(
            db.session.connection(),
            moves.Happening(
                submission_id=piece.id,
                state=piece.state,
                target=piece.state,
                version=piece.version,
                head_hash=piece.head_hash,
                action="submission:judged_on_time",
                actor=None,
                at=now,
                changes={"sent_late": False},
                details={"unit": piece.unit_id},
            ),
        )


@patient
def exempt(period: Period, *, unit: Unit | None, reason: str, by: Account) -> Exemption:
    """Free a unit (or all) of the month's quota, with a reason."""
    require(accounts.roles_of(by), "periods.write")
    reason = reason_given(reason)
    with change() as session:
        exemption = Exemption(
            period_id=period.id, unit_id=unit.id if unit else None, reason=reason, granted_by=by.id
        )
        session.add(exemption)
        session.flush()
        _told(period, "period:exempt", by, unit=unit, reason=reason)
        return exemption


@patient
def exempt_each(period: Period, *, units: Sequence[Unit], reason: str, by: Account) -> list[Exemption]:
    """Free several units of the month's quota: all of them or none, and one cause on record."""
    with change():
        return [exempt(period, unit=unit, reason=reason, by=by) for unit in units]


@patient
def close_period(period: Period, *, by: Account | None) -> bool:
    """Stop taking pieces for a month: by an editor, or by the clock on the closing day. False if it was closed."""
    if by is not None:
        require(accounts.roles_of(by), "periods.write")
    with change() as session:
        session.refresh(period, with_for_update=True)
        if period.closed_at is not None:
            return False
        period.closed_at = clock.now()
        period.closed_by = by.id if by else None
        _told(period, "period:close", by)
        return True


@patient
def reopen_period(period: Period, *, reason: str, by: Account) -> None:
    """Take pieces for a closed month again, with a reason."""
    require(accounts.roles_of(by), "periods.write")
    reason = reason_given(reason)
    with change() as session:
        session.refresh(period, with_for_update=True)
        if period.closes_at <= clock.now():
            raise Invalid("closing_day_passed", N_("Đã qua ngày chốt kỳ; không thể mở lại."))
        period.closed_at = None
        period.closed_by = None
        _told(period, "period:reopen", by, reason=reason)


def close_due(at: datetime) -> int:
    """Close every month whose closing day has come; returns how many."""
    return sum(close_period(period, by=None) for period in closing(at))


def closing(at: datetime) -> Sequence[Period]:
    """The months that are closed at `at` by the clock."""
    open_still = select(Period).where(Period.is_active, Period.closed_at.is_(None))
    return db.session.scalars(open_still.where(Period.closes_at <= at)).all()


def _told(
    period: Period,
    action: str,
    by: Account | None,
    unit: Unit | None = None,
    **more: Any,
) -> None:
    about: dict[str, Any] = {"unit": unit.id} if unit else {}
    trail.write(f"period:{period.id}", action, by=by, period=period.code, **about, **more)
