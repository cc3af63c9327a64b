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
    """A wrong one counts as a guess from this address, a right one is never told to wait: who asks for links in
    another's name keeps her out by none of them. Whoever was signed in here before is no more."""
    try:
        account = mail_sign_in.accept(token)
    except Invalid:
        trying.refuse_hasty("", way=Way.MAIL)
        raise
    guessing.was_right(account.email, address=request.remote_addr or "", way=Way.MAIL)
    if current_user.is_authenticated:
        sitting.end()
    login_user(account)
    return redirect("/vao/tiep", 303)
