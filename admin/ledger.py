"""The lists of the console on Flask-Admin: a Ledger only reads, the forms of a Workbench call verbs."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_admin import expose
from flask_admin.contrib.sqla import ModelView
from flask_admin.form import BaseForm
from flask_babel import gettext
from sqlalchemy import ColumnElement, inspect
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response
from wtforms import Form

from admin.desk import MAX_WORDS, SEE_OTHER, Kept, attempt, back_to, can, me, once, pin
from admin.export import FORMS, answer
from admin.fields import typed_number
from admin.picks import Pick
from models.base import db
from workflow import inspecting, texts
from workflow.engine.errors import ToaSoanError

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
        return super().get_one(id) if typed_number(id) is not None else None

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
