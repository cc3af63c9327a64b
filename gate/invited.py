"""The page behind a one-time link: a new person chooses a password and comes in."""

from flask import Blueprint, current_app, redirect, render_template
from flask_babel import lazy_gettext as _
from flask_security import hash_password
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import PasswordField
from wtforms.validators import DataRequired, EqualTo, Length, ValidationError

from gate.errors import told
from models.people import Account
from models.vocabulary import Purpose
from workflow import invitations, links, passwords
from workflow.engine.errors import Invalid

blueprint = Blueprint("invited", __name__)


class Choice(FlaskForm):
    """A password, twice. `of` is whose it will be."""

    password = PasswordField(
        _("Mật khẩu"),
        description=_("Ít nhất 10 ký tự. Một câu ngắn dễ nhớ là tốt nhất."),
        validators=[
            DataRequired(_("Vui lòng nhập mật khẩu.")),
            Length(passwords.SHORTEST, passwords.LONGEST, _("Mật khẩu cần từ 10 đến 200 ký tự.")),
        ],
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        _("Nhập lại mật khẩu"),
        validators=[EqualTo("password", _("Hai lần nhập không giống nhau."))],
        render_kw={"autocomplete": "new-password"},
    )

    def __init__(self, of: Account) -> None:
        super().__init__()
        self.of = of

    def validate_password(self, field: PasswordField) -> None:
        if field.errors:
            # Too long to be looked at, or not there: said already.
            return
        try:
            passwords.refuse_common(field.data, of=self.of)
        except Invalid as refused:
            raise ValidationError(told(refused.refusals[0])) from None

    def hashed(self) -> str:
        # Vietnamese letters have two spellings in Unicode; signing in compares this one.
        chosen = current_app.security.password_util.normalize(self.password.data)  # type: ignore[attr-defined]
        return str(hash_password(chosen))


@blueprint.route(f"{links.PATHS[Purpose.INVITATION]}<token>", methods=["GET", "POST"])
def choose(token: str) -> str | Response:
    """A spent, expired or broken link is told so (422) by the error page."""
    person = invitations.holder(token)
    form = Choice(person)
    if form.validate_on_submit():
        invitations.accept(token, password_hash=form.hashed())
        return redirect("/vao/dang-nhap", 303)
    return render_template("gate/invited.html", form=form, person=person)
