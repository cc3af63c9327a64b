"""Any two revisions of a piece beside each other, word by word."""

from typing import Any

from flask import abort
from flask_admin import expose

from admin.desk import number_of
from workflow.engine.errors import NotFound
from workflow.queries import revisions, timeline


class Comparing:
    """The page of differences; a part of `Pieces`."""

    render: Any

    @expose("/<int:piece_id>/so-sanh")
    def compare(self, piece_id: int) -> str:
        """From revision `tu` to `den`; without them from the one before to the newest."""
        row = timeline.piece(piece_id) or abort(404)
        newest = row.revision_number
        one, two = number_of("tu", max(newest - 1, 1)), number_of("den", newest)
        try:
            compared = revisions.between(piece_id, one, two)
        except NotFound:
            abort(404)
        return self.render(
            "desk/compare.html",
            piece=row,
            revisions=revisions.of(piece_id),
            compared=compared,
            one=one,
            two=two,
        )
