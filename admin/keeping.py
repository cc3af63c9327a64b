"""Nothing typed is lost, and nobody edits behind another's back: what a page tells while it is open."""

import re

from flask import abort, jsonify, request
from flask_admin import expose
from flask_babel import gettext
from werkzeug.wrappers import Response

from admin.desk import back_to, me
from models.base import db
from models.submission import Submission
from workflow import keeping, texts

LONGEST = texts.MAX_BODY
_OF_A_FILE = re.compile(r"(caption|credit|drop)-\d{1,18}")


class Keeping:
    """The addresses a page calls by itself; a part of `Pieces`."""

    @expose("/<int:piece_id>/dang-mo", methods=["POST"])
    def still_open(self, piece_id: int) -> Response:
        """The page is still open: renew that, and learn who else has the piece open."""
        _found(piece_id)
        editing = request.form.get("editing") == "1"
        return jsonify(says=who_else(piece_id, is_editing=editing))

    @expose("/<int:piece_id>/giu", methods=["POST"])
    def keep(self, piece_id: int) -> Response:
        """Keep what stands in the editing form; it becomes a revision only when she saves it."""
        _found(piece_id)
        keeping.keep(piece_id, typed(), by=me())
        return jsonify(says=gettext("Đã giữ bản đang gõ; chưa lưu thành phiên bản."))

    @expose("/<int:piece_id>/giu/bo", methods=["POST"])
    def drop_kept(self, piece_id: int) -> Response:
        keeping.drop(piece_id, by=me())
        return back_to(".edit", piece_id=piece_id)


FIELDS = ("title", "summary", "body", "category", "author_line", "author_title", "school", "seen")


def typed() -> dict[str, str]:
    """The editing form as it was sent, without tokens; no longer than a form may be."""
    form = request.form
    names = [name for name in form if name in FIELDS or _OF_A_FILE.fullmatch(name)]
    return {name: form[name][:LONGEST] for name in names[:200]}


def who_else(piece_id: int, *, is_editing: bool = False) -> str:
    """“Lê Thị Hà đang sửa bài này.”; empty when nobody else has it open. Notes that she has."""
    others = keeping.look_in(piece_id, by=me(), is_editing=is_editing)
    editing = ", ".join(one.who for one in others if one.is_editing)
    reading = ", ".join(one.who for one in others if not one.is_editing)
    said = []
    if editing:
        said.append(gettext("%(who)s đang sửa bài này.", who=editing))
    if reading:
        said.append(gettext("%(who)s cũng đang mở bài này.", who=reading))
    return " ".join(said)


def _found(piece_id: int) -> None:
    if db.session.get(Submission, piece_id) is None:
        abort(404)
