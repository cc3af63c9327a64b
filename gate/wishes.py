"""How I get my letters: language, at once, once a day or not at all; and the press that stops a kind of letter."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user, login_required
from werkzeug.wrappers import Response

from gate.devices import me
from workflow import accounts
from workflow import wishes as letters
from workflow.queries import wishes as read
from workflow.rules.wishes import SUBJECTS
from workflow.wording import LANGUAGES, PACES

blueprint = Blueprint("wishes", __name__)


@blueprint.get("/vao/nhan-thu")
@login_required
def mine() -> str:
    held = accounts.roles_of(me()).union(
        *(accounts.roles_of(me(), unit=unit) for unit in accounts.units_of(me()))
    )
    asked = {name: subject for name, subject in SUBJECTS.items() if subject.readers & held}
    return render_template(
        "gate/wishes.html", subjects=asked, chosen=read.chosen(me().id), paces=PACES, tongues=LANGUAGES
    )


@blueprint.post("/vao/nhan-thu")
@login_required
def choose() -> Response:
    """All of the page at once; what was not changed is no event, and her language then still not chosen."""
    language = request.form.get("language", me().language)
    if language != me().language:
        accounts.set_language(me(), language)
    for subject in SUBJECTS:
        if subject in request.form:
            letters.choose(subject, request.form[subject], by=me())
    flash(gettext("Đã lưu cách nhận thư."), "success")
    return redirect(url_for("wishes.mine"), 303)


@blueprint.get(f"{letters.PATH}<token>")
def ask(token: str) -> str:
    """Only shows a button: what opens links by itself, as mail scanners do, stops nobody's letters."""
    _, subject = letters.named(token)
    return render_template("gate/stop_letters.html", subject=SUBJECTS[subject], is_done=False)


@blueprint.post(f"{letters.PATH}<token>")
def stop(token: str) -> str:
    """By the button, or by the mailbox's own, which sends neither cookie nor our form's token (RFC 8058)."""
    letters.stop(token)
    _, subject = letters.named(token)
    return render_template(
        "gate/stop_letters.html",
        subject=SUBJECTS[subject],
        is_done=True,
        is_inside=current_user.is_authenticated,
    )
