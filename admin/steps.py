"""One step from the command line: which verb takes it, with which of the options.

Most steps are `submissions.perform` with what they ask for. The few that write more than the piece itself have
a verb of their own; STEPS names them.
"""

from collections.abc import Callable, Mapping
from typing import Any

import click

from models.people import Account
from models.submission import Submission
from models.vocabulary import Kind, UncountReason
from workflow import committees, deadlines, definitions, organisation, submissions, writing
from workflow.engine.errors import NotFound
from workflow.engine.machine import Offer
from workflow.engine.unit_of_work import change
from workflow.queries import pieces

Options = Mapping[str, Any]


def take(name: str, trigger: str, *, by: Account, options: Options) -> dict[str, Any]:
    """Take the step and tell where the piece stands. Raises what the verb raises; UsageError for no such step."""
    if trigger in COMMITTEE_STEPS:
        return COMMITTEE_STEPS[trigger](name, by, options)
    piece = pieces.named(name)
    code, number, seen = piece.code, piece.id, options["seen"] or piece.digest
    engine = definitions.followed(piece.workflow, piece.workflow_version)
    known = {step.trigger for step in engine.definition.steps}
    if engine.gone:
        raise engine.gone
    if trigger not in known - {"write", "answer"}:
        raise click.UsageError(
            f"Không có bước “{trigger}”. Các bước: {', '.join(sorted(known - {'write', 'answer'}))}."
        )
    special = STEPS.get(trigger)
    if special is not None:
        special(piece, by, options)
    else:
        command = str(options["command"]) if options.get("command") else None
        given = _answers(trigger, {**options, "seen": seen})
        submissions.perform(number, trigger, by=by, command=command, **given)
    after = pieces.named(code)
    return {
        "piece": code,
        "id": number,
        "trigger": trigger,
        "state": after.state,
        "version": after.version,
        "seen": seen,
        "digest": after.digest,
        "says": f"{code}: {trigger} → {after.state} (phiên bản đã xem: {seen})",
    }


def offered(name: str, *, by: Account) -> list[dict[str, Any]]:
    """Every step from where the piece stands: allowed to this person, or refused with every reason."""
    piece = pieces.named(name)
    code, state = piece.code, piece.state
    return [
        {
            "piece": code,
            "state": state,
            "trigger": offer.step.trigger,
            "label": offer.step.label.vi,
            "to": offer.step.target,
            "allowed": offer.is_allowed,
            "asks": list(offer.step.asks),
            "refusals": [{"code": why.code, "says": why.sentence()} for why in offer.refusals],
            "says": _says(offer),
        }
        for offer in submissions.available(piece.id, by=by, everyones=True)
    ]


def _says(offer: Offer) -> str:
    step = f"{offer.step.trigger} ({offer.step.label.vi})"
    if offer.is_allowed:
        return f"được phép: {step}"
    return f"không được: {step}. " + " ".join(why.sentence() for why in offer.refusals)


def _answers(trigger: str, options: Options) -> dict[str, Any]:
    if trigger == "uncount" and options["kind"] not in (None, *UncountReason):
        raise click.UsageError(f"--kind: {', '.join(UncountReason)}.")
    asked = ("reason", "kind", "checklist", "statement", "seen", "until")
    return {name: options[name] for name in asked if options[name]}


def _extend(piece: Submission, by: Account, options: Options) -> None:
    """An extension is granted to the unit for the month; every late piece of it comes back."""
    if options["until"] is None:
        raise click.UsageError("extend cần --until.")
    deadlines.extend(
        piece.period, unit=piece.unit, until=options["until"], reason=options["reason"] or "", by=by
    )


def _reclassify(piece: Submission, by: Account, options: Options) -> None:
    if options["kind"] not in (None, *Kind):
        raise click.UsageError(f"--kind: {', '.join(Kind)}.")
    with change():
        period = None
        if options["period"]:
            year, _, month = options["period"].partition("-")
            if not (year.isdecimal() and month.isdecimal() and 1 <= int(month) <= 12):
                raise click.UsageError("--period: YYYY-MM.")
            period = deadlines.ensure_period(int(year), int(month))
        writing.reclassify(
            piece.id,
            by=by,
            reason=options["reason"] or "",
            unit=organisation.by_code(options["unit"]) if options["unit"] else None,
            kind=Kind(options["kind"]) if options["kind"] else None,
            category=options["section"],
            author_line=options["author"],
            period=period,
        )


STEPS: Mapping[str, Callable[[Submission, Account, Options], None]] = {
    "extend": _extend,
    "reclassify": _reclassify,
}


def _committee(unit_code: str) -> committees.Committee:
    found = committees.in_force(organisation.by_code(unit_code))
    if found is None:
        raise NotFound
    return found


def _confirm(unit_code: str, by: Account, _options: Options) -> dict[str, Any]:
    committees.confirm(_committee(unit_code), by=by)
    return {
        "unit": unit_code,
        "trigger": "confirm",
        "says": f"Đã xác nhận Ban Truyền thông của {unit_code}.",
    }


def _reopen(unit_code: str, by: Account, options: Options) -> dict[str, Any]:
    committees.reopen(_committee(unit_code), reason=options["reason"] or "", by=by)
    return {
        "unit": unit_code,
        "trigger": "reopen",
        "says": f"Đã mở lại danh sách Ban Truyền thông của {unit_code}.",
    }


COMMITTEE_STEPS: Mapping[str, Callable[[str, Account, Options], dict[str, Any]]] = {
    "confirm": _confirm,
    "reopen": _reopen,
}
