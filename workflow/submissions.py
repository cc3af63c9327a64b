"""What can be done with a submission. Each verb says in a line what it is; `perform` is the one way through.

`perform` gathers the facts, lets the engine decide, works out what changes, and has `engine/moves.py` write it
down: state, audit event and outbox rows in one commit. A refusal is raised with all its reasons and recorded.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.orm.util import identity_key

from models.base import db
from models.people import Account
from models.submission import Submission
from models.vocabulary import Role, UncountReason
from workflow import clock, definitions, facts, months, publications
from workflow.engine import audit, moves
from workflow.engine.definition import Step
from workflow.engine.errors import N_, Invalid, NotAllowed, Stale
from workflow.engine.machine import Engine, Offer
from workflow.engine.unit_of_work import apart, change, statement
from workflow.notices import effects
from workflow.rules.facts import Facts
from workflow.rules.periods import booking

Answers = Mapping[str, Any]
Changes = dict[str, Any]


@dataclass(frozen=True)
class Done:
    """What a verb did: the step it took and where the piece stands now."""

    submission_id: int
    trigger: str
    version: int
    state: str
    digest: str


def available(submission_id: int, *, by: Account | None) -> list[Offer]:
    """Every step the person has the role for, allowed or refused with all reasons. Records nothing."""
    with statement() as connection:
        known = facts.gather(connection, submission_id, actor=by.id if by else None)
    return _engine(known).available(known)


def still_refused(known: Facts, trigger: str, then: Facts) -> None:
    """What a step guards must hold of its outcome too. Raises NotAllowed when it does not of the facts `then`."""
    engine = _engine(known)
    refusals = engine.refusals(engine.step(trigger, known.state), then)
    if refusals:
        raise NotAllowed(*refusals)


def _engine(known: Facts) -> Engine:
    return definitions.pinned(known.workflow, known.workflow_version)


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
    **answers: Any,
) -> Done:
    """Take one step with one piece.

    `by=None` is the clock. `at` is the receipt time when it is not now. `command` makes a repeat harmless.
    `acting_for` is the code of the unit whose committee an editor stands in for; the caller asked if he may.
    `beside` writes rows of its own in the same transaction and returns more changes and details.
    Raises NotAllowed (recorded), Stale, CommandReused, NotFound, KeyError for an unknown trigger.
    """
    actor = by.id if by else None
    with change() if _writes_more(trigger, beside) else nullcontext(), statement() as connection:
        if trigger == "submit":
            _hold_still(connection, submission_id, at)
        known = facts.gather(connection, submission_id, actor=actor, at=at)
        if acting_for == known.unit_code:
            known = replace(known, roles=known.roles | {Role.COMMITTEE})
        if command is not None and (done := _repeated(connection, known, trigger, command)) is not None:
            return done
        with _refusals_on_record(known, trigger):
            step = _engine(known).decide(trigger, known, answers)
            if "seen" in step.asks and answers["seen"] != known.digest:
                raise Stale
            changes, details = CONSEQUENCES.get(trigger, _nothing)(known, answers)
            if acting_for is not None:
                # He stands in, but stays the department's: four eyes counts him among the editors.
                details = {**details, "side": "department", "acting_for": acting_for}
            if beside is not None:
                more, told = beside(known)
                changes, details = {**changes, **more}, {**details, **told}
        happening = _happening(known, step, changes, details, answers, command=command, cause=cause)
        version = moves.record(connection, happening)
    _forget(submission_id)
    return Done(submission_id, trigger, version, happening.target, changes.get("digest", known.digest))


def _writes_more(trigger: str, beside: object) -> bool:
    return beside is not None or trigger in ("submit", "publish", "retract")


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


def _forget(submission_id: int) -> None:
    """The move went past the session: if it holds the piece, what it holds is old."""
    held = db.session.identity_map.get(identity_key(Submission, submission_id))
    if held is not None:
        db.session.expire(held)


def _repeated(connection: Connection, known: Facts, trigger: str, command: str) -> Done | None:
    """What an earlier copy of this command did, so that a repeat is answered and not refused."""
    version = moves.already(connection, command, f"submission:{known.submission_id}", f"submission:{trigger}")
    if version is None:
        return None
    return Done(known.submission_id, trigger, version, known.state, known.digest)


@contextmanager
def _refusals_on_record(known: Facts, trigger: str) -> Iterator[None]:
    try:
        yield
    except NotAllowed as refused:
        # Apart: a verb that writes more than its move is rolled back as a whole, its refusal must not be.
        with apart() as connection:
            audit.write(
                connection,
                f"refusal:{known.actor or 0}",
                f"submission:refused/{refused.code}",
                actor=known.actor,
                at=known.recorded_at,
                trigger=trigger,
                submission=known.submission_id,
                unit=known.unit_id,
                reasons=[refusal.code for refusal in refused.refusals],
            )
        raise


def _happening(
    known: Facts,
    step: Step,
    changes: Changes,
    details: dict[str, Any],
    answers: Answers,
    *,
    command: str | None,
    cause: str | None,
) -> moves.Happening:
    told = {name: answers[name] for name in ("reason", "kind", "until") if answers.get(name)}
    if known.now != known.recorded_at:
        told["became_at"] = known.now
    values: dict[str, Any] = {"command": command} if command else {}
    return moves.Happening(
        submission_id=known.submission_id,
        state=known.state,
        target=step.target or known.state,
        version=known.version,
        head_hash=known.head_hash,
        action=f"submission:{step.trigger}",
        actor=known.actor,
        at=known.recorded_at,
        changes=changes,
        effects=effects(step.effects, event=known.version + 1),
        details={"unit": known.unit_id, "digest": known.digest, **told, **details},
        cause=cause,
        **values,
    )


# --- what each step changes besides the state -------------------------------------------------------------------


def _nothing(_known: Facts, _answers: Answers) -> tuple[Changes, dict[str, Any]]:
    return {}, {}


def _submit(known: Facts, _answers: Answers) -> tuple[Changes, dict[str, Any]]:
    changes: Changes = {"returned_reason": None, "statement_by": known.actor}
    if known.first_sent_at is None:
        booked = booking(known)
        if booked is None:
            raise Invalid("no_open_period", N_("Chưa có kỳ nào đang mở để nhận bài."))
        changes |= {
            "first_sent_at": known.now,
            "period_id": booked.period_id,
            "sent_late": booked.is_late,
        }
    return changes, {"side": "unit", "sent_late": changes.get("sent_late", known.sent_late)}


def _withdraw(_known: Facts, _answers: Answers) -> tuple[Changes, dict[str, Any]]:
    return {"first_sent_at": None, "sent_late": False, "statement_by": None, "excused_reason": None}, {}


def _return(_known: Facts, answers: Answers) -> tuple[Changes, dict[str, Any]]:
    unclaimed = {"claimed_by": None, "claimed_at": None, "checklist_by": None}
    return {"returned_reason": answers["reason"], **unclaimed}, {}


def _edit(known: Facts, _answers: Answers) -> tuple[Changes, dict[str, Any]]:
    return {"checklist_by": known.actor}, {"side": "department"}


def _send_back(known: Facts, _answers: Answers) -> tuple[Changes, dict[str, Any]]:
    # The claim stays with the editor and runs anew: it would lapse at once when the approver took days.
    claim = {"claimed_at": known.now} if known.claimed_by is not None else {}
    return {"checklist_by": None, "scheduled_at": None, **claim}, {}


def _publish(known: Facts, _answers: Answers) -> tuple[Changes, dict[str, Any]]:
    if known.actor is None and (known.scheduled_at is None or known.now < known.scheduled_at):
        # The hour was taken back or moved after the clock had looked.
        raise Stale
    publications.put_up(known.submission_id, known.revision_id, at=known.now)
    return {"scheduled_at": None}, {}


def _retract(known: Facts, answers: Answers) -> tuple[Changes, dict[str, Any]]:
    publications.take_down(known.submission_id, reason=answers["reason"], at=known.now)
    return {}, {}


def _extend(_known: Facts, answers: Answers) -> tuple[Changes, dict[str, Any]]:
    return {"extended_until": answers["until"]}, {}


def _claim(known: Facts, _answers: Answers) -> tuple[Changes, dict[str, Any]]:
    return {"claimed_by": known.actor, "claimed_at": known.now}, {"before": known.claimed_by}


def _release(_known: Facts, _answers: Answers) -> tuple[Changes, dict[str, Any]]:
    return {"claimed_by": None, "claimed_at": None}, {}


def _schedule(known: Facts, answers: Answers) -> tuple[Changes, dict[str, Any]]:
    if answers["until"] <= known.now:
        raise Invalid("time_passed", N_("Thời điểm hẹn phải ở phía trước."), field="until")
    return {"scheduled_at": answers["until"]}, {}


def _uncount(_known: Facts, answers: Answers) -> tuple[Changes, dict[str, Any]]:
    if answers["kind"] not in set(UncountReason):
        raise Invalid("kind_unknown", N_("Không có loại lý do “{kind}”."), kind=answers["kind"], field="kind")
    return {"uncounted": UncountReason(answers["kind"]), "uncounted_reason": answers["reason"]}, {}


CONSEQUENCES: Mapping[str, Callable[[Facts, Answers], tuple[Changes, dict[str, Any]]]] = {
    "submit": _submit,
    "withdraw": _withdraw,
    "return": _return,
    "edit": _edit,
    "send_back": _send_back,
    "publish": _publish,
    "retract": _retract,
    "extend": _extend,
    "claim": _claim,
    "take_over": _claim,
    "release": _release,
    "lapse_claim": _release,
    "schedule": _schedule,
    "uncount": _uncount,
    "unschedule": lambda _k, _a: ({"scheduled_at": None}, {}),
    "set_aside": lambda _k, a: ({"set_aside_reason": a["reason"]}, {}),
    "take_up": lambda _k, _a: ({"set_aside_reason": None}, {}),
    "count": lambda _k, _a: ({"uncounted": None, "uncounted_reason": ""}, {}),
    "excuse": lambda _k, a: ({"excused_reason": a["reason"]}, {}),
    "discard": lambda k, _a: ({"discarded_at": k.now}, {}),
    "restore": lambda _k, _a: ({"discarded_at": None}, {}),
}


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


def approve(submission_id: int, *, by: Account, seen: str, command: str | None = None) -> Done:
    """Approve exactly the text with the digest `seen`; any other raises Stale."""
    return perform(submission_id, "approve", by=by, seen=seen, command=command)


def publish(submission_id: int, *, by: Account | None, seen: str) -> Done:
    """Put the approved revision on the forum, and no other. `by=None`: at its set time."""
    return perform(submission_id, "publish", by=by, seen=seen)


def retract(submission_id: int, *, reason: str, by: Account) -> Done:
    """Take the page down; its address answers 410 with the reason."""
    return perform(submission_id, "retract", by=by, reason=reason)
