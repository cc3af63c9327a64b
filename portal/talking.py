"""What the unit and the department say to each other about a piece."""

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from models.vocabulary import Audience, WrittenAs
from portal import person
from portal.forms import command
from portal.writing import piece_of
from workflow import comments
from workflow.engine import repeats
from workflow.engine.errors import ToaSoanError


def say(code: str) -> Response:
    """An answer, or a question, to the department; the same form twice is said once."""
    found, text, known = piece_of(code), request.form.get("text", ""), command()

    def add() -> object:
        return comments.add(found.id, text, side=WrittenAs.UNIT, audience=Audience.UNIT, by=person.me())

    try:
        if known is None:
            add()
        else:
            repeats.once(known, {"by": person.me().id, "piece": found.id, "text": text}, add)
        flash(gettext("Đã gửi trao đổi đến Phòng GDMN."), "success")
    except ToaSoanError as refused:
        flash(person.told(refused, person.unit_of(found)), "refused")
    return redirect(url_for("portal.piece", code=code, _anchor="trao-doi"), 303)


ADDRESSES = (("/bai/<code>/trao-doi", ["POST"], say),)
