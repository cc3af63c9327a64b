"""What can be done with a submission. Each verb says in a line what it is; `perform` is the one way through.

`perform` gathers the facts, lets the engine decide, works out what changes, and has `engine/moves.py` write it
down: state, audit event and outbox rows in one commit. A refusal is raised with all its reasons and recorded.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.orm import class_mapper

from models.base import db
from models.people import Account
from models.submission import Submission
from models.vocabulary import Role
from workflow import clock, consequences, definitions, facts, months
from workflow.consequences import Answers, Changes
from workflow.engine import audit, moves, repeats
from workflow.engine.definition import Step
from workflow.engine.errors import NotAllowed, Stale, ToaSoanError
from workflow.engine.machine import Engine, Offer
from workflow.engine.patience import patiently
from workflow.engine.unit_of_work import apart, change, statement
from workflow.rules.facts import Facts


@dataclass(frozen=True)
class Done:
    """What a verb did: the step it took and where the piece stands now."""

    submission_id: int
    trigger: str
    version: int
    state: str
    digest: str


def available(submission_id: int, *, by: Account | None, everyones: bool = False) -> list[Offer]:
    """Every step the person has the role for, allowed or refused with all reasons. Records nothing.

    `everyones`: what others could do too, so that nothing the piece may come to is left out.
    """
    with statement() as connection:
        known = facts.gather(connection, submission_id, actor=by.id if by else None)
    return _engine(known).available(known, everyones=everyones)


def foretell(submission_id: int, trigger: str, *, at: datetime, **answers: Any) -> tuple[Facts, Step]:
    """What the clock would find if it took this step at `at`. Changes and records nothing.

    Raises NotAllowed with all reasons.
    """
    with statement() as connection:
        known = facts.gather(connection, submission_id, actor=None, at=at)
    return known, _engine(known).decide(trigger, known, answers)


def still_refused(known: Facts, trigger: str, then: Facts) -> None:
    """What a step guards must hold of its outcome too. Raises NotAllowed when it does not of the facts `then`."""
    engine = _engine(known)
    refusals = engine.refusals(engine.step(trigger, known.state), then)
    if refusals:
        raise NotAllowed(*refusals)


def _engine(known: Facts) -> Engine:
    return definitions.followed(known.workflow, known.workflow_version)


@dataclass
class _Order:
    """What somebody asks for, and what the newest try saw of the piece."""

    submission_id: int
    trigger: str
    actor: int | None
    at: datetime | None
    command: str | None
    cause: str | None
    acting_for: str | None
    beside: Callable[[Facts], tuple[Changes, dict[str, Any]]] | None
    content: Mapping[str, Any]
    version: int | None
    answers: Answers
    known: Facts | None = None
    tries: int = 0
    own_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    """Recognises the event when nobody gave a command id and the connection broke while it was written."""

    @property
    def action(self) -> str:
        return f"submission:{self.trigger}"

    def asks(self) -> dict[str, Any]:
        return {
            "actor": self.actor,
            "piece": self.submission_id,
            "at": self.at,
            "acting_for": self.acting_for,
            **self.content,
            **self.answers,
        }


def perform(
    submission_id: int,
    trigger: str,
    *,
    by: Account | None,
    at: datetime | None = None,
    command: str | None = None,
    cause: str | None = None,
    acting_for: str | None = None,
    beside: Callable[[Facts], tuple[Changes, dict[str, Any]]] | None = None,
    content: Mapping[str, Any] | None = None,
    version: int | None = None,
    **answers: Any,
) -> Done:
    """Take one step with one piece.

    `by=None` is the clock. `at` is the receipt time when it is not now. `command` makes a repeat harmless.
    `acting_for` is the code of the unit whose committee an editor stands in for; the caller asked if he may.
    `beside` writes rows of its own in the same transaction and returns more changes and details; `content` says
    what it will write, to tell a repeat from another command with the same id. `version` is the piece's as it was
    looked at: a step that was open then and is no more has been lost to somebody faster, and is Stale. The clock
    always looks again first: for it whatever has moved on is Stale.
    Raises NotAllowed (recorded), Stale, Busy, CommandReused, NotFound, KeyError for an unknown trigger.
    """
    order = _Order(
        submission_id, trigger, by.id if by else None, at, command, cause, acting_for, beside,
        content or {}, version, answers,
    )  # fmt: skip
    try:
        return patiently(lambda: _take(order), is_repeatable=True)
    except ToaSoanError as refused:
        if (done := _repeated(order)) is not None:
            return done
        if isinstance(refused, NotAllowed) and order.known is not None:
            put_on_record(trigger, [(order.known, refused)])
        raise


def _take(order: _Order) -> Done:
    order.tries += 1
    trigger, answers = order.trigger, order.answers
    with _transaction(order), statement() as connection:
        if trigger == "submit":
            _hold_still(connection, order.submission_id, order.at)
        known = facts.gather(connection, order.submission_id, actor=order.actor, at=order.at)
        if order.acting_for == known.unit_code:
            known = replace(known, roles=known.roles | {Role.COMMITTEE})
        order.known = known
        engine = _engine(known)
        if _has_moved_on(order, known) and (order.actor is None or engine.has_passed(trigger, known)):
            raise Stale
        step = engine.decide(trigger, known, answers)
        if "seen" in step.asks and answers["seen"] != known.digest:
            raise Stale
        changes, details = consequences.of(trigger, known, answers)
        if order.acting_for is not None:
            # He stands in, but stays the department's: four eyes counts him among the editors.
            details = {**details, "side": "department", "acting_for": order.acting_for}
        if order.beside is not None:
            more, told = order.beside(known)
            changes, details = {**changes, **more}, {**details, **told}
        if order.command is not None:
            details = {**details, "asked": repeats.asked(order.command, order.asks())}
        happening = consequences.happening(
            known, step, changes, details, answers, command=order.command or order.own_id, cause=order.cause
        )
        version = moves.record(connection, happening)
    _forget(order.submission_id)
    return Done(order.submission_id, trigger, version, happening.target, changes.get("digest", known.digest))


def _has_moved_on(order: _Order, known: Facts) -> bool:
    return order.version is not None and order.version < known.version


def _transaction(order: _Order) -> AbstractContextManager[object]:
    return change() if order.beside is not None or consequences.writes_more(order.trigger) else nullcontext()


_HOLD = text("""
SELECT 1 FROM submission s JOIN unit u ON u.id = s.unit_id JOIN period p ON p.id = s.period_id
WHERE s.id = :id FOR NO KEY UPDATE OF u FOR KEY SHARE OF p
""")


def _hold_still(connection: Connection, submission_id: int, at: datetime | None) -> None:
    """Nothing that decides a piece's month moves while it is sent.

    Two pieces of one unit are sent one after the other, else both would fill the same gap in the quota; an
    extension or a closing waits. The month that takes pieces is opened when no clock has done so.
    """
    months.ensure_around(at or clock.now())
    connection.execute(_HOLD, {"id": submission_id})


_MAPPER = class_mapper(Submission, configure=False)


def _forget(submission_id: int) -> None:
    """The move went past the session: if it holds the piece, what it holds is old."""
    held = db.session.identity_map.get(_MAPPER.identity_key_from_primary_key((submission_id,)))
    if held is not None:
        db.session.expire(held)


def _repeated(order: _Order) -> Done | None:
    """What an earlier copy of this command did, so that a repeat is answered and not refused.

    Looked up only when something was refused: the usual command is no repeat.
    """
    if order.command is not None:
        wrote = repeats.earlier(order.command, order.action, order.asks())
    elif order.tries > 1:
        wrote = repeats.earlier(order.own_id, order.action, None)
    else:
        return None
    if wrote is None:
        return None
    return Done(order.submission_id, order.trigger, wrote["seq"], wrote["to"], wrote["digest"])


def put_on_record(trigger: str, refused: Sequence[tuple[Facts, NotAllowed]]) -> None:
    """Refusals are events of the person's own stream."""
    # Apart: a verb that writes more than its move is rolled back as a whole, its refusal must not be.
    with apart() as connection:
        for known, refusal in refused:
            audit.write(
                connection,
                f"refusal:{known.actor or 0}",
                f"submission:refused/{refusal.code}",
                actor=known.actor,
                at=known.recorded_at,
                trigger=trigger,
                submission=known.submission_id,
                unit=known.unit_id,
                reasons=[reason.code for reason in refusal.refusals],
            )


# --- the verbs ------------------------------------------------------------------------------------------------------


def submit(submission_id: int, *, by: Account, at: datetime | None = None, **options: Any) -> Done:
    """Send the piece to the department; the sender states that it is true (R2, R8)."""
    return perform(submission_id, "submit", by=by, at=at, statement=True, **options)


def withdraw(submission_id: int, *, by: Account) -> Done:
    """Take it back while nobody has claimed it; it stops counting."""
    return perform(submission_id, "withdraw", by=by)


def claim(submission_id: int, *, by: Account) -> Done:
    return perform(submission_id, "claim", by=by)


def finish_editing(submission_id: int, *, by: Account) -> Done:
    """The editor has gone through the checklist; the piece waits for approval."""
    return perform(submission_id, "edit", by=by, checklist=True)


def give_back(submission_id: int, *, reason: str, by: Account) -> Done:
    """Return it to the unit; the first sending and its count stay."""
    return perform(submission_id, "return", by=by, reason=reason)


def approve(submission_id: int, *, by: Account, seen: str, **options: Any) -> Done:
    """Approve exactly the text with the digest `seen`; any other raises Stale."""
    return perform(submission_id, "approve", by=by, seen=seen, **options)


def publish(submission_id: int, *, by: Account | None, seen: str, version: int | None = None) -> Done:
    """Put the approved revision on the forum, and no other. `by=None`: at its set time."""
    return perform(submission_id, "publish", by=by, seen=seen, version=version)


def retract(submission_id: int, *, reason: str, by: Account) -> Done:
    """Take the page down; its address answers 410 with the reason."""
    return perform(submission_id, "retract", by=by, reason=reason)
