"""One try to come in, whatever with: counted before it is looked at, on record when it was wrong."""

from typing import Any

from flask import Flask, abort, current_app, g, request
from flask_security import EmailValidateException
from werkzeug.wrappers import Response

from gate import clicking
from workflow import accounts, clock, guessing
from workflow.engine import audit
from workflow.engine.unit_of_work import bookkeeping

LONGEST_ADDRESS = 254


def watch(app: Flask) -> None:
    app.after_request(_note_failure)


def begin(email: str, *, way: guessing.Way) -> int:
    """Count a try for an account; the seconds it must wait, when it must not be looked at."""
    g.sign_in_email, g.sign_in_way = email, way
    g.sign_in_try = guessing.attempt(email, address=request.remote_addr or "", way=way)
    return now().wait_seconds


def refuse_hasty(email: str, *, way: guessing.Way) -> None:
    """The same for pages without words of their own for it: 429."""
    if begin(email, way=way):
        abort(429)


def was_right() -> None:
    guessing.was_right(g.sign_in_email, address=request.remote_addr or "", way=g.sign_in_way)
    g.pop("sign_in_try")


def now() -> guessing.Try:
    """The try of this request."""
    tried: guessing.Try = g.get("sign_in_try", guessing.Try())
    return tried


def as_looked_up(typed: str) -> str:
    """The address as the library will look for it: else one account had a count for each way to write its domain."""
    try:
        return str(current_app.security.mail_util.normalize(typed))  # type: ignore[attr-defined]
    except EmailValidateException:
        return typed[:LONGEST_ADDRESS]


def _note_failure(answer: Response) -> Response:
    """A try that nobody called right: on record, for known and unknown names alike.

    Who must wait is told so (429) and nothing is written: a flood must not fill the trail.
    """
    if "sign_in_try" not in g:
        return answer
    wait = now().wait_seconds
    if wait:
        answer.status_code = 429
        answer.headers["Retry-After"] = str(wait)
        return answer
    tried = accounts.find(g.sign_in_email)
    account = tried.id if tried else None
    clicking.of_a_stranger(account)
    tell("account:sign_in_failed", actor=None, account=account)
    if now().locks_account:
        tell("account:lock", actor=None, account=account)
    if now().locks_address:
        tell("account:lock_address", actor=None, account=None)
    return answer


def tell(action: str, *, actor: int | None, account: int | None, **more: Any) -> None:
    """Put it on record."""
    # What was typed for an account that is not there is not kept: often it is a password.
    about: dict[str, Any] = {"account": account} if account else {}
    with bookkeeping() as session:
        audit.write(
            session.connection(),
            f"account:{account}" if account else "settings:sign_in",
            action,
            actor=actor,
            at=clock.now(),
            **about,
            **more,
        )
