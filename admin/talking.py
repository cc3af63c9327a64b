"""What is said about a piece, beside its text: among the department, or between it and the unit."""

from typing import Any

from flask import request
from flask_admin import expose
from flask_babel import gettext
from werkzeug.wrappers import Response

from admin.desk import attempt, back_to, me, roles
from models.vocabulary import Audience, WrittenAs
from workflow import comments
from workflow.engine.errors import N_, Invalid
from workflow.queries import comments as read


class Talking:
    """The comments of a piece; a part of `Pieces`."""

    @expose("/<int:piece_id>/trao-doi", methods=["POST"])
    def say(self, piece_id: int) -> Response:
        def add() -> Any:
            audience = request.form.get("audience", "")
            if audience not in set(Audience):
                raise Invalid("audience_required", N_("Vui lòng chọn ai đọc được."), field="audience")
            return comments.add(
                piece_id,
                request.form.get("text", ""),
                side=WrittenAs.DEPARTMENT,
                audience=Audience(audience),
                by=me(),
            )

        attempt(add, done=gettext("Đã ghi trao đổi."))
        return back_to(".piece", piece_id=piece_id, anchor="trao-doi")


def said(piece_id: int) -> dict[str, Any]:
    """As desk/parts/comments.html draws them."""
    return {
        "rows": read.said(piece_id, everything=True),
        "may_say": bool(roles() & comments.SPEAKERS),
        "longest": comments.LONGEST,
    }
