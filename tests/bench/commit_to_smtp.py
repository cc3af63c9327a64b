"""From the commit of an approval to its letter in the hands of a mail server, twenty a second, nothing failing."""

import time
from collections.abc import Iterable
from statistics import median

import psycopg
from sqlalchemy import text

from tests.bench import desk, postroom
from tests.bench.figures import Figure, Stage
from tests.bench.postroom import plain
from tests.mail_peer import mail_peer

ROUNDS, LETTERS, PAUSE_SECONDS = 3, 100, 0.05


def measure(stage: Stage) -> Iterable[Figure]:
    from flask import current_app

    from models.base import db

    ours = desk.lay(stage)
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    codes = dict(map(tuple, db.session.execute(text("SELECT id, code FROM submission")).all()))
    halves, worst = [], []
    with mail_peer() as peer, psycopg.connect(plain(stage.admin_url), autocommit=True) as server:
        # What laying the desk has left to be done is not what is measured.
        server.execute("UPDATE outbox SET state = 'done', done_at = now() WHERE state <> 'done'")
        peer.taken = arrivals = _Arrivals()
        with postroom.running(*postroom.staff(), data=stage.data, SMTP_URL=peer.url):
            time.sleep(8)  # until everybody is there and the first minute's jobs are through
            for number in range(ROUNDS):
                given = {}
                for index in range(number * LETTERS, (number + 1) * LETTERS):
                    # A context each, as a request is one: the bell rings at its end.
                    with app.app_context():
                        ours.approve(index)
                        given[codes[ours.numbers[index]]] = time.time()
                    time.sleep(PAUSE_SECONDS)
                postroom.wait_until(lambda wanted=set(given): wanted <= set(arrivals.at), every=0.1)
                taken = [1000 * (arrivals.at[code] - at) for code, at in given.items()]
                halves.append(median(taken))
                worst.append(postroom.percentile(taken, 99))
    yield Figure(
        "commit_to_smtp",
        f"{median(halves):.0f} / {median(worst):.0f}",
        "<= 100 / <= 300",
        "p50 / p99 in ms from the commit of an approval to its letter taken by an SMTP server on loopback, 20 a"
        " second: two rows of the outbox, two messages, one rendered letter",
    )


class _Arrivals(list[bytes]):
    """The letters as they are taken; when the first one about each piece was."""

    def __init__(self) -> None:
        super().__init__()
        self.at: dict[str, float] = {}

    def append(self, raw: bytes) -> None:
        now = time.time()
        super().append(raw)
        for line in raw.split(b"\r\n\r\n", 1)[0].split(b"\r\n"):
            if line.lower().startswith(b"x-toasoan-code:"):
                self.at.setdefault(line.partition(b":")[2].strip().decode(), now)
