"""A member list from a file or from a mail: what each line would do, corrected by hand, then taken as a whole."""

from collections.abc import Sequence
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_admin import expose
from flask_babel import gettext

from admin.desk import SEE_OTHER, me, once, sentences, told
from admin.fields import typed_day, typed_number
from admin.members import let_in, today
from models.base import db
from models.organisation import Committee
from workflow import committees, filetypes, organisation, rosters
from workflow.engine.errors import N_, Invalid, ToaSoanError
from workflow.intake import committee_lists
from workflow.intake.reading import Part
from workflow.queries import offices
from workflow.wording import SEATS

OUTCOMES = {
    rosters.ADDED: ("good", N_("Thêm vào Ban")),
    rosters.CHANGED: ("warn", N_("Sửa thông tin")),
    rosters.UNCHANGED: ("calm", N_("Không đổi")),
    rosters.LEAVES: ("warn", N_("Thôi tham gia")),
    rosters.REFUSED: ("bad", N_("Chưa nhận được")),
}
LONGEST = 200


class Rosters:
    """Taking a whole list; a part of `Committees`."""

    render: Any

    @expose("/<code>/nhap", methods=("GET", "POST"))
    def take_list(self, code: str) -> Any:
        """First the file; then its lines with what each would do, as often as she corrects them; then the taking."""
        let_in()
        unit = organisation.by_code(code)
        committee = committees.in_force(unit) or abort(404)
        status, lines, since = 200, [], today()
        replaces = request.form.get("replaces") == "1"

        def foreseen() -> Sequence[rosters.Outcome]:
            return rosters.foresee(committee, lines, since=since, by=me(), replaces=replaces) if lines else []

        try:
            lines = _lines(committee)
            since = typed_day(request.form.get("since") or f"{since}", field="since")
            if request.form.get("act") == "take":
                done = once(lambda: rosters.take(committee, lines, since=since, by=me(), replaces=replaces))
                _tell(done)
                return redirect(url_for(".committee", code=code), SEE_OTHER)
            outcomes = foreseen()
        except ToaSoanError as refused:
            db.session.rollback()
            flash(sentences(refused), "refused")
            status = refused.status
            outcomes = foreseen() if len(lines) <= rosters.MOST else []
        page = self.render(
            "desk/roster.html", unit=unit, lines=lines, since=since, replaces=replaces, seat_names=SEATS,
            outcomes=[
                {"line": one.line, "sign": OUTCOMES[one.outcome][0], "says": gettext(OUTCOMES[one.outcome][1]),
                 "reasons": [told(refusal) for refusal in one.refusals], "leaves": one.outcome == rosters.LEAVES}
                for one in outcomes
            ],
        )  # fmt: skip
        return page, status


def _tell(done: Sequence[rosters.Outcome] | None) -> None:
    if done is None:
        flash(gettext("Thao tác này đã được thực hiện."), "success")
        return
    bad = [one for one in done if one.outcome == rosters.REFUSED]
    taken = sum(one.outcome != rosters.LEAVES for one in done) - len(bad)
    flash(gettext("Đã nhận %(n)s người của danh sách; cần xác nhận lại.", n=taken), "success")
    for one in bad:
        why = " ".join(told(refusal) for refusal in one.refusals)
        flash(f"{one.line.full_name}: {why}", "refused")


def _lines(committee: Committee) -> list[rosters.Line]:
    """From the form's rows, the file that was sent, or the mail's list; none when she only opened the page."""
    if "rows" in request.form:
        return _typed_lines()
    upload = request.files.get("file")
    if request.method == "POST" and upload is not None:
        if upload.filename:
            # A form without a file still brings the field, without a name.
            rosters.receive(committee, by=me())
        data = upload.read()
        part = Part(upload.filename or "", filetypes.media_type(data), data)
        found = [
            rosters.Line(m.full_name, m.email, m.seat_kind.value, m.title, m.workplace, m.phone)
            for m in committee_lists.members_of(part)
        ]
        if not found:
            raise Invalid("list_empty", N_("Tệp không có bảng họ tên và chức vụ nào đọc được."))
        return found
    asked = request.args.get("thu", "")
    proposed = next((row for row in offices.proposals(committee.unit_id) if str(row.id) == asked), None)
    return [_of_mail(member) for member in proposed.members] if proposed else []


def _of_mail(member: dict[str, str]) -> rosters.Line:
    names = ("full_name", "email", "seat_kind", "title", "workplace", "phone")
    return rosters.Line(**{name: member.get(name, "") for name in names})


def _typed_lines() -> list[rosters.Line]:
    """The rows as she corrected them; a row whose name was emptied is left out."""
    number = min(typed_number(request.form.get("rows", ""), digits=4) or 0, rosters.MOST + 1)
    names = ("full_name", "email", "seat_kind", "title", "workplace", "phone")
    rows = [
        rosters.Line(**{name: request.form.get(f"{name}-{row}", "").strip()[:LONGEST] for name in names})
        for row in range(number)
    ]
    return [row for row in rows if row.full_name]
