"""The files as they came: for the department and for the people of the piece's unit, never for the public (R8)."""

from flask import Blueprint, Response, abort, request
from flask_login import current_user, login_required

from workflow import accounts, storage
from workflow.queries import desk, portal
from workflow.rules.permissions import may

blueprint = Blueprint("files", __name__)

SHOWN_IN_PLACE = frozenset({"image/jpeg", "image/png", "image/webp", "video/mp4", "video/webm"})
"""Everything else is handed over as a download: a file that somebody sent is never a page of ours."""


@blueprint.get("/tep/<int:attachment_id>")
@login_required
def original(attachment_id: int) -> Response:
    """One file. 404 for who may not see its piece, as for a file that is not there."""
    sees_all = may(accounts.roles_of(current_user), "submissions.read")
    today = desk.local_day(desk.people_now())
    file = portal.original(attachment_id, me=current_user.id, sees_all=sees_all, today=today)
    if file is None:
        abort(404)
    answer = Response(storage.load(file.blob), mimetype=file.media_type)
    answer.set_etag(file.blob)
    if file.media_type not in SHOWN_IN_PLACE or "download" in request.args:
        answer.headers.set("Content-Disposition", "attachment", filename=file.name)
    # Asked about each time, so that who has left a unit sees nothing from memory.
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer.make_conditional(request)
