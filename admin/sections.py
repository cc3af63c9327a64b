"""The forum's sections (R7)."""

from collections.abc import Mapping
from typing import Any

from flask import abort, request
from flask_admin import expose
from flask_babel import get_locale, gettext, lazy_gettext
from werkzeug.wrappers import Response
from wtforms import Form, IntegerField, StringField, TextAreaField, validators

from admin.desk import attempt, back_to, me
from admin.fields import code_field
from admin.ledger import Workbench
from models.submission import Category
from workflow import categories
from workflow.engine.errors import N_
from workflow.queries import desk

_ = lazy_gettext


class SectionForm(Form):
    code = code_field(
        _("Mã chuyên mục"),
        missing=_("Vui lòng nhập mã chuyên mục."),
        description=_("Đứng trong địa chỉ của trang công khai; không đổi về sau."),
    )
    name_vi = StringField(
        _("Tên tiếng Việt"),
        [validators.InputRequired(_("Vui lòng nhập tên chuyên mục.")), validators.Length(max=120)],
    )
    name_en = StringField(
        _("Tên tiếng Anh"),
        [validators.InputRequired(_("Vui lòng nhập tên chuyên mục.")), validators.Length(max=120)],
    )
    description_vi = TextAreaField(_("Mô tả"), [validators.Length(max=500)])
    sort = IntegerField(
        _("Thứ tự"), [validators.InputRequired(_("Vui lòng nhập thứ tự.")), validators.NumberRange(0, 9999)]
    )


class Sections(Workbench):
    needs, writes = "submissions.read", "units.write"
    can_create = can_edit = True
    form = SectionForm
    saved = N_("Đã lưu chuyên mục.")
    column_list = ("name_vi", "code", "description_vi", "sort")
    column_default_sort = "sort"
    page_size = 50

    def create_model(self, form: SectionForm) -> Category:
        return self._saved(form)

    def update_model(self, form: SectionForm, model: Category) -> Category:
        if form.code.data != model.code:
            abort(400)
        return self._saved(form)

    def _saved(self, form: SectionForm) -> Category:
        return categories.save(
            form.code.data or "",
            name_vi=form.name_vi.data or "",
            name_en=form.name_en.data or "",
            description_vi=form.description_vi.data or "",
            sort=form.sort.data or 0,
            by=me(),
        )[0]

    @expose("/<code>/ngung", methods=["POST"])
    def retire(self, code: str) -> Response:
        reason = request.form.get("reason", "")
        attempt(
            lambda: categories.retire(code, reason=reason, by=me()),
            done=gettext("Đã ngừng dùng chuyên mục. Bài đã đăng vẫn đọc được."),
        )
        return back_to(".index_view")

    @expose("/<code>/dung-lai", methods=["POST"])
    def reopen(self, code: str) -> Response:
        attempt(lambda: categories.reopen(code, by=me()), done=gettext("Chuyên mục được dùng lại."))
        return back_to(".index_view")

    @expose("/<code>/gop", methods=["POST"])
    def merge(self, code: str) -> Response:
        into, reason = request.form.get("into", ""), request.form.get("reason", "")
        attempt(
            lambda: categories.merge(code, into, reason=reason, by=me()),
            done=gettext("Đã gộp chuyên mục. Địa chỉ cũ dẫn đến chuyên mục mới."),
        )
        return back_to(".index_view")

    def render(self, template: str, **values: Any) -> str:
        open_ones = desk.section_choices(str(get_locale())) if template == self.list_template else []
        return super().render(template, open_sections=open_ones, **values)

    def as_typed(self, model: Category) -> Mapping[str, Any]:
        return {name: getattr(model, name) for name in SectionForm()._fields}
