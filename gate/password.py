"""My password: changed from inside by who knows the present one; the other devices are signed out."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_login import login_required
from werkzeug.wrappers import Response
from wtforms import PasswordField
from wtforms.validators import DataRequired

from gate import sitting, trying
from gate.devices import me
from gate.invited import Choice
from workflow import passwords
from workflow.guessing import Way

blueprint = Blueprint("password", __name__)


class Change(Choice):
    current = PasswordField(
        _("Mật khẩu hiện tại"),
        validators=[DataRequired(_("Vui lòng nhập mật khẩu."))],
        render_kw={"autocomplete": "current-password"},
    )

    def is_known(self) -> bool:
        """A try like one at the sign-in page, and counted with those."""
        trying.refuse_hasty(self.of.email, way=Way.PASSWORD)
        if not self.of.verify_and_update_password(self.current.data):
            self.current.errors = [gettext("Mật khẩu hiện tại không đúng.")]
            return False
        trying.was_right()
        return True


@blueprint.route("/vao/mat-khau", methods=["GET", "POST"])
@login_required
def change() -> str | tuple[str, int] | Response:
    """Who has come in by mail and never had a password chooses the first one here."""
    has_one = me().password is not None
    form = Change(me()) if has_one else Choice(me())
    if form.is_submitted() and form.validate() and (not isinstance(form, Change) or form.is_known()):
        passwords.choose(me(), password_hash=form.hashed(), here=sitting.here())
        flash(gettext("Đã đổi mật khẩu. Các thiết bị khác đã được đăng xuất."), "success")
        return redirect(url_for("devices.mine"), 303)
    return render_template("gate/password.html", form=form), 422 if form.is_submitted() else 200
