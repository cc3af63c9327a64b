"""From an approver's letter to the decision: one page for a phone, about exactly the revision the letter named.

Opening it decides nothing, whoever opens it: programs that read mail follow links. Deciding is a form of a
signed-in session, with its second step where the person has one.
"""

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_admin import expose
from werkzeug.wrappers import Response

from admin import acts, reading, telling
from admin.desk import SEE_OTHER, Screen, back_to, command, me, sentences
from models.base import db
from models.submission import Submission
from models.vocabulary import Phase
from workflow import definitions, submissions
from workflow.engine.errors import Stale, ToaSoanError
from workflow.queries import deciding, timeline

DECISIONS = ("approve", "send_back")


class Deciding(Screen):
    needs = "submissions.read"

    @expose("/")
    def index(self) -> Response:
        """An address cut short: to all that waits."""
        return redirect(url_for("desk_pieces.index", **{"trang-thai": "ready"}), SEE_OTHER)

    @expose("/<int:piece_id>/<seen>")
    def revision(self, piece_id: int, seen: str) -> str:
        return self._page(piece_id, seen)

    def _page(self, piece_id: int, seen: str) -> str:
        piece = timeline.piece(piece_id) or abort(404)
        revision = deciding.asked_about(piece_id, seen) or abort(404)
        files = timeline.files(revision.id)
        newer = (
            None if revision.is_newest else deciding.made_of_it(piece_id, revision.number, revision.newest)
        )
        gone = definitions.followed(piece.workflow, piece.workflow_version).gone
        is_waiting = definitions.phase_of(piece.state) is Phase.READY
        decided = None if is_waiting else deciding.last_decision(piece_id)
        return self.render(
            "desk/deciding.html",
            piece=piece,
            revision=revision,
            files=files,
            body=reading.body(revision.body, files),
            edited=deciding.made_of_it(piece_id, revision.from_unit, revision.number),
            newer=newer,
            newest_url=url_for(".revision", piece_id=piece_id, seen=short(revision.newest_digest)),
            steps=_steps(piece, revision, seen) if is_waiting and revision.is_newest else [],
            decided=decided,
            gone=sentences(gone) if gone else "",
            decided_as=telling.act(decided.action, of=telling.followed(piece)) if decided else "",
        )

    @expose("/<int:piece_id>/<seen>/<trigger>", methods=["POST"])
    def decide(self, piece_id: int, seen: str, trigger: str) -> Any:
        """One of two: approve this revision, or send it back with a reason. Another revision by now: 409."""
        if trigger not in DECISIONS:
            abort(404)
        revision = deciding.asked_about(piece_id, seen) or abort(404)
        try:
            if not revision.is_newest:
                raise Stale
            piece = db.session.get_one(Submission, piece_id)
            pressed = acts.pressed(definitions.followed(piece.workflow, piece.workflow_version), trigger)
            given = acts.answers(request.form) | {"seen": revision.digest}
            submissions.perform(
                piece_id, trigger, by=me(), command=command(),
                version=acts.version(request.form), **given,
            )  # fmt: skip
        except Stale as stale:
            flash(sentences(stale), "refused")
            return self._page(piece_id, seen), 409
        except ToaSoanError as refused:
            flash(sentences(refused), "refused")
            return self._back(piece_id, seen)
        flash(acts.done(pressed), "success")
        return self._back(piece_id, seen)

    def _back(self, piece_id: int, seen: str) -> Response:
        return back_to(".revision", piece_id=piece_id, seen=seen)


def short(digest: str) -> str:
    """How an address names a revision."""
    return digest.removeprefix("sha256:")[: deciding.SHORTEST]


def _steps(piece: Any, revision: Any, seen: str) -> list[dict[str, Any]]:
    """The two buttons, each allowed or with all reasons why not; nothing for who has neither role."""
    offers = [o for o in submissions.available(piece.id, by=me()) if o.step.trigger in DECISIONS]
    drawn = acts.steps(
        offers, piece_id=piece.id, digest=revision.digest, version=piece.version, letters={},
        reasons=timeline.reasons_used(["send_back"], me().id),
    )  # fmt: skip
    for step in drawn:
        step["action_url"] = url_for(".decide", piece_id=piece.id, seen=seen, trigger=step["name"])
        step["kind"] = "primary" if step["name"] == "approve" else "secondary"
    return sorted(drawn, key=lambda step: DECISIONS.index(step["name"]))
