"""Processes that are born quickly and die on purpose; visitors over real HTTP; time that passes at once."""

import contextlib
import functools
import os
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from models.base import db
from models.outbox import JobPause
from tests.clients import Client
from tests.faults.premises import Premises, founded, opened
from tests.faults.processes import until
from tests.faults.visitors import Visitor
from tests.mail_peer import mail_peer
from tests.nursery import Bear, Born
from tests.post_office import PostOffice
from workflow import accounts
from workflow.settings import settings

FULL = os.environ.get("FAULTS") == "full"
"""`make test-faults`: every pass of every point, the storm, and what takes long."""
collect_ignore = (
    []
    if FULL
    else [
        "test_recovery.py",
        "test_split_networks.py",
        "test_storm.py",
        "test_upgrades.py",
        "test_whole_house.py",
    ]
)


@dataclass(frozen=True)
class Web(Born):
    port: int


@contextlib.contextmanager
def serving(bear: Bear, office: PostOffice, **environment: str) -> Iterator[Web]:
    """A web, once it answers at HOST, a free port of it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    host = environment.get("HOST", "127.0.0.1")
    with bear("web", PORT=str(port), **environment) as born:
        until(lambda: _answers(host, port), seconds=60, log=office.log)
        yield Web(born.pid, port)


@pytest.fixture
def web(bear: Bear, post_office: PostOffice) -> Callable[..., contextlib.AbstractContextManager["Web"]]:
    """`with web() as served:`, once it answers."""
    return functools.partial(serving, bear, post_office)


def _answers(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0


@pytest.fixture
def visiting(client: Client) -> Callable[..., Visitor]:
    """`visiting(cast.binh)`, see `Visitor.inside`."""
    return functools.partial(Visitor.inside, client)


@pytest.fixture
def only_jobs(cast, superuser: Engine) -> Callable[..., None]:
    """`only_jobs("sweep")`: the timetable does these and no others, so that a test knows every row."""
    from tasks.timetable import TIMETABLE
    from workflow import clock
    from workflow.engine.unit_of_work import bookkeeping

    def leave(*names: str) -> None:
        with bookkeeping() as session:
            for job in set(TIMETABLE) - set(names):
                session.add(JobPause(job=job, reason="Thử", paused_by=cast.mai.id, paused_at=clock.now()))

    return leave


@pytest.fixture
def time_passes(superuser: Engine) -> Callable[[], None]:
    """Leases end, messages nobody took are old, waits are over. To be called while no worker works."""

    def pass_by() -> None:
        with superuser.begin() as connection:
            connection.execute(
                text("UPDATE outbox SET lease_until = now() - interval '1 s' WHERE state = 'running'")
            )
            connection.execute(
                text("UPDATE outbox SET queued_at = now() - interval '1 h' WHERE state = 'queued'")
            )

    return pass_by


@pytest.fixture
def drained(post_office: PostOffice, superuser: Engine) -> Callable[[], None]:
    """Wait until nothing is to be done; nobody sits out the pause after a failure."""

    def is_so() -> bool:
        with superuser.begin() as connection:
            connection.execute(
                text("UPDATE outbox SET next_at = now() WHERE state = 'new' AND next_at > now()")
            )
        return post_office.is_drained()

    def wait() -> None:
        try:
            until(is_so, seconds=90, log=post_office.log)
        except AssertionError as error:
            left = text(
                "SELECT id, topic, state, attempts, queued_at, next_at, now() FROM outbox WHERE state <> 'done'"
            )
            raise AssertionError(f"{error}\nleft: {db.session.execute(left).all()}") from None
        db.session.rollback()

    return wait


@contextlib.contextmanager
def living_in(
    data: Path, log: Path, password_hash: str
) -> Iterator[tuple[Premises, list[Visitor], str, Path]]:
    """Servers of its own on `data`, the house up on them, and two people signed in."""
    with founded(data, password_hash) as (house, url), mail_peer() as peer:
        house.test_client_class = Client
        people = (accounts.by_email(f"{name}@example.edu.vn") for name in ("binh", "nga"))
        visitors = [Visitor.inside(house.test_client(), person) for person in people]
        with opened(data, peer, log) as premises:
            yield premises, visitors, url, log


@pytest.fixture
def storm_house(
    app, password_hash: str, tmp_path: Path
) -> Iterator[tuple[Premises, list[Visitor], str, Path]]:
    """A whole house whose servers may be killed."""
    with living_in(tmp_path / "house", tmp_path / "house.log", password_hash) as house:
        yield house


@pytest.fixture
def place(app, clock_at, tmp_path, monkeypatch) -> Iterator[Path]:
    """Where this test's house keeps its files."""
    clock_at("2021-05-17 08:30")
    with monkeypatch.context() as patch:
        patch.setenv("TOASOAN_DATA", str(tmp_path))
        settings.cache_clear()
        yield tmp_path / "files"
    settings.cache_clear()
