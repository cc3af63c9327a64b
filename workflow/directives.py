"""The department's rule as a dated record: a new one takes the place of the old from a day that is still to come.

A record never changes: months that are open and committees that are confirmed keep the one they began with.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import select

from models.base import db
from models.directive import Composition, Directive
from models.people import Account
from models.period import Period
from models.vocabulary import Kind, SeatKind
from workflow import accounts, clock, texts, trail
from workflow.engine.errors import N_, Invalid
from workflow.engine.unit_of_work import change
from workflow.rules.asks import reason_given
from workflow.rules.permissions import require

LAST_DAY = 28
"""Every month has it."""
MOST_SEATS, MOST_PIECES = 9, 50


@dataclass(frozen=True)
class Rule:
    """What a directive asks for; zone, workflow and the kinds of unit it binds come from the one before."""

    code: str
    title: str
    valid_from: date
    deadline_day: int
    closing_day: int
    quota: int
    counting_kinds: Sequence[str]
    reminder_days: Sequence[int]
    seats: Mapping[str, int]


def lay_down(rule: Rule, *, reason: str, by: Account) -> Directive:
    """Let `rule` hold from its day on, and the one before it until then.

    Raises NotAllowed, Invalid (`reason_required`, `code_required`, `code_taken`, `title_required`, `day_passed`,
    `month_open`, `days_crossed`, `quota_wrong`, `kinds_wrong`, `reminders_wrong`, `seats_wrong`).
    """
    require(accounts.roles_of(by), "directives.write")
    reason = reason_given(reason)
    _refuse_unsound(rule)
    with change() as session:
        before = session.scalars(
            select(Directive).order_by(Directive.valid_from.desc()).limit(1).with_for_update()
        ).one()
        _refuse_past(rule, before)
        before.valid_to = rule.valid_from
        session.flush()
        made = Directive(
            code=rule.code, title=texts.tidy(rule.title), valid_from=rule.valid_from, zone=before.zone,
            deadline_day=rule.deadline_day, closing_day=rule.closing_day, quota=rule.quota,
            counting_kinds=list(rule.counting_kinds), bound_unit_kinds=before.bound_unit_kinds,
            reminder_days=sorted(set(rule.reminder_days), reverse=True), workflow=before.workflow,
            composition=[
                Composition(seat_kind=SeatKind(kind), slot=slot)
                for kind, count in rule.seats.items() for slot in range(1, count + 1)
            ],
        )  # fmt: skip
        session.add(made)
        session.flush()
        trail.write(
            "settings:directive",
            "directive:lay_down",
            by=by,
            directive=made.code,
            reason=reason,
            before=_told(as_rule(before)),
            after=_told(rule),
        )
        return made


def as_rule(directive: Directive) -> Rule:
    """A record as it would be typed."""
    seats = {kind.value: 0 for kind in SeatKind}
    for seat in directive.composition:
        seats[SeatKind(seat.seat_kind).value] += 1
    return Rule(
        directive.code, directive.title, directive.valid_from, directive.deadline_day, directive.closing_day,
        directive.quota, directive.counting_kinds, directive.reminder_days, seats,
    )  # fmt: skip


def _told(rule: Rule) -> dict[str, object]:
    return {name: str(value) if isinstance(value, date) else value for name, value in asdict(rule).items()}


def _refuse_unsound(rule: Rule) -> None:
    if not rule.code:
        raise Invalid("code_required", N_("Vui lòng nhập mã văn bản."), field="code")
    if not texts.tidy(rule.title):
        raise Invalid("title_required", N_("Vui lòng nhập tiêu đề."), field="title")
    if not 1 <= rule.deadline_day <= rule.closing_day <= LAST_DAY:
        raise Invalid(
            "days_crossed",
            N_("Hạn gửi và ngày chốt kỳ là ngày 1 đến 28, ngày chốt không trước hạn gửi."),
            field="closing_day",
        )
    if not 0 <= rule.quota <= MOST_PIECES:
        raise Invalid(
            "quota_wrong", N_("Chỉ tiêu từ 0 đến {most} tin, bài."), most=MOST_PIECES, field="quota"
        )
    if not set(rule.counting_kinds) <= set(Kind) or not rule.counting_kinds:
        raise Invalid(
            "kinds_wrong", N_("Vui lòng chọn ít nhất một thể loại được tính."), field="counting_kinds"
        )
    if not rule.reminder_days or not all(0 <= day < rule.deadline_day for day in rule.reminder_days):
        raise Invalid(
            "reminders_wrong",
            N_("Ngày nhắc là số ngày trước ngày cuối, ví dụ 7, 3, 0, trong cùng tháng với hạn gửi."),
            field="reminder_days",
        )
    if set(rule.seats) != set(SeatKind) or not all(0 <= count <= MOST_SEATS for count in rule.seats.values()):
        raise Invalid("seats_wrong", N_("Số thành viên mỗi vị trí từ 0 đến {most}."), most=MOST_SEATS)
    if not any(rule.seats.values()):
        raise Invalid("seats_wrong", N_("Ban Truyền thông phải có ít nhất một thành viên."))


def _refuse_past(rule: Rule, before: Directive) -> None:
    today = clock.today()
    if rule.valid_from <= max(today, before.valid_from):
        raise Invalid(
            "day_passed",
            N_("Ngày hiệu lực phải sau {day:%d/%m/%Y}."),
            day=max(today, before.valid_from),
            field="valid_from",
        )
    if db.session.scalars(select(Directive.id).where(Directive.code == rule.code)).first() is not None:
        raise Invalid("code_taken", N_("Mã văn bản này đã có."), field="code")
    newest = db.session.execute(
        select(Period.year, Period.month)
        .where(Period.is_active)
        .order_by(Period.year.desc(), Period.month.desc())
        .limit(1)
    ).first()
    # A month takes the rule of its first day when it is opened, and keeps it.
    if newest is not None and rule.valid_from <= date(newest.year, newest.month, 1):
        raise Invalid(
            "month_open",
            N_(
                "Kỳ tháng {month}/{year} đã mở theo văn bản cũ. Văn bản mới có hiệu lực sớm nhất từ {day:%d/%m/%Y}."
            ),
            month=newest.month,
            year=newest.year,
            day=date(newest.year, newest.month, 2),
            field="valid_from",
        )
