"""Units: the list, one unit with its family before and after reforms, the form that adds or corrects one (R12)."""

from collections.abc import Mapping
from typing import Any, ClassVar

from flask import abort, url_for
from flask_admin import expose
from flask_babel import lazy_gettext
from sqlalchemy import or_
from wtforms import DateField, Form, SelectField, StringField, TextAreaField, validators

from admin import menu
from admin.desk import can, me
from admin.fields import code_field, offered
from admin.ledger import Workbench
from admin.picks import Pick
from models.base import db
from models.organisation import Unit
from workflow import committees, organisation
from workflow.engine.errors import N_, Invalid
from workflow.queries import lineage, offices, standings
from workflow.rules.zone import local_day
from workflow.wording import SUCCESSIONS, UNIT_KINDS

_ = lazy_gettext


class UnitForm(Form):
    code = code_field(
        _("Mã đơn vị"),
        missing=_("Vui lòng nhập mã đơn vị."),
        description=_("Ví dụ: h-can-loc. Mã không đổi về sau."),
    )
    name = StringField(
        _("Tên đầy đủ"),
        [validators.InputRequired(_("Vui lòng nhập tên đơn vị.")), validators.Length(max=200)],
    )
    kind = SelectField(_("Loại đơn vị"), choices=offered(UNIT_KINDS.items()))
    admin_unit = StringField(
        _("Đơn vị hành chính"), [validators.Length(max=120)], description=_("Kèm loại: Huyện Can Lộc.")
    )
    short_name = StringField(
        _("Tên ngắn"), [validators.Length(max=80)],
        description=_("Luôn kèm loại, như “TX Kỳ Anh”. Để trống thì lấy từ đơn vị hành chính."),
    )  # fmt: skip
    gso_code = StringField(_("Mã của Tổng cục Thống kê"), [validators.Length(max=20)])
    valid_from = DateField(
        _("Hiệu lực từ ngày"), [validators.InputRequired(_("Vui lòng nhập ngày bắt đầu."))]
    )
    valid_to = DateField(
        _("Kết thúc từ ngày"),
        [validators.Optional()],
        description=_("Từ ngày này đơn vị không còn hoạt động."),
    )
    successor_codes = StringField(
        _("Đơn vị kế thừa"),
        [validators.Length(max=500)],
        description=_("Các mã, cách nhau dấu phẩy; đơn vị chính đứng đầu."),
    )
    aliases = StringField(
        _("Tên gọi khác"), [validators.Length(max=500)], description=_("Cách nhau dấu phẩy.")
    )
    note = TextAreaField(_("Ghi chú"), [validators.Length(max=1000)])


def _is_alive(asked: str) -> Any:
    today = local_day(menu.now())
    ended = Unit.valid_to <= today
    return ended if asked == "ended" else or_(Unit.valid_to.is_(None), Unit.valid_to > today)


class Units(Workbench):
    needs, writes = "units.read", "units.write"
    can_create = can_edit = can_delete = can_export = True
    holds = N_("Các đơn vị")
    form = UnitForm
    form_page = "desk/unit_form.html"
    saved = N_("Đã lưu đơn vị.")
    column_list = ("short_name", "name", "code", "valid_from", "valid_to")
    column_labels: ClassVar = {
        "short_name": N_("Tên ngắn"), "name": N_("Tên đầy đủ"), "code": N_("Mã"), "valid_from": N_("Từ ngày"),
        "valid_to": N_("Đến ngày"),
    }  # fmt: skip
    column_searchable_list = ("name", "short_name", "code")
    column_default_sort = "sort_key"
    page_size = 40
    picks = (
        Pick(
            "trang-thai",
            N_("Hiệu lực"),
            (("alive", N_("Đang hoạt động")), ("ended", N_("Đã kết thúc"))),
            _is_alive,
        ),
        Pick("loai", N_("Loại"), tuple(UNIT_KINDS.items()), lambda kind: Unit.kind == kind),
    )

    @expose("/<code>/")
    def unit(self, code: str) -> str:
        unit = organisation.by_code(code)
        committee = committees.in_force(unit)
        months = menu.opened()
        rows = [
            row for row in standings.standings([m.id for m in months], now=menu.now()) if row.code == code
        ]
        return self.render(
            "desk/unit.html",
            unit=unit,
            before=lineage.before(code),
            after=lineage.after(code),
            successions=SUCCESSIONS,
            committee=committee,
            filled=len(committees.standing(committee)) if committee else 0,
            standings=list(reversed(list(zip(months, rows, strict=False)))),
            changes=offices.changes(f"unit:{unit.id}"),
            heirs=lineage.names(unit.successor_codes),
            may_write=can(self.writes),
        )

    def render(self, template: str, **values: Any) -> str:
        if template == self.list_template:
            values["heirs"] = lineage.names({code for row in values["data"] for code in row.successor_codes})
        return super().render(template, **values)

    def create_model(self, form: UnitForm) -> Unit:
        if db.session.query(Unit.id).filter_by(code=form.code.data).first() is not None:
            raise Invalid(
                "code_taken", N_("Mã “{code}” đã có đơn vị khác dùng."), code=form.code.data, field="code"
            )
        return organisation.save_unit(_described(form), by=me())[0]

    def update_model(self, form: UnitForm, model: Unit) -> Unit:
        """The code of a unit never changes: everything that names it names it by code."""
        if form.code.data != model.code:
            abort(400)
        return organisation.save_unit(_described(form), by=me())[0]

    def delete_model(self, model: Unit) -> None:
        organisation.remove_unit(model, by=me())

    def as_typed(self, model: Unit) -> Mapping[str, Any]:
        values = {name: getattr(model, name) for name in UnitForm()._fields}
        return {
            **values,
            "successor_codes": ", ".join(model.successor_codes),
            "aliases": ", ".join(model.aliases),
        }

    def after_saving(self, saved: Unit) -> str:
        return url_for(".unit", code=saved.code)


def _described(form: UnitForm) -> organisation.UnitDescription:
    typed = {
        name: field.data for name, field in form._fields.items() if name not in ("successor_codes", "aliases")
    }
    words = {name: (typed[name] or "").strip() for name in typed if not name.startswith("valid_")}
    return organisation.UnitDescription(
        **{**typed, **words},
        successor_codes=_listed(form.successor_codes.data),
        aliases=_listed(form.aliases.data),
    )


def _listed(typed: str | None) -> list[str]:
    return [part.strip() for part in (typed or "").split(",") if part.strip()]
