"""The second step: a code from an app, a passkey, or a code from paper. Asked between the password and the house,
and once more of who was lent a role that needs it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from gate import language, signing_in, sitting, trying
from models.people import Account
from workflow import code_apps, passkeys, second_step
from workflow.guessing import Way
from workflow.queries import second_step as read

blueprint = Blueprint("second_step", __name__)


@blueprint.get("/vao/buoc-hai")
def ask() -> Response | str:
    account = _who()
    return _page(account) if account else redirect(url_for("security.login"), 303)


@blueprint.post("/vao/buoc-hai")
def take() -> Response | tuple[str, int]:
    """One try of any kind; wrong ones are counted together."""
    account = _who()
    if account is None:
        return redirect(url_for("security.login"), 303)
    if trying.begin(account.email, way=Way.STEP):
        return _page(account, wait_seconds=trying.now().wait_seconds), 429
    by = _taken(account)
    if by is None:
        return _page(account, wrong=True), 422
    trying.was_right()
    was_half = sitting.half() is not None
    sitting.complete()
    if was_half:
        signing_in.came_in(account, by=by)
    if by == "paper":
        left = read.means(account.id).codes_left
        flash(ngettext("Còn %(n)s mã khôi phục.", "Còn %(n)s mã khôi phục.", left, n=left), "success")
    return redirect(language.back() if "ve" in request.args else url_for("arriving.onward"), 303)


def _who() -> Account | None:
    half = sitting.half()
    if half is None and current_user.is_authenticated:
        account: Account = current_user._get_current_object()
        return account
    return half


def _taken(account: Account) -> str | None:
    """What the step was taken with; None when it was wrong."""
    if answer := request.form.get("answer", ""):
        return "passkey" if passkeys.is_right(account, answer, session_id=sitting.here()) else None
    typed = request.form.get("code", "")[:100]
    if code_apps.is_right(account, typed):
        return "app"
    return "paper" if second_step.use_code(account, typed) else None


def _page(account: Account, *, wrong: bool = False, wait_seconds: int = 0) -> str:
    means = read.means(account.id)
    return render_template(
        "gate/second_step.html",
        person=account,
        means=means,
        question=passkeys.question(account, session_id=sitting.here()) if means.passkeys else None,
        wrong=wrong,
        wait_seconds=wait_seconds,
    )
