"""Sending quickly: a few lines and photos become a draft; the title is proposed from the first sentence."""

import re

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from models.vocabulary import Kind
from portal import arriving_files, person
from portal.forms import TITLE_WISH, Quick, command
from portal.writing import Answer, place
from workflow import texts, writing
from workflow.engine.errors import CommandReused, Invalid, NoRoom, NotAllowed

SENTENCE_END = re.compile(r"(?<=[.…?])\s|\n")


def send_quickly() -> Answer:
    form = Quick(request.form)
    if request.method == "GET":
        return render_template("portal/quick.html", form=form)
    if not form.validate():
        return render_template("portal/quick.html", form=form), 422
    good, problems = arriving_files.sort_out(request.files.getlist("files"))
    words = (form.words.data or "").strip()
    if not words and not good:
        form.words.errors = [gettext("Vui lòng viết vài dòng hoặc thêm ảnh."), *problems]
        return render_template("portal/quick.html", form=form), 422
    manuscript = writing.Manuscript(
        kind=Kind.NEWS,
        title=form.title.data or proposed_title(words),
        body=texts.body_from_paragraphs(words.splitlines()),
        author_line="" if person.is_committee() else person.me().full_name,
        new=good,
    )
    try:
        piece = writing.draft(manuscript, unit=person.unit(), by=person.me(), command=command())
    except (Invalid, NotAllowed, CommandReused, NoRoom) as refused:
        place(refused, form)
        return render_template("portal/quick.html", form=form), refused.status
    for sentence in problems:
        flash(sentence, "error")
    flash(gettext("Đã lưu. Vui lòng xem lại tiêu đề và trả lời cho từng ảnh."), "success")
    return redirect(url_for("portal.rewrite", code=piece.code), 303)


def proposed_title(words: str) -> str:
    """The first sentence without its full stop, cut at a word to what fits a phone."""
    first = texts.tidy(SENTENCE_END.split(words.strip(), maxsplit=1)[0]).rstrip(".… ")
    if len(first) <= TITLE_WISH:
        return first
    return first[: TITLE_WISH - 1].rsplit(" ", 1)[0].rstrip(",;: ") + "…"


ADDRESSES = (("/gui-nhanh", ["GET", "POST"], send_quickly),)
