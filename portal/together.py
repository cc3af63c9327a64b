"""One of the unit's own steps with many of its pieces: what each would come to, the press, what came of each."""

import uuid
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from flask import abort, flash, render_template, request, url_for
from flask_babel import gettext

from portal import person
from portal.forms import command
from portal.pieces import NOISE, is_button
from portal.writing import Answer
from workflow import bulk, definitions
from workflow.engine.definition import Step
from workflow.engine.errors import ToaSoanError
from workflow.queries import portal as read
from workflow.rules.guards import DAYS_TO_RESTORE


def together() -> Answer:
    """The steps there are, and what the chosen one would do to each piece that knows it. Changes nothing."""
    rows = _rows()
    offered = _offered(rows)
    step = offered.get(request.args.get("buoc", next(iter(offered), "")))
    if offered and step is None:
        abort(404)
    return _page(rows, step)


def press_together(trigger: str) -> Answer:
    """The step with every piece that was ticked; each keeps its guards, and says what came of it."""
    rows = _rows()
    step = _offered(rows).get(trigger) or abort(404)
    ticked = set(request.form.getlist("chosen"))
    chosen = [row.id for row in rows if row.code in ticked]
    if not chosen:
        flash(gettext("Vui lòng chọn ít nhất một bài."), "refused")
        return _page(rows, step, status=422)
    try:
        outcomes = bulk.perform_all(
            dict.fromkeys(chosen), trigger, by=person.me(), command=command() or str(uuid.uuid4())
        )
    except ToaSoanError as refused:
        flash(person.told(refused), "refused")
        return _page(rows, step, status=refused.status)
    return render_template(
        "portal/together.html", step=_drawn(step), outcomes=list(_told(rows, outcomes)), is_done=True
    ), 200


ADDRESSES = (
    ("/cung-luc", ["GET"], together),
    ("/cung-luc/<trigger>", ["POST"], press_together),
)


def _page(rows: list[Any], step: Step | None, *, status: int = 200) -> Answer:
    known = [row.id for row in rows if step and any(one.trigger == step.trigger for one in _own_steps(row))]
    outcomes = bulk.foresee(dict.fromkeys(known), step.trigger, by=person.me()) if step else []
    return render_template(
        "portal/together.html",
        steps=[
            {
                "label": person.named(one.label),
                "url": url_for("portal.together", buoc=one.trigger),
                "active": step is not None and one.trigger == step.trigger,
            }
            for one in _offered(rows).values()
        ],
        step=_drawn(step) if step else None,
        outcomes=[one for one in _told(rows, outcomes) if not one["is_noise"]],
        command=str(uuid.uuid4()),
        is_done=False,
    ), status


def _rows() -> list[Any]:
    """The newest of the unit's pieces, or of her own, that are not public yet."""
    found = read.pieces(
        person.unit().id,
        me=person.me().id,
        everyone=person.is_committee(),
        discarded_after=person.now() - timedelta(days=DAYS_TO_RESTORE),
    )
    return [*found["pool"], *found["sent"], *found["discarded"]]


def _offered(rows: list[Any]) -> Mapping[str, Step]:
    found: dict[str, Step] = {}
    for row in rows:
        for step in _own_steps(row):
            found.setdefault(step.trigger, step)
    return found


def _own_steps(row: Any) -> Iterator[Step]:
    """What the person has the role for where the piece stands, and what many may take at once."""
    for step in definitions.followed(row.workflow, row.workflow_version).steps_from(row.state):
        if is_button(step) and step.trigger not in bulk.NOT_TOGETHER and step.roles & person.roles():
            yield step


def _told(rows: list[Any], outcomes: list[bulk.Outcome]) -> Iterator[dict[str, Any]]:
    named = {row.id: row for row in rows}
    for one in outcomes:
        yield {
            "code": named[one.submission_id].code,
            "title": named[one.submission_id].title,
            "is_done": one.is_done,
            "is_noise": any(refusal.code in NOISE.values() for refusal in one.refusals),
            "reasons": [person.say(refusal) for refusal in one.refusals],
        }


def _drawn(step: Step) -> dict[str, str]:
    return {"name": step.trigger, "label": person.named(step.label), "kind": step.tone}
