"""Communications Committees as seats: who sits, who is missing, confirmed or why not yet (R1)."""

import uuid
from collections.abc import Mapping
from typing import Any

from flask import abort, request, url_for
from flask_admin import expose
from flask_babel import gettext, lazy_gettext, ngettext
from werkzeug.wrappers import Response

from admin import acts
from admin.desk import Screen, attempt, back_to, can, me, told
from admin.members import Members, in_force_of, place_of, today
from admin.rosters import Rosters
from admin.seats import Seats
from models.organisation import Committee, Unit
from models.vocabulary import CommitteeStatus, SeatKind
from workflow import committees, organisation, vacancies
from workflow.engine.errors import N_
from workflow.grammar import action_name
from workflow.queries import offices, seats
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


class Committees(Members, Seats, Rosters, Screen):
    needs = "committees.read"

    @expose("/")
    def index(self) -> str:
        rows = offices.committees(today())
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
        wanted = committees.wanted(committee)
        missing = committees.missing(committee, wanted)
        return self.render(
            "desk/committee.html",
            unit=unit,
            committee=committee,
            groups=_groups(committee, wanted, may_write=can("committees.write")),
            filled=len(committees.standing(committee)),
            needed=sum(wanted.values()),
            is_confirmed=committee.status == CommitteeStatus.CONFIRMED,
            step=_confirmation(unit, missing) if can("committees.confirm") else None,
            asking=_asking(unit) if missing and can("committees.write") else None,
            proposals=offices.proposals(unit.id),
            elsewhere=seats.elsewhere(committee.id),
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
            lambda: committees.found(unit, since=today(), by=me()),
            done=gettext("Đã lập Ban Truyền thông. Vui lòng thêm thành viên."),
        )
        return back_to(".committee", code=code)

    @expose("/<code>/xac-nhan", methods=["POST"])
    def confirm(self, code: str) -> Response:
        _, committee = place_of(code)
        attempt(
            lambda: committees.confirm(committee, by=me()),
            done=gettext("Đã xác nhận danh sách. Đơn vị được báo bằng thư."),
        )
        return back_to(".committee", code=code, anchor="reasons-confirm")

    @expose("/<code>/nhac", methods=["POST"])
    def remind(self, code: str) -> Response:
        unit, _ = place_of(code)
        reason = request.form.get("reason", "")
        attempt(
            lambda: vacancies.remind_by_hand(unit, reason=reason, by=me()),
            done=lambda n: ngettext(
                "Đã nhắc đơn vị bổ sung: %(num)s thư.", "Đã nhắc đơn vị bổ sung: %(num)s thư.", n
            ),
        )
        return back_to(".committee", code=code, anchor="reasons-remind")

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
        _, committee = place_of(code)
        reason = request.form.get("reason", "")
        attempt(
            lambda: committees.reopen(committee, reason=reason, by=me()), done=gettext("Đã mở lại danh sách.")
        )
        return back_to(".committee", code=code)

    @expose("/<code>/giai-the", methods=["POST"])
    def dissolve(self, code: str) -> Response:
        unit = organisation.by_code(code)
        attempt(
            lambda: committees.dissolve(in_force_of(unit), on=today(), by=me()),
            done=gettext("Đã giải thể Ban Truyền thông."),
        )
        return back_to(".committee", code=code)


def _groups(committee: Committee, wanted: Mapping[str, int], *, may_write: bool) -> list[dict[str, Any]]:
    """As look/parts/committee.html draws them."""
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
        "fields": {"command": str(uuid.uuid4())},
        "busy": gettext("Đang xác nhận…"),
    }


def _asking(unit: Unit) -> dict[str, Any]:
    """The button that asks the unit to fill its seats, with the letters it would send, or why it is not asked now."""
    letters, refused = vacancies.foresee(unit, on=today(), is_short=True)
    return {
        "name": "remind",
        "label": gettext("Nhắc đơn vị bổ sung"),
        "action_url": url_for(".remind", code=unit.code),
        "allowed": refused is None,
        "kind": "secondary",
        "icon": "bell",
        "reasons": [
            {"code": each.code, "says": told(each)} for each in (refused.refusals if refused else ())
        ],
        "needs_reason": True,
        "reasons_used": [gettext("Danh sách Ban Truyền thông chưa đủ.")],
        "fields": {"command": str(uuid.uuid4())},
        "busy": gettext("Đang gửi…"),
        "effect": acts.sending({} if refused else {vacancies.TOPIC: letters}),
    }
