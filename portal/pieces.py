"""One piece as its unit sees it: text, pictures and answers, what happened, what may be done, what changed."""

import itertools
import uuid
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from markupsafe import Markup
from werkzeug.wrappers import Response

from models.vocabulary import UNIT_ROLES, Consent
from portal import month, person
from portal.forms import command
from portal.writing import Answer, asked, piece_of
from workflow import definitions, differences, grammar, submissions, texts, writing
from workflow.comments import LONGEST
from workflow.engine.definition import Step
from workflow.engine.errors import N_, ToaSoanError
from workflow.engine.machine import Offer
from workflow.queries import comments, timeline
from workflow.queries import portal as read
from workflow.settings import settings

QUESTIONS = {
    "withdraw": N_("Rút bài thì bài không còn được tính cho tháng này. Tiếp tục?"),
    "discard": N_("Xóa bản nháp này? Có thể khôi phục trong 30 ngày."),
}
NOISE = {"restore": "not_discarded", "discard": "discarded"}
"""One of the pair is always refused because the other applies."""
UNSEEN = frozenset({"uncount", "count", "excuse", "lapse_claim", "open_original"})
"""The department's own bookkeeping; the marks on the piece tell the unit what came of it."""


def piece(code: str) -> Answer:
    return show(code)


def show(code: str, *, error: str = "", status: int = 200) -> Answer:
    """The piece's page; `error` stands beside the statement when sending was pressed without it."""
    found = piece_of(code)
    files = timeline.files(found.revision_id)
    offers = {offer.step.trigger: offer for offer in submissions.available(found.id, by=person.me())}
    body, loose = laid_out(found, files)
    return render_template(
        "portal/piece.html",
        piece=found,
        marks=month.marks(found),
        says=month.sentence(found),
        body=body,
        loose=loose,
        documents=[file for file in files if file.kind == "document"],
        unanswered=[photo for photo in map(photo_of, asked(files)) if photo["consent"]["answer"] is None],
        entries=[entry_of(entry, found) for entry in timeline.timeline(found.id) if is_told(entry)],
        steps=[
            step_of(offer, code) for offer in offers.values() if is_button(offer.step) and is_shown(offer)
        ],
        submit=offers.get("submit"),
        refused_reasons=reasons_of(offers["submit"]) if "submit" in offers else [],
        may_write="write" in offers and offers["write"].is_allowed,
        may_answer="answer" in offers and offers["answer"].is_allowed,
        error=error,
        public_url=public_address(found),
        revisions=found.revision_number,
        comments=comments.said(found.id, everything=False),
        longest_comment=LONGEST,
        unit_ended=said_ended(found),
    ), status


def said_ended(found: Any) -> str | None:
    why = person.ended(person.unit_of(found))
    return person.say(why) if why else None


def send(code: str) -> Answer:
    """Send to the department: answers first, then the statement, then the move (R2, R8)."""
    found = piece_of(code)
    files = timeline.files(found.revision_id)
    try:
        for file in asked(files):
            given = request.form.get(f"consent-{file.id}")
            if given in set(Consent) and given != file.answer:
                writing.answer(found.id, file.id, Consent(given), by=person.me())
        waiting = [file for file in asked(timeline.files(found.revision_id)) if file.answer is None]
        if waiting:
            return show(
                code, error=gettext("Còn %(n)s ảnh, video chưa có câu trả lời.", n=len(waiting)), status=422
            )
        if "statement" not in request.form:
            return show(
                code, error=gettext("Vui lòng xác nhận nội dung đúng sự thật trước khi gửi."), status=422
            )
        submissions.submit(found.id, by=person.me(), command=command())
    except ToaSoanError as refused:
        flash(person.told(refused, person.unit_of(found)), "refused")
        return redirect(url_for("portal.piece", code=code), 303)
    flash(said_after_sending(), "success")
    return redirect(url_for("portal.this_month"), 303)


def said_after_sending() -> str:
    running = read.running_month(person.unit().id, now=person.now())
    if running is None or not running.quota:
        return gettext("Đã gửi bài đến Phòng GDMN.")
    return gettext(
        "Đã gửi bài đến Phòng GDMN. Tháng %(month)s đã gửi %(sent)s trên %(quota)s.",
        month=f"{running.month}/{running.year}",
        sent=running.sent,
        quota=running.quota,
    )


def step(code: str, trigger: str) -> Response:
    """One of the plain moves. A refused press is on record and told with its reasons."""
    found = piece_of(code)
    engine = definitions.followed(found.workflow, found.workflow_version)
    if not engine.gone and not any(map(is_button, engine.named(trigger))):
        abort(404)
    try:
        submissions.perform(found.id, trigger, by=person.me(), command=command())
    except ToaSoanError as refused:
        flash(person.told(refused, person.unit_of(found)), "refused")
        return redirect(url_for("portal.piece", code=code), 303)
    flash(
        gettext("Đã thực hiện: %(act)s.", act=called(f"submission:{trigger}", found).lower()),
        "success",
    )
    return redirect(url_for("portal.piece", code=code), 303)


def answer(code: str, attachment_id: int) -> Response:
    """Say, or take back, who of the children may be seen; it holds at once, on the forum too."""
    found = piece_of(code)
    given = request.form.get("consent", "")
    if given not in set(Consent):
        flash(gettext("Vui lòng chọn một câu trả lời."), "error")
    else:
        try:
            writing.answer(found.id, attachment_id, Consent(given), by=person.me(), command=command())
            flash(gettext("Đã ghi câu trả lời về hình ảnh trẻ."), "success")
        except ToaSoanError as refused:
            flash(person.told(refused, person.unit_of(found)), "refused")
    return redirect(url_for("portal.piece", code=code) + f"#tep-{attachment_id}", 303)


def changes(code: str) -> str:
    """What each revision changed, word by word, newest first."""
    found = piece_of(code)
    revisions = list(read.revisions(found.id))
    steps = [
        {
            "revision": newer,
            "title": differences.words(older.title, newer.title),
            "summary": differences.words(older.summary, newer.summary),
            "body": differences.words(texts.to_plain(older.body), texts.to_plain(newer.body)),
        }
        for newer, older in itertools.pairwise(revisions)
    ]
    return render_template("portal/changes.html", piece=found, steps=steps)


ADDRESSES = (
    ("/bai/<code>", ["GET"], piece),
    ("/bai/<code>/gui", ["POST"], send),
    ("/bai/<code>/buoc/<trigger>", ["POST"], step),
    ("/bai/<code>/tra-loi/<int:attachment_id>", ["POST"], answer),
    ("/bai/<code>/thay-doi", ["GET"], changes),
)


# --- how it is drawn --------------------------------------------------------------------------------------------


def laid_out(found: Any, files: Any) -> tuple[list[Markup | dict[str, Any]], list[dict[str, Any]]]:
    """(the text with the pictures that have a place in it, the pictures that have none)."""
    waiting = {file.position: photo_of(file) for file in asked(files)}
    parts: list[Markup | dict[str, Any]] = []
    for part in texts.around_pictures(found.body):
        if isinstance(part, str):
            parts.append(Markup(part))  # noqa: S704  (cleaned by texts.body_from_html when it was written)
        elif part in waiting:
            parts.append(waiting.pop(part))
    return parts, list(waiting.values())


def photo_of(file: Any) -> dict[str, Any]:
    return {
        "id": file.id,
        "name": file.name,
        "size_bytes": file.size_bytes,
        "public_blob": file.public_blob,
        "public_refused": file.public_refused,
        "caption": file.caption,
        "position": file.position,
        "media_type": file.media_type,
        "kind": file.kind,
        "consent": {"answer": file.answer, "by": file.answered_by, "at": file.answered_at},
    }


def is_told(entry: timeline.Entry) -> bool:
    """What concerns the unit; refusals and the department's bookkeeping do not."""
    return not entry.refused and entry.trigger not in UNSEEN


def called(action: str, piece: Any) -> str:
    """What a step is called: by the house, else by the definition that the piece follows."""
    label = grammar.step_label(action, of=(piece.workflow, piece.workflow_version))
    return person.named(label) if label else str(gettext(grammar.action_name(action)))


def entry_of(entry: timeline.Entry, piece: Any) -> dict[str, Any]:
    return {
        "act": entry.trigger,
        "says": called(entry.action, piece),
        "who": entry.who or gettext("Hệ thống"),
        "seat": entry.seat,
        "on_behalf_of": entry.in_place_of,
        "at": entry.at,
        "note": entry.payload.get("reason", ""),
        "state": entry.payload.get("to"),
    }


def is_button(step: Step) -> bool:
    """A step of the unit's own that needs nothing but a press; sending has its own form, writing its own page."""
    return step.is_plain and not step.asks and bool(step.roles & UNIT_ROLES)


def is_shown(offer: Offer) -> bool:
    return all(refusal.code != NOISE.get(offer.step.trigger) for refusal in offer.refusals)


def step_of(offer: Offer, code: str) -> dict[str, Any]:
    """A move as look/parts/moves.html draws it."""
    name = offer.step.trigger
    question = QUESTIONS.get(name)
    return {
        "name": name,
        "label": person.named(offer.step.label),
        "action_url": url_for("portal.step", code=code, trigger=name),
        "allowed": offer.is_allowed,
        "kind": offer.step.tone,
        "question": gettext(question) if question else None,
        "reasons": reasons_of(offer),
        "fields": {"command": str(uuid.uuid4())},
    }


def reasons_of(offer: Offer) -> list[dict[str, str]]:
    return [{"code": refusal.code, "says": person.say(refusal)} for refusal in offer.refusals]


def public_address(found: Any) -> str | None:
    """Where the public reads it, while it stands there."""
    if found.slug is None or found.retracted_at is not None:
        return None
    return f"{settings().public_url.rstrip('/')}/bai/{found.slug}"
