"""The first page: what must be done and by when, how the units stand, and in a rehearsal the clock."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_admin import AdminIndexView, expose
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from admin import charts, menu, waits, watches
from admin.desk import SEE_OTHER, Kept, attempt, can, me
from admin.fields import typed_moment
from admin.queues import parts
from models.vocabulary import MonthStatus, Readers
from workflow import clock, deadlines
from workflow.engine.errors import Invalid
from workflow.queries import announcements, standings, travels
from workflow.settings import settings


class Dashboard(Kept, AdminIndexView):
    needs = "console.enter"

    @expose("/")
    def index(self) -> str:
        now = menu.now()
        opened = menu.opened()
        month = standings.running(opened, now=now)
        rows = standings.standings([each.id for each in opened], now=now)
        waiting = waits.rows()
        return self.render(
            "desk/dashboard.html",
            months=[
                _month(each, now=now, is_current=month is not None and each.id == month.id) for each in opened
            ],
            matrix_rows=_matrix(opened, rows),
            waits=waiting,
            oldest=waits.oldest(),
            total=sum(row["count"] for row in waiting),
            month=month,
            drawn=_drawn(month, opened, rows, now=now) if month else {},
            owing=sum(row.done < row.quota for row in rows if month and _owes(row, month)),
            may_remind=can("periods.write") and month is not None and now < month.closes_at,
            health=parts() if can("queues.read") else [],
            tray_since=menu.waiting().tray_since,
            **watches.shown(),
            announcements=announcements.shown(Readers.DEPARTMENT, now=now),
            journey=travels.since_last() if settings().is_demo else None,
            may_travel=settings().is_demo and can("clock.travel"),
        )

    @expose("/dong-ho", methods=["POST"])
    def travel(self) -> Response:
        """Turn the rehearsal clock; what falls due on the way is done at once, as far as it is the clock's own."""
        if not can("clock.travel"):
            abort(403)
        to = _typed_moment(request.form.get("to", ""))
        back = request.form.get("back", "")
        if to is None:
            flash(gettext("Vui lòng chọn thời điểm."), "refused")
        target = back if back.startswith(f"{menu.PREFIX}/") and "\\" not in back else url_for("admin.index")
        if to is not None and attempt(lambda: clock.travel(to, by=me()), done=_arrived(to)):
            lapsed = deadlines.sweep()
            # The first page tells it with all else that has happened since.
            if lapsed and target.partition("?")[0] != url_for("admin.index"):
                flash(ngettext("%(num)s bản nháp đã chuyển sang Quá hạn.",
                               "%(num)s bản nháp đã chuyển sang Quá hạn.", lapsed), "info")  # fmt: skip
        return redirect(target, SEE_OTHER)


def _typed_moment(typed: str) -> datetime | None:
    try:
        return typed_moment(typed)
    except Invalid:
        return None


def _arrived(to: datetime) -> str:
    local = to.astimezone(clock.ZONE)
    return str(gettext("Đồng hồ diễn tập đã tới %(time)s ngày %(day)s. Thư và các việc đến hạn đang được xử lý.",
                       time=f"{local:%H:%M}", day=f"{local:%d/%m/%Y}"))  # fmt: skip


def band(
    month: Any, rows: Sequence[standings.Standing], figures: Mapping[str, Any], *, now: datetime
) -> dict[str, Any]:
    """The deadline band of a month, as look/parts/deadline.html draws it."""
    own = [row for row in rows if row.period_id == month.id and row.status is not MonthStatus.EXEMPT]
    met = [row for row in own if row.done >= row.quota]
    silent = [row for row in own if row.done == 0]
    short = len(own) - len(met) - len(silent)
    rest = [
        gettext("%(n)s đơn vị còn thiếu", n=short) if short else "",
        gettext("%(n)s đơn vị chưa gửi", n=len(silent)) if silent else "",
    ]
    last = month.deadline_at - timedelta(days=1) + timedelta(hours=8)
    return {
        "label": gettext("Kỳ tháng %(month)s/%(year)s", month=month.month, year=month.year),
        "opens_at": month.opens_at,
        "deadline_at": month.deadline_at,
        "closes_at": month.closed_at or month.closes_at,
        "now": now,
        "reminders": sorted(last - timedelta(days=days) for days in figures["reminder_days"]),
        "met": len(met),
        "units": len(own),
        "rest": ", ".join(filter(None, rest)) or gettext("Các đơn vị đã đủ chỉ tiêu"),
        "extensions": figures["extensions"],
    }


def _drawn(
    month: Any, opened: Sequence[Any], rows: Sequence[standings.Standing], *, now: datetime
) -> dict[str, Any]:
    """The band and the charts of the month that runs."""
    figures = standings.figures(month.id, paced=[each.id for each in opened])
    return {
        "band": band(month, rows, figures, now=now),
        "days": charts.received(month, figures, now=now),
        "received": sum(figures["days"].values()),
        "places": charts.places(month, figures),
        "sections": charts.sections(month, figures),
        "on_time": charts.on_time(opened, rows, now=now),
        "pace": charts.pace(opened, figures["pace"]),
        "unseen": charts.unseen(month, rows, now=now),
    }


def _owes(row: standings.Standing, month: Any) -> bool:
    return row.period_id == month.id and row.status is not MonthStatus.EXEMPT


def _month(month: Any, *, now: datetime, is_current: bool) -> dict[str, Any]:
    closed = month.closed_at is not None
    return {
        "label": charts.axis_month(month.month),
        "name": gettext("tháng %(month)s/%(year)s", month=month.month, year=month.year),
        # Until its deadline a month has no verdict: also the one that opens while the last still takes late pieces.
        "running": not closed and (is_current or now < month.deadline_at),
        "note": gettext("đang nhận") if is_current and not closed else "",
    }


def _matrix(opened: Sequence[Any], rows: Sequence[standings.Standing]) -> list[dict[str, Any]]:
    by_unit: dict[str, dict[int, standings.Standing]] = {}
    for row in rows:
        by_unit.setdefault(row.code, {})[row.period_id] = row
    # Addresses of hundreds of cells are written, not asked for one by one.
    units, cells = url_for("desk_units.index_view"), url_for("desk_unit_months.index")
    return [
        {
            "unit": next(iter(own.values())).name,
            "short": next(iter(own.values())).short_name,
            "url": f"{units}{code}/",
            "cells": [_cell(f"{cells}{month.id}/{code}/", own[month.id]) for month in opened],
        }
        for code, own in by_unit.items()
    ]


def _cell(address: str, row: standings.Standing) -> dict[str, Any]:
    return {
        "verdict": row.status.value,
        "done": row.done,
        "quota": row.quota,
        "excused": row.is_excused and row.status is MonthStatus.LATE,
        "url": address,
    }
