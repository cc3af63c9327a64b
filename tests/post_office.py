"""A mail server, a Valkey of one's own to kill, and the environment in which workers and clocks are started."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from embedded import valkey
from models.base import db
from tests.mail_peer import MailPeer, mail_peer
from workflow import schema


@dataclass
class PostOffice:
    """What a worker process needs to know, and where its words go."""

    peer: MailPeer
    data: Path
    log: Path
    environment: dict[str, str] = field(default_factory=dict)

    def message_ids(self) -> list[str]:
        return sorted(letter["Message-ID"] for letter in self.peer.letters())

    def rows(self, topic: str) -> list[tuple[str, int]]:
        """(state, attempts) of the outbox rows with this topic, oldest first."""
        db.session.rollback()
        query = text("SELECT state, attempts FROM outbox WHERE topic = :topic ORDER BY id")
        return [tuple(row) for row in db.session.execute(query, {"topic": topic})]

    def is_drained(self) -> bool:
        db.session.rollback()
        query = text("SELECT count(*) FROM outbox WHERE state IN ('new', 'queued', 'running')")
        return db.session.execute(query).scalar_one() == 0


@pytest.fixture
def post_office(app: Flask, database: str, tmp_path: Path) -> Iterator[PostOffice]:
    data = tmp_path / "redis"
    server = valkey.start(data)
    with mail_peer() as peer:
        yield PostOffice(
            peer,
            data,
            tmp_path / "processes.log",
            {
                "TOASOAN_MODE": "demo",
                "TOASOAN_DATA": str(tmp_path),
                "DATABASE_URL": schema.url_for(database, schema.APP),
                "DATABASE_FORUM_URL": schema.url_for(database, schema.FORUM),
                "REDIS_URL": server.url,
                "SMTP_URL": peer.url,
                "LEASE_SECONDS": "2",
                "SMTP_TIMEOUT_SECONDS": "4",
                "REQUEUE_SECONDS": "3",
                "RELAY_SECONDS": "0.05",
            },
        )
    valkey.stop(data)


@pytest.fixture
def one_letter(post_office: PostOffice) -> Callable[..., None]:
    """Keep one letter, so that one `post` row waits; another occasion is another letter."""
    from workflow import clock, letters

    def keep(occasion: object = "test") -> None:
        sheet = letters.Sheet(
            key=f"receipt|lan@example.edu.vn|{occasion}",
            kind="receipt",
            to_address="lan@example.edu.vn",
            to_name="Trần Thị Lan",
            subject="[Tiếp nhận] Thử",
            text="Thử.\n",
            html="<p>Thử.</p>\n",
            written_at=clock.now(),
        )
        assert letters.keep([sheet]) == 1

    return keep
