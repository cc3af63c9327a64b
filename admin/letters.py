"""Letters as they were written and what became of them. Read only: a letter that left cannot be taken back."""

from flask import abort
from flask_admin import expose

from admin.desk import Ledger
from admin.picks import Pick
from models.base import db
from models.outbox import Letter
from workflow.engine.errors import N_
from workflow.wording import LETTER_KINDS, LETTER_STATES


class Letters(Ledger):
    needs = "letters.read"
    column_list = ("written_at", "to_name", "to_address", "subject", "kind", "state")
    column_searchable_list = ("subject", "to_name", "to_address", "code")
    column_default_sort = ("written_at", True)
    picks = (
        Pick(
            "trang-thai", N_("Trạng thái"), tuple(LETTER_STATES.items()), lambda state: Letter.state == state
        ),
        Pick("loai", N_("Loại thư"), tuple(LETTER_KINDS.items()), lambda kind: Letter.kind == kind),
    )

    @expose("/<int:letter_id>")
    def letter(self, letter_id: int) -> str:
        letter = db.session.get(Letter, letter_id) or abort(404)
        return self.render("desk/letter.html", letter=letter)
