"""How much one person may add in an hour: far more than anybody types, far less than a program would (T31).

Asked at the doors, before the form is read by them. What comes by mail is never refused for being much, and what the
command line imports is its own business; a form that is sent again adds nothing and is let through. Two forms at
once may both be the last one.
"""

from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from flask import Flask, request
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from gate.kept import kept
from workflow.queries import quota


class Quota(NamedTuple):
    """So many events of an action in an hour, counted together wherever it is done."""

    action: str
    most: int


DRAFTS = Quota("submission:create", 40)
REVISIONS = Quota("submission:write", 120)
REMARKS = Quota("comment:add", 60)
FILES = 200
"""Of drafts, revisions and member lists together; the largest request is bounded by MAX_UPLOAD_BYTES."""

QUOTAS: Mapping[str, Quota | None] = {
    "portal.compose": DRAFTS,
    "portal.send_quickly": DRAFTS,
    "portal.rewrite": REVISIONS,
    "desk_pieces.edit": REVISIONS,
    "portal.say": REMARKS,
    "desk_pieces.say": REMARKS,
    "desk_committees.take_list": None,
}
"""None: a form of which only the files are counted."""


def ask(app: Flask) -> None:
    """Last but the doors: who is not inside was sent away before."""
    app.before_request(_refuse_what_is_too_much)


def _refuse_what_is_too_much() -> Response | None:
    if request.method != "POST" or request.endpoint not in QUOTAS or not current_user.is_authenticated:
        return None
    asked = QUOTAS[request.endpoint]
    if asked and (seconds := quota.wait_seconds(current_user.id, asked.action, most=asked.most)):
        says = gettext(
            "Trong một giờ, mỗi người thực hiện việc này tối đa %(most)s lần."
            " Vui lòng gửi lại sau %(minutes)s phút.",
            most=asked.most,
            minutes=-(-seconds // 60),
        )
    elif seconds := _wait_for_files():
        says = gettext(
            "Trong một giờ, mỗi người gửi tối đa %(most)s tệp. Vui lòng gửi lại sau %(minutes)s phút và chọn lại"
            " các tệp; phần đã viết còn nguyên ở đây.",
            most=FILES,
            minutes=-(-seconds // 60),
        )
    if not seconds or (asked and _is_repeat(asked)):
        return None
    answer = kept(429, "too_much", heading=gettext("Có quá nhiều yêu cầu"), says=says)
    answer.headers["Retry-After"] = str(seconds)
    return answer


def _wait_for_files() -> int:
    if not any(file.filename for file in request.files.values()):
        return 0
    return quota.wait_seconds_for_files(current_user.id, most=FILES)


def _is_repeat(asked: Quota) -> bool:
    try:
        command = UUID(request.form.get("command", ""))
    except ValueError:
        return False
    return quota.is_done(current_user.id, asked.action, command=command)
