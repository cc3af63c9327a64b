"""The files of a piece: for the department and for the people of the piece's unit, never for the public (R8).

A picture and a video are shown by their copies without EXIF, GPS and names. Who wants one as it came asks for it
by itself, and that is on record: it may tell where a child lives.
"""

from typing import Any

from flask import Blueprint, Response, abort, g, request
from flask_babel import gettext
from flask_login import current_user, login_required

from look import files
from workflow import inspecting, media, public_copies, storage, texts
from workflow.engine.errors import N_
from workflow.queries import portal
from workflow.rules.permissions import may
from workflow.rules.zone import local_day
from workflow.wording import file_called

blueprint = Blueprint("files", __name__)

SHOWN_IN_PLACE = frozenset({"image/jpeg", "image/png", "image/webp", "video/mp4", "video/webm"})
"""Everything else is handed over as a download: a file that somebody sent is never a page of ours."""

NO_COPY = N_("Không làm được bản công khai của tệp này.")
"""Said for a reason that has no sentence any more."""

blueprint.add_app_template_filter(texts.unnumbered)


@blueprint.app_template_filter("never_public")
def never_public(code: str) -> str:
    """Why a file cannot become public, in the reader's language."""
    return gettext(public_copies.REFUSALS.get(code, NO_COPY))


@blueprint.app_template_filter("numbered")
def numbered(kind: str, position: int) -> str:
    """“ảnh 2”: what a file of a piece is called."""
    return file_called(kind, position, gettext)


@blueprint.get("/tep/<int:attachment_id>")
@login_required
def shown(attachment_id: int) -> Response:
    """One file as pages show it. 404 for who may not see its piece, as for a file that is not there."""
    file = _file(attachment_id)
    if file.kind in media.SHOWN and file.public_blob is None:
        file = _with_copy(attachment_id)
    if file.public_blob is None:
        return _as_it_came(attachment_id, file)
    return _answer(file.public_blob, file.public_media_type, file.name)


@blueprint.get("/tep/<int:attachment_id>/goc")
@login_required
def original(attachment_id: int) -> Response:
    """A file as it came."""
    return _as_it_came(attachment_id, _file(attachment_id))


def _file(attachment_id: int) -> Any:
    sees_all = may(g.held.roles, "submissions.read")
    today = local_day(g.held.now)
    return portal.file(attachment_id, me=current_user.id, sees_all=sees_all, today=today) or abort(404)


def _as_it_came(attachment_id: int, file: Any) -> Response:
    if file.kind in media.SHOWN:
        inspecting.note_opening(attachment_id, by=current_user)
    answer = _answer(file.blob, file.media_type, file.name)
    # It may tell where a child lives: it stays in no browser either.
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _with_copy(attachment_id: int) -> Any:
    """The file with a copy made now: somebody looks before the worker came to it.

    When none can be made, 404 for a picture; a video must be seen to be judged, and is shown as it came.
    """
    media.make_public_copy(attachment_id)
    file = _file(attachment_id)
    return abort(404) if file.public_blob is None and file.kind == "picture" else file


def _answer(blob: str, media_type: str, name: str) -> Response:
    answer = files.handed_over(storage.opened(blob), media_type, mark=blob)
    if media_type not in SHOWN_IN_PLACE or "download" in request.args:
        answer.headers.set("Content-Disposition", "attachment", filename=name)
    # Asked about each time, so that who has left a unit sees nothing from memory.
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer
