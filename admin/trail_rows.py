"""The audit trail as a table that leaves the house: each event in words, beside them all that was written."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask_babel import get_locale, get_translations

from admin import telling
from workflow.engine.errors import N_
from workflow.wording import REFUSALS

HEAD = (
    N_("Số"), N_("Thời điểm (giờ Việt Nam)"), N_("Người thực hiện"), N_("Chức danh hiện nay"), N_("Đơn vị"),
    N_("Việc đã làm"), N_("Tiêu đề hiện nay"), N_("Lý do"), N_("Mã bài"), N_("Mã hành động"), N_("Dòng sự kiện"),
    N_("Thứ tự trong dòng"), N_("Thời điểm (UTC)"), N_("Bản ghi như đã băm"), N_("Mã băm"),
)  # fmt: skip
"""Words first, for people; then the codes as they were written, so that nothing is lost. What stands beside an act
without having been written with it is today's, and says so."""
HOLDS = N_("Nhật ký hệ thống")


def readers_words() -> telling.Say:
    """What a sentence is in the reader's language, also when the request is over."""
    return telling.Say(str(get_locale()), get_translations().gettext)


AS_WRITTEN = telling.Say("vi", str)
"""For the command line, which speaks Vietnamese."""


def head(say: telling.Say) -> list[str]:
    return [say(name) for name in HEAD]


def cells(say: telling.Say) -> Callable[[Any], list[Any]]:
    """How an event, a row of queries/audit.py, becomes a row under HEAD."""

    def of(event: Any) -> list[Any]:
        return [
            event.id, datetime.fromisoformat(event.at), telling.who(event, say), event.seat or "",
            event.unit or "", telling.sentence(event, say), event.subject or "", _why(event, say),
            event.code or "", event.action, event.stream, event.seq, event.at, event.written, event.hash,
        ]  # fmt: skip

    return of


def _why(event: Any, say: telling.Say) -> str:
    """The reason somebody gave; of a refusal, what stood against it."""
    code = event.action.partition("refused/")[2]
    return say(REFUSALS[code]) if code in REFUSALS else str(event.payload.get("reason") or "")
