"""Months and their deadlines: what is received, who got more time or no quota, closing and opening again (R5, R6)."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask import abort, flash, request
from flask_admin import expose
from flask_babel import get_locale, gettext
from werkzeug.wrappers import Response

from admin import dashboard, menu
from admin.desk import Screen, attempt, back_to, can, me, sentences
from admin.fields import typed_day, typed_last_day, typed_moment
from admin.procedures import workflows
from admin.unit_months import said_extended
from models.base import db
from models.organisation import Unit
from models.period import Period
from models.vocabulary import MonthStatus, Role
from workflow import calendar_days as days
from workflow import deadlines, organisation, procedures
from workflow.engine.errors import N_, Invalid
from workflow.queries import calendar_days, desk, offices, recipients, reports, standings
from workflow.rules import permissions, workdays
from workflow.rules.zone import local_day
from workflow.wording import ROLES

OWING = (MonthStatus.SHORT, MonthStatus.SILENT)


class Periods(Screen):
    needs = "periods.read"

    @expose("/")
    def index(self) -> str:
        return self.render("desk/periods.html", rows=offices.periods(), may_write=can("periods.write"))

    @expose("/lich-lam-viec")
    def calendar(self) -> str:
        """The exceptions to the working days, and the public holidays of this year and the next."""
        today = local_day(menu.now())
        free = {
            day: name
            for year in (today.year, today.year + 1)
            for day, name in workdays.holidays_of(year, str(get_locale())).items()
        }
        return self.render(
            "desk/calendar.html",
            exceptions=calendar_days.listed(today.replace(month=1, day=1)),
            holidays=sorted((day, name) for day, name in free.items() if day >= today),
            today=today,
            may_write=can("periods.write"),
        )

    @expose("/lich-lam-viec/ghi", methods=["POST"])
    def mark(self) -> Response:
        """A day is worked on (`works`), is free (`free`), or no exception any more (`none`)."""
        kind, reason = request.form.get("kind", ""), request.form.get("reason", "")

        def write_down() -> None:
            day = _day(request.form.get("day", ""))
            if kind == "none":
                days.unmark(day, reason=reason, by=me())
            elif kind in ("works", "free"):
                days.mark(day, is_working=kind == "works", reason=reason, by=me())
            else:
                raise Invalid("kind_required", N_("Vui lòng chọn ngày nghỉ hay ngày làm việc."), field="kind")

        attempt(write_down, done=gettext("Đã ghi lịch làm việc. Ngày nhắc việc được tính lại theo lịch này."))
        return back_to(".calendar")

    @expose("/<int:period_id>/")
    def period(self, period_id: int) -> str:
        rows = offices.periods(period_id)
        month = rows[0] if rows else abort(404)
        stands = standings.standings([period_id], now=menu.now())
        return self.render(
            "desk/period.html",
            month=month,
            band=dashboard.band(month, stands, standings.figures(period_id), now=menu.now()),
            standings=_as_asked(period_id) or stands,
            at=request.args.get("luc", ""),
            exceptions=offices.exceptions(period_id),
            units=desk.unit_choices(),
            may_write=can("periods.write"),
            workflows=workflows(),
            **({} if can("periods.write") else _who_may()),
        )

    @expose("/<int:period_id>/du-thao-don-doc.docx")
    def press(self, period_id: int) -> Response:
        """The draft of the official letter to who is still short, once the deadline has passed; else 404.

        Who was given a later one is not pressed before it.
        """
        period, now = _period(period_id), menu.now()
        if now < period.deadline_at:
            abort(404)
        # Read here: a letter or two a month, and five megabytes with its library.
        from admin import dunning  # noqa: PLC0415

        rows = reports.month(period.year, period.month)
        short = [row for row in rows if row.status in OWING and row.deadline_at <= now]
        may_follow = now < period.closes_at and period.closed_at is None
        name = f"du-thao-don-doc-{period.year}-{period.month:02d}.docx"
        return Response(
            dunning.draft(period.year, period.month, short, until=period.closes_at if may_follow else None),
            mimetype="application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    @expose("/<int:period_id>/gia-han", methods=["POST"])
    def extend(self, period_id: int) -> Response:
        """A later deadline for the units chosen, or for all of them."""
        period = _period(period_id)

        def grant() -> Any:
            until = typed_last_day(request.form.get("last_day", ""))
            units, reason = _units(), request.form.get("reason", "")
            if units is None:
                reopened = deadlines.extend(period, unit=None, until=until, reason=reason, by=me())
                return gettext("mọi đơn vị"), until, reopened
            reopened = deadlines.extend_each(period, units=units, until=until, reason=reason, by=me())
            return ", ".join(unit.short_name for unit in units), until, reopened

        attempt(grant, done=lambda granted: said_extended(*granted))
        return back_to(".period", period_id=period_id)

    @expose("/<int:period_id>/mien", methods=["POST"])
    def exempt(self, period_id: int) -> Response:
        period = _period(period_id)

        def free() -> Any:
            units, reason = _units(), request.form.get("reason", "")
            if units is None:
                return deadlines.exempt(period, unit=None, reason=reason, by=me())
            return deadlines.exempt_each(period, units=units, reason=reason, by=me())

        attempt(free, done=gettext("Đã miễn chỉ tiêu."))
        return back_to(".period", period_id=period_id)

    @expose("/<int:period_id>/quy-trinh", methods=["POST"])
    def follow(self, period_id: int) -> Response:
        """Another workflow definition for what is begun in this month from now on."""
        period = _period(period_id)
        chosen, reason = request.form.get("workflow", ""), request.form.get("reason", "")
        attempt(
            lambda: procedures.follow(period, chosen, reason=reason, by=me()),
            done=gettext(
                "Đã chọn quy trình. Bài soạn từ bây giờ theo quy trình này; bài đã soạn giữ nguyên."
            ),
        )
        return back_to(".period", period_id=period_id)

    @expose("/<int:period_id>/chot", methods=["POST"])
    def close(self, period_id: int) -> Response:
        period = _period(period_id)
        attempt(lambda: deadlines.close_period(period, by=me()), done=gettext("Đã chốt kỳ."))
        return back_to(".period", period_id=period_id)

    @expose("/<int:period_id>/mo-lai", methods=["POST"])
    def reopen(self, period_id: int) -> Response:
        period = _period(period_id)
        reason = request.form.get("reason", "")
        attempt(
            lambda: deadlines.reopen_period(period, reason=reason, by=me()), done=gettext("Đã mở lại kỳ.")
        )
        return back_to(".period", period_id=period_id)


def _as_asked(period_id: int) -> Any:
    """How the units stood at the past instant in the address (`luc`), or nothing when none is asked for."""
    asked = request.args.get("luc", "")
    if not asked:
        return None
    try:
        return standings.standings([period_id], now=menu.now(), at=typed_moment(asked))
    except Invalid as refused:
        flash(sentences(refused), "refused")
        return None


def _period(period_id: int) -> Period:
    return db.session.get(Period, period_id) or abort(404)


def _day(typed: str) -> date:
    """A day near enough for an exception. Raises Invalid(`date_required`, `day_invalid`)."""
    day = typed_day(typed, field="day")
    if day > menu.now().date() + FARTHEST:
        raise Invalid("day_invalid", N_("Ngày “{typed}” không hợp lệ."), typed=typed[:20], field="day")
    return day


FARTHEST = timedelta(days=800)
"""The government names the swaps of the next year; nobody knows those after."""


def _units() -> Sequence[Unit] | None:
    """The units chosen; None is all of them, and must be chosen too, so that nobody means it by mistake."""
    chosen = [code for code in request.form.getlist("unit") if code]
    if not chosen:
        raise Invalid("unit_required", N_("Vui lòng chọn đơn vị, hoặc chọn tất cả đơn vị."))
    return None if "*" in chosen else [organisation.by_code(code) for code in chosen]


def _who_may() -> dict[str, Any]:
    """For who may not extend or close: which roles may, and whom of the department to ask."""
    return {
        "roles_that_may": [
            gettext(ROLES[role]) for role in Role if role in permissions.PERMISSIONS["periods.write"]
        ],
        "askable": recipients.editors(),
    }
