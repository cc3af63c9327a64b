"""A whole house of its own, `toasoan up`, whose servers may be killed: nobody else's database is on them."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
import redis
from flask import Flask
from redis.backoff import ConstantBackoff
from redis.retry import Retry
from sqlalchemy import create_engine, text

from embedded import postgres, servers, supervisor, valkey
from models.base import db
from tests.faults.processes import ROOT
from tests.line.conftest import Line
from tests.mail_peer import MailPeer
from workflow import founding, schema
from workflow.settings import settings

QUICKLY = {
    "LEASE_SECONDS": "6",
    "SMTP_TIMEOUT_SECONDS": "4",
    "REQUEUE_SECONDS": "4",
    "RELAY_SECONDS": "0.2",
    "PYTHONUNBUFFERED": "1",
}
"""Time-outs scaled down, in the proportions they have in life."""
PROGRAM = Path(__file__).with_name("unbounded.py")
LEASE_SECONDS = float(QUICKLY["LEASE_SECONDS"])


@dataclass
class Premises:
    """Its data folder, the port of its web, and the hand that breaks things in it."""

    data: Path
    port: int
    peer: MailPeer

    def pid_of(self, child: str) -> int | None:
        found = supervisor.status(self.data)
        return found.children[child]["pid"] if found else None

    def kill(self, child: str) -> None:
        """The child and all its own, by SIGKILL; the supervisor starts it again."""
        self._signal(child, signal.SIGKILL)

    def freeze(self, child: str, seconds: float) -> None:
        self._signal(child, signal.SIGSTOP)
        time.sleep(seconds)
        self._signal(child, signal.SIGCONT)

    def _signal(self, child: str, number: signal.Signals) -> None:
        if pid := self.pid_of(child):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, number)

    def lose_redis(self, *, seconds: float = 0, empty: bool = False) -> None:
        valkey.kill(self.data)
        time.sleep(seconds)
        valkey.start(self.data, empty=empty)

    def flush_redis(self) -> None:
        found = valkey.find(self.data)
        if found is not None:
            # Another fault may just have struck it: it answers when it has read its file again.
            patience = Retry(ConstantBackoff(1), retries=10)
            with redis.Redis.from_url(found.url) as client:
                patience.call_with_retry(client.flushall, lambda _: client.close())

    def stop_postgres(self, *, seconds: float = 0) -> None:
        """`pg_ctl stop -m immediate`, and back."""
        found = postgres.find(self.data)
        assert found is not None
        os.kill(found.pid, signal.SIGQUIT)
        psutil.wait_procs([psutil.Process(found.pid)] if psutil.pid_exists(found.pid) else [], timeout=30)
        time.sleep(seconds)
        postgres.start(self.data, settings=postgres.CARELESS)

    def is_drained(self) -> bool:
        return not self.waiting()

    def waiting(self) -> dict[str, int]:
        """What the outbox still holds: how many rows of each state, topic and number of tries."""
        db.session.rollback()
        held = text(
            "SELECT concat_ws(' ', state, topic, attempts, error), count(*) FROM outbox"
            " WHERE state IN ('new', 'queued', 'running') GROUP BY 1"
        )
        return {str(kind): int(many) for kind, many in db.session.execute(held)}


@contextlib.contextmanager
def founded(data: Path, password_hash: str) -> Iterator[tuple[Flask, str]]:
    """Servers of our own with the cast in their database, and the test inside the application on them."""
    from tests.cast import _engage
    from tests.conftest import CHEAP_HASHES

    server = postgres.start(data, settings=postgres.CARELESS)
    broker = valkey.start(data)
    schema.migrate(server.url)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {
            "TOASOAN_MODE": "demo",
            "TOASOAN_DATA": str(data),
            "DATABASE_URL": schema.url_for(server.url, schema.APP),
            "DATABASE_FORUM_URL": schema.url_for(server.url, schema.FORUM),
            "DATABASE_SEALER_URL": schema.url_for(server.url, schema.SEALER),
            "REDIS_URL": broker.url,
        }.items():
            patch.setenv(name, value)
        settings.cache_clear()
        from wsgi import create_app

        app = create_app({"TESTING": True, **CHEAP_HASHES})
        try:
            with app.app_context():
                founding.lay_down_directive()
                _set_clock(server.url)
                _engage(password_hash)
                yield app, server.url
                db.session.remove()
                for engine in db.engines.values():
                    engine.dispose()
        finally:
            servers.stop(data, say=lambda _: None)
    settings.cache_clear()


def _set_clock(url: str) -> None:
    """The morning of 17 May 2021, three days before the deadline."""
    engine = create_engine(schema.driven(url))
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO rehearsal_clock (is_only, ahead, set_at)"
                " VALUES (true, timestamptz '2021-05-17 08:30+07' - now(), now())"
            )
        )
    engine.dispose()


@contextlib.contextmanager
def opened(data: Path, peer: MailPeer, log: Path) -> Iterator[Premises]:
    """`toasoan up` on those servers, ready; ended with all its processes."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    line = Line(data, {**QUICKLY, "SMTP_URL": peer.url})
    with log.open("ab") as output:
        up = subprocess.Popen(
            [sys.executable, str(PROGRAM), *line.argv("up", "--foreground", "--port", port)[1:]],
            env=line.environment(PYTHONPATH=str(ROOT)),
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        wait_for(lambda: _is_ready(data), seconds=120, log=log)
        yield Premises(data, port, peer)
    finally:
        up.kill()  # its guardian ends the children
        up.wait(30)
        wait_for(lambda: supervisor.status(data) is None, seconds=60, log=log)


def _is_ready(data: Path) -> bool:
    found = supervisor.status(data)
    return found is not None and found.is_ready


def wait_for(holds: Callable[[], bool], *, seconds: float, log: Path) -> None:
    from tests.faults.processes import until

    until(holds, seconds=seconds, log=log)
