"""The rule the house works by, as dated records: read by everybody, laid down anew by an administrator."""

from typing import Any

from flask import abort, flash, request
from flask_admin import expose
from flask_babel import gettext, lazy_gettext
from wtforms import (
    DateField,
    Form,
    IntegerField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    validators,
    widgets,
)

from admin.desk import Screen, back_to, can, me, pin
from admin.fields import NO_DAY
from models.vocabulary import SeatKind
from workflow import directives
from workflow.engine.errors import ToaSoanError
from workflow.queries import offices
from workflow.wording import KINDS, SEATS

_ = lazy_gettext
SEAT_NAMES = {kind: lazy_gettext(says) for kind, says in SEATS.items()}


class RuleForm(Form):
    code = StringField(
        _("Mã văn bản"),
        [
            validators.InputRequired(_("Vui lòng nhập mã văn bản.")),
            validators.Regexp(
                r"^[a-z0-9]+(-[a-z0-9]+)*$", message=_("Mã chỉ gồm chữ thường không dấu, số và gạch nối.")
            ),
            validators.Length(max=60),
        ],
    )
    title = StringField(
        _("Tên văn bản"), [validators.InputRequired(_("Vui lòng nhập tiêu đề.")), validators.Length(max=300)]
    )
    valid_from = DateField(_("Hiệu lực từ ngày"), [validators.InputRequired(_(NO_DAY))])
    deadline_day = IntegerField(
        _("Hạn gửi: trước ngày"), [validators.InputRequired(_("Vui lòng nhập số ngày."))]
    )
    closing_day = IntegerField(_("Chốt kỳ: ngày"), [validators.InputRequired(_("Vui lòng nhập số ngày."))])
    quota = IntegerField(
        _("Chỉ tiêu mỗi đơn vị một kỳ"), [validators.InputRequired(_("Vui lòng nhập chỉ tiêu."))]
    )
    counting_kinds = SelectMultipleField(_("Thể loại được tính"), option_widget=widgets.CheckboxInput())
    reminder_days = StringField(
        _("Nhắc trước ngày cuối (số ngày)"),
        [
            validators.Regexp(
                r"^\s*\d{1,2}(\s*,\s*\d{1,2})*\s*$", message=_("Ghi các số, cách nhau bằng dấu phẩy.")
            )
        ],
    )
    leader = IntegerField(SEAT_NAMES["leader"], [validators.InputRequired(_("Vui lòng nhập số thành viên."))])
    specialist = IntegerField(
        SEAT_NAMES["specialist"], [validators.InputRequired(_("Vui lòng nhập số thành viên."))]
    )
    teacher = IntegerField(
        SEAT_NAMES["teacher"], [validators.InputRequired(_("Vui lòng nhập số thành viên."))]
    )
    reason = TextAreaField(_("Lý do"), [validators.InputRequired(_("Vui lòng ghi lý do."))])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.counting_kinds.choices = [(kind, gettext(says)) for kind, says in KINDS.items()]

    def rule(self) -> directives.Rule:
        return directives.Rule(
            self.code.data or "", self.title.data or "", self.valid_from.data, self.deadline_day.data or 0,
            self.closing_day.data or 0, self.quota.data or 0, self.counting_kinds.data or [],
            [int(day) for day in self.reminder_days.data.split(",")],
            {kind.value: self[kind.value].data or 0 for kind in SeatKind},
        )  # fmt: skip


class Directives(Screen):
    needs = "submissions.read"

    @expose("/")
    def index(self) -> str:
        return self.render(
            "desk/directives.html", directives=offices.directives(), may_write=can("directives.write")
        )

    @expose("/moi", methods=["GET", "POST"])
    def propose(self) -> Any:
        """A new rule from a day to come; it begins as the newest one stands."""
        if not can("directives.write"):
            abort(403)
        form = RuleForm(request.form) if request.method == "POST" else RuleForm(data=_newest())
        if request.method == "POST" and form.validate() and self._laid_down(form):
            return back_to(".index")
        page = self.render("desk/directive_form.html", form=form)
        return page, (422 if request.method == "POST" else 200)

    def _laid_down(self, form: RuleForm) -> bool:
        try:
            directives.lay_down(form.rule(), reason=form.reason.data or "", by=me())
        except ToaSoanError as refused:
            pin(form, refused)
            return False
        flash(gettext("Đã ghi văn bản quy định mới. Các kỳ đã mở giữ văn bản cũ."), "success")
        return True


def _newest() -> dict[str, Any]:
    newest = offices.directives()[0]
    seats = newest.seats or {}
    return {
        "deadline_day": newest.deadline_day,
        "closing_day": newest.closing_day,
        "quota": newest.quota,
        "counting_kinds": newest.counting_kinds,
        "reminder_days": ", ".join(map(str, newest.reminder_days)),
        **{kind.value: seats.get(kind.value, 0) for kind in SeatKind},
    }
