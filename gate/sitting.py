"""The session of a request: who holds the token in the cookie, until the row behind it is ended.

The cookie keeps what belongs to the browser (the cross-site token, the chosen unit); that somebody is signed in is
the row's word alone. A copied cookie ends with its row.
"""

from flask import Flask, g, redirect, request, session, url_for
from flask_babel import gettext
from flask_login import LoginManager, current_user
from werkzeug.wrappers import Response

from gate import agents, clicking
from gate.kept import kept
from models.people import Account
from models.vocabulary import Ending
from workflow import second_step, sessions
from workflow.engine.errors import N_, NotAllowed, Refusal
from workflow.queries import second_step as read
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
    return None if held.is_half else held.account


def half() -> Account | None:
    """Who has done the first step with this browser and not the second."""
    if current_user.is_authenticated or "held" not in g:
        return None
    held: sign_ins.Held = g.held
    return held.account if held.is_half else None


def here() -> int:
    """The id of the session this request came with; only for who is signed in, or half."""
    held: sign_ins.Held = g.held
    return held.session_id


def begin(account: Account, *, is_half: bool = False) -> None:
    """A new token for who has just proved to be this person; what another left in the browser goes."""
    if session.get(LAST) != account.id:
        # The same person coming back keeps it: her half-written form in another tab carries the old token.
        for left in ("csrf_token", "unit", clicking.KEY):
            session.pop(left, None)
        g.pop("csrf_token", None)
    session[LAST] = account.id
    clicking.remember(account.id)
    session[TICKET] = sessions.begin(
        account, device=agents.in_words(request.user_agent.string), address=clicking.seal(), is_half=is_half
    )


def complete() -> None:
    """The second step is done: the session is whole, under another token."""
    session[TICKET] = sessions.complete(here())


def end() -> None:
    """Sign-out: the row ends, and nothing of the person stays in the browser."""
    token = session.get(TICKET)
    if isinstance(token, str):
        sessions.end(token, Ending.SIGN_OUT)
    session.clear()


def has_ended() -> bool:
    """Was somebody signed in with this browser who is not any more, and has not signed out?"""
    return SIGNED_IN in session and not current_user.is_authenticated and half() is None


COMING_IN = frozenset({"security", "invited", "by_mail", "second_step", "language"})
"""Blueprints of who is not inside yet."""
SETTING_UP = COMING_IN | {"means", "devices"}
"""What is open to who owes a second step; beside the way out."""


def _watch() -> Response | None:
    if not request.path.startswith(clicking.INSIDE):
        return None
    if current_user.is_authenticated:
        if g.held.is_stale:
            sessions.seen(here(), address=clicking.seal())
        return _before_the_second_step()
    if request.blueprint in COMING_IN:
        return None
    if request.method == "POST":
        return _kept() if has_ended() or half() else None
    return _to("second_step.ask") if half() else None


def has_second_step() -> bool:
    """Was the second step done in this session? Asked by what is decided outside the doors."""
    return bool(current_user.is_authenticated and g.held.has_second_step)


def _before_the_second_step() -> Response | None:
    """Who owes it and has not done it is led to it; what she was about to change is refused."""
    if has_second_step() or request.blueprint in SETTING_UP or request.endpoint == "arriving.leave":
        return None
    return demand_second_step() if second_step.is_owed(g.held.roles) else None


def demand_second_step() -> Response:
    """To it, and back. Raises NotAllowed for what would change something."""
    if request.method not in ("GET", "HEAD"):
        raise NotAllowed(
            Refusal(
                "second_step_required",
                N_("Việc này cần xác thực hai bước. Vui lòng xác thực rồi thực hiện lại."),
            )
        )
    return _to("second_step.ask" if read.is_set_up(current_user.id) else "means.mine")


def _to(endpoint: str) -> Response:
    """There, and back to where she was going."""
    return redirect(url_for(endpoint, ve=request.full_path.removesuffix("?")), 303)


def _kept() -> Response:
    """401 with all that was typed, to be sent again after signing in."""
    return kept(
        401,
        "session_ended",
        heading=gettext("Phiên đăng nhập đã kết thúc"),
        says=gettext(ENDED),
        signs_in=True,
    )
