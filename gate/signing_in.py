"""Sign-in by Flask-Security, on our accounts, with our unit of work and our words."""

from typing import Any

from flask import Flask, abort, request
from flask_login import user_logged_in, user_logged_out
from flask_security import LoginForm, Security, UserDatastore
from sqlalchemy import select, text

from gate import sitting, trying
from gate.arriving import rehearsal_people
from models.base import db
from models.people import Account, RoleGrant
from workflow import accounts, guessing
from workflow.engine.unit_of_work import bookkeeping
from workflow.queries import second_step
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
    # The library writes `no-store=True`, which no browser knows; gate/headers.py says it rightly.
    "SECURITY_CACHE_CONTROL": None,
    "SECURITY_REDIRECT_BEHAVIOR": None,
    "SECURITY_USER_IDENTITY_ATTRIBUTES": [
        {"email": {"mapper": lambda typed: typed.strip().lower() or None, "case_insensitive": True}}
    ],
}


class SignIn(LoginForm):
    """The library's form, slowed down for who guesses. Nobody is remembered past the session: no such field."""

    remember = None

    def validate(self, **options: Any) -> bool:
        email = trying.as_looked_up(self.email.data or "")
        if not email or not self.password.data:
            return bool(super().validate(**options))
        if trying.begin(email, way=guessing.Way.PASSWORD) or not super().validate(**options):
            return False
        trying.was_right()
        return True


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
    trying.watch(app)


def _one_way_in() -> None:
    """The library's second place to type a password would be a place to guess it unwatched."""
    if request.endpoint == "security.verify":
        abort(404)


def _what_happened() -> dict[str, Any]:
    """Above the form: how long to wait, or that one was signed out."""
    wait = trying.now().wait_seconds
    return {"wait_seconds": wait, "ended": sitting.ENDED if not wait and sitting.has_ended() else None}


def _note_sign_in(_sender: Flask, user: Account, **_: object) -> None:
    """The first step is done. For who has set up a second one, nothing is open before that."""
    if second_step.is_set_up(user.id):
        sitting.begin(user, is_half=True)
    else:
        sitting.begin(user)
        came_in(user)


def came_in(account: Account, *, by: str = "") -> None:
    """Somebody is inside: on record, with the second step when there was one."""
    with bookkeeping() as session:
        account.signed_in_at = session.execute(text("SELECT now()")).scalar_one()
    trying.tell(
        "account:sign_in", actor=account.id, account=account.id, **({"second_step": by} if by else {})
    )


def _note_sign_out(_sender: Flask, user: Account, **_: object) -> None:
    if getattr(user, "id", None) is not None:
        trying.tell("account:sign_out", actor=user.id, account=user.id)
    sitting.end()
