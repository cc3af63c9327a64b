"""Mail: what came, what became of it, and what waits for an editor to say whose it is (R4)."""

from typing import Any

from flask import abort, request, url_for
from flask_admin import expose
from flask_babel import gettext
from werkzeug.wrappers import Response

from admin.desk import Screen, attempt, back_to, can, me, number_of, words_of
from workflow import organisation, storage
from workflow.engine.errors import N_, Invalid
from workflow.intake import reasons, receiving, sight
from workflow.intake.tray import REOPENABLE
from workflow.queries import desk, post
from workflow.settings import settings
from workflow.wording import VERDICTS

TABS = (
    ("tray", N_("Chờ xử lý")),
    ("accepted", N_("Đã thành tin, bài")),
    ("ignored", N_("Bỏ qua")),
    ("new", N_("Đang đọc")),
    ("all", N_("Tất cả")),
)


class Tray(Screen):
    needs = "tray.read"

    @expose("/")
    def index(self) -> str:
        chosen = request.args.get("trang-thai", "tray")
        chosen = chosen if chosen in dict(TABS) else "tray"
        counts = post.verdict_counts()
        verdict = "" if chosen == "all" else chosen
        total, page = counts.get(verdict, 0), number_of("trang")
        rows = post.envelopes(verdict=verdict, words=words_of(), page=page)
        return self.render(
            "desk/tray.html",
            rows=[{"row": row, "says": why(row.reason)} for row in rows],
            tabs=[
                {"label": gettext(label), "url": url_for(".index", **{"trang-thai": code}),
                 "count": counts.get("" if code == "all" else code, 0), "active": code == chosen}
                for code, label in TABS
            ],
            chosen=chosen,
            words=words_of(),
            page=page,
            pages=-(-total // post.PAGE),
            page_url=lambda n: url_for(".index", **{"trang-thai": chosen, "q": words_of() or None, "trang": n}),
            verdicts=VERDICTS,
        )  # fmt: skip

    @expose("/<int:envelope_id>/")
    def envelope(self, envelope_id: int) -> str:
        row = post.envelope(envelope_id) or abort(404)
        return self.render(
            "desk/envelope.html",
            mail=row,
            why=why(row.reason),
            problems=[(reasons.told(problem, gettext), problem.get("file")) for problem in row.problems],
            seen=sight.look(storage.load(row.sha256), own_mx=settings().own_mx),
            became=post.became(envelope_id),
            proposals=post.proposals(envelope_id),
            units=desk.unit_choices(),
            verdicts=VERDICTS,
            may_handle=can("tray.write") and (row.verdict == "tray" or row.reason in REOPENABLE),
        )

    @expose("/<int:envelope_id>/nhan", methods=["POST"])
    def take(self, envelope_id: int) -> Response:
        """Take it in for a unit; with "send", as an act for that unit, at the mail's own receipt time."""

        def act() -> Any:
            code = request.form.get("unit", "")
            if not code:
                raise Invalid("unit_required", N_("Vui lòng chọn đơn vị."))
            return receiving.take(
                envelope_id, organisation.by_code(code), by=me(), send=request.form.get("send") == "1"
            )

        attempt(act, done=lambda pieces: gettext("Đã nhận thư thành %(n)s tin, bài.", n=len(pieces)))
        return back_to(".envelope", envelope_id=envelope_id)

    @expose("/<int:envelope_id>/bo-qua", methods=["POST"])
    def dismiss(self, envelope_id: int) -> Response:
        reason = request.form.get("reason", "")
        attempt(
            lambda: receiving.dismiss(envelope_id, reason=reason, by=me()),
            done=gettext("Đã bỏ qua thư. Thư vẫn được giữ."),
        )
        return back_to(".envelope", envelope_id=envelope_id)

    @expose("/<int:envelope_id>/doc-lai", methods=["POST"])
    def retry(self, envelope_id: int) -> Response:
        attempt(lambda: receiving.retry(envelope_id, by=me()), done=gettext("Đã đọc lại thư."))
        return back_to(".envelope", envelope_id=envelope_id)


def why(code: str) -> str:
    known = reasons.SAYS.get(code)
    return str(gettext(known)).format(file="", detail="", title="", twin="", place="") if known else code
