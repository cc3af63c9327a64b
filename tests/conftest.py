"""One real PostgreSQL and one real Valkey for the whole run, one database for each worker, a clock that is set.

Rows are removed after each test as the superuser; the program itself connects as `toasoan_app` and could not.
"""

import os
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import structlog
from filelock import FileLock
from flask import Flask
from hypothesis import settings
from sqlalchemy import Engine, create_engine, text

from embedded import servers

if TYPE_CHECKING:
    from tests.stage import Stage

pytest_plugins = [
    "tests.stage",
    "tests.cast",
    "tests.factories",
    "tests.assertions",
    "tests.post_office",
    "tests.clients",
    "tests.endpoints",
    "tests.windows",
    "tests.nursery",
]

# How long an example takes says how busy the machine is.
settings.register_profile("house", deadline=None)
settings.load_profile("house")
# Structlog's own way to print an error, with every name of every frame in colours, takes a second of a core.
structlog.configure(
    processors=[
        *structlog.get_config()["processors"][:-1],
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
    ]
)

DATA = "TOASOAN_TEST_DATA"
# A real Argon2 hash, a hundred times cheaper than people's: hundreds of tests sign in through the form.
CHEAP_HASHES = {
    "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {"argon2__time_cost": 1, "argon2__memory_cost": 256}
}


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput") and DATA not in os.environ:
        os.environ[DATA] = tempfile.mkdtemp(prefix="toasoan-test-")


def pytest_sessionfinish(session: pytest.Session) -> None:
    if not hasattr(session.config, "workerinput"):
        servers.stop(Path(os.environ[DATA]), say=lambda _: None)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deal what takes long to all workers and let each begin with it: the last of the run are then short.

    `worksteal` hands each worker as many neighbours as the others, and takes from the end of a row what it moves.
    """
    hands = getattr(config, "workerinput", {}).get("workercount", 1)
    long = [item for item in items if item.get_closest_marker("long")]
    short = [item for item in items if not item.get_closest_marker("long")]
    ends = [len(items) * hand // hands for hand in range(hands + 1)]
    dealt: list[pytest.Item] = []
    for hand in range(hands):
        mine = long[hand::hands]
        filled = ends[hand + 1] - ends[hand] - len(mine)
        dealt += [*mine, *short[:filled]]
        del short[:filled]
    items[:] = dealt


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The data folder of the servers that all workers share."""
    return Path(os.environ[DATA])


@pytest.fixture(scope="session")
def addresses(shared_data: Path) -> servers.Addresses:
    with FileLock(shared_data / "servers.lock"):
        return servers.ensure(shared_data, say=lambda _: None, fsync=False)


@pytest.fixture(scope="session")
def database(addresses: servers.Addresses, shared_data: Path, worker_id: str) -> str:
    """The superuser's URL of this worker's own database, a copy of the migrated template."""
    from workflow import schema

    server = create_engine(addresses.admin_url, isolation_level="AUTOCOMMIT")
    template = with_database(addresses.admin_url, "template_toasoan")
    with FileLock(shared_data / "template.lock"), server.connect() as connection:
        known = "SELECT 1 FROM pg_database WHERE datname = 'template_toasoan'"
        if not connection.execute(text(known)).scalar():
            connection.execute(text("CREATE DATABASE template_toasoan"))
            schema.migrate(template)
        connection.execute(text(f"DROP DATABASE IF EXISTS test_{worker_id} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE test_{worker_id} TEMPLATE template_toasoan"))
    server.dispose()
    return with_database(addresses.admin_url, f"test_{worker_id}")


def with_database(url: str, name: str) -> str:
    from sqlalchemy.engine import make_url

    return make_url(url).set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def empty_database(addresses: servers.Addresses, worker_id: str) -> Iterator[str]:
    """The superuser's URL of a database of one test's own, in which nothing is."""
    name = f"empty_{worker_id}"
    server = create_engine(addresses.admin_url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield with_database(addresses.admin_url, name)
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


@pytest.fixture(scope="session")
def superuser(database: str) -> Iterator[Engine]:
    """For what no role of the program may do: putting the stage back, tampering."""
    engine = create_engine(database)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def house(
    stage: "Stage", database: str, addresses: servers.Addresses, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """The whole application of this worker, in rehearsal, with its directive laid down."""
    from workflow import founding, schema
    from workflow.settings import settings

    environment = {
        "TOASOAN_MODE": "demo",
        "TOASOAN_DATA": str(tmp_path_factory.mktemp("data")),
        "DATABASE_URL": schema.url_for(database, schema.APP),
        "DATABASE_FORUM_URL": schema.url_for(database, schema.FORUM),
        "DATABASE_SEALER_URL": schema.url_for(database, schema.SEALER),
        "REDIS_URL": addresses.redis_url,
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        settings.cache_clear()
        from wsgi import create_app

        app = create_app({"TESTING": True, **CHEAP_HASHES})
        with app.app_context():
            founding.lay_down_directive()
        # The directive stays; its event belongs to no story.
        stage.strike()
        yield app
    settings.cache_clear()


@pytest.fixture
def app(house: Flask, stage: "Stage") -> Iterator[Flask]:
    """The application inside its context, on an empty stage that is empty again afterwards."""
    from models.base import db

    with house.app_context():
        yield house
        db.session.rollback()
        db.session.remove()
    stage.strike()


@pytest.fixture
def clock_at(app: Flask, superuser: Engine) -> Callable[[str], datetime]:
    """Set people's clock: `clock_at("2021-05-17 08:30")`, Asia/Ho_Chi_Minh. Backwards too: this is a test."""
    from workflow import clock

    def turn(local: str) -> datetime:
        from models.base import db

        moment = datetime.fromisoformat(local).replace(tzinfo=clock.ZONE)
        with superuser.begin() as connection:
            connection.execute(
                text(
                    "INSERT INTO rehearsal_clock (is_only, ahead, set_at) VALUES (true, :to - now(), now())"
                    " ON CONFLICT (is_only) DO UPDATE SET ahead = :to - now()"
                ),
                {"to": moment},
            )
        db.session.rollback()
        return moment

    return turn
