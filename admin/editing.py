"""Changing a piece from the desk: its text, pictures and words, and what it was filed under."""

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_admin import expose
from flask_babel import get_locale, gettext, lazy_gettext
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import Form, HiddenField, SelectField, StringField, TextAreaField, validators

from admin.desk import SEE_OTHER, back_to, command, me, pin, sentences
from admin.fields import offered, typed_number
from admin.keeping import who_else
from models.base import db
from models.period import Period
from models.vocabulary import Kind, Phase
from workflow import definitions, keeping, organisation, submissions, texts, writing
from workflow.engine.errors import CommandReused, NotAllowed, Stale, ToaSoanError
from workflow.engine.machine import Offer
from workflow.queries import collisions, desk, timeline
from workflow.wording import CHECKLIST, KINDS

_ = lazy_gettext


def _no_spaces(typed: str | None) -> str | None:
    return typed.strip() if typed else typed


class TextForm(Form):
    """What an editor may type. The state is not among it, nor anything that a move decides."""

    title = StringField(
        _("Tiêu đề"),
        [validators.InputRequired(_("Vui lòng nhập tiêu đề.")), validators.Length(max=200)],
        filters=[_no_spaces],
    )
    summary = TextAreaField(_("Tóm tắt"), [validators.Optional(), validators.Length(max=1000)])
    body = TextAreaField(_("Nội dung"))
    category = SelectField(_("Chuyên mục"), validate_choice=True)
    author_line = StringField(_("Tác giả"), [validators.Length(max=200)])
    author_title = StringField(_("Chức danh"), [validators.Length(max=200)])
    school = StringField(_("Cơ sở giáo dục"), [validators.Length(max=200)])
    seen = HiddenField()


class FilingForm(Form):
    unit = SelectField(_("Đơn vị"))
    period = SelectField(_("Kỳ"))
    kind = SelectField(_("Thể loại"))
    category = SelectField(_("Chuyên mục"))
    author_line = StringField(_("Tác giả"), [validators.Length(max=200)])
    reason = TextAreaField(_("Lý do"), [validators.InputRequired(_("Vui lòng ghi lý do."))])
    version = HiddenField("")


class Editing:
    """The two pages with forms of a piece; a part of `Pieces`."""

    render: Any

    @expose("/<int:piece_id>/sua", methods=("GET", "POST"))
    def edit(self, piece_id: int) -> Any:
        """A new revision over the one that was seen. Another one meanwhile: 409, with everything typed kept."""
        row = timeline.piece(piece_id) or abort(404)
        offer = _offer("write", piece_id) if request.method != "POST" else None
        if request.method != "POST" and offer is None:
            return _closed(piece_id)
        files = timeline.files(row.revision_id)
        kept = keeping.kept(piece_id, by=me())
        taken_back = kept.fields if kept and request.args.get("lay-lai") == "1" else None
        form = TextForm(
            request.form if request.method == "POST" else None, data=taken_back or _as_typed(row, files)
        )
        form.category.choices = offered(desk.section_choices(str(get_locale())), none=gettext("Chưa chọn"))
        status, stale, versions = 200, None, ()
        if request.method == "POST":
            status = 422
            if form.validate():
                try:
                    _write(row, files, form)
                    keeping.drop(piece_id, by=me())
                    flash(gettext("Đã lưu phiên bản mới."), "success")
                    return redirect(url_for(".piece", piece_id=piece_id), SEE_OTHER)
                except (Stale, CommandReused):
                    db.session.rollback()
                    status, versions = 409, collisions.beside(piece_id, _as_read(form, files))
                    stale = _collision(piece_id, form)
                except ToaSoanError as refused:
                    db.session.rollback()
                    pin(form, refused)
        page = self.render(
            "desk/edit.html", piece=timeline.piece(piece_id), files=_shown(files, taken_back or request.form),
            form=form, stale=stale, versions=versions, kept=kept, is_taken_back=taken_back is not None,
            checklist=CHECKLIST if definitions.phase_of(row.state) is Phase.READY else None,
            checked=request.form.getlist("checklist"), refusals=_why_not(offer),
            who_else=who_else(piece_id, is_editing=True),
        )  # fmt: skip
        return page, status

    @expose("/<int:piece_id>/phan-loai", methods=("GET", "POST"))
    def reclassify(self, piece_id: int) -> Any:
        """Correct unit, month, kind, section or author after sending; both months are counted anew."""
        row = timeline.piece(piece_id) or abort(404)
        if request.method != "POST" and _offer("reclassify", piece_id) is None:
            return _closed(piece_id)
        form = FilingForm(request.form if request.method == "POST" else None, data=_as_filed(row))
        _offer_filing(form, row)
        status, present = (422 if request.method == "POST" else 200), None
        if request.method == "POST" and form.validate():
            try:
                writing.reclassify(
                    piece_id,
                    by=me(),
                    reason=form.reason.data.strip(),
                    unit=organisation.by_code(form.unit.data),
                    kind=Kind(form.kind.data),
                    category=form.category.data or None,
                    author_line=form.author_line.data.strip(),
                    period=_period(form.period.data),
                    seen_version=typed_number(form.version.data or ""),
                    command=command(),
                )
                flash(gettext("Đã sửa phân loại. Hai kỳ liên quan được tính lại."), "success")
                return redirect(url_for(".piece", piece_id=piece_id), SEE_OTHER)
            except Stale:
                db.session.rollback()
                status, row = 409, timeline.piece(piece_id) or abort(404)
                # What is pressed next is pressed knowingly, over what stands there now.
                form.version.data, present = str(row.version), _present(form, row)
            except ToaSoanError as refused:
                db.session.rollback()
                pin(form, refused)
        return self.render("desk/reclassify.html", piece=row, form=form, present=present), status


def _as_typed(row: Any, files: Sequence[Any]) -> dict[str, Any]:
    return {
        "title": row.title,
        "summary": row.summary,
        "body": texts.for_editor(row.body, _placed(files)),
        "category": row.section_code or "",
        "author_line": row.author_line,
        "author_title": row.author_title,
        "school": row.school,
        "seen": row.digest,
    }


def _write(row: Any, files: Sequence[Any], form: TextForm) -> submissions.Done:
    kept = [file for file in files if request.form.get(f"drop-{file.id}") != "1"]
    places = {file.position: None for file in files} | {file.position: n for n, file in enumerate(kept, 1)}
    manuscript = writing.Manuscript(
        kind=Kind(row.kind),
        title=form.title.data or "",
        body=texts.from_editor(form.body.data or "", places),
        summary=form.summary.data or "",
        author_line=form.author_line.data or "",
        author_title=form.author_title.data or "",
        school=form.school.data or "",
        category=form.category.data or None,
        kept=[
            writing.KeptFile(
                file.id,
                request.form.get(f"caption-{file.id}", file.caption)[:500],
                request.form.get(f"credit-{file.id}", file.credit)[:200],
            )
            for file in kept
        ],
    )
    ticked = set(request.form.getlist("checklist")) >= set(CHECKLIST)
    answers = {"checklist": True} if ticked else {}
    return writing.write(row.id, manuscript, by=me(), seen=form.seen.data or "", command=command(), **answers)


def _collision(piece_id: int, form: TextForm) -> collisions.Collision:
    """Both versions, and the form set to be saved over the present one, knowingly."""
    stale = collisions.since_seen(piece_id, form.seen.data or "")
    present = timeline.piece(piece_id)
    if present is not None:
        form.seen.data = present.digest
    return stale


def _as_read(form: TextForm, files: Sequence[Any]) -> SimpleNamespace:
    """What was typed, as `revisions.PARTS` compares it."""
    shown = [file for file in _shown(files, request.form) if not file["is_dropped"]]
    words = {name: field.data or "" for name, field in form._fields.items()}
    names = {choice.value: choice.label for choice in form.category.choices}
    lines = (
        file["name"]
        + (f": {file['caption']}" if file["caption"] else "")
        + (f" ({file['credit']})" if file["credit"] else "")
        for file in shown
    )
    section = str(names[form.category.data]) if form.category.data in names and form.category.data else ""
    gone = {file.position: None for file in files} | {f["position"]: f["position"] for f in shown}
    body = texts.body_from_html(texts.from_editor(words["body"], gone))
    return SimpleNamespace(**{**words, "body": body, "section": section, "files": "\n".join(lines)})


def _shown(files: Sequence[Any], typed: Mapping[str, str]) -> list[dict[str, Any]]:
    """Files with what was typed about them, so that a refused saving loses no caption."""
    placed = _placed(files)
    return [
        {
            **file._mapping,
            "caption": typed.get(f"caption-{file.id}", file.caption),
            "credit": typed.get(f"credit-{file.id}", file.credit),
            "is_dropped": typed.get(f"drop-{file.id}") == "1",
            "in_editor": placed[file.position][0] if file.position in placed else None,
        }
        for file in files
    ]


def _placed(files: Sequence[Any]) -> Mapping[int, tuple[Mapping[str, Any], str]]:
    return texts.placed(files, lambda number: url_for("files.shown", attachment_id=number))


def _why_not(offer: Offer | None) -> list[str]:
    """Why this person may not save here now, told before she types."""
    return [sentences(NotAllowed(*offer.refusals))] if offer and offer.refusals else []


def _offer(trigger: str, piece_id: int) -> Offer | None:
    offers = submissions.available(piece_id, by=me())
    return next((offer for offer in offers if offer.step.trigger == trigger), None)


def _closed(piece_id: int) -> Response:
    """Back to the piece, for who has no such step from here: a form that nobody takes is none. A press is refused
    by the verb, on record."""
    flash(gettext("Đồng chí không có quyền sửa bài ở trạng thái này."), "refused")
    return back_to(".piece", piece_id=piece_id)


def _as_filed(row: Any) -> dict[str, Any]:
    return {
        "unit": row.unit_code,
        "period": f"{row.year}-{row.month:02d}",
        "kind": row.kind,
        "category": row.section_code or "",
        "author_line": row.author_line,
        "version": str(row.version),
    }


def _present(form: FilingForm, row: Any) -> Sequence[tuple[str, str]]:
    """(label, what the piece is filed under now) of each field that was typed otherwise."""
    told = []
    for name, now in _as_filed(row).items():
        field = form[name]
        if name != "version" and field.data != now:
            named = {choice.value: str(choice.label) for choice in getattr(field, "choices", None) or ()}
            told.append((str(field.label.text), named.get(now, now)))
    return told


def _offer_filing(form: FilingForm, row: Any) -> None:
    form.unit.choices = offered(desk.unit_choices())
    own, months = f"{row.year}-{row.month:02d}", desk.period_choices()
    if own not in dict(months):
        months = [(own, f"{row.month}/{row.year}"), *months]
    form.period.choices = offered(months)
    form.kind.choices = offered(KINDS.items())
    form.category.choices = offered(desk.section_choices(str(get_locale())), none=gettext("Chưa chọn"))


def _period(code: str) -> Period | None:
    year, _, month = code.partition("-")
    query = select(Period).where(Period.year == int(year), Period.month == int(month), Period.is_active)
    return db.session.scalars(query).one_or_none()
