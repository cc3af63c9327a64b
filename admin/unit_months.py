"""One unit in one month: how it stands, and what the department may do about it, each with a reason (R6)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import abort, request
from flask_admin import expose
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from admin import menu
from admin.desk import Screen, attempt, back_to, can, command, me
from admin.fields import typed_last_day
from models.base import db
from models.organisation import Unit
from models.period import Period
from workflow import bulk, clock, deadlines, organisation, reminders
from workflow.engine.errors import N_, Invalid
from workflow.queries import offices, standings, unit_months
from workflow.rules import reminding
from workflow.rules.periods import last_day
from workflow.rules.zone import local_day

MORE_TIME = timedelta(days=3)
"""What the form proposes as the later deadline."""


class UnitMonths(Screen):
    needs = "periods.read"

    @expose("/")
    def index(self) -> Response:
        """The matrix, of which each cell leads here."""
        return back_to("admin.index")

    @expose("/<int:period_id>/<code>/")
    def unit_month(self, period_id: int, code: str) -> str:
        period, unit = _named(period_id, code)
        found = standings.standings([period.id], now=menu.now())
        row = next((row for row in found if row.unit_id == unit.id), None) or abort(404)
        sent = unit_months.pieces(unit.id, period.id)
        return self.render(
            "desk/unit_month.html",
            unit=unit,
            month=period,
            row=row,
            is_closed=period.closed_at is not None or period.closes_at <= menu.now(),
            pieces=sent,
            late=[piece for piece in sent if piece.sent_late and piece.excused_reason is None],
            reminded=[_said(each) for each in unit_months.reminded(unit.id, period.id)],
            exceptions=[
                each for each in offices.exceptions(period.id) if each.unit in (None, unit.short_name)
            ],
            proposed=max(row.deadline_at, menu.now()) + MORE_TIME,
            may_write=can("periods.write"),
        )

    @expose("/<int:period_id>/nhac", methods=["POST"])
    def remind_all(self, period_id: int) -> Response:
        """Every unit that still owes something for the month."""
        period = db.session.get(Period, period_id) or abort(404)
        reason = request.form.get("reason", "")
        attempt(
            lambda: reminders.remind_by_hand(period, unit=None, reason=reason, by=me()),
            done=lambda n: ngettext("Đã gửi nhắc việc cho %(num)s đơn vị.",
                                    "Đã gửi nhắc việc cho %(num)s đơn vị.", n),
        )  # fmt: skip
        return back_to("admin.index")

    @expose("/<int:period_id>/<code>/nhac", methods=["POST"])
    def remind(self, period_id: int, code: str) -> Response:
        return self._pressed(
            period_id, code,
            lambda period, unit, reason: reminders.remind_by_hand(period, unit=unit, reason=reason, by=me()),
            gettext("Đã gửi nhắc việc tới Ban Truyền thông của đơn vị."),
        )  # fmt: skip

    @expose("/<int:period_id>/<code>/gia-han", methods=["POST"])
    def extend(self, period_id: int, code: str) -> Response:
        def grant(period: Period, unit: Unit, reason: str) -> Any:
            until = typed_last_day(request.form.get("last_day", ""))
            reopened = deadlines.extend(period, unit=unit, until=until, reason=reason, by=me())
            return unit.short_name, until, reopened

        return self._pressed(period_id, code, grant, lambda granted: said_extended(*granted))

    @expose("/<int:period_id>/<code>/mien", methods=["POST"])
    def exempt(self, period_id: int, code: str) -> Response:
        return self._pressed(
            period_id, code,
            lambda period, unit, reason: deadlines.exempt(period, unit=unit, reason=reason, by=me()),
            gettext("Đã miễn chỉ tiêu."),
        )  # fmt: skip

    @expose("/<int:period_id>/<code>/mien-muon", methods=["POST"])
    def excuse(self, period_id: int, code: str) -> Response:
        """Every late piece of the unit and month that is not excused yet, with one reason."""

        def pardon(period: Period, unit: Unit, reason: str) -> int:
            late = {
                piece.id: None
                for piece in unit_months.pieces(unit.id, period.id)
                if piece.sent_late and piece.excused_reason is None
            }
            if not late:
                raise Invalid("nothing_late", N_("Không có bài gửi muộn nào chưa được miễn ghi nhận."))
            done = bulk.perform_all(late, "excuse", by=me(), command=command(), reason=reason)
            return sum(outcome.is_done for outcome in done)

        return self._pressed(
            period_id, code, pardon,
            lambda n: ngettext("Đã miễn ghi nhận muộn cho %(num)s bài.", "Đã miễn ghi nhận muộn cho %(num)s bài.", n),
        )  # fmt: skip

    def _pressed(
        self,
        period_id: int,
        code: str,
        verb: Callable[[Period, Unit, str], Any],
        done: str | Callable[[Any], str],
    ) -> Response:
        period, unit = _named(period_id, code)
        reason = request.form.get("reason", "")
        attempt(lambda: verb(period, unit, reason), done=done)
        return back_to(".unit_month", period_id=period_id, code=code)


def said_extended(whom: str, until: datetime, reopened: int) -> str:
    """Who has until the end of which day, and how many pieces are drafts again, if any."""
    day = f"{last_day(until, str(clock.ZONE)):%d/%m/%Y}"
    said = gettext("Đã gia hạn cho %(whom)s đến hết ngày %(day)s.", whom=whom, day=day)
    pieces = ngettext(
        "%(num)s bài quá hạn chưa gửi trở lại bản nháp.",
        "%(num)s bài quá hạn chưa gửi trở lại bản nháp.",
        reopened,
    )
    return f"{said} {pieces}" if reopened else str(said)


def _named(period_id: int, code: str) -> tuple[Period, Unit]:
    return db.session.get(Period, period_id) or abort(404), organisation.by_code(code)


def _said(reminder: Any) -> str:
    """`t3` -> Nhắc 3 ngày trước hạn, ngày 17/05; `late@2021-05-21` -> Báo đã quá hạn, gửi thêm ngày 21/05."""
    about = reminding.read(reminder.occasion)
    days = about.days_before
    if days is None:
        said = gettext("Báo đã quá hạn")
    elif days == 0:
        said = gettext("Nhắc trong ngày cuối")
    else:
        said = ngettext("Nhắc %(n)s ngày trước hạn", "Nhắc %(n)s ngày trước hạn", days, n=days)
    if about.moved_to:
        said = gettext("%(said)s (hạn mới %(day)s)", said=said, day=f"{about.moved_to:%d/%m}")
    day = about.by_hand_on or local_day(reminder.created_at)
    told = N_("%(said)s, gửi thêm ngày %(day)s") if about.by_hand_on else N_("%(said)s, ngày %(day)s")
    return str(gettext(told, said=said, day=f"{day:%d/%m}"))
