"""The first page: how much of the month is sent, how long there is, what waits, what became of the rest."""

from datetime import timedelta
from typing import Any

from flask import render_template, url_for
from flask_babel import gettext

from models.vocabulary import WITH_UNIT, Phase, Readers
from portal import person
from workflow import definitions
from workflow.engine.definition import TONES
from workflow.queries import announcements
from workflow.queries import portal as read
from workflow.rules.guards import DAYS_TO_RESTORE


def this_month() -> str:
    unit, now = person.unit(), person.now()
    found = read.pieces(
        unit.id,
        me=person.me().id,
        everyone=person.is_committee(),
        discarded_after=now - timedelta(days=DAYS_TO_RESTORE),
    )
    month = read.running_month(unit.id, now=now)
    return render_template(
        "portal/month.html",
        month=month,
        extension=read.extension(month.id, unit.id) if month and month.is_extended else None,
        announcements=announcements.shown(Readers.UNITS, now=now),
        pool=[card(row) for row in found["pool"]],
        sent=[card(row) for row in found["sent"]],
        published=found["published"],
        discarded=[card(row) for row in found["discarded"]],
    )


ADDRESSES = (("/", ["GET"], this_month),)


def card(row: Any) -> dict[str, Any]:
    """A piece as look/parts/lists.html draws it on a phone."""
    phase = definitions.phase_of(row.state)
    return {
        "code": row.code,
        "url": url_for("portal.piece", code=row.code),
        "title": row.title,
        "kind": row.kind,
        "state": row.state,
        "at": person.spoken(row.first_sent_at or row.state_since),
        "by": ", ".join(filter(None, (row.author_line or row.writer, row.school))),
        "marks": [*marks(row), *picture_marks(row)][:2],
        "waiting": phase in WITH_UNIT and person.is_committee() and not row.set_aside_reason,
        "next": usual_step(row) if phase in WITH_UNIT else None,
        "progress": phase.value if phase and phase not in WITH_UNIT else None,
        "says": sentence(row),
    }


def usual_step(row: Any) -> dict[str, str] | None:
    """What the piece's definition has the unit do next, and where on its page: to send it, in most of them."""
    definition = definitions.followed(row.workflow, row.workflow_version).definition
    step = next((s for s in definition.moves if s.source == row.state and s.tone == TONES[0]), None)
    if step is None:
        return None
    return {"label": person.named(step.label), "anchor": "#gui" if step.trigger == "submit" else ""}


def marks(row: Any) -> list[tuple[str, str | None]]:
    """At most two beside the state, the strongest first."""
    strongest = (
        ("set_aside", row.set_aside_reason is not None),
        ("retracted", row.retracted_at is not None),
        ("returned", row.returned_reason is not None),
        ("uncounted", row.uncounted is not None),
        ("excused", row.sent_late and row.excused_reason is not None),
        ("sent_late", row.sent_late),
        ("extended", definitions.phase_of(row.state) is Phase.DRAFT and row.extended_until is not None),
    )
    shown: list[tuple[str, str | None]] = [(code, None) for code, holds in strongest if holds]
    return shown[:2]


def picture_marks(row: Any) -> list[tuple[str, str | None]]:
    """For a draft: what is still to be answered about its pictures before it can be published (R8)."""
    if definitions.phase_of(row.state) not in WITH_UNIT or not row.pictures:
        return []
    if row.waiting:
        return [("incomplete", gettext("%(n)s ảnh chưa rõ sự đồng ý", n=row.waiting))]
    return [("complete", gettext("%(n)s ảnh đã có câu trả lời", n=row.pictures))]


def sentence(row: Any) -> str:
    """Where the piece stands, in one sentence for the people who sent it."""
    phase = definitions.phase_of(row.state)
    if row.set_aside_reason:
        return gettext("Để lại, không sử dụng: %(reason)s", reason=row.set_aside_reason)
    if row.retracted_at is not None and phase is not Phase.PUBLIC:
        return gettext("Đã gỡ khỏi Diễn đàn: %(reason)s", reason=row.retraction_reason)
    if gone := definitions.followed(row.workflow, row.workflow_version).gone:
        return person.told(gone)
    if row.returned_reason:
        return gettext("Lý do trả lại: %(reason)s", reason=row.returned_reason)
    says = {
        Phase.LAPSED: gettext("Đã quá hạn mà chưa gửi. Vẫn gửi được khi kỳ chưa chốt."),
        Phase.SENT: gettext("Biên tập viên %(name)s đang biên tập.", name=row.claimant)
        if row.claimant
        else gettext("Đang chờ biên tập viên nhận bài."),
        Phase.READY: gettext("Đang chờ phê duyệt. Thường có kết quả trong 2 ngày làm việc."),
        Phase.APPROVED: gettext("Đã duyệt, hẹn đăng lúc %(time)s.", time=person.spoken(row.scheduled_at))
        if row.scheduled_at
        else gettext("Đã duyệt, đang chờ đăng."),
        Phase.PUBLIC: gettext("Đã đăng trên Diễn đàn."),
    }
    return says.get(phase, "") if phase else ""
