"""The list of pieces as its address asks for it: filters, tabs, and the links that change one of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import request, url_for
from flask_babel import gettext

from admin.desk import me, number_of, words_of
from models.vocabulary import Kind, Phase
from workflow.engine.errors import N_
from workflow.queries import desk
from workflow.wording import KINDS

TABS = (
    ("", N_("Tất cả")),
    (Phase.SENT, N_("Đã gửi")),
    (Phase.READY, N_("Đã biên tập")),
    (Phase.APPROVED, N_("Đã duyệt")),
    (Phase.PUBLIC, N_("Đã đăng")),
    (Phase.DRAFT, N_("Bản nháp")),
    (Phase.LAPSED, N_("Quá hạn")),
    (desk.ASIDE, N_("Để lại")),
)


def asked_for() -> desk.Asked:
    get = request.args.get
    phases = {phase for phase, _ in TABS}
    return desk.Asked(
        phase=get("trang-thai", "") if get("trang-thai", "") in phases else "",
        words=words_of(),
        unit=get("don-vi", "")[:60],
        period=get("ky", "")[:7],
        kind=get("loai", "") if get("loai", "") in set(Kind) else "",
        section=get("muc", "")[:60],
        late=get("muon") == "1",
        unclear=get("anh") == "1",
        claimed_by=me().id if get("toi") == "1" else None,
        page=number_of("trang"),
    )


NAMES = ("trang-thai", "q", "don-vi", "ky", "loai", "muc", "muon", "anh", "toi")


def kept() -> dict[str, str]:
    """The filters as they stand in the address, for links that change one of them."""
    return {name: request.args[name] for name in NAMES if request.args.get(name)}


def tabs(asked: desk.Asked, counts: Mapping[str, int]) -> list[dict[str, Any]]:
    others = {name: value for name, value in kept().items() if name != "trang-thai"}
    return [
        {
            "label": gettext(label),
            "url": url_for(".index", **others, **({"trang-thai": phase} if phase else {})),
            "count": counts.get(phase, 0),
            "active": asked.phase == phase,
        }
        for phase, label in TABS
    ]


def selects(asked: desk.Asked) -> Sequence[Mapping[str, Any]]:
    yes = [("1", gettext("Có"))]
    return [
        {"name": "ky", "label": gettext("Kỳ"), "value": asked.period, "choices": desk.period_choices()},
        {"name": "don-vi", "label": gettext("Đơn vị"), "value": asked.unit, "choices": desk.unit_choices()},
        {"name": "loai", "label": gettext("Thể loại"), "value": asked.kind,
         "choices": [(kind, gettext(says)) for kind, says in KINDS.items()]},
        {"name": "muc", "label": gettext("Chuyên mục"), "value": asked.section, "choices": desk.section_choices()},
        {"name": "muon", "label": gettext("Gửi muộn"), "value": "1" if asked.late else "", "choices": yes},
        {"name": "anh", "label": gettext("Ảnh chưa rõ"), "value": "1" if asked.unclear else "", "choices": yes},
        {"name": "toi", "label": gettext("Của tôi"), "value": "1" if asked.claimed_by else "", "choices": yes},
    ]  # fmt: skip


HEADINGS = {
    Phase.SENT: N_("Hàng chờ biên tập"),
    Phase.READY: N_("Hàng chờ phê duyệt"),
    Phase.APPROVED: N_("Chờ đăng"),
}


def heading(asked: desk.Asked) -> str:
    return str(gettext(HEADINGS.get(asked.phase, N_("Tin, bài"))))
