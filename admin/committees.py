"""Communications Committees as seats: who sits, who is missing, confirmed or why not yet (R1)."""

from datetime import date
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_admin import expose
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response
from wtforms import DateField, EmailField, Form, SelectField, StringField, validators

from admin import menu
from admin.desk import SEE_OTHER, Screen, attempt, back_to, can, me, pin
from admin.fields import offered
from models.base import db
from models.organisation import Committee, Seat, Unit
from models.vocabulary import CommitteeStatus, SeatKind
from workflow import accounts, committees, organisation
from workflow.engine.errors import N_, ToaSoanError
from workflow.engine.unit_of_work import change
from workflow.grammar import action_name
from workflow.queries import offices
from workflow.queries.desk import local_day
from workflow.wording import SEATS

_ = lazy_gettext

WHO_MAY = {
    SeatKind.LEADER: N_("Trưởng phòng hoặc Phó Trưởng phòng."),
    SeatKind.SPECIALIST: N_("Chuyên viên phụ trách mầm non của phòng."),
    SeatKind.TEACHER: N_(
        "Giáo viên hoặc cán bộ quản lý của một trường trong địa bàn."
        " Nhân viên y tế, nuôi dưỡng, kế toán không thuộc cơ cấu này."
    ),
}


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


class Committees(Screen):
    needs = "committees.read"

    @expose("/")
    def index(self) -> str:
        rows = offices.committees(local_day(menu.now()))
        short = request.args.get("thieu") == "1"
        shown = [row for row in rows if not short or row.filled < row.needed]
        return self.render(
            "desk/committees.html", rows=shown, short=short, total=len(rows),
            incomplete=sum(row.filled < row.needed for row in rows),
        )  # fmt: skip

    @expose("/<code>/")
    def committee(self, code: str) -> str:
        unit = organisation.by_code(code)
        committee = committees.in_force(unit)
        if committee is None:
            return self.render("desk/committee_none.html", unit=unit, may_write=can("committees.write"))
        missing = committees.missing(committee)
        return self.render(
            "desk/committee.html",
            unit=unit,
            committee=committee,
            groups=_groups(committee, may_write=can("committees.write")),
            filled=len(committees.standing(committee)),
            needed=sum(offices.composition(committee.directive_id).values()),
            is_confirmed=committee.status == CommitteeStatus.CONFIRMED,
            step=_confirmation(unit, missing) if can("committees.confirm") else None,
            proposals=offices.proposals(unit.id),
            changes=[
                {"row": row, "says": gettext(action_name(row.action))}
                for row in offices.changes(f"committee:{committee.id}")
            ],
            may_write=can("committees.write"),
            seat_names=SEATS,
        )  # fmt: skip

    @expose("/<code>/lap", methods=["POST"])
    def found(self, code: str) -> Response:
        unit = organisation.by_code(code)
        attempt(
            lambda: committees.found(unit, since=_today(), by=me()),
            done=gettext("Đã lập Ban Truyền thông. Vui lòng thêm thành viên."),
        )
        return back_to(".committee", code=code)

    @expose("/<code>/them", methods=("GET", "POST"))
    def add(self, code: str) -> Any:
        """A person on a free seat; an address without an account gets one, without a password."""
        unit, committee = _place(code)
        form = MemberForm(request.form if request.method == "POST" else None, data=_prefilled())
        if request.method == "POST" and form.validate():
            try:
                _seat(committee, form)
                flash(gettext("Đã thêm thành viên. Danh sách cần được xác nhận lại."), "success")
                return redirect(url_for(".committee", code=code), SEE_OTHER)
            except ToaSoanError as refused:
                db.session.rollback()
                pin(form, refused)
        page = self.render("desk/member.html", unit=unit, form=form, seat=None)
        return page, (422 if request.method == "POST" else 200)

    @expose("/<code>/<int:seat_id>", methods=("GET", "POST"))
    def correct(self, code: str, seat_id: int) -> Any:
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
        _, seat = _seated(code, seat_id)
        attempt(
            lambda: committees.unseat(seat, on=_today(), by=me()),
            done=gettext("Đã cho thôi thành viên. Danh sách cần được xác nhận lại."),
        )
        return back_to(".committee", code=code)

    @expose("/<code>/xac-nhan", methods=["POST"])
    def confirm(self, code: str) -> Response:
        _, committee = _place(code)
        attempt(
            lambda: committees.confirm(committee, by=me()),
            done=gettext("Đã xác nhận danh sách. Đơn vị được báo bằng thư."),
        )
        return back_to(".committee", code=code, anchor="reasons-confirm")

    @expose("/<code>/danh-sach/<int:proposal_id>", methods=["POST"])
    def settle(self, code: str, proposal_id: int) -> Response:
        """A list that came by mail was taken over, or is not wanted."""
        unit = organisation.by_code(code)
        if proposal_id not in {row.id for row in offices.proposals(unit.id)}:
            abort(404)
        attempt(
            lambda: committees.settle_proposal(proposal_id, by=me()),
            done=gettext("Đã cất danh sách gửi qua thư."),
        )
        return back_to(".committee", code=code)

    @expose("/<code>/mo-lai", methods=["POST"])
    def reopen(self, code: str) -> Response:
        _, committee = _place(code)
        reason = request.form.get("reason", "")
        attempt(
            lambda: committees.reopen(committee, reason=reason, by=me()), done=gettext("Đã mở lại danh sách.")
        )
        return back_to(".committee", code=code)

    @expose("/<code>/giai-the", methods=["POST"])
    def dissolve(self, code: str) -> Response:
        _, committee = _place(code)
        attempt(
            lambda: committees.dissolve(committee, on=_today(), by=me()),
            done=gettext("Đã giải thể Ban Truyền thông."),
        )
        return back_to(".committee", code=code)


def _today() -> date:
    return local_day(menu.now())


def _place(code: str) -> tuple[Unit, Committee]:
    unit = organisation.by_code(code)
    return unit, committees.in_force(unit) or abort(404)


def _seated(code: str, seat_id: int) -> tuple[Unit, Seat]:
    """The seat, when it is one of this unit's committee in force and taken."""
    unit, committee = _place(code)
    seat = next((seat for seat in committees.standing(committee) if seat.id == seat_id), None)
    return unit, seat or abort(404)


def _prefilled() -> dict[str, Any]:
    """From a proposal or a missing seat: what the address says, for a person to check before it is saved."""
    asked = {name: request.args.get(name, "")[:254] for name in MemberForm()._fields if name != "since"}
    return {**{name: value for name, value in asked.items() if value}, "since": _today()}


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
            since=form.since.data or _today(),
            title=(form.title.data or "").strip(),
            workplace=(form.workplace.data or "").strip(),
            role_in_committee=(form.role_in_committee.data or "").strip(),
            phone=(form.phone.data or "").strip(),
        )


def _groups(committee: Committee, *, may_write: bool) -> list[dict[str, Any]]:
    """As look/parts/committee.html draws them."""
    wanted = offices.composition(committee.directive_id)
    taken = committees.standing(committee)
    code = committee.unit.code
    groups = []
    for kind in SeatKind:
        seats = [seat for seat in taken if seat.seat_kind == kind]
        groups.append(
            {
                "title": gettext(SEATS[kind]),
                "filled": len(seats),
                "needed": wanted.get(kind, 0),
                "who_may": gettext(WHO_MAY[kind]),
                "add_url": url_for(".add", code=code, seat_kind=kind.value) if may_write else None,
                "seats": [
                    {
                        "name": seat.account.full_name,
                        "role": seat.role_in_committee,
                        "title": seat.title,
                        "workplace": seat.workplace,
                        "since": seat.valid_from,
                        "edit_url": url_for(".correct", code=code, seat_id=seat.id) if may_write else None,
                    }
                    for seat in seats
                ],
            }
        )
    return groups


def _confirmation(unit: Unit, missing: Any) -> dict[str, Any]:
    """The button, as look/parts/moves.html draws it: refused with its reason while a seat is empty."""
    says = ", ".join(f"{n} {gettext(SEATS[kind]).lower()}" for kind, n in missing.items())
    return {
        "name": "confirm",
        "label": gettext("Xác nhận danh sách"),
        "action_url": url_for(".confirm", code=unit.code),
        "allowed": not missing,
        "kind": "primary",
        "reasons": [
            {
                "code": "composition_invalid",
                "says": gettext("Còn thiếu %(what)s theo cơ cấu của văn bản.", what=says),
            }
        ],
        "needs_reason": False,
        "busy": gettext("Đang xác nhận…"),
    }
