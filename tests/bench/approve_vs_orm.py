"""Our approval against the usual way: Flask-SQLAlchemy's session, a `transitions` machine per row, four statements.

The peer asks for the same role and four eyes and writes the same rows into copies of our tables, without chain.
"""

import json
import os
import uuid
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from statistics import median
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, DateTime, FetchedValue, Identity, LargeBinary, String, Uuid, event, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session
from transitions import Machine

from tests.bench import desk
from tests.bench.figures import Figure, Stage
from workflow import schema
from workflow.engine import unit_of_work

ROUNDS = 5
HANDS = ("submission:submit", "submission:edit")


STATES = ["drafted", "submitted", "edited", "approved", "published", "late"]
APPROVE = {"trigger": "approve", "source": "edited", "dest": "approved"}


def measure(stage: Stage) -> Iterable[Figure]:
    ours = desk.lay(stage)
    peer = usual(stage, ours)
    back = desk.Limit(ours)
    rates: dict[str, list[float]] = {"ours": [], "peer": []}
    for _ in range(ROUNDS):
        rates["peer"].append(desk.rate(peer))
        back.send_back()
        rates["ours"].append(desk.rate(ours.approve))
        ours.send_back()
    theirs, reached = median(rates["peer"]), median(rates["ours"])
    yield Figure(
        "approve_vs_orm",
        f"{reached / theirs:.1f}",
        ">= 5",
        f"one approval against Flask-SQLAlchemy's ORM with a machine per row ({reached:.0f}/s to {theirs:.0f}/s)",
    )


def usual(stage: Stage, ours: desk.Desk) -> Callable[[int], None]:
    """An application as it is written every day; its approval of the piece at an index."""
    # The house refuses flushes outside its verbs, in every session of the process; the peer is not of the house.
    event.remove(Session, "before_flush", unit_of_work._refuse_stray_flush)
    app = Flask("usual")
    app.config["SQLALCHEMY_DATABASE_URI"] = schema.driven(stage.admin_url)
    db = SQLAlchemy(app)
    Piece, Grant, Event, Effect = models(db)  # noqa: N806  (classes)
    actor = ours.approver.id

    def approve(index: int) -> None:
        with app.app_context():
            piece = db.session.get(Piece, ours.numbers[index])
            roles = set(db.session.scalars(select(Grant.role).filter_by(account_id=actor)))
            hands = select(Event.actor_id).filter_by(submission_id=piece.id).where(Event.action.in_(HANDS))
            if "approver" not in roles or actor in set(db.session.scalars(hands)):
                raise RuntimeError("the peer's own approval was refused")
            Machine(
                model=piece, states=STATES, initial=piece.state, auto_transitions=False, transitions=[APPROVE]
            )
            piece.approve()
            piece.state_since = datetime.now(UTC)
            piece.version += 1
            stream, command = f"submission:{piece.id}", uuid.uuid4()
            told = {
                "action": "submission:approve", "actor": actor, "at": piece.state_since.isoformat(),
                "cause": str(command), "digest": piece.digest, "from": "edited", "seq": piece.version,
                "stream": stream, "submission": piece.id, "to": "approved", "unit": 1,
            }  # fmt: skip
            db.session.add(
                Event(
                    stream=stream, seq=piece.version, payload=json.dumps(told), command_id=command,
                    prev_hash=os.urandom(32), hash=bytes(32),
                )
            )  # fmt: skip
            effect = {"topic": "letter:approved", "queue": "mail", "payload": {"submission": piece.id}}
            db.session.add(Effect(key=f"{stream}:{piece.version}", **effect))
            db.session.commit()

    return approve


def models(db: SQLAlchemy) -> tuple[Any, Any, Any, Any]:
    """The copies of our tables in the schema `lim`, as the ORM maps them."""

    column = db.mapped_column

    class Piece(db.Model):  # type: ignore[name-defined,misc]
        __tablename__, __table_args__ = "submission", {"schema": "lim"}
        id = column(BigInteger, primary_key=True)
        state, digest = column(String), column(String)
        state_since, version = column(DateTime(timezone=True)), column(BigInteger)

    class Grant(db.Model):  # type: ignore[name-defined,misc]
        __tablename__, __table_args__ = "role_grant", {"schema": "lim"}
        id = column(BigInteger, primary_key=True)
        account_id, role = column(BigInteger), column(String)

    class Event(db.Model):  # type: ignore[name-defined,misc]
        __tablename__, __table_args__ = "audit_event", {"schema": "lim"}
        id = column(BigInteger, Identity(always=True), primary_key=True)
        stream, seq, payload, command_id = column(String), column(BigInteger), column(String), column(Uuid)
        prev_hash, hash = column(LargeBinary), column(LargeBinary)
        action, actor_id, submission_id = (
            column(kind, server_default=FetchedValue()) for kind in (String, BigInteger, BigInteger)
        )

    class Effect(db.Model):  # type: ignore[name-defined,misc]
        __tablename__, __table_args__ = "outbox", {"schema": "lim"}
        id = column(BigInteger, Identity(always=True), primary_key=True)
        key, topic, queue, payload = column(String), column(String), column(String), column(JSONB)

    return Piece, Grant, Event, Effect
