"""One step with many pieces of the list: what would happen to each, the confirmation, what has happened."""

import uuid
from collections.abc import Mapping
from typing import Any

from flask import abort, flash, request, url_for
from flask_admin import expose
from flask_babel import gettext

from admin import acts
from admin.desk import back_to, command, me, roles, sentences, told
from admin.fields import typed_moment, typed_number
from admin.filters import asked_for, kept
from models.base import db
from workflow import bulk, definitions
from workflow.engine.definition import Step
from workflow.engine.errors import Stale, ToaSoanError
from workflow.queries import piles, queue
from workflow.wording import CHECKLIST, UNCOUNT_REASONS


def offered(phase: str) -> list[dict[str, str]]:
    """The steps this person may take with several pieces of a tab, as the list's foot offers them."""
    mine = roles()
    found: dict[str, Step] = {}
    for engine in definitions.engines().values():
        for state in engine.definition.states.values():
            if phase in ("", queue.ASIDE) or state.phase == phase:
                for step in engine.steps_from(state.name):
                    if step.roles & mine and _is_together(step):
                        found.setdefault(step.trigger, step)
    ordered = sorted(found.values(), key=lambda step: acts.TONES.index(step.tone))
    return [{"name": step.trigger, "label": acts.label(step)} for step in ordered]


class Together:
    """The two pages of many pieces; a part of `Pieces`."""

    render: Any

    @expose("/cung-luc")
    def together(self) -> Any:
        """What a step would do to each piece that was ticked, or that the filters find. Changes nothing."""
        step = _step(request.args.get("buoc", ""))
        numbers = self._asked_for()
        if not numbers:
            flash(gettext("Vui lòng chọn ít nhất một bài."), "refused")
            return back_to(".index", **kept())
        return self._foretold(step, {row.id: row.digest for row in piles.named(numbers)})

    def _foretold(self, step: Step, pieces: Mapping[int, str], status: int = 200) -> Any:
        typed = acts.answers(request.form)
        # What the form below will ask for is taken as said: the question here is about the pieces.
        said = {**dict.fromkeys(set(step.asks) - {"seen", "until", "kind"}, "?"), **_samples(step), **typed}
        outcomes = bulk.foresee(pieces, step.trigger, by=me(), **said)
        rows = _rows(outcomes)
        ready = {row["id"]: pieces[row["id"]] for row in rows if row["is_done"]}
        page = self.render(
            "desk/together.html",
            step={
                "name": step.trigger, "label": acts.label(step), "asks": step.asks, "danger": step.tone == "danger",
                "form": acts.FORMS.get(step.trigger, ""),
                "action_url": url_for(".press_together", trigger=step.trigger),
                "busy": gettext("Đang xử lý…"),
            },
            rows=rows, ready=ready, is_done=False, command=str(uuid.uuid4()),
            pieces=",".join(f"{number}={digest}" for number, digest in ready.items()),
            back_url=url_for(".index", **kept()), most=piles.MOST,
            checklist=CHECKLIST, uncount_reasons=UNCOUNT_REASONS, reason=request.form.get("reason", ""),
        )  # fmt: skip
        return page, status

    @expose("/cung-luc/<trigger>", methods=("POST",))
    def press_together(self, trigger: str) -> Any:
        """The step, with each piece as it was seen; a piece that changed meanwhile is told and left."""
        step = _step(trigger)
        pieces = _seen(request.form.get("pieces", ""))
        if not pieces:
            flash(gettext("Vui lòng chọn ít nhất một bài."), "refused")
            return back_to(".index")
        try:
            given = {name: value for name, value in acts.answers(request.form).items() if name != "seen"}
            outcomes = bulk.perform_all(
                pieces if "seen" in step.asks else dict.fromkeys(pieces), trigger, by=me(),
                command=command(), **given,
            )  # fmt: skip
        except ToaSoanError as refused:
            db.session.rollback()
            flash(sentences(refused), "refused")
            return self._foretold(step, pieces, refused.status)
        return self.render(
            "desk/together.html", step={"name": trigger, "label": acts.label(step)}, rows=_rows(outcomes),
            is_done=True, back_url=url_for(".index"), ready={},
        )  # fmt: skip

    def _asked_for(self) -> list[int]:
        if request.args.get("tat-ca") == "1":
            return list(queue.Reading(asked_for()).numbers(size=piles.MOST))
        chosen = request.args.getlist("chosen")
        numbers = map(typed_number, dict.fromkeys(chosen))
        return [number for number in numbers if number is not None][: piles.MOST]


def _step(trigger: str) -> Step:
    """Some definition's step of this name; its guards are asked of each piece by the piece's own definition."""
    return next(filter(_is_together, definitions.steps(trigger)), None) or abort(404)


def _is_together(step: Step) -> bool:
    return acts.is_pressed_here(step) and step.trigger not in bulk.NOT_TOGETHER


def _samples(step: Step) -> dict[str, Any]:
    """Answers that any piece would take, for those that have a form of their own."""
    samples: dict[str, Any] = {
        "kind": next(iter(UNCOUNT_REASONS)),
        "until": typed_moment("2099-12-31T00:00"),
    }
    return {name: value for name, value in samples.items() if name in step.asks}


def _seen(typed: str) -> dict[int, str]:
    """`12=sha256:…,13=sha256:…` as the page wrote it; whatever is not of that shape is left out."""
    pairs = (part.partition("=") for part in typed.split(",")[: piles.MOST])
    known = ((typed_number(number), digest) for number, _, digest in pairs)
    return {number: digest for number, digest in known if number is not None and digest}


def _rows(outcomes: list[bulk.Outcome]) -> list[dict[str, Any]]:
    """Each outcome with the piece's own words."""
    names = {row.id: row for row in piles.named([one.submission_id for one in outcomes])}
    return [
        {
            "id": one.submission_id,
            "code": names[one.submission_id].code if one.submission_id in names else "",
            "title": names[one.submission_id].title if one.submission_id in names else "",
            "unit": names[one.submission_id].unit if one.submission_id in names else "",
            "is_done": one.is_done,
            "state": one.state,
            "is_stale": any(refusal.code == Stale.code for refusal in one.refusals),
            "reasons": [told(refusal) for refusal in one.refusals],
        }
        for one in outcomes
    ]
