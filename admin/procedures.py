"""Workflow definitions as people see them: the picture, how long pieces stay, moving pieces to another version."""

from collections.abc import Mapping
from typing import Any

from flask import abort, request
from flask_admin import expose
from flask_babel import get_locale, ngettext

from admin import reading
from admin.desk import Screen, attempt, back_to, can, me, sentences
from admin.fields import typed_number
from workflow import definitions, procedures
from workflow.engine import drawing
from workflow.engine.definition import Definition, Label
from workflow.engine.errors import Invalid
from workflow.queries import dwelling


def workflows() -> list[tuple[str, str]]:
    """Every definition a month may follow, with its name in the reader's language."""
    return [(name, said(definitions.newest(name).definition.label)) for name in definitions.names()]


def said(label: Label) -> str:
    return label.en if str(get_locale()) == "en" else label.vi


class Procedures(Screen):
    needs = "procedures.read"

    @expose("/")
    def index(self) -> str:
        used = procedures.in_use()
        rows = [{"one": one, "pieces": n, "gone": _gone(one)} for one, n in used]
        return self.render("desk/procedures.html", rows=rows, said=said)

    @expose("/<workflow>/<int:version>/")
    def show(self, workflow: str, version: int) -> str:
        return self._page(workflow, version)

    @expose("/<workflow>/<int:version>/chuyen", methods=["POST"])
    def migrate(self, workflow: str, version: int) -> Any:
        """First press: what it would do. Second press, with a reason: do it."""
        source = _found(workflow, version)
        to_name, _, to_version = request.form.get("target", "").partition("@")
        target = (to_name, typed_number(to_version, digits=9) or 0)
        renamed = {
            state: request.form[f"to-{state}"] for state in source.states if request.form.get(f"to-{state}")
        }
        if not request.form.get("sure"):
            return self._page(workflow, version, asked=(target, renamed))

        def carry_out() -> int:
            planned = procedures.plan((workflow, version), target, renamed=renamed)
            return procedures.migrate(planned, reason=request.form.get("reason", ""), by=me())

        attempt(carry_out, done=lambda n: ngettext("Đã chuyển %(num)s bài.", "Đã chuyển %(num)s bài.", n))
        return back_to(".show", workflow=workflow, version=version)

    def _page(
        self, workflow: str, version: int, *, asked: tuple[tuple[str, int], Mapping[str, str]] | None = None
    ) -> str:
        one = _found(workflow, version)
        planned, why_not = _planned(one, asked)
        others = [other for other, _ in procedures.in_use() if not _gone(other) and other is not one]
        return self.render(
            "desk/procedure.html",
            one=one,
            said=said,
            gone=_gone(one),
            picture=None if _gone(one) else reading.drawn(one, drawing.Marks()),
            medians=dwelling.medians(workflow),
            newest=dwelling.NEWEST,
            others=[(f"{other.name}@{other.version}", said(other.label), other.version) for other in others],
            planned=planned,
            why_not=why_not,
            may_write=can("procedures.write"),
        )


def _found(name: str, version: int) -> Definition:
    used = (one for one, _ in procedures.in_use())
    return next((one for one in used if (one.name, one.version) == (name, version)), None) or abort(404)


def _gone(one: Definition) -> str:
    """Why nothing can be done with the pieces of a version; "" for one that the program has."""
    gone = definitions.followed(one.name, one.version).gone
    return sentences(gone) if gone else ""


def _planned(
    one: Definition, asked: tuple[tuple[str, int], Mapping[str, str]] | None
) -> tuple[procedures.Plan | None, str]:
    if asked is None or not can("procedures.write"):
        return None, ""
    try:
        return procedures.plan((one.name, one.version), asked[0], renamed=asked[1]), ""
    except Invalid as refused:
        return None, sentences(refused)
