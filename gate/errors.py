"""What a refusal or an error looks like at any door: a sentence, the way out, and the code in small print."""

import logging

from flask import (
    Flask,
    current_app,
    g,
    has_request_context,
    jsonify,
    make_response,
    render_template,
    request,
)
from flask_babel import gettext
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from psycopg.errors import QueryCanceled
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.wrappers import Response

from gate.kept import kept
from models.base import db
from workflow.engine.errors import N_, NoRoom, Refusal, ToaSoanError
from workflow.logbook import said
from workflow.storage import FULL

SENTENCES = {
    400: N_("Yêu cầu chưa hợp lệ. Vui lòng tải lại trang và thử lại."),
    401: N_("Vui lòng đăng nhập để tiếp tục."),
    403: N_("Đồng chí không có quyền thực hiện thao tác này."),
    404: N_("Không tìm thấy nội dung yêu cầu."),
    405: N_("Thao tác này không dùng được ở đây."),
    413: N_("Tệp hoặc nội dung gửi lên quá lớn."),
    429: N_("Có quá nhiều yêu cầu. Vui lòng thử lại sau ít phút."),
    500: N_("Hệ thống đang bận, vui lòng thử lại sau ít phút."),
}
CODES = {400: "bad_request", 401: "sign_in_required", 403: "forbidden", 404: "not_found", 413: "too_large"}
TOO_SLOW = N_("Yêu cầu này mất quá nhiều thời gian. Vui lòng thu hẹp bộ lọc hoặc từ tìm kiếm rồi thử lại.")
NOT_DONE = N_("Thao tác mất quá nhiều thời gian nên chưa được thực hiện. Vui lòng gửi lại sau ít phút.")
COME_AGAIN_SECONDS = 5
"""When the database is away or full: it is back within seconds, or somebody is called."""
INSIDE = ("/quan-tri", "/don-vi", "/vao/")
"""Behind the sign-in: an error there is no page of the public's."""
OUR_WORDS = {"state"}
"""The fields of a refusal that hold a word of the house; the others hold names, figures, what somebody typed."""


def answer(app: Flask) -> None:
    # By its name: asked for before the logs are kept, Flask's logger would bring a handler of its own.
    logging.getLogger(app.name).addFilter(_by_its_rule)
    app.jinja_env.filters["told"] = told
    app.register_error_handler(ToaSoanError, _refused)
    app.register_error_handler(CSRFError, lambda error: _page(400, "csrf_failed", [error_400()]))
    app.register_error_handler(SecurityError, _wrong_name)
    app.register_error_handler(OperationalError, _away)
    app.register_error_handler(OSError, _full)
    app.register_error_handler(HTTPException, _http)


def _by_its_rule(line: logging.LogRecord) -> bool:
    """The address of what broke may be somebody's key, so the log tells its rule (T32)."""
    if line.exc_info and has_request_context():
        rule = request.url_rule.rule if request.url_rule else ""
        line.msg, line.args = "broken: %s %s", (request.method, rule)
    return True


def told(refusal: Refusal) -> str:
    """One refusal in the person's language."""
    parts = [gettext(part) for part in (refusal.says, refusal.way_out) if part]
    fields = {name: gettext(value) if name in OUR_WORDS else value for name, value in refusal.fields.items()}
    return " ".join(part.format(**fields) for part in parts)


def error_400() -> str:
    return str(gettext(SENTENCES[400]))


def _refused(error: ToaSoanError) -> Response:
    return _page(error.status, error.code, [told(refusal) for refusal in error.refusals])


def _wrong_name(_error: SecurityError) -> Response:
    """Asked under a name that is not the house's: no page of ours, whose links would bear that name."""
    return make_response("400\n", 400, {"Content-Type": "text/plain"})


def _away(error: OperationalError) -> Response:
    """The database is away, or has no connection left. Nothing was written, or it is known again by its command."""
    if isinstance(error.orig, QueryCanceled):
        return _too_slow()
    current_app.logger.error("database_away: %s", said(error))
    # Nobody is known without it, nor her language: every page of hers would ask again and fail as this one did.
    answer = make_response(f"{SENTENCES[500]}\n", 503, {"Content-Type": "text/plain; charset=utf-8"})
    answer.headers["Retry-After"] = str(COME_AGAIN_SECONDS)
    return answer


def _too_slow() -> Response:
    """A statement was ended for taking too long. It may be the menu's own: none is drawn around this answer."""
    db.session.rollback()
    says = str(gettext(TOO_SLOW))
    if _may_be_kept():
        return kept(503, "too_slow", heading=gettext("Hệ thống đang bận"), says=gettext(NOT_DONE))
    if request.accept_mimetypes.best == "application/json":
        return _page(503, "too_slow", [says])
    return make_response(f"{says}\n\ntoo_slow\n", 503, {"Content-Type": "text/plain; charset=utf-8"})


def _may_be_kept() -> bool:
    """A form of the house's own page, filled by who is inside; what is typed in secret is not shown again."""
    secret = any("password" in name or name == "code" for name in request.form)
    return request.method == "POST" and g.get("csrf_valid", False) and not secret


def _full(error: OSError) -> Response:
    """No room where an upload is laid down while it is read, before any verb has seen it."""
    if error.errno not in FULL:
        raise error
    return _refused(NoRoom())


def _http(error: HTTPException) -> Response:
    # The session is read before anything that a handler of its own could catch.
    if isinstance(cause := getattr(error, "original_exception", None), OperationalError):
        return _away(cause)
    status = error.code or 500
    if status < 400:
        return error.get_response()  # type: ignore[return-value]
    sentence = gettext(SENTENCES.get(status, SENTENCES[500 if status >= 500 else 400]))
    return _page(status, CODES.get(status, f"http_{status}"), [str(sentence)])


def _came_from() -> str | None:
    """The page of this house she came from, if she did: an error leads nobody back to another's (T28)."""
    came_from = request.referrer or ""
    return came_from if came_from.startswith(request.host_url) else None


def _page(status: int, code: str, sentences: list[str]) -> Response:
    if request.accept_mimetypes.best == "application/json":
        answer = jsonify(code=code, says=sentences)
    else:
        is_inside = current_user.is_authenticated and request.path.startswith(INSIDE)
        answer = make_response(
            render_template(
                "gate/error.html", code=code, sentences=sentences, is_inside=is_inside, came_from=_came_from()
            )
        )
    answer.status_code = status
    return answer
