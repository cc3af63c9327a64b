"""The people of a committee, one by one: put on a seat, corrected, taken off it (R1)."""

from datetime import date
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_admin import expose
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response
from wtforms import DateField, EmailField, Form, SelectField, StringField, validators

from admin import menu
from admin.desk import SEE_OTHER, attempt, back_to, can, me, once, pin
from admin.fields import offered
from models.base import db
from models.organisation import Committee, Seat, Unit
from models.vocabulary import SeatKind
from workflow import accounts, committees, organisation
from workflow.engine.errors import NotFound, ToaSoanError
from workflow.engine.unit_of_work import change
from workflow.rules.zone import local_day
from workflow.wording import SEATS

_ = lazy_gettext


class WordsForm(Form):
    """What may be corrected about a seated person."""

    title = StringField(_("Chức vụ"), [validators.Length(max=120)])
    workplace = StringField(_("Nơi công tác"), [validators.Length(max=200)])
    role_in_committee = StringField(
        _("Vai trò trong Ban"),
        [validators.Length(max=80)],
        description=_("Trưởng ban, Phó Trưởng ban, Ủy viên."),
    )
    phone = StringField(_("Điện thoại"), [validators.Length(max=30)])


class MemberForm(WordsForm):
    full_name = StringField(
        _("Họ và tên"), [validators.InputRequired(_("Vui lòng nhập họ và tên.")), validators.Length(max=120)]
    )
    email = EmailField(
        _("Địa chỉ thư điện tử"),
        [validators.InputRequired(_("Vui lòng nhập địa chỉ thư.")), validators.Length(max=254)],
    )
    seat_kind = SelectField(_("Vị trí"), choices=offered(SEATS.items()))
    since = DateField(_("Từ ngày"), [validators.InputRequired(_("Vui lòng nhập ngày."))])


class Members:
    """The forms of one seat; a part of `Committees`."""

    render: Any

    @expose("/<code>/them", methods=("GET", "POST"))
    def add(self, code: str) -> Any:
        """A person on a free seat; an address without an account gets one, without a password."""
        let_in()
        unit, committee = place_of(code)
        form = MemberForm(request.form if request.method == "POST" else None, data=_prefilled())
        if request.method == "POST" and form.validate():
            try:
                once(lambda: _seat(committee, form))
                flash(gettext("Đã thêm thành viên. Danh sách cần được xác nhận lại."), "success")
                return redirect(url_for(".committee", code=code), SEE_OTHER)
            except ToaSoanError as refused:
                db.session.rollback()
                pin(form, refused)
        page = self.render("desk/member.html", unit=unit, form=form, seat=None)
        return page, (422 if request.method == "POST" else 200)

    @expose("/<code>/<int:seat_id>", methods=("GET", "POST"))
    def correct(self, code: str, seat_id: int) -> Any:
        let_in()
        unit, seat = _seated(code, seat_id)
        form = WordsForm(request.form if request.method == "POST" else None, obj=seat)
        if request.method == "POST" and form.validate():
            words = {name: (field.data or "").strip() for name, field in form._fields.items()}
            if attempt(
                lambda: committees.correct(seat, by=me(), **words),
                done=gettext("Đã sửa thông tin thành viên."),
            ):
                return redirect(url_for(".committee", code=code), SEE_OTHER)
        page = self.render("desk/member.html", unit=unit, form=form, seat=seat)
        return page, (422 if request.method == "POST" else 200)

    @expose("/<code>/<int:seat_id>/thoi", methods=["POST"])
    def unseat(self, code: str, seat_id: int) -> Response:
        _, committee = place_of(code)
        attempt(
            lambda: committees.unseat(_seat_in(committee, seat_id), on=today(), by=me()),
            done=gettext("Đã cho thôi thành viên. Danh sách cần được xác nhận lại."),
        )
        return back_to(".committee", code=code)


def let_in() -> None:
    """To a form: only who may send it. The verb asks again."""
    if not can("committees.write"):
        abort(403)


def today() -> date:
    return local_day(menu.now())


def in_force_of(unit: Unit) -> Committee:
    """Raises NotFound when the unit has none."""
    found = committees.in_force(unit)
    if found is None:
        raise NotFound
    return found


def place_of(code: str) -> tuple[Unit, Committee]:
    unit = organisation.by_code(code)
    return unit, committees.in_force(unit) or abort(404)


def _seated(code: str, seat_id: int) -> tuple[Unit, Seat]:
    """The seat, when it is one of this unit's committee in force and taken."""
    unit, committee = place_of(code)
    try:
        return unit, _seat_in(committee, seat_id)
    except NotFound:
        abort(404)


def _seat_in(committee: Committee, seat_id: int) -> Seat:
    """Raises NotFound for a seat that is not of this committee or is taken no more."""
    seat = next((seat for seat in committees.standing(committee) if seat.id == seat_id), None)
    if seat is None:
        raise NotFound
    return seat


def _prefilled() -> dict[str, Any]:
    """From a proposal or a missing seat: what the address says, for a person to check before it is saved."""
    asked = {name: request.args.get(name, "")[:254] for name in MemberForm()._fields if name != "since"}
    return {**{name: value for name, value in asked.items() if value}, "since": today()}


def _seat(committee: Committee, form: MemberForm) -> None:
    """Account and seat in one commit: a refused seat leaves no account behind."""
    with change():
        account = accounts.find(form.email.data or "") or accounts.add(
            form.email.data or "",
            full_name=form.full_name.data or "",
            title=form.title.data or "",
            by=me(),
            needs="committees.write",
        )
        committees.seat(
            committee,
            account,
            SeatKind(form.seat_kind.data),
            by=me(),
            since=form.since.data or today(),
            title=(form.title.data or "").strip(),
            workplace=(form.workplace.data or "").strip(),
            role_in_committee=(form.role_in_committee.data or "").strip(),
            phone=(form.phone.data or "").strip(),
        )
