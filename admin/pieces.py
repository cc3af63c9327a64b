"""Pieces: the queues, one piece with everything about it, and a press of each of its buttons."""

from collections.abc import Sequence
from typing import Any

from flask import abort, flash, request
from flask_admin import expose
from flask_babel import gettext
from werkzeug.wrappers import Response

from admin import acts, menu, reading
from admin.comparing import Comparing
from admin.desk import Screen, attempt, back_to, command, me, sentences
from admin.editing import Editing
from admin.fields import typed_last_day
from admin.filters import (
    OLDEST_FIRST,
    asked_for,
    counted,
    heading,
    kept,
    link,
    orders,
    place,
    selects,
    tabs,
    views,
)
from admin.keeping import Keeping, who_else
from admin.talking import Talking, said
from admin.together import Together, offered
from models.base import db
from models.submission import Submission
from models.vocabulary import Consent
from workflow import deadlines, definitions, filters, submissions, writing
from workflow.engine.errors import N_, Busy, CommandReused, Invalid, NotAllowed, Stale, ToaSoanError
from workflow.engine.machine import Offer
from workflow.queries import collisions, duplicates, dwelling, queue, recipients, timeline


class Pieces(Together, Editing, Talking, Comparing, Keeping, Screen):
    needs = "submissions.read"

    @expose("/")
    def index(self) -> str:
        asked = asked_for()
        reading = queue.Reading(asked)
        counts, leaf = reading.counts(), reading.leaf()
        return self.render(
            "desk/pieces.html",
            rows=leaf.rows,
            older=link(truoc=place(leaf.older)) if leaf.older else None,
            newer=link(sau=place(leaf.newer)) if leaf.newer else None,
            tabs=tabs(asked, counts),
            views=views(),
            orders=orders(asked),
            selects=selects(asked),
            asked=asked,
            total=counted(counts.get(asked.phase, 0)),
            clear_url=link(**{name: None for name in kept() if name not in ("trang-thai", OLDEST_FIRST)}),
            filtered=kept().keys() - {OLDEST_FIRST},
            heading=heading(asked),
            together=offered(asked.phase),
            kept=kept(),
        )

    @expose("/bo-loc", methods=["POST"])
    def keep_filter(self) -> Response:
        """Name the filters that are chosen now, for oneself or for everybody at the desk."""
        attempt(
            lambda: filters.save(
                request.form.get("name", ""), kept(), is_shared=request.form.get("shared") == "1", by=me()
            ),
            done=gettext("Đã lưu bộ lọc."),
        )
        return back_to(".index", **kept())

    @expose("/bo-loc/<int:filter_id>/bo", methods=["POST"])
    def drop_filter(self, filter_id: int) -> Response:
        attempt(lambda: filters.remove(filter_id, by=me()), done=gettext("Đã bỏ bộ lọc."))
        return back_to(".index")

    @expose("/<int:piece_id>/")
    def piece(self, piece_id: int) -> str:
        return self._page(piece_id)

    def _page(self, piece_id: int, *, stale: collisions.Collision | None = None) -> str:
        row = timeline.piece(piece_id) or abort(404)
        offers = submissions.available(piece_id, by=me())
        entries = timeline.timeline(piece_id)
        files = timeline.files(row.revision_id)
        asking = [o.step.trigger for o in offers if "reason" in o.step.asks and o.is_allowed]
        engine = definitions.followed(row.workflow, row.workflow_version)
        return self.render(
            "desk/piece.html",
            piece=row,
            files=files,
            body=reading.body(row.body, files),
            steps=acts.steps(
                offers, piece_id=piece_id, digest=row.digest, version=row.version,
                reasons=timeline.reasons_used(asking, me().id) if asking else {},
                letters=_letters(row, offers),
            ),
            may_answer=any(o.step.trigger == "answer" and o.is_allowed for o in offers),
            entries=[reading.entry(each, (row.workflow, row.workflow_version)) for each in entries],
            stays=dwelling.of_entries(entries),
            gone=sentences(engine.gone) if engine.gone else "",
            picture=None if engine.gone else reading.picture(entries, row.state, offers, engine.definition),
            marks=reading.marks(row),
            alike=duplicates.of(piece_id),
            stale=stale,
            late_deadline=menu.now(),
            comments=said(piece_id),
            who_else=who_else(piece_id),
        )  # fmt: skip

    @expose("/<int:piece_id>/buoc/<trigger>", methods=["POST"])
    def step(self, piece_id: int, trigger: str) -> Any:
        """One press. Done: the page says what comes next. Refused: on record, and back to the reasons."""
        piece = db.session.get(Submission, piece_id) or abort(404)
        try:
            pressed = acts.pressed(definitions.followed(piece.workflow, piece.workflow_version), trigger)
            if trigger == "extend":
                _extend_its_unit(piece)
            else:
                submissions.perform(
                    piece_id, trigger, by=me(), command=command(),
                    version=acts.version(request.form), **acts.answers(request.form),
                )  # fmt: skip
        except Stale:
            db.session.rollback()
            return self._page(
                piece_id, stale=collisions.since_seen(piece_id, request.form.get("seen", ""))
            ), 409
        except NotAllowed as refused:
            flash(sentences(refused), "refused")
            return back_to(".piece", piece_id=piece_id, anchor=f"reasons-{trigger}")
        except (Busy, CommandReused) as refused:
            db.session.rollback()
            flash(sentences(refused), "refused")
            return self._page(piece_id), refused.status
        except ToaSoanError as refused:
            flash(sentences(refused), "refused")
            return back_to(".piece", piece_id=piece_id)
        flash(acts.done(pressed), "success")
        return back_to(".piece", piece_id=piece_id)

    @expose("/<int:piece_id>/anh/<int:file_id>", methods=["POST"])
    def answer(self, piece_id: int, file_id: int) -> Response:
        """Who of the children in one picture may be seen, as the editor was told."""
        chosen = request.form.get("consent", "")

        def say() -> None:
            if chosen not in set(Consent):
                raise Invalid("answer_required", N_("Vui lòng chọn một câu trả lời."))
            writing.answer(
                piece_id,
                file_id,
                Consent(chosen),
                by=me(),
                note=request.form.get("note", "").strip()[:500],
                command=command(),
            )

        attempt(say, done=gettext("Đã ghi câu trả lời."))
        return back_to(".piece", piece_id=piece_id, anchor="anh")


def _letters(row: Any, offers: Sequence[Offer]) -> dict[str, int]:
    """What each step would send, for those she may take."""
    topics = {topic for offer in offers if offer.is_allowed for topic in offer.step.effects}
    return recipients.foretold(topics, piece=row.id, unit=row.unit_id, me=me().id)


def _extend_its_unit(piece: Submission) -> None:
    """A later deadline belongs to a unit and a month, so that the next sweep knows of it; never to one piece."""
    until, reason = typed_last_day(request.form.get("last_day", "")), request.form.get("reason", "")
    deadlines.extend(piece.period, unit=piece.unit, until=until, reason=reason, by=me())
