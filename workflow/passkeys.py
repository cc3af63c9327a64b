"""Passkeys (WebAuthn): a key in somebody's phone, computer or token, that answers to this house's address only."""

import json
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

import webauthn
from sqlalchemy import func, select
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import PublicKeyCredentialDescriptor

from models.people import Account
from models.second_step import Passkey
from workflow import second_step, sessions, texts
from workflow.engine.errors import N_, Invalid, NotFound
from workflow.engine.unit_of_work import change
from workflow.queries import second_step as read
from workflow.settings import settings

T = TypeVar("T")
NAME = "Tòa Soạn"
MOST = 10
LONGEST_NAME = 60
LONGEST_ANSWER = 20_000


def host() -> str:
    """To what a key is bound: the host of PUBLIC_URL. Moved to another one, keys are made anew."""
    return urlsplit(settings().public_url).hostname or ""


def origin() -> str:
    parts = urlsplit(settings().public_url)
    return f"{parts.scheme}://{parts.netloc}"


def invitation(account: Account, *, session_id: int) -> str:
    """What the browser is asked to make, as JSON; the challenge is kept with the session."""
    options = webauthn.generate_registration_options(
        rp_id=host(),
        rp_name=NAME,
        user_id=f"account:{account.id}".encode(),
        user_name=account.email,
        user_display_name=account.full_name,
        challenge=sessions.challenge(session_id),
        exclude_credentials=_known(account),
    )
    return webauthn.options_to_json(options)


def question(account: Account, *, session_id: int) -> str:
    """What the browser is asked to sign, as JSON."""
    options = webauthn.generate_authentication_options(
        rp_id=host(), challenge=sessions.challenge(session_id), allow_credentials=_known(account)
    )
    return webauthn.options_to_json(options)


def _known(account: Account) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=key.credential) for key in read.means(account.id).passkeys]


def add(account: Account, answer: str, *, name: str, session_id: int) -> None:
    """Keep the public half of a new key. Raises Invalid(`passkey_refused`, `too_many_passkeys`)."""
    asked = sessions.take_challenge(session_id)
    made = _heard(
        lambda: webauthn.verify_registration_response(
            credential=_parsed(answer),
            expected_challenge=asked or b"",
            expected_rp_id=host(),
            expected_origin=origin(),
        )
    )
    if asked is None or made is None:
        raise refused()
    with change() as session:
        # Two windows of one person, one after the other.
        session.get_one(Account, account.id, with_for_update=True, populate_existing=True)
        if len(read.means(account.id).passkeys) >= MOST:
            raise Invalid("too_many_passkeys", N_("Đã có đủ số khóa. Vui lòng bỏ bớt trước khi thêm."))
        known = select(Passkey.id).where(Passkey.credential == made.credential_id)
        if session.scalars(known).first() is not None:
            raise refused()
        session.add(
            Passkey(
                account_id=account.id,
                credential=made.credential_id,
                public_key=made.credential_public_key,
                sign_count=made.sign_count,
                name=texts.tidy(name)[:LONGEST_NAME],
            )
        )
        session.flush()
        second_step.told(account, "account:add_second_step", account, means="passkey")


def is_right(account: Account, answer: str, *, session_id: int) -> bool:
    """Has one of the person's keys signed what was asked last?"""
    asked = sessions.take_challenge(session_id)
    credential = _parsed(answer)
    with change() as session:
        key = session.scalars(
            select(Passkey)
            .where(Passkey.account_id == account.id, Passkey.credential == _credential(credential))
            .with_for_update()
        ).one_or_none()
        if key is None or asked is None:
            return False
        # The counter is held against the last one: a copied key is refused.
        signed = _heard(
            lambda: webauthn.verify_authentication_response(
                credential=credential,
                expected_challenge=asked,
                expected_rp_id=host(),
                expected_origin=origin(),
                credential_public_key=key.public_key,
                credential_current_sign_count=key.sign_count,
            )
        )
        if signed is None:
            return False
        key.sign_count, key.used_at = signed.new_sign_count, func.now()
        session.flush()
        return True


def remove(passkey_id: int, *, by: Account) -> None:
    """One of one's own. Raises NotFound, Invalid(`last_second_step`)."""
    with change() as session:
        key = session.get(Passkey, passkey_id, with_for_update=True, populate_existing=True)
        if key is None or key.account_id != by.id:
            raise NotFound
        second_step.refuse_last(by)
        session.delete(key)
        session.flush()
        second_step.told(by, "account:remove_second_step", by, means="passkey")


def refused() -> Invalid:
    return Invalid(
        "passkey_refused", N_("Thiết bị chưa xác nhận được khóa. Vui lòng thử lại."), field="answer"
    )


def _parsed(answer: str) -> dict[str, Any]:
    """What the browser sent; empty when it is nothing of the kind."""
    try:
        told = json.loads(answer[:LONGEST_ANSWER])
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _credential(told: dict[str, Any]) -> bytes:
    try:
        return base64url_to_bytes(str(told.get("rawId", "")))
    except ValueError:
        return b""


def _heard(verify: Callable[[], T]) -> T | None:
    """None for whatever the library finds wrong with it."""
    try:
        return verify()
    except (WebAuthnException, ValueError, KeyError, TypeError, AttributeError):
        return None
