"""Signing in, my ways: the app, the passkeys and the codes on paper that somebody takes the second step with."""

import segno
from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import login_required
from markupsafe import Markup
from werkzeug.wrappers import Response

from gate import agents, language, sitting
from gate.devices import me
from workflow import code_apps, passkeys, second_step
from workflow.engine.errors import ToaSoanError
from workflow.queries import second_step as read

blueprint = Blueprint("means", __name__)

HERE = "/vao/hai-buoc"


@blueprint.before_request
@login_required
def _come_in() -> Response | None:
    """All of it is one's own only, and changed by who has done the second step: a session from before there was one
    would else make codes for itself and pass by it."""
    is_open = sitting.has_second_step() or not read.is_set_up(me().id)
    return None if is_open else sitting.demand_second_step()


@blueprint.get(HERE)
def mine() -> str:
    return render_template(
        "gate/means.html",
        means=read.means(me().id),
        owed=second_step.is_owed(g.held.roles),
        onward=language.back() if "ve" in request.args else url_for("arriving.onward"),
    )


@blueprint.post(f"{HERE}/ung-dung")
def propose_app() -> Response | str:
    """A new secret, shown on this page only: as a picture for the phone's camera, and in letters."""
    return _app_page(code_apps.propose(me()))


@blueprint.post(f"{HERE}/ung-dung/ma")
def confirm_app() -> Response | str | tuple[str, int]:
    """The first code. A wrong one asks again, for the secret on the same sheet."""
    try:
        code_apps.confirm(me(), request.form.get("code", "")[:100])
    except ToaSoanError as refused:
        uri = code_apps.proposed(me())
        if uri is None:
            raise
        return _app_page(uri, refused=refused), 422
    return _set_up(gettext("Đã thêm ứng dụng xác thực."))


@blueprint.post(f"{HERE}/ung-dung/bo")
def remove_app() -> Response:
    code_apps.remove(me())
    flash(gettext("Đã bỏ ứng dụng xác thực."), "success")
    return redirect(url_for("means.mine"), 303)


@blueprint.get(f"{HERE}/khoa")
def propose_passkey() -> str:
    return render_template(
        "gate/passkey.html",
        invitation=passkeys.invitation(me(), session_id=sitting.here()),
        name=agents.in_words(request.user_agent.string),
    )


@blueprint.post(f"{HERE}/khoa")
def add_passkey() -> Response | str:
    typed = request.form
    passkeys.add(me(), typed.get("answer", ""), name=typed.get("name", ""), session_id=sitting.here())
    return _set_up(gettext("Đã thêm khóa."))


@blueprint.post(f"{HERE}/khoa/<int:passkey_id>/bo")
def remove_passkey(passkey_id: int) -> Response:
    passkeys.remove(passkey_id, by=me())
    flash(gettext("Đã bỏ khóa."), "success")
    return redirect(url_for("means.mine"), 303)


@blueprint.post(f"{HERE}/ma-khoi-phuc")
def new_codes() -> str:
    return _codes_page()


def _app_page(uri: str, *, refused: ToaSoanError | None = None) -> str:
    # Presentation attributes only: the content policy lets no style attribute through.
    picture = segno.make(uri, error="m", micro=False).svg_inline(scale=5, border=4, dark="#000", light="#fff")
    secret = code_apps.letters(uri)
    return render_template("gate/code_app.html", picture=Markup(picture), secret=secret, refused=refused)  # noqa: S704  (made of black squares)


def _set_up(done: str) -> Response | str:
    """The step was just taken with the new means; with the first one come the codes for paper."""
    sitting.complete()
    flash(done, "success")
    if read.means(me().id).codes_left:
        return redirect(url_for("means.mine"), 303)
    return _codes_page()


def _codes_page() -> str:
    return render_template("gate/recovery_codes.html", codes=second_step.new_codes(me()))
