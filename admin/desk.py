"""What every screen of the console stands on: who may come in, and how a press of a button becomes a verb.

`Screen` is a page of our own, `Ledger` a Flask-Admin list that only reads, `Workbench` a Ledger whose forms call
verbs. All three deny by default: a screen names the permission of `workflow/rules/permissions.py` it needs.
"""

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from flask import abort, current_app, flash, g, redirect, render_template, request, url_for
from flask_admin import BaseView, expose
from flask_admin.contrib.sqla import ModelView
from flask_admin.form import BaseForm
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy import ColumnElement, inspect
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response
from wtforms import Form

from admin.export import FORMS, answer
from admin.picks import Pick
from models.base import db
from models.people import Account
from workflow import inspecting, texts
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
    typed = request.args.get(name, "")
    return int(typed) if _is_key(typed) else None


def number_of(name: str, default: int = 1) -> int:
    """A small positive number from the address, as of a page; anything else is the default."""
    return min(key_of(name) or default, 100_000)


LONGEST_NUMBER = 19
"""Digits that a key of the database may have, and one more."""


def _is_key(typed: str) -> bool:
    return typed.isascii() and typed.isdigit() and len(typed) < LONGEST_NUMBER


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


OPENED_BY = {
    "create_view": "can_create",
    "edit_view": "can_edit",
    "delete_view": "can_delete",
    "details_view": "can_view_details",
    "export": "can_export",
}
UNUSED = frozenset({"action_view", "ajax_lookup", "ajax_update"})


class Ledger(Kept, ModelView):
    """A list that reads. Its template is `desk/<endpoint>.html`; filters are plain words in the address."""

    can_create = can_edit = can_delete = False
    can_view_details = False
    can_export = False
    export_max_rows = 5000
    holds = ""
    """What its rows are: so the sheet of a workbook is called."""
    page_size = 25
    can_set_page_size = False
    column_display_actions = False
    form = BaseForm
    """None of its own making: what a person may type is written down, never taken from a table's columns."""
    picks: tuple[Pick, ...] = ()
    title = ""

    def __init__(self, model: type, **options: Any) -> None:
        super().__init__(model, db, **options)
        self.list_template = f"desk/{self.endpoint.removeprefix('desk_')}.html"

    def _handle_view(self, name: str, **values: Any) -> Any:
        """Flask-Admin adds addresses for all it can do; those that this list does not do are not there."""
        kept_out = super()._handle_view(name, **values)
        if kept_out is None and (name in UNUSED or not getattr(self, OPENED_BY.get(name, "needs"))):
            abort(404)
        return kept_out

    def render(self, template: str, **values: Any) -> str:
        picks = [pick.drawn() for pick in self.picks]
        return super().render(template, picks=picks, kept=self.kept(), **values)

    def kept(self) -> dict[str, str]:
        """What the address narrows the list by, for links that lead on from it."""
        names = ("search", *(pick.name for pick in self.picks))
        return {name: request.args[name] for name in names if request.args.get(name)}

    def get_one(self, id: str) -> Any:
        """None for what is no number: what stands in an address is anybody's to write."""
        return super().get_one(id) if _is_key(id) else None

    def get_query(self) -> Any:
        return self._picked(super().get_query())

    def get_count_query(self) -> Any:
        return self._picked(super().get_count_query())

    def _picked(self, query: Any) -> Any:
        for pick in self.picks:
            query = pick.narrow(query)
        return query

    def _apply_sorting(self, query: Any, joins: Any, column: Any, descending: bool) -> Any:
        """The primary key decides between equals, so that no row is shown twice or passed over."""
        query, joins = super()._apply_sorting(query, joins, column, descending)
        return query.order_by(*(key.desc() for key in inspect(self.model).primary_key)), joins

    def _apply_search(
        self, query: Any, count_query: Any, joins: Any, count_joins: Any, search: str
    ) -> tuple[Any, Any, Any, Any]:
        condition = self.holding(search)
        counted = count_query.filter(condition) if count_query is not None else None
        return query.filter(condition), counted, joins, count_joins

    def holding(self, search: str | None) -> ColumnElement[bool]:
        """Accent-free, one line of words: "duc tho" finds "Đức Thọ"."""
        words = texts.tidy(search or "")[:MAX_WORDS]
        return Pick.holds([field for field, _ in self._search_fields], words)

    def _get_list_extra_args(self) -> Any:
        asked = super()._get_list_extra_args()
        asked.page = min(max(asked.page, 0), 10_000)
        # Flask-Admin hands all else on to its links: a word that url_for knows (`endpoint`, `_external`) breaks them.
        asked.extra_args = {
            pick.name: request.args[pick.name] for pick in self.picks if pick.name in request.args
        }
        return asked

    @expose("/export/<export_type>/")
    def export(self, export_type: str) -> Response:
        """All that the filters find, up to `export_max_rows`; on record before it leaves."""
        if export_type not in FORMS:
            abort(404)
        asked = {**request.args.to_dict(), "list": self.endpoint, "form": export_type}
        inspecting.note_export(asked, by=me(), what="register:export")
        _, rows = self._export_data()
        columns = self._export_columns
        return answer(
            export_type,
            self.url.rpartition("/")[2],
            gettext(self.holds),
            [gettext(label) for _, label in columns],
            ([self.get_export_value(row, name) for name, _ in columns] for row in rows),
        )


class Workbench(Ledger):
    """A Ledger with forms. Each saving is a verb; what may be typed stands in the form class, never in a table."""

    writes = ""
    """The permission that opens the forms; the verb asks again."""
    saved = ""

    def _handle_view(self, name: str, **values: Any) -> Any:
        kept_out = super()._handle_view(name, **values)
        if kept_out is None and name in ("create_view", "edit_view", "delete_view") and not can(self.writes):
            abort(403)
        return kept_out

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> Any:
        form = self.form(self._typed())
        return self._answer(form, lambda: self.create_model(form), None)

    @expose("/edit/", methods=("GET", "POST"))
    def edit_view(self) -> Any:
        model = self.get_one(request.args.get("id", "")) or abort(404)
        form = self.form(self._typed(), data=self.as_typed(model))
        return self._answer(form, lambda: self.update_model(form, model), model)

    @expose("/delete/", methods=("POST",))
    def delete_view(self) -> Any:
        model = self.get_one(request.form.get("id", "")) or abort(404)
        attempt(lambda: self.delete_model(model), done=gettext("Đã xóa."))
        return back_to(f"{self.endpoint}.index_view")

    def _typed(self) -> MultiDict[str, str] | None:
        return request.form if request.method == "POST" else None

    def _answer(self, form: Form, verb: Callable[[], Any], model: Any) -> Any:
        """The form again, with what was typed and what is wrong (422), or the list after the verb (303)."""
        if request.method == "POST" and form.validate():
            try:
                saved = once(verb)
                flash(gettext(self.saved), "success")
                return redirect(self.after_saving(saved) if saved else self._list(), SEE_OTHER)
            except ToaSoanError as refused:
                db.session.rollback()
                pin(form, refused)
        page = self.render(self.form_page, form=form, model=model)
        return page, (422 if request.method == "POST" else 200)

    form_page = "desk/form.html"

    def as_typed(self, model: Any) -> Mapping[str, Any]:
        """The row as its form shows it."""
        raise NotImplementedError

    def after_saving(self, _saved: Any) -> str:
        return self._list()

    def _list(self) -> str:
        """Where a repeat ends too: what it saved is among the rows."""
        return url_for(f"{self.endpoint}.index_view")


def pin(form: Form, refused: ToaSoanError) -> None:
    """Put a refusal beside the field it names, else above the form."""
    place = str(refused.fields.get("field", ""))
    said = sentences(refused)
    if place in form:
        form[place].errors = [*form[place].errors, said]
    else:
        flash(said, "refused")
