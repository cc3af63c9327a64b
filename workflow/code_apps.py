"""Codes of six digits from an app on somebody's phone (TOTP, RFC 6238).

The secret is sealed with a key made from SECRET_KEY: a copy of the database alone shows no code. A code is taken
once, and none that is older than the last one taken.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from passlib.exc import TokenError
from passlib.totp import TOTP
from sqlalchemy import func

from models.base import db
from models.people import Account
from models.second_step import CodeApp
from workflow import second_step
from workflow.engine.errors import N_, Invalid
from workflow.engine.unit_of_work import change
from workflow.settings import settings

ISSUER = "Toa Soan"
WINDOW_SECONDS = 30
"""A phone's clock may be wrong by so much, either way."""


def propose(account: Account) -> str:
    """A new secret for an app, as the address that its camera reads; in use once a code of it was typed."""
    made = TOTP.new()
    with change() as session:
        row = _row(account)
        if row is not None and row.confirmed_at is not None:
            raise _there_already()
        if row is not None:
            session.delete(row)
            session.flush()
        session.add(CodeApp(account_id=account.id, secret=_sealer().encrypt(made.key)))
        session.flush()
    return str(made.to_uri(account.email, ISSUER))


def proposed(account: Account) -> str | None:
    """The address of the secret that waits for its first code."""
    row = db.session.get(CodeApp, account.id, populate_existing=True)
    if row is None or row.confirmed_at is not None:
        return None
    return str(_app(row).to_uri(account.email, ISSUER))


def letters(uri: str) -> str:
    """The secret in groups of letters, for who types it: `GEZD-GNBV-…`."""
    return str(TOTP.from_uri(uri).pretty_key())


def confirm(account: Account, typed: str) -> None:
    """The first code: from now on the app is asked for at sign-in. Raises Invalid(`code_wrong`)."""
    with change() as session:
        row = _row(account)
        if row is None:
            raise wrong()
        if row.confirmed_at is not None:
            raise _there_already()
        if not _matches(row, typed):
            raise wrong()
        row.confirmed_at = func.now()
        session.flush()
        second_step.told(account, "account:add_second_step", account, means="app")


def is_right(account: Account, typed: str) -> bool:
    """Is this the app's code of now? Then it is used up."""
    with change() as session:
        row = _row(account)
        if row is None or row.confirmed_at is None or not _matches(row, typed):
            return False
        session.flush()
        return True


def remove(account: Account) -> None:
    """Raises Invalid(`last_second_step`)."""
    with change() as session:
        row = _row(account)
        if row is None:
            return
        if row.confirmed_at is not None:
            second_step.refuse_last(account)
            second_step.told(account, "account:remove_second_step", account, means="app")
        session.delete(row)
        session.flush()


def wrong() -> Invalid:
    return Invalid(
        "code_wrong",
        N_("Mã không đúng hoặc đã dùng. Vui lòng nhập mã đang hiện trong ứng dụng."),
        field="code",
    )


def _there_already() -> Invalid:
    return Invalid("app_there_already", N_("Đã có một ứng dụng xác thực. Vui lòng bỏ ứng dụng cũ trước."))


def _row(account: Account) -> CodeApp | None:
    return db.session.get(CodeApp, account.id, with_for_update=True, populate_existing=True)


def _matches(row: CodeApp, typed: str) -> bool:
    """Two that type one code at once: the row is held, and the second finds it used."""
    code = "".join(typed.split())
    if not (code.isascii() and code.isdigit() and len(code) == 6):
        return False
    try:
        match = _app(row).match(code, window=WINDOW_SECONDS, last_counter=row.last_step)
    except (TokenError, InvalidToken):
        return False
    row.last_step = match.counter
    return True


def _app(row: CodeApp) -> TOTP:
    return TOTP(key=_sealer().decrypt(row.secret), format="raw")


def _sealer() -> Fernet:
    made = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"code_app").derive(
        settings().secret_key.encode()
    )
    return Fernet(base64.urlsafe_b64encode(made))
