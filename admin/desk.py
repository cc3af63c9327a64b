"""What every screen of the console stands on: who may come in, and how a press of a button becomes a verb.

A screen opens for nobody until it names the permission of `workflow/rules/permissions.py` that it needs.
"""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from flask import abort, current_app, flash, g, redirect, render_template, request, url_for
from flask_admin import BaseView
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms import Form

from admin.fields import typed_number
from models.base import db
from models.people import Account
from workflow import texts
from workflow.engine import repeats
from workflow.engine.errors import Refusal, ToaSoanError
from workflow.queries.desk import people_now
from workflow.rules.permissions import may

Result = TypeVar("Result")
SEE_OTHER = 303
MAX_WORDS = 200
"""A search longer than this is cut: nobody types it, and it costs the database."""


def me() -> Account:
    """The signed-in person; only inside a screen, which has let her in."""
    account: Account = current_user._get_current_object()
    return account


def now() -> datetime:
    """People's time as the request came; read anew where nobody is signed in."""
    moment: datetime = g.held.now if current_user.is_authenticated else people_now()
    return moment


def roles() -> frozenset[str]:
    """The department roles of whoever asks; none when nobody is signed in."""
    held: frozenset[str] = g.held.roles if current_user.is_authenticated else frozenset()
    return held


def can(act: str) -> bool:
    return may(roles(), act)


def told(refusal: Refusal) -> str:
    """One refusal in the person's language, by the gate's filter."""
    said: str = current_app.jinja_env.filters["told"](refusal)
    return said


def sentences(error: ToaSoanError) -> str:
    return " ".join(told(refusal) for refusal in error.refusals)


def command() -> str | None:
    """The id that the form carries, when it is one: pressed twice, it is one command."""
    try:
        return str(uuid.UUID(request.form.get("command", "")))
    except ValueError:
        return None


UNSAID = frozenset({"csrf_token", "command"})


def once(verb: Callable[[], Result]) -> Result | None:
    """Call a verb for the form that was sent; None when the same form has been carried out before.

    A form without a command id cannot repeat. Only for verbs that write one transaction.
    """
    known = command()
    if known is None:
        return verb()
    typed = {name: request.form.getlist(name) for name in request.form if name not in UNSAID}
    return repeats.once(known, {"by": me().id, "to": request.full_path, **typed}, verb)


def attempt(verb: Callable[[], Any], *, done: str | Callable[[Any], str]) -> bool:
    """Call a verb; flash what came of it. True when it was done, now or by an earlier copy of the form.

    Only what the house refuses on purpose is caught; everything else is a bug and goes up.
    """
    try:
        result = once(verb)
    except ToaSoanError as refused:
        db.session.rollback()
        flash(sentences(refused), "refused")
        return False
    repeated = result is None and callable(done)
    flash(gettext("Thao tác này đã được thực hiện.") if repeated else _said(done, result), "success")
    return True


def _said(done: str | Callable[[Any], str], result: Any) -> str:
    return done(result) if callable(done) else done


def back_to(endpoint: str, *, anchor: str | None = None, **values: Any) -> Response:
    return redirect(url_for(endpoint, _anchor=anchor, **values), SEE_OTHER)


def words_of(name: str = "q") -> str:
    """A search as it was typed, tidied and cut to a sane length."""
    return texts.tidy(request.args.get(name, ""))[:MAX_WORDS]


def key_of(name: str) -> int | None:
    """The number of a row from the address; None for anything else."""
    return typed_number(request.args.get(name, ""))


def number_of(name: str, default: int = 1) -> int:
    """A small positive number from the address, as of a page; anything else is the default."""
    return min(key_of(name) or default, 100_000)


class Kept:
    """Who may see the screen. Not signed in: to the sign-in page. Without the right: 403."""

    needs = ""
    """Name in PERMISSIONS; a screen that forgets it opens for nobody."""

    def is_accessible(self) -> bool:
        return bool(self.needs) and can(self.needs)

    def inaccessible_callback(self, _name: str, **_: Any) -> Response:
        if current_user.is_authenticated:
            abort(403)
        return redirect(url_for("security.login", next=request.full_path.rstrip("?")), SEE_OTHER)

    def render(self, template: str, **values: Any) -> str:
        """Without Flask-Admin's own helpers in the template: its `theme` would hide that of look."""
        return render_template(template, get_url=self.get_url, **values)

    def _run_view(self, view: Callable[..., Any], *args: Any, **values: Any) -> Any:
        """Flask-Admin calls again after any TypeError, which hides where it came from; we do not."""
        return view(self, *args, **values)


class Screen(Kept, BaseView):
    """A page of our own over reads and verbs."""


def pin(form: Form, refused: ToaSoanError) -> None:
    """Put a refusal beside the field it names, else above the form."""
    place = str(refused.fields.get("field", ""))
    said = sentences(refused)
    if place in form:
        form[place].errors = [*form[place].errors, said]
    else:
        flash(said, "refused")
