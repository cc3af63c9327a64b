"""The page behind a one-time link: a new person chooses a password and comes in."""

from flask import Blueprint, current_app, redirect, render_template
from flask_babel import lazy_gettext as _
from flask_security import hash_password
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import PasswordField
from wtforms.validators import DataRequired, EqualTo, Length

from models.vocabulary import Purpose
from workflow import invitations, links

blueprint = Blueprint("invited", __name__)

SHORTEST = 10


class Choice(FlaskForm):
    password = PasswordField(
        _("Mật khẩu"),
        description=_("Ít nhất 10 ký tự. Một câu ngắn dễ nhớ là tốt nhất."),
        validators=[
            DataRequired(_("Vui lòng nhập mật khẩu.")),
            Length(SHORTEST, 200, _("Mật khẩu cần ít nhất 10 ký tự.")),
        ],
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        _("Nhập lại mật khẩu"),
        validators=[EqualTo("password", _("Hai lần nhập không giống nhau."))],
        render_kw={"autocomplete": "new-password"},
    )


@blueprint.route(f"{links.PATHS[Purpose.INVITATION]}<token>", methods=["GET", "POST"])
def choose(token: str) -> str | Response:
    """A spent, expired or broken link is told so (422) by the error page."""
    person = invitations.holder(token)
    form = Choice()
    if form.validate_on_submit():
        # Vietnamese letters have two spellings in Unicode; signing in compares this one.
        chosen = current_app.security.password_util.normalize(form.password.data)  # type: ignore[attr-defined]
        invitations.accept(token, password_hash=hash_password(chosen))
        return redirect("/vao/dang-nhap", 303)
    return render_template("gate/invited.html", form=form, person=person)
