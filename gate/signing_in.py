"""Sign-in by Flask-Security, on our accounts, with our unit of work and our words."""

from typing import Any

from flask import Flask, abort, current_app, g, request
from flask_login import current_user, user_logged_in, user_logged_out
from flask_security import EmailValidateException, LoginForm, Security, UserDatastore
from sqlalchemy import select, text
from werkzeug.wrappers import Response

from gate import clicking, sitting
from gate.arriving import rehearsal_people
from models.base import db
from models.people import Account, RoleGrant
from workflow import accounts, clock, guessing
from workflow.engine import audit
from workflow.engine.unit_of_work import bookkeeping
from workflow.settings import settings

CONFIG = {
    "SECURITY_PASSWORD_HASH": "argon2",
    "SECURITY_PASSWORD_SCHEMES": ["argon2"],
    "SECURITY_PASSWORD_SINGLE_HASH": ["argon2"],
    "SECURITY_PASSWORD_LENGTH_MIN": 10,
    "SECURITY_URL_PREFIX": "/vao",
    "SECURITY_LOGIN_URL": "/dang-nhap",
    "SECURITY_LOGOUT_URL": "/dang-xuat",
    "SECURITY_LOGOUT_METHODS": ["POST"],
    "SECURITY_POST_LOGIN_VIEW": "/vao/tiep",
    "SECURITY_POST_LOGOUT_VIEW": "/",
    "SECURITY_REGISTERABLE": False,
    "SECURITY_RECOVERABLE": False,
    "SECURITY_TRACKABLE": False,
    "SECURITY_SEND_REGISTER_EMAIL": False,
    "SECURITY_CSRF_IGNORE_UNAUTH_ENDPOINTS": False,
    # One sentence for every failure: nobody learns which addresses have an account (T02).
    "SECURITY_RETURN_GENERIC_RESPONSES": True,
    "SECURITY_FLASH_MESSAGES": False,
    "SECURITY_REDIRECT_BEHAVIOR": None,
    "SECURITY_USER_IDENTITY_ATTRIBUTES": [
        {"email": {"mapper": lambda typed: typed.strip().lower() or None, "case_insensitive": True}}
    ],
}


LONGEST_ADDRESS = 254


class SignIn(LoginForm):
    """The library's form, slowed down for who guesses. Nobody is remembered past the session: no such field."""

    remember = None

    def validate(self, **options: Any) -> bool:
        email = _as_looked_up(self.email.data or "")
        if not email or not self.password.data:
            return bool(super().validate(**options))
        address = request.remote_addr or ""
        g.sign_in_email = email
        g.sign_in_try = guessing.attempt(email, address=address)
        if g.sign_in_try.wait_seconds or not super().validate(**options):
            return False
        guessing.was_right(email, address=address)
        return True


def _as_looked_up(typed: str) -> str:
    """The address as the library will look for it: else one account had a count for each way to write its domain."""
    try:
        return str(current_app.security.mail_util.normalize(typed))  # type: ignore[attr-defined]
    except EmailValidateException:
        return typed[:LONGEST_ADDRESS]


class Datastore(UserDatastore):
    """Our accounts as the sign-in library wants to see them. Its commits are bookkeeping."""

    def __init__(self) -> None:
        super().__init__(Account, RoleGrant)

    def put(self, model: Any) -> Any:
        with bookkeeping() as session:
            session.add(model)
        return model

    def delete(self, model: Any) -> None:
        raise NotImplementedError("accounts are shut, never removed")

    def commit(self) -> None:
        with bookkeeping():
            pass

    def find_user(self, case_insensitive: bool = False, **where: Any) -> Account | None:
        name, value = next(iter(where.items()))
        if name == "email":
            return accounts.find(value)
        return db.session.scalars(select(Account).filter_by(**{name: value})).one_or_none()

    def find_role(self, role: str) -> None:
        """Roles are granted by `workflow/accounts.py`, never through the sign-in library."""
        return


def install(app: Flask) -> None:
    app.config.update(
        CONFIG,
        SECURITY_PASSWORD_SALT=settings().secret_key,
        SECURITY_EMAIL_VALIDATOR_ARGS={"check_deliverability": False},
    )
    app.security = Security(  # type: ignore[attr-defined]
        app, Datastore(), register_blueprint=True, login_form=SignIn
    )
    app.security.login_context_processor(rehearsal_people)  # type: ignore[attr-defined]
    app.security.login_context_processor(_what_happened)  # type: ignore[attr-defined]
    sitting.install(app)
    app.before_request(_one_way_in)
    user_logged_in.connect(_note_sign_in, app)
    user_logged_out.connect(_note_sign_out, app)
    app.after_request(_note_failure)


def _one_way_in() -> None:
    """The library's second place to type a password would be a place to guess it unwatched."""
    if request.endpoint == "security.verify":
        abort(404)


def _what_happened() -> dict[str, Any]:
    """Above the form: how long to wait, or that one was signed out."""
    wait = _try().wait_seconds
    return {"wait_seconds": wait, "ended": sitting.ENDED if not wait and sitting.has_ended() else None}


def _try() -> guessing.Try:
    tried: guessing.Try = g.get("sign_in_try", guessing.Try())
    return tried


def _note_sign_in(_sender: Flask, user: Account, **_: object) -> None:
    with bookkeeping() as session:
        user.signed_in_at = session.execute(text("SELECT now()")).scalar_one()
    sitting.begin(user)
    _told("account:sign_in", actor=user.id, account=user.id)


def _note_sign_out(_sender: Flask, user: Account, **_: object) -> None:
    if getattr(user, "id", None) is not None:
        _told("account:sign_out", actor=user.id, account=user.id)
    sitting.end()


def _note_failure(answer: Response) -> Response:
    """Still nobody inside after a try: on record, for known and unknown names alike.

    Who must wait is told so (429) and nothing is written: a flood must not fill the trail.
    """
    if "sign_in_try" not in g or current_user.is_authenticated:
        return answer
    wait = _try().wait_seconds
    if wait:
        answer.status_code = 429
        answer.headers["Retry-After"] = str(wait)
        return answer
    tried = accounts.find(g.sign_in_email)
    account = tried.id if tried else None
    clicking.of_a_stranger(account)
    _told("account:sign_in_failed", actor=None, account=account)
    if _try().locks_account:
        _told("account:lock", actor=None, account=account)
    if _try().locks_address:
        _told("account:lock_address", actor=None, account=None)
    return answer


def _told(action: str, *, actor: int | None, account: int | None) -> None:
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
        )
