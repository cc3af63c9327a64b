"""The forms of the units' door. Cross-site tokens are checked before any of them is read."""

import uuid

from flask import request
from flask_babel import get_locale
from flask_babel import lazy_gettext as _
from wtforms import Form, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from models.vocabulary import Kind
from workflow import wording
from workflow.queries import portal as read

TITLE_WISH = 120
"""What fits a phone; the editors' checklist asks for it, the house takes up to texts.MAX_TITLE."""


def command() -> str | None:
    """The form's own number: a form sent twice is one sending. None when somebody tampered with it."""
    try:
        return str(uuid.UUID(request.form.get("command", "")))
    except ValueError:
        return None


def at_most(letters: int) -> Length:
    return Length(max=letters, message=_("Không quá %(max)d ký tự."))


class Writing(Form):
    """A piece as its unit writes it. Nothing is required to keep a draft; sending asks more.

    The lengths of title and body are the verb's to judge: it says them with their numbers.
    """

    kind = RadioField(
        _("Thể loại"),
        choices=[SelectChoice(kind.value, _(wording.KINDS[kind])) for kind in Kind],
        default=Kind.NEWS.value,
    )
    title = TextAreaField(_("Tiêu đề"), render_kw={"rows": 2})
    summary = TextAreaField(_("Tóm tắt"), [at_most(1000)], render_kw={"rows": 2})
    body = TextAreaField(_("Nội dung"))
    author_line = StringField(_("Tác giả"), [at_most(200)])
    author_title = StringField(_("Chức vụ của tác giả"), [at_most(200)])
    school = StringField(_("Trường, cơ sở giáo dục"), [at_most(200)])
    category = SelectField(_("Chuyên mục"))

    def offer_sections(self) -> "Writing":
        """Fill the choices from the database; the empty one leaves it to the department."""
        english = str(get_locale()) == "en"
        named = ((row.code, row.name_en if english else row.name_vi) for row in read.sections())
        self.category.choices = [
            SelectChoice("", _("Để Phòng GDMN chọn")),
            *(SelectChoice(*one) for one in named),
        ]
        return self


class Quick(Form):
    """A few lines and photos."""

    words = TextAreaField(_("Vài dòng"), render_kw={"rows": 6})
    title = StringField(_("Tiêu đề"))
