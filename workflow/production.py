"""Making a database for real work: its roles with passwords, its tables, and what the environment must then hold."""

import secrets

from sqlalchemy import create_engine, text

from workflow.engine.errors import N_, Invalid
from workflow.proof import keys
from workflow.schema import APP, AUDITOR, FORUM, LOGINS, SEALER, driven, make_roles, migrate, url_for
from workflow.settings import Mode, Settings, settings

POST = ("smtp_url", "mail_from", "intake_address", "own_mx")
"""Settings that only the people of the place know: their defaults are a rehearsal's."""


def prepare() -> dict[str, str]:
    """Roles with passwords of their own and all tables, on the server of DATABASE_OWNER_URL.

    Returns what the environment of the program must hold from now on, secrets included. Raises Invalid
    (`production_only`, `owner_url_missing`, `founded_already`).
    """
    house = settings()
    if house.is_demo:
        raise Invalid("production_only", N_("Đặt TOASOAN_MODE=production trước khi khởi tạo."))
    if not house.owner_url:
        raise Invalid(
            "owner_url_missing",
            N_("Đặt DATABASE_OWNER_URL: địa chỉ PostgreSQL với tài khoản được tạo vai trò."),
        )
    _refuse_founded(house.owner_url)
    migrate(house.owner_url)
    passwords = {role: secrets.token_urlsafe(24) for role in LOGINS}
    engine = create_engine(driven(house.owner_url))
    with engine.begin() as connection:
        make_roles(connection, passwords)
    engine.dispose()
    if not house.seal_key.exists():
        keys.make_key()
    urls = {role: url_for(house.owner_url, role, passwords[role]) for role in LOGINS}
    return {
        "TOASOAN_MODE": Mode.PRODUCTION.value,
        # One that was set is kept, and refused when it is not safe; the default is never written down.
        "SECRET_KEY": house.secret_key
        if "secret_key" in house.model_fields_set
        else secrets.token_urlsafe(48),
        "PUBLIC_URL": house.public_url,
        "DATABASE_URL": urls[APP],
        "DATABASE_OWNER_URL": house.owner_url,
        "DATABASE_FORUM_URL": urls[FORUM],
        "DATABASE_SEALER_URL": urls[SEALER],
        "DATABASE_AUDITOR_URL": urls[AUDITOR],
        "SEAL_KEY_FILE": str(house.seal_key.resolve()),
        **{_variable(name): getattr(house, name) for name in POST if _is_set(name)},
    }


def to_fill_in() -> dict[str, str]:
    """Variables that nobody has set and that real letters need, each with what a rehearsal takes."""
    return {_variable(name): str(getattr(settings(), name)) for name in POST if not _is_set(name)}


def _is_set(name: str) -> bool:
    return name in settings().model_fields_set and bool(getattr(settings(), name))


def _variable(name: str) -> str:
    return str(Settings.model_fields[name].validation_alias)


def _refuse_founded(owner_url: str) -> None:
    engine = create_engine(driven(owner_url))
    with engine.connect() as connection:
        is_there = connection.execute(text("SELECT to_regclass('house_fact')")).scalar()
        mode = is_there and connection.execute(text("SELECT 1 FROM house_fact WHERE name = 'mode'")).scalar()
    engine.dispose()
    if mode:
        raise Invalid("founded_already", N_("Cơ sở dữ liệu này đã được khởi tạo."))
