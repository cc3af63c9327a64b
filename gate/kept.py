"""A form that cannot be taken now is kept, not thrown away: the answer holds all that was typed, to be sent again."""

from flask import g, jsonify, make_response, render_template, request
from werkzeug.wrappers import Response


def kept(status: int, code: str, *, heading: str, says: str, signs_in: bool = False) -> Response:
    """The form's token was checked before. `signs_in`: she must sign in before she sends it again.

    No menu is drawn around it (`g.is_bare`): what that asks may be what could not be answered.
    """
    g.is_bare = True
    if request.accept_mimetypes.best == "application/json":
        answer = jsonify(code=code, says=[says])
    else:
        typed = [one for one in request.form.items(multi=True) if one[0] != "csrf_token"]
        answer = make_response(
            render_template(
                "gate/kept.html", code=code, heading=heading, says=says, signs_in=signs_in, typed=typed
            )
        )
    answer.status_code = status
    answer.headers["Cache-Control"] = "no-store"
    return answer
