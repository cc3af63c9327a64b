"""The session of a request: who holds the token in the cookie, until the row behind it is ended.

The cookie keeps what belongs to the browser (the cross-site token, the chosen unit); that somebody is signed in is
the row's word alone. A copied cookie ends with its row.
"""

from collections.abc import Iterator

from flask import Flask, g, jsonify, make_response, render_template, request, session
from flask_babel import gettext
from flask_login import LoginManager, current_user
from werkzeug.wrappers import Response

from gate import agents, clicking
from models.people import Account
from models.vocabulary import Ending
from workflow import sessions
from workflow.engine.errors import N_
from workflow.queries import sign_ins

TICKET, LAST = "ticket", "last_account"
SIGNED_IN = "_user_id"
"""Where the sign-in library notes that this browser was signed in; it stays when the row has ended."""
ENDED = N_("Phiên đăng nhập đã kết thúc. Vui lòng đăng nhập lại.")


def install(app: Flask) -> None:
    """After the sign-in library: its own ways of knowing a person are replaced."""
    manager: LoginManager = app.login_manager  # type: ignore[attr-defined]
    manager.user_loader(_holder)
    # It would take a token in a header or an address that no sign-out ends.
    manager.request_loader(lambda _request: None)


def keep_watch(app: Flask) -> None:
    """Last before a page: a form that comes after its session has ended is kept, not thrown away."""
    app.before_request(_watch)


def _holder(user_id: str) -> Account | None:
    token = session.get(TICKET)
    held = sign_ins.holder(sessions.digest(token)) if isinstance(token, str) else None
    if held is None or held.account.get_id() != user_id:
        return None
    g.held = held
    return held.account


def here() -> int:
    """The id of the session this request came with; only for who is signed in."""
    held: sign_ins.Held = g.held
    return held.session_id


def begin(account: Account) -> None:
    """A new token for who has just proved to be this person; what another left in the browser goes."""
    if session.get(LAST) != account.id:
        # The same person coming back keeps it: her half-written form in another tab carries the old token.
        for left in ("csrf_token", "unit", clicking.KEY):
            session.pop(left, None)
        g.pop("csrf_token", None)
    session[LAST] = account.id
    clicking.remember(account.id)
    session[TICKET] = sessions.begin(
        account, device=agents.in_words(request.user_agent.string), address=clicking.seal()
    )


def end() -> None:
    """Sign-out: the row ends, and nothing of the person stays in the browser."""
    token = session.get(TICKET)
    if isinstance(token, str):
        sessions.end(token, Ending.SIGN_OUT)
    session.clear()


def has_ended() -> bool:
    """Was somebody signed in with this browser who is not any more, and has not signed out?"""
    return SIGNED_IN in session and not current_user.is_authenticated


def _watch() -> Response | None:
    if not request.path.startswith(clicking.INSIDE):
        return None
    if current_user.is_authenticated:
        if g.held.is_stale:
            sessions.seen(here(), address=clicking.seal())
        return None
    is_form = request.method == "POST" and request.blueprint not in ("security", "invited")
    return _kept() if is_form and has_ended() else None


def _kept() -> Response:
    """401 with all that was typed, to be sent again after signing in. The form's token was checked before."""
    if request.accept_mimetypes.best == "application/json":
        answer = jsonify(code="session_ended", says=[gettext(ENDED)])
    else:
        answer = make_response(render_template("gate/ended.html", says=ENDED, typed=list(_typed())))
    answer.status_code = 401
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _typed() -> Iterator[tuple[str, str]]:
    for name, value in request.form.items(multi=True):
        if name != "csrf_token":
            yield name, value
