"""Writing a piece: text, files, the answers about children; saved as a draft at every press (R2, R3, R8)."""

from collections.abc import Mapping
from typing import Any

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from models.base import db
from models.organisation import Unit
from models.vocabulary import Consent, Kind
from portal import arriving_files, person
from portal.forms import TITLE_WISH, Writing, command
from workflow import media, submissions, texts, writing
from workflow.engine.errors import CommandReused, Invalid, NoRoom, NotAllowed, Stale, ToaSoanError
from workflow.queries import portal as read
from workflow.queries import timeline
from workflow.queries.collisions import since_seen
from workflow.wording import file_called

Answer = Response | str | tuple[str, int]


def compose() -> Answer:
    """A new piece; the first press makes it a draft of the unit's pool."""
    form = Writing(request.form).offer_sections()
    if request.method == "GET":
        if not person.is_committee():
            form.author_line.data = person.me().full_name
        return page(form)
    if not form.validate():
        return page(form), 422
    good, problems = arriving_files.sort_out(request.files.getlist("files"))
    try:
        piece = writing.draft(
            manuscript(form, [], good), unit=person.unit(), by=person.me(), command=command()
        )
    except (Invalid, NotAllowed, CommandReused, NoRoom) as refused:
        place(refused, form)
        return page(form), refused.status
    return after_saving(piece.code, problems)


def rewrite(code: str) -> Answer:
    """The next revision of a draft: what was typed, what was taken away, what came with it."""
    found = piece_of(code)
    files = timeline.files(found.revision_id)
    refusal = refused_to_write(found.id)
    if refusal is not None:
        flash(refusal, "refused")
    if request.method == "GET":
        closed = redirect(url_for("portal.piece", code=code), 303)
        return page(filled(found, files), found, files) if refusal is None else closed
    form = Writing(request.form).offer_sections()
    # It was open when she began: what she wrote stays before her.
    return rewritten(found, files, form) if refusal is None else (page(form, found, files), 409)


def rewritten(found: Any, files: Any, form: Writing) -> Answer:
    """What the form says, as the piece's next revision."""
    code = found.code
    if not form.validate():
        return page(form, found, files), 422
    good, problems = arriving_files.sort_out(request.files.getlist("files"))
    try:
        written = manuscript(form, files, good)
        if not says_the_same(written, found, files):
            writing.write(
                found.id, written, by=person.me(), seen=request.form.get("seen", ""), command=command()
            )
        answer_all(found.id, files)
    except (Stale, CommandReused):
        db.session.rollback()
        collision = since_seen(found.id, request.form.get("seen", ""))
        return page(form, piece_of(code), files, collision=collision), 409
    except (Invalid, NotAllowed, NoRoom) as refused:
        place(refused, form, person.unit_of(found))
        return page(form, found, files), refused.status
    return after_saving(code, problems)


def after_saving(code: str, problems: list[str]) -> Answer:
    """Saved. Stay here, or go on to sending when nothing is missing."""
    for sentence in problems:
        flash(sentence, "error")
    act = request.form.get("act", "save")
    if act == "add" or problems:
        onward = url_for("portal.rewrite", code=code) + "#anh"
        # portal.js sends files in the background to show how far they are, and goes on by itself.
        if request.accept_mimetypes.best == "application/json":
            return jsonify(next=onward)
        return redirect(onward, 303)
    if act == "save":
        flash(gettext("Đã lưu nháp lúc %(time)s.", time=person.spoken(person.now())), "success")
        return redirect(url_for("portal.rewrite", code=code), 303)
    found = piece_of(code)
    files = timeline.files(found.revision_id)
    form = filled(found, files)
    missing = missing_for_sending(form, files)
    if missing:
        return page(form, found, files, missing=missing), 422
    return redirect(url_for("portal.piece", code=code) + "#gui", 303)


def missing_for_sending(form: Writing, files: Any) -> dict[int, str]:
    """Puts what sending asks beside its field; {attachment id: sentence} for pictures without an answer.

    An empty mapping and a form without errors mean: ready.
    """
    if not form.title.data:
        form.title.errors = [gettext("Vui lòng nhập tiêu đề.")]
    if not form.body.data and not files:
        form.body.errors = [gettext("Vui lòng nhập nội dung hoặc thêm tệp.")]
    unanswered = {
        file.id: gettext(
            "Vui lòng chọn một câu trả lời cho %(file)s.",
            file=file_called(file.kind, file.position, gettext),
        )
        for file in asked(files)
        if file.answer is None
    }
    return unanswered or ({0: ""} if form.errors else {})


def asked(files: Any) -> list[Any]:
    """The files about which a question is asked: those that may show a child."""
    return [file for file in files if file.kind in media.SHOWN]


def placed(files: Any) -> Mapping[int, tuple[Mapping[str, Any], str]]:
    return texts.placed(files, lambda number: url_for("files.shown", attachment_id=number))


def page(
    form: Writing,
    piece: Any = None,
    files: Any = (),
    missing: dict[int, str] | None = None,
    collision: Any = None,
) -> str:
    """The form; after a collision with what changed meanwhile, set to be saved over it, knowingly."""
    return render_template(
        "portal/write.html",
        form=form,
        piece=piece,
        pictures=asked(files),
        placed=placed(files),
        documents=[file for file in files if file.kind not in media.SHOWN],
        typed=request.form,
        missing=missing or {},
        collision=collision,
        limit=TITLE_WISH,
    )


def piece_of(code: str) -> Any:
    """The piece's row for who may see it; for everybody else it does not exist."""
    visible = read.find(code, me=person.me().id, today=person.today())
    if visible is None:
        abort(404)
    return timeline.piece(visible.id)


def refused_to_write(submission_id: int) -> str | None:
    """None when the person may write the piece now, else why not."""
    offers = submissions.available(submission_id, by=person.me())
    offer = next((one for one in offers if one.step.trigger == "write"), None)
    if offer is None:
        return gettext("Bài này không còn sửa được ở đây.")
    return None if offer.is_allowed else " ".join(person.say(refusal) for refusal in offer.refusals)


def filled(found: Any, files: Any) -> Writing:
    form = Writing(
        data={
            "kind": found.kind,
            "title": found.title,
            "summary": found.summary,
            "body": texts.for_editor(found.body, placed(files)),
            "author_line": found.author_line,
            "author_title": found.author_title,
            "school": found.school,
            "category": found.section_code or "",
        }
    )
    return form.offer_sections()


def manuscript(form: Writing, files: Any, new: list[writing.NewFile]) -> writing.Manuscript:
    """What the form says, with the files that stay."""
    kept = [
        writing.KeptFile(file.id, request.form.get(f"caption-{file.id}", file.caption), file.credit)
        for file in files
        if f"remove-{file.id}" not in request.form
    ]
    numbers = {one.attachment_id: number for number, one in enumerate(kept, 1)}
    places = {file.position: numbers.get(file.id) for file in files}
    return writing.Manuscript(
        kind=Kind(form.kind.data),
        title=form.title.data or "",
        body=texts.from_editor(form.body.data or "", places),
        summary=form.summary.data or "",
        author_line=form.author_line.data or "",
        author_title=form.author_title.data or "",
        school=form.school.data or "",
        category=form.category.data or None,
        kept=kept,
        new=new,
    )


def says_the_same(written: writing.Manuscript, found: Any, files: Any) -> bool:
    """Nothing new to keep: a press on "Xem lại và gửi" alone makes no revision."""
    words = (
        written.kind,
        written.title,
        written.summary,
        written.author_line,
        written.author_title,
        written.school,
    )
    stored = (found.kind, found.title, found.summary, found.author_line, found.author_title, found.school)
    return (
        not written.new
        and tuple(texts.tidy(one) for one in words) == stored
        and (written.category or "") == (found.section_code or "")
        and _without_breaks(texts.body_from_html(written.body)) == _without_breaks(found.body)
        and [(one.attachment_id, texts.tidy(one.caption)) for one in written.kept]
        == [(file.id, file.caption) for file in files]
    )


def _without_breaks(body: str) -> str:
    return body.replace("\n", "")


def answer_all(submission_id: int, files: Any) -> None:
    """Record the answers of the form that are new; an answer given before is not repeated."""
    for file in asked(files):
        given = request.form.get(f"consent-{file.id}")
        if given in set(Consent) and given != file.answer and f"remove-{file.id}" not in request.form:
            writing.answer(submission_id, file.id, Consent(given), by=person.me())


def place(refused: ToaSoanError, form: Writing, of: Unit | None = None) -> None:
    """Puts a refusal beside the field it names, else above the form."""
    field = str(refused.fields.get("field", ""))
    if field in form:
        form[field].errors = [person.told(refused, of)]
    else:
        flash(person.told(refused, of), "error")


ADDRESSES = (
    ("/soan", ["GET", "POST"], compose),
    ("/bai/<code>/soan", ["GET", "POST"], rewrite),
)
