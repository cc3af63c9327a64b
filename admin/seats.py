"""Committees on paper and in the past: as they stood on a day, and the official appendix (R1, R13)."""

from datetime import date
from itertools import groupby
from typing import Any

from flask import request
from flask_admin import expose

from admin.members import today
from workflow import organisation
from workflow.queries import seats
from workflow.wording import SEATS


class Seats:
    """The reading pages of committees; a part of `Committees`."""

    render: Any

    @expose("/<code>/lich-su")
    def history(self, code: str) -> str:
        """Who sat on a chosen day, and everybody who ever did."""
        unit, day = organisation.by_code(code), asked_day()
        return self.render(
            "desk/committee_history.html", unit=unit, day=day, then=seats.on(unit.id, day),
            ever=seats.ever(unit.id), seat_names=SEATS,
        )  # fmt: skip

    @expose("/phu-luc")
    def appendix(self) -> str:
        """The list as it is sent with the official letter: all units, or the one named by `don-vi`."""
        day, code = asked_day(), request.args.get("don-vi", "")[:60]
        rows = seats.appendix(day, code=code)
        units = [(row.unit, list(group)) for row, group in _by_unit(rows)]
        return self.render("desk/committee_appendix.html", units=units, day=day, seat_names=SEATS, code=code)


def _by_unit(rows: Any) -> Any:
    for _, group in groupby(rows, key=lambda row: row.unit_id):
        people = list(group)
        yield people[0], people


def asked_day() -> date:
    """`?ngay=2021-05-20`, else today."""
    try:
        return date.fromisoformat(request.args.get("ngay", ""))
    except ValueError:
        return today()
