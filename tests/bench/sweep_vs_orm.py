"""The deadline sweep against the usual loop: SQLAlchemy's session, a `transitions` machine a row, a commit a row.

The loop is given a few seconds and its rate counts: over all rows it would take the better part of an hour.
"""

import os
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from statistics import median

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event, select
from sqlalchemy.orm import Session
from transitions import Machine

from tests.bench.approve_vs_orm import STATES, models
from tests.bench.figures import Figure, Stage
from tests.bench.pool import AT, DEADLINE, EFFECT, pool, rate
from workflow import schema
from workflow.engine import audit, unit_of_work

ROUNDS = 3
COUNT = 100_000
SECONDS = 4.0
LAPSE = {"trigger": "lapse", "source": "drafted", "dest": "late"}


def measure(stage: Stage) -> Iterable[Figure]:
    rates: dict[str, list[float]] = {"ours": [], "peer": []}
    with pool(stage) as ready:
        for _ in range(ROUNDS):
            ready.fill("lim", COUNT)
            with _usual(stage) as sweep:
                rates["peer"].append(sweep())
            ready.fill("public", COUNT)
            rates["ours"].append(rate(ready.ours, COUNT))
    theirs, reached = median(rates["peer"]), median(rates["ours"])
    yield Figure(
        "sweep_vs_orm",
        f"{reached / theirs:.0f}",
        ">= 80",
        f"drafts that lapse a second, against the ORM row by row ({reached:,.0f}/s to {theirs:,.0f}/s)",
    )


@contextmanager
def _usual(stage: Stage) -> Iterator[Callable[[], float]]:
    """An application as it is written every day; its loop over what is due, as rows a second."""
    # The house refuses flushes outside its verbs, in every session of the process; the peer is not of the house.
    guard = unit_of_work._refuse_stray_flush
    guarded = event.contains(Session, "before_flush", guard)
    if guarded:
        event.remove(Session, "before_flush", guard)
    app = Flask("usual")
    app.config["SQLALCHEMY_DATABASE_URI"] = schema.driven(stage.admin_url)
    db = SQLAlchemy(app)
    try:
        with app.app_context():
            yield lambda: _loop(db)
            db.session.remove()
            db.engine.dispose()
    finally:
        if guarded:
            event.listen(Session, "before_flush", guard)


def _loop(db: SQLAlchemy) -> float:
    Piece, _, Event, Effect = models(db)  # noqa: N806  (classes)
    begun, done = time.perf_counter(), 0
    for number in db.session.scalars(select(Piece.id).where(Piece.state == "drafted").limit(COUNT)).all():
        piece = db.session.get(Piece, number)
        Machine(model=piece, states=STATES, initial=piece.state, auto_transitions=False, transitions=[LAPSE])
        piece.lapse()
        piece.state_since, piece.version = DEADLINE, piece.version + 1
        stream, command = f"submission:{number}", uuid.uuid4()
        told = audit.canonical(
            {"action": "submission:lapse", "actor": None, "at": AT, "became_at": DEADLINE, "cause": str(command),
             "from": "drafted", "seq": piece.version, "stream": stream, "submission": number, "to": "late", "unit": 1}
        )  # fmt: skip
        before = os.urandom(32)
        db.session.add(
            Event(
                stream=stream, seq=piece.version, payload=told, command_id=command, prev_hash=before,
                hash=sha256(audit.MARK + before + told.encode()).digest(),
            )
        )  # fmt: skip
        db.session.add(
            Effect(
                key=f"{stream}:{piece.version}", topic=EFFECT, queue="mail", payload={"submission": number}
            )
        )
        db.session.commit()
        done += 1
        if time.perf_counter() - begun > SECONDS:
            break
    return done / (time.perf_counter() - begun)
