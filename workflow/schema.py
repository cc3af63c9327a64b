"""The database under the house: its roles and their limits, the patience of its address, and its migrations."""

import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError

from models.base import db
from workflow.engine.errors import N_, Invalid

OWNER, APP, FORUM, SEALER, AUDITOR = (
    f"toasoan_{name}" for name in ("owner", "app", "forum", "sealer", "auditor")
)
LOGINS = (APP, FORUM, SEALER, AUDITOR)
LONGEST_STATEMENT = {APP: "15min", FORUM: "5s", SEALER: "15min", AUDITOR: "5min"}
"""Sweeps and checks go in parts of seconds: what takes longer than this has lost its way. The web's own limit is
shorter (`unit_of_work.hurry`), migrations and backups have none."""


def make_roles(admin: Connection, passwords: dict[str, str] | None = None) -> None:
    """The five database roles, with login for all but the owner. `admin` may create roles.

    Without `passwords` they can sign in only where the server trusts the socket (the embedded one).
    """
    for role in (OWNER, *LOGINS):
        if not admin.execute(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role}).scalar():
            _unless_done(admin, f"CREATE ROLE {role} {'NOLOGIN' if role == OWNER else 'LOGIN'}")
    for role, longest in LONGEST_STATEMENT.items():
        known = text("SELECT :wanted = ANY(rolconfig) FROM pg_roles WHERE rolname = :role")
        if not admin.execute(known, {"role": role, "wanted": f"statement_timeout={longest}"}).scalar():
            _unless_done(admin, f"ALTER ROLE {role} SET statement_timeout = '{longest}'")
    for role, password in (passwords or {}).items():
        values = {"role": role, "password": password}
        admin.exec_driver_sql(
            admin.execute(
                text(
                    "SELECT format('ALTER ROLE %I PASSWORD %L', CAST(:role AS text), CAST(:password AS text))"
                ),
                values,
            )
            .scalar_one()
            .replace("%", "%%")
        )


DONE_BY_ANOTHER = frozenset({"23505", "42710", "XX000"})
"""unique_violation, duplicate_object, "tuple concurrently updated": roles are the whole server's."""
NOT_HERS = "42501"
"""insufficient_privilege: who migrates may have tables and no say about roles; what is set then stays."""


def _unless_done(admin: Connection, statement: str) -> None:
    """Two houses that are founded on one server at once may both find a role missing: the first one makes it."""
    try:
        with admin.begin_nested():
            admin.execute(text(statement))
    except DBAPIError as error:
        state = getattr(error.orig, "sqlstate", "")
        if state not in DONE_BY_ANOTHER and not (state == NOT_HERS and statement.startswith("ALTER")):
            raise


REACHING = {
    "connect_timeout": "5",
    "keepalives_idle": "5",
    "keepalives_interval": "3",
    "keepalives_count": "3",
    "tcp_user_timeout": "15000",
}
"""libpq's own words for how long a network may swallow what is sent: left to itself it waits for two hours and more.

An address that names one of them itself is taken at its word.
"""


def driven(url: str) -> str:
    """The address as SQLAlchemy wants it: by psycopg 3, and by nobody who waits for ever."""
    address = make_url(url)
    patient = address.set(drivername="postgresql+psycopg", query={**REACHING, **address.query})
    return patient.render_as_string(hide_password=False)


def url_for(admin_url: str, role: str, password: str | None = None) -> str:
    """The admin's address with another role in it."""
    url: URL = make_url(admin_url).set(username=role, password=password)
    return url.render_as_string(hide_password=False)


UNFINISHED = "restore_unfinished"
"""A table that is there while a restore is under way. Nobody works meanwhile: letters that went out after the backup
was made still wait in it, and would go twice."""


def migrate(admin_url: str, *, to: str = "head", restoring: bool = False) -> str:
    """Bring the schema to `to` (a revision, `head` or `base`); returns the revision it is at, "" for none.

    A migration that fails leaves the schema where it was. Raises Invalid(`tables_held`) when somebody holds a table
    all the time, a backup for instance; Invalid(`restore_unfinished`) unless the one who asks is `restoring`.
    """
    engine = create_engine(driven(admin_url))
    try:
        with engine.connect() as connection:
            if not restoring:
                _require_restored(connection)
            # Two start-ups at once: one migrates, the other waits and finds nothing to do.
            connection.execute(text("SELECT pg_advisory_lock(20210420)"))
            make_roles(connection)
            connection.commit()
            _own_schema(connection)
            # Whoever waits for a table lets everybody behind it wait as well: briefly, then again.
            connection.execute(text(f"SET lock_timeout = '{LONGEST_HELD_UP}'"))
            connection.commit()
            _insist(lambda: _go_to(to, connection), connection)
            connection.execute(text("SELECT pg_advisory_unlock(20210420)"))
            connection.commit()
            return _revision(connection) or ""
    finally:
        engine.dispose()


LONGEST_HELD_UP = "2s"
"""So long may a migration let others wait behind it for a table."""
TRIES, PAUSE_SECONDS = 20, 3.0
LOCK_NOT_AVAILABLE = "55P03"


def _insist(step: Callable[[], None], connection: Connection) -> None:
    """Each migration is a transaction of its own: another try goes on after the last one that went through."""
    for number in range(1, TRIES + 1):
        try:
            return step()
        except DBAPIError as error:
            connection.rollback()
            if getattr(error.orig, "sqlstate", "") != LOCK_NOT_AVAILABLE:
                raise
            if number == TRIES:
                raise Invalid("tables_held", TABLES_HELD) from error
        time.sleep(PAUSE_SECONDS)
    return None


TABLES_HELD = N_(
    "Có kết nối đang giữ bảng (ví dụ đang sao lưu) nên chưa nâng cấp được cơ sở dữ liệu. Đề nghị chạy lại sau."
)


def _go_to(to: str, connection: Connection) -> None:
    """Up or down to a revision; nothing at all where it stands already."""
    current = _revision(connection)
    if current == (newest_revision() if to == "head" else to):
        return
    # Read here: no ordinary start needs it, and it is a twentieth of all that a start reads.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config(toml_file=str(_root() / "pyproject.toml"))
    config.set_main_option("script_location", str(_root() / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    going_down = current is not None and to != "head" and (to == "base" or to < current)
    (command.downgrade if going_down else command.upgrade)(config, to)


def newest_revision() -> str:
    """The revision this program works with: migrations stand in one line, numbered."""
    return max(file.name[:4] for file in (_root() / "migrations" / "versions").glob("[0-9]*.py"))


def require_current() -> None:
    """Raises Invalid(`schema_missing`, `schema_behind`, `schema_ahead`) when the tables are not this program's, and
    Invalid(`restore_unfinished`)."""
    _require_restored(db.session.connection())
    there, here = _revision(db.session.connection()), newest_revision()
    db.session.rollback()
    if there == here:
        return
    if there is None:
        raise Invalid("schema_missing", N_("Cơ sở dữ liệu chưa có bảng nào. Đề nghị chạy “toasoan migrate”."))
    if there < here:
        raise Invalid(
            "schema_behind",
            N_("Cơ sở dữ liệu ở phiên bản {there}, chương trình cần {here}. Đề nghị chạy “toasoan migrate”."),
            there=there,
            here=here,
        )
    raise Invalid(
        "schema_ahead",
        N_(
            "Cơ sở dữ liệu ở phiên bản {there}, mới hơn chương trình ({here}). Đề nghị cập nhật chương trình."
        ),
        there=there,
        here=here,
    )


def _require_restored(connection: Connection) -> None:
    if connection.execute(text("SELECT to_regclass(:name)"), {"name": f"public.{UNFINISHED}"}).scalar():
        raise Invalid(
            "restore_unfinished",
            N_(
                "Lần phục hồi trước đã dừng giữa chừng."
                " Đề nghị chạy lại “toasoan restore” với cùng bản sao lưu."
            ),
        )


def _own_schema(connection: Connection) -> None:
    """From here on the owner makes the tables, so that no role the program can be owns them."""
    connection.execute(text(f"GRANT {OWNER} TO CURRENT_USER"))
    connection.execute(text(f"GRANT CREATE, USAGE ON SCHEMA public TO {OWNER}"))
    database = connection.execute(text("SELECT current_database()")).scalar_one()
    quoted = connection.dialect.identifier_preparer.quote(database)
    connection.execute(text(f"GRANT CREATE ON DATABASE {quoted} TO {OWNER}"))
    connection.execute(text(f"SET ROLE {OWNER}"))
    connection.commit()


def _revision(connection: Connection) -> str | None:
    if connection.execute(text("SELECT to_regclass('alembic_version')")).scalar() is None:
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _root() -> Path:
    return Path(__file__).resolve().parent.parent


def ensure_roles(admin_url: str) -> None:
    """The database roles on a server that may not know them yet."""
    engine = create_engine(driven(admin_url))
    with engine.begin() as connection:
        make_roles(connection)
    engine.dispose()
