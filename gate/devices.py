"""My devices: where somebody is signed in, and signing out there from here."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext, ngettext
from flask_login import current_user, login_required
from werkzeug.wrappers import Response

from gate import sitting
from models.people import Account
from workflow import devices
from workflow.engine.errors import NotFound
from workflow.queries import sign_ins

blueprint = Blueprint("devices", __name__)


@blueprint.get("/vao/thiet-bi")
@login_required
def mine() -> Response | str:
    return render_template("gate/devices.html", devices=sign_ins.devices(me().id), here=sitting.here())


@blueprint.post("/vao/thiet-bi/<int:session_id>")
@login_required
def sign_out(session_id: int) -> Response:
    """End one; the one in hand as well, then its next click asks to sign in."""
    try:
        devices.sign_out(session_id, by=me())
        flash(gettext("Đã đăng xuất khỏi thiết bị đó."), "success")
    except NotFound:
        flash(gettext("Phiên này đã kết thúc trước đó."), "success")
    return redirect(url_for("devices.mine"), 303)


@blueprint.post("/vao/thiet-bi/khac")
@login_required
def sign_out_others() -> Response:
    ended = devices.sign_out_others(by=me(), here=sitting.here())
    flash(
        ngettext(
            "Đã đăng xuất khỏi %(n)s thiết bị khác.", "Đã đăng xuất khỏi %(n)s thiết bị khác.", ended, n=ended
        ),
        "success",
    )
    return redirect(url_for("devices.mine"), 303)


def me() -> Account:
    account: Account = current_user._get_current_object()
    return account
