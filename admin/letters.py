"""Letters as they were written and what became of them; sent again where they came back, and addresses cleared."""

from typing import Any

from flask import Response, abort, g, make_response, request
from flask_admin import expose
from flask_babel import gettext
from sqlalchemy import ColumnElement
from werkzeug.wrappers import Response as Answer

from admin.desk import MAX_WORDS, attempt, back_to, can, me
from admin.long_ledger import LongLedger
from admin.picks import Pick
from admin.queues import ask_behind
from models.base import db
from models.outbox import Letter
from workflow import bounces, letters, outbox, storage, texts
from workflow.engine.errors import N_
from workflow.queries import sent_letters as read
from workflow.queries.letters import lost
from workflow.wording import LETTER_KINDS, LETTER_STATES

SECRET = frozenset({"account_invitation", "sign_in_link"})
"""Kinds that open an account: read by who may make accounts."""

STILL = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'"
"""For a letter's own HTML: its looks, and nothing that runs, loads or leads anywhere."""


class Letters(LongLedger):
    needs = "letters.read"
    column_list = ("written_at", "to_name", "to_address", "subject", "kind", "state")
    column_searchable_list = ("subject", "to_name", "to_address", "code")
    picks = (
        Pick("trang-thai", N_("Trạng thái"), tuple(LETTER_STATES.items()), read.stands),
        Pick("loai", N_("Loại thư"), tuple(LETTER_KINDS.items()), lambda kind: Letter.kind == kind),
    )

    def holding(self, search: str | None) -> ColumnElement[bool]:
        return read.holding(texts.tidy(search or "")[:MAX_WORDS])

    def render(self, template: str, **values: Any) -> str:
        shown = values["data"] if "data" in values else [values["letter"]] if "letter" in values else []
        standings = read.standings(letter.id for letter in shown)
        return super().render(
            template, states=LETTER_STATES, standings=standings, kinds_of_letter=LETTER_KINDS, **values
        )

    @expose("/mau")
    def kinds(self) -> str:
        """Every letter the house writes, each to be read before it is ever sent."""
        return self.render("desk/letter_kinds.html")

    @expose("/mau/<kind>")
    def sample(self, kind: str) -> str:
        g.frames = "'self'"
        return self.render("desk/letter_sample.html", kind=kind, language=_language(), sample=_sample(kind))

    @expose("/mau/<kind>/trinh-bay")
    def sample_html(self, kind: str) -> Response:
        """The HTML form of a made-up letter, for its frame."""
        return _still(_sample(kind).html)

    @expose("/<int:letter_id>")
    def letter(self, letter_id: int) -> str:
        letter = _found(letter_id)
        g.frames = "'self'"
        return self.render(
            "desk/letter.html", letter=letter, may_read=_may_read(letter), lost=lost(letter.to_address),
            may_go_again=can("letters.write") and letters.may_go_again(letter),
            may_settle=can("queues.write"),
        )  # fmt: skip

    @expose("/<int:letter_id>/trinh-bay")
    def html_form(self, letter_id: int) -> Response:
        """The HTML form by itself, for the frame on the letter's page."""
        return _still(_readable(letter_id).html)

    @expose("/<int:letter_id>/nguyen-van")
    def as_sent(self, letter_id: int) -> Response:
        """The bytes that were handed to the mail server."""
        letter = _readable(letter_id)
        if not letter.raw:
            abort(404)
        answer = make_response(storage.load(letter.raw))
        answer.headers["Content-Type"] = "message/rfc822"
        answer.headers["Content-Disposition"] = f'attachment; filename="thu-{letter.id}.eml"'
        return answer

    @expose("/<int:letter_id>/gui-lai", methods=["POST"])
    def send_again(self, letter_id: int) -> Answer:
        reason = request.form.get("reason", "")
        attempt(
            lambda: letters.send_again(letter_id, reason=reason, by=me()),
            done=gettext("Đã đưa thư vào hàng chờ gửi lại."),
        )
        return back_to(".letter", letter_id=letter_id)

    @expose("/<int:letter_id>/cho-gui", methods=["POST"])
    def let_go(self, letter_id: int) -> Answer:
        """It was put aside after a restore, and somebody has seen that it did not go out before."""
        attempt(
            lambda: outbox.retry(read.put_aside(letter_id), by=me()),
            done=gettext("Đã đưa thư vào hàng chờ gửi."),
        )
        return back_to(".letter", letter_id=letter_id)

    @expose("/<int:letter_id>/bo", methods=["POST"])
    def drop(self, letter_id: int) -> Answer:
        reason = request.form.get("reason", "")
        attempt(
            lambda: outbox.dismiss(read.put_aside(letter_id), reason=reason, by=me()),
            done=gettext("Đã bỏ thư, không gửi."),
        )
        return back_to(".letter", letter_id=letter_id)

    @expose("/dia-chi/<int:bounce_id>", methods=["POST"])
    def clear(self, bounce_id: int) -> Answer:
        """The address works again; reminders go there as before."""
        attempt(lambda: bounces.clear(bounce_id, by=me()), done=gettext("Đã bỏ đánh dấu địa chỉ thư."))
        letter_id = request.form.get("letter", "")
        if letter_id.isdecimal() and len(letter_id) < 12:
            return back_to(".letter", letter_id=int(letter_id))
        return back_to(".index_view")


def _still(html: str) -> Response:
    answer = make_response(html)
    answer.headers["Content-Security-Policy"] = STILL
    answer.headers["X-Frame-Options"] = "SAMEORIGIN"
    return answer


def _language() -> str:
    """That of the letter, which need not be that of the page."""
    return "en" if request.args.get("tieng") == "en" else "vi"


def _sample(kind: str) -> Any:
    if kind not in LETTER_KINDS:
        abort(404)
    return ask_behind("sample_letter", kind, _language())


def _found(letter_id: int) -> Letter:
    letter: Letter = db.session.get(Letter, letter_id) or abort(404)
    return letter


def _readable(letter_id: int) -> Letter:
    letter = _found(letter_id)
    if not _may_read(letter):
        abort(403)
    return letter


def _may_read(letter: Letter) -> bool:
    return letter.kind not in SECRET or can("accounts.write")
