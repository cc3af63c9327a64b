"""Signing in by a letter: who asks gets the same answer whoever asks, and the link signs in by its button only."""

from flask import Blueprint, redirect, render_template, request
from flask_login import current_user
from flask_security import login_user
from werkzeug.wrappers import Response

from gate import sitting, trying
from models.vocabulary import Purpose
from workflow import guessing, links, mail_sign_in
from workflow.engine.errors import Invalid
from workflow.guessing import Way
from workflow.settings import settings

blueprint = Blueprint("by_mail", __name__)

PATH = links.PATHS[Purpose.SIGN_IN]


@blueprint.after_request
def keep_to_oneself(answer: Response) -> Response:
    """The address of the page is a key: it stays in no cache and is told to no other house."""
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "same-origin"
    return answer


@blueprint.route(PATH.rstrip("/"), methods=["GET", "POST"])
def ask() -> str | tuple[str, int, dict[str, str]]:
    minutes, asked = settings().sign_in_link_minutes, False
    if request.method == "POST":
        email = trying.as_looked_up(request.form.get("email", ""))
        if email:
            wait = guessing.attempt(email, address=request.remote_addr or "", way=Way.MAIL).wait_seconds
            if wait:
                page = render_template("gate/ask_link.html", wait_seconds=wait)
                return page, 429, {"Retry-After": str(wait)}
            mail_sign_in.ask(email)
        asked = True
    return render_template("gate/ask_link.html", asked=asked, minutes=minutes)


@blueprint.get(f"{PATH}<token>")
def look(token: str) -> str:
    """A spent, expired or broken link is told so (422) by the error page."""
    return render_template("gate/press_link.html", person=mail_sign_in.holder(token))


@blueprint.post(f"{PATH}<token>")
def enter(token: str) -> Response:
    """A wrong one counts as a guess from this address. Whoever was signed in here before is no more."""
    trying.refuse_hasty(_email_of(token), way=Way.MAIL)
    account = mail_sign_in.accept(token)
    trying.was_right()
    if current_user.is_authenticated:
        sitting.end()
    login_user(account)
    return redirect("/vao/tiep", 303)


def _email_of(token: str) -> str:
    try:
        return mail_sign_in.holder(token).email
    except Invalid:
        return ""
