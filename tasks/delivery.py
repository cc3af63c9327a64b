"""What a worker does with an outbox row: claim it, do what its topic asks, write down that it is done.

A handler has two halves. The first reads and does what lies outside the database (it may happen twice, so it is
harmless twice); it returns the second, which writes in the same transaction as `done`. A worker that slept past
its lease finds another token there, and its second half is rolled back.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Any

import structlog
from sqlalchemy.exc import OperationalError

from models.base import db
from tasks import channels, company, given, letters, mailing, media, timetable
from tasks.context import hurried
from tasks.leases import Claimed, LeaseLost, any_waits, claim, finish, give_up
from tasks.message import LetterRefused
from tasks.post import PermanentFailure, TemporaryFailure
from tasks.wording import WordingError
from workflow import logbook
from workflow.engine import click, crashing
from workflow.engine.unit_of_work import bookkeeping
from workflow.intake import receiving
from workflow.letters import keep, note_failed
from workflow.settings import settings

log = structlog.get_logger("tasks.delivery")

PERMANENT = (PermanentFailure, LetterRefused, WordingError)
"""Another try would end the same way; a person must look."""

AWAY_SECONDS = 0.2
"""Between two looks for a database that went away."""

BATCH = {"letter": 16}
"""Rows that travel and are carried out together, by the word before the colon: many where the effect is rows of our
own, else one, so that a slow server or a broken picture holds up nothing but itself."""

Then = Callable[[], object]


def deliver(ids: Sequence[int], alone: bool = False) -> None:
    """Carry out these outbox rows, suspects alone. The actor of every queue; its message proves nothing."""
    if alone and not any_waits(ids, suspects=True):
        # Rung for twice: the others need not stop for what is done.
        return
    # A zombie is harmless (its token is old), but it should not hold a thread: half a lease is enough.
    with company.joined(alone=alone) as may, hurried(settings().lease_seconds / 2):
        if not may:
            # Nobody has taken the row: the relay rings for it again.
            return
        rows = sorted(claim(ids, suspects=alone), key=lambda row: (row.kind, row.id))
        if rows:
            crashing.point("after_claim")
        for kind, alike in groupby(rows, key=lambda row: row.kind):
            together = list(alike)
            for some in [together] if kind in BATCH else [[row] for row in together]:
                carry_out(some)
    if rows:
        crashing.point("after_done")


def carry_out(rows: Sequence[Claimed]) -> None:
    """Do what these rows of one kind ask and write down how it ended: all in one transaction, and where that
    cannot be, each by itself. Failures are rows and log lines, never swallowed."""
    if len(rows) == 1:
        with click.resumed(rows[0].cause):
            _carry_out_one(rows[0])
        return
    try:
        _do(rows)
    except Exception:
        # One of them spoils it for the others. Who it is will be told when it fails alone.
        db.session.rollback()
        for row in rows:
            carry_out([row])


def _carry_out_one(row: Claimed) -> None:
    try:
        _do([row])
    except LeaseLost:
        log.warning("lease_lost", outbox=row.id, topic=row.topic)
    except PERMANENT as error:
        fail(row, error, is_final=True)
    except Exception as error:
        fail(row, error, is_final=False)


def _do(rows: Sequence[Claimed]) -> None:
    then = HANDLERS[rows[0].kind](rows)
    # What the first half read is old now, and its transaction must not stay open.
    db.session.rollback()
    crashing.point("after_effect")
    _insist(rows, then)
    for row in rows if rows[0].kind == "post" else ():
        given.forget(row)
    _tell(rows)


def _tell(rows: Sequence[Claimed]) -> None:
    """One line for those alike: a line each took a third of what a row costs that is done with a hundred others."""
    for topic, alike in groupby(rows, key=lambda row: row.topic):
        same = list(alike)
        log.info(
            "done",
            outbox=[row.id for row in same],
            topic=topic,
            attempts=max(row.attempts for row in same),
            causes=sorted({row.cause or "" for row in same}),
        )


def _insist(rows: Sequence[Claimed], then: Then) -> None:
    """Write down that it is done. A database that goes away just now is waited for: what lies outside has happened,
    and whoever gave up would let it happen again. The token makes it harmless to write twice."""
    ends_at = time.monotonic() + settings().lease_seconds
    while True:
        try:
            _write_down(rows, then)
            return
        except OperationalError as error:
            if time.monotonic() > ends_at:
                raise
            log.warning("database_away", outbox=[row.id for row in rows], error=type(error.orig).__name__)
            time.sleep(AWAY_SECONDS)


def _write_down(rows: Sequence[Claimed], then: Then) -> None:
    with bookkeeping():
        finish(rows)
        then()


def fail(row: Claimed, error: Exception, *, is_final: bool) -> None:
    """Put the row back for later, or aside as dead after its last try."""
    db.session.rollback()
    told = f"{type(error).__name__}: {logbook.said(error)}"[:2000]
    if isinstance(error, (TemporaryFailure, *PERMANENT)):
        log.warning("not_delivered", outbox=row.id, topic=row.topic, attempts=row.attempts, error=told)
    else:
        log.exception("delivery_failed", outbox=row.id, topic=row.topic, attempts=row.attempts)
    with bookkeeping():
        if give_up(row, told, is_final=is_final):
            bury(row.topic, row.payload, told)


def bury(topic: str, payload: Mapping[str, Any], error: str) -> None:
    """What a dead row means for what it was about. Inside the transaction that declares it dead."""
    if topic == "post":
        note_failed(payload["letter"], error=error)
    if topic.partition(":")[0] == "job":
        timetable.note(payload["job"], payload["slot"], {"error": error})


def _each(carry: Callable[[Claimed], Then]) -> Callable[[Sequence[Claimed]], Then]:
    """For what is done row by row: what follows from a row belongs to the click the row came from."""

    def carry_all(rows: Sequence[Claimed]) -> Then:
        halves = []
        for row in rows:
            with click.resumed(row.cause):
                halves.append((row.cause, carry(row)))

        def then() -> None:
            for cause, half in halves:
                with click.resumed(cause):
                    half()

        return then

    return carry_all


def _letters(row: Claimed) -> Then:
    sheets = letters.write(row.topic, row.payload)
    return lambda: keep(sheets)


def _post(row: Claimed) -> Then:
    return mailing.send(row)


def _channel(row: Claimed) -> Then:
    return channels.tell(row.payload["letter"])


def _public_copy(row: Claimed) -> Then:
    return media.make_copy(row.payload["attachment"])


def _read_mail(row: Claimed) -> Then:
    receiving.read_envelope(row.payload["envelope"])
    return lambda: None


def _job(row: Claimed) -> Then:
    return timetable.run(row.payload["job"], row.payload["slot"])


HANDLERS: Mapping[str, Callable[[Sequence[Claimed]], Then]] = {
    "letter": _each(_letters),
    "post": _each(_post),
    "channel": _each(_channel),
    "public_copy": _each(_public_copy),
    "read_mail": _each(_read_mail),
    "job": _each(_job),
}
"""The word before the colon of a topic -> what carries out rows of it: one, or as many as BATCH says."""
