"""Sign-in by Flask-Security, on our accounts, with our unit of work and our words."""

from typing import Any

from flask import Flask, request
from flask_login import current_user, user_logged_in, user_logged_out
from flask_security import Security, UserDatastore
from sqlalchemy import select, text
from werkzeug.wrappers import Response

from gate import clicking
from gate.arriving import rehearsal_people
from models.base import db
from models.people import Account, RoleGrant
from workflow import accounts, clock
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
    app.security = Security(app, Datastore(), register_blueprint=True)  # type: ignore[attr-defined]
    app.security.login_context_processor(rehearsal_people)  # type: ignore[attr-defined]
    user_logged_in.connect(_note_sign_in, app)
    user_logged_out.connect(_note_sign_out, app)
    app.after_request(_note_failure)


def _note_sign_in(_sender: Flask, user: Account, **_: object) -> None:
    with bookkeeping() as session:
        user.signed_in_at = session.execute(text("SELECT now()")).scalar_one()
    clicking.remember(user.id)
    _told("account:sign_in", actor=user.id, account=user.id)


def _note_sign_out(_sender: Flask, user: Account, **_: object) -> None:
    if getattr(user, "id", None) is not None:
        _told("account:sign_out", actor=user.id, account=user.id)


def _note_failure(answer: Response) -> Response:
    """The sign-in form again, and still nobody inside: that is on record, for known and unknown names alike."""
    is_again = request.endpoint == "security.login" and request.method == "POST" and answer.status_code == 200
    if is_again and not current_user.is_authenticated:
        tried = accounts.find(request.form.get("email", "")[:254])
        clicking.of_a_stranger(tried.id if tried else None)
        _told("account:sign_in_failed", actor=None, account=tried.id if tried else None)
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
