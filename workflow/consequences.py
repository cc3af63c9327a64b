"""What each step changes besides the state: columns of the piece, details of its event, and the public page.

A step that stands in no definition has no line here; one that changes nothing else needs none.
"""

from collections.abc import Callable, Mapping
from typing import Any

from models.vocabulary import UncountReason
from workflow import publications
from workflow.engine import moves
from workflow.engine.definition import Step
from workflow.engine.errors import N_, Invalid, Stale
from workflow.notices import effects
from workflow.rules.facts import Facts
from workflow.rules.periods import booking

Answers = Mapping[str, Any]
Changes = dict[str, Any]


def _submit(known: Facts, _answers: Answers) -> tuple[Changes, dict[str, Any]]:
    changes: Changes = {"returned_reason": None, "statement_by": known.actor}
    told: dict[str, Any] = {"side": "unit"}
    if known.first_sent_at is None:
        booked = booking(known)
        if booked is None:
            raise Invalid("no_open_period", N_("Chưa có kỳ nào đang mở để nhận bài."))
        changes |= {
            "first_sent_at": known.now,
            "period_id": booked.period_id,
            "sent_late": booked.is_late,
        }
        # Read by queries/months.py: in which month a piece stood at a past instant.
        told["booked"] = booked.period_id
    return changes, {**told, "sent_late": changes.get("sent_late", known.sent_late)}


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


def of(trigger: str, known: Facts, answers: Answers) -> tuple[Changes, dict[str, Any]]:
    """(columns, details) of one step. Raises Invalid for an answer that cannot be taken, Stale for a lost race."""
    found = CONSEQUENCES.get(trigger)
    return found(known, answers) if found else ({}, {})


def writes_more(trigger: str) -> bool:
    """Steps that write rows beside the piece, so that one statement is not the whole of them."""
    return trigger in ("submit", "publish", "retract")


def happening(
    known: Facts,
    step: Step,
    changes: Changes,
    details: dict[str, Any],
    answers: Answers,
    *,
    command: str,
    cause: str | None,
) -> moves.Happening:
    """One decided step as `engine/moves.py` writes it down."""
    told = {name: answers[name] for name in ("reason", "kind", "until") if answers.get(name)}
    lender = known.in_place_of(step.roles)
    if lender is not None:
        told["in_place_of"] = lender
    if known.now != known.recorded_at:
        told["became_at"] = known.now
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
        command=command,
    )
