"""For the inspector: who approved what, and the sheet of one piece that can be printed and checked (R11)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from flask import abort, request, url_for
from flask_admin import expose
from flask_babel import gettext
from werkzeug.wrappers import Response

from admin import menu, telling, trail_rows
from admin.desk import Screen, key_of, me, words_of
from admin.export import answer
from workflow import differences, inspecting, texts
from workflow.engine.errors import N_
from workflow.queries import decisions, desk, timeline
from workflow.settings import settings
from workflow.wording import REFUSALS

NAMES = ("q", "nguoi", "don-vi", "ky", "viec")
HEAD = (
    N_("Mục nhật ký"), N_("Thời điểm (giờ Việt Nam)"), N_("Người thực hiện"), N_("Thay mặt"), N_("Việc đã làm"),
    N_("Mã bài"), N_("Tiêu đề"), N_("Đơn vị"), N_("Kỳ"), N_("Phiên bản"), N_("Dấu vân tay"), N_("Lý do"),
    N_("Thời điểm (UTC)"), N_("Mã băm"),
)  # fmt: skip


class Inspection(Screen):
    needs = "audit.read"

    @expose("/")
    def index(self) -> str:
        asked = _asked()
        leaf = decisions.decisions(asked)
        return self.render(
            "desk/inspection.html",
            rows=[_row(row) for row in leaf.rows],
            older=url_for(".index", **_kept(), truoc=leaf.older) if leaf.older else None,
            newer=url_for(".index", **_kept(), sau=leaf.newer) if leaf.newer else None,
            selects=_selects(asked),
            asked=asked,
            kept=_kept(),
        )

    @expose("/xuat.<any(csv, xlsx):form>")
    def export(self, form: str) -> Response:
        """The same table as a file, whole; that it left the house is on record before its first line does."""
        asked = _asked()
        inspecting.note_export({**asdict(asked), "form": form}, by=me(), what="audit:export_decisions")
        # Said now: the request is over before a streamed answer is finished.
        say = trail_rows.readers_words()
        rows = (
            [row.id, datetime.fromisoformat(row.at), row.who or "", row.in_place_of or "",
             telling.act(row.action, of=telling.followed(row), say=say), row.code,
             row.title or "", row.unit or "", f"{row.year}-{row.month:02d}", row.revision or "", row.digest or "",
             row.reason or "", row.at, row.hash]
            for row in decisions.export(asked)
        )  # fmt: skip
        return answer(form, "ai-da-duyet-gi", gettext("Ai đã duyệt gì"), list(map(gettext, HEAD)), rows)

    @expose("/<int:piece_id>/")
    def sheet(self, piece_id: int) -> str:
        piece = timeline.piece(piece_id) or abort(404)
        steps, followed = decisions.steps(piece_id), telling.followed(piece)
        done = [step for step in steps if "refused/" not in step.action]
        sent = next((step for step in done if step.action == "submission:submit"), None)
        approved = next((step for step in reversed(done) if step.action == "submission:approve"), None)
        return self.render(
            "desk/sheet.html",
            piece=piece,
            steps=[_step(step, followed) for step in done],
            refusals=[_step(step, followed) for step in steps if "refused/" in step.action],
            proofs=[_proof(step) for step in done if step.action in PROVEN],
            sent=sent,
            approved=approved,
            differing=_differing(sent, approved),
            made_at=menu.now(),
            seals_address=f"{settings().public_url.rstrip('/')}{SEALS}",
        )


PROVEN = ("submission:approve", "submission:publish", "submission:retract")
"""Steps whose proof codes stand on the sheet."""
SEALS = "/niem-phong"
"""Where the forum shows the seals over the trail; the doors are strangers, so the address is written down."""


def _row(row: Any) -> dict[str, Any]:
    return {
        "number": row.id,
        "at": datetime.fromisoformat(row.at),
        "who": row.who or gettext("Hệ thống"),
        "seat": row.seat or "",
        "in_place_of": row.in_place_of,
        "act": row.action.partition(":")[2],
        "says": telling.act(row.action, of=telling.followed(row)),
        "code": row.code,
        "title": row.title or gettext("Chưa có tiêu đề"),
        "unit": row.unit,
        "month": f"{row.month}/{row.year}",
        "revision": row.revision,
        "digest": row.digest,
        "sheet_url": url_for(".sheet", piece_id=row.submission_id),
        "event_url": url_for("desk_audit.event", number=row.id),
    }


def _step(step: Any, followed: tuple[str, int] | None) -> dict[str, Any]:
    code = step.action.partition("refused/")[2]
    return {
        "number": step.id,
        "at": datetime.fromisoformat(step.at),
        "who": step.who or gettext("Hệ thống"),
        "seat": step.seat or "",
        "in_place_of": step.in_place_of,
        "says": telling.act(step.action, step.payload.get("trigger", ""), followed),
        "revision": step.payload.get("revision") or step.revision,
        "digest": step.digest,
        "reason": step.payload.get("reason"),
        "why": [gettext(REFUSALS.get(each, each)) for each in step.payload.get("reasons", [code])]
        if code
        else [],
        "event_url": url_for("desk_audit.event", number=step.id),
    }


def _proof(step: Any) -> dict[str, Any]:
    """What is copied from paper to check one step: the event's number, the head of its hash, where to look."""
    return {
        "says": telling.sentence_of(
            step.action,
            who=step.who or gettext("Hệ thống"),
            what=gettext("phiên bản %(n)s", n=step.revision),
            act="",
        ),
        "number": step.id,
        "hash": step.hash,
        "address": settings().public_url.rstrip("/") + url_for("desk_audit.event", number=step.id),
    }


def _differing(sent: Any, approved: Any) -> list[dict[str, Any]] | None:
    """What lies between the text that was sent and the one that was approved; None while one of them is missing."""
    if sent is None or approved is None or sent.revision_id is None or approved.revision_id is None:
        return None
    found = decisions.texts([sent.revision_id, approved.revision_id])
    before, after = found[sent.revision_id], found[approved.revision_id]
    compared: Sequence[tuple[str, str, str]] = (
        (gettext("Tiêu đề"), before.title, after.title),
        (gettext("Tóm tắt"), before.summary, after.summary),
        (gettext("Nội dung"), texts.to_plain(before.body), texts.to_plain(after.body)),
        (gettext("Tác giả"), before.author_line, after.author_line),
        (gettext("Chuyên mục"), before.section or "", after.section or ""),
        (gettext("Ảnh và tệp"), "\n".join(before.files), "\n".join(after.files)),
    )
    return [{"name": name, "runs": differences.words(old, new)} for name, old, new in compared if old != new]


def _asked() -> decisions.AskedDecisions:
    get = request.args.get
    return decisions.AskedDecisions(
        words=words_of(),
        act=get("viec", "") if get("viec", "") in decisions.known() else "",
        actor=key_of("nguoi"),
        unit=get("don-vi", "")[:60],
        month=get("ky", "")[:7],
        before=key_of("truoc"),
        after=key_of("sau"),
    )


def _kept() -> dict[str, str]:
    return {name: request.args[name] for name in NAMES if request.args.get(name)}


def _selects(asked: decisions.AskedDecisions) -> Sequence[Mapping[str, Any]]:
    acts = [(act, telling.act(f"submission:{act}")) for act in decisions.known()]
    return [
        {"name": "nguoi", "label": gettext("Người"), "value": asked.actor, "choices": decisions.deciders()},
        {"name": "don-vi", "label": gettext("Đơn vị"), "value": asked.unit, "choices": desk.unit_choices()},
        {"name": "ky", "label": gettext("Kỳ"), "value": asked.month, "choices": desk.period_choices()},
        {"name": "viec", "label": gettext("Việc"), "value": asked.act, "choices": acts},
    ]  # fmt: skip
