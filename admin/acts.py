"""The acts of a piece as the page offers them: order, tone, which have a form of their own, what they answer."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from flask import abort, url_for
from flask_babel import get_locale, gettext
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from admin.desk import can, told
from admin.fields import typed_moment, typed_number
from models.vocabulary import DEPARTMENT_ROLES
from workflow.engine.definition import Step
from workflow.engine.errors import N_
from workflow.engine.machine import Engine, Offer
from workflow.wording import CHECKLIST, TOPICS

OWN_PAGE = {"write": "desk_pieces.edit", "reclassify": "desk_pieces.reclassify"}
"""Acts that open a page; pressing them decides nothing yet."""

NOT_BUTTONS = frozenset({"answer"})
"""Acts that stand elsewhere on the page: the answer is under each picture."""

FORMS = {"edit": "checklist", "schedule": "until", "extend": "last_day", "uncount": "kind"}
"""Acts whose box asks for more than a reason."""

# One of a pair is always refused because the other one applies; showing it would only be noise.
NOISE: Mapping[str, frozenset[str]] = {
    "claim": frozenset({"claimed_by_you_already"}),
    "take_over": frozenset({"not_claimed_by_another"}),
    "release": frozenset({"not_claimed_by_you"}),
    "set_aside": frozenset({"set_aside"}),
    "take_up": frozenset({"not_set_aside"}),
    "uncount": frozenset({"uncounted_already", "never_sent"}),
    "count": frozenset({"counted_already", "never_sent"}),
    "excuse": frozenset({"not_sent_late"}),
    "reclassify": frozenset({"never_sent"}),
    "unschedule": frozenset({"not_scheduled"}),
}

DONE: Mapping[str, str] = {
    "claim": N_("Đã nhận biên tập. Có thể sửa nội dung và trả lời về hình ảnh."),
    "take_over": N_("Đã nhận thay. Biên tập viên trước được ghi trong nhật ký."),
    "release": N_("Đã nhả bài. Bài trở lại hàng chờ biên tập."),
    "edit": N_("Đã hoàn thành biên tập. Bài chờ phê duyệt."),
    "approve": N_("Đã phê duyệt. Bài chờ đăng lên Diễn đàn."),
    "publish": N_("Đã đăng lên Diễn đàn. Đơn vị và tác giả được báo."),
    "schedule": N_("Đã hẹn giờ đăng."),
    "unschedule": N_("Đã bỏ hẹn giờ."),
    "return": N_("Đã trả lại đơn vị kèm lý do. Lần gửi đầu vẫn được tính."),
    "send_back": N_("Đã trả lại biên tập kèm lý do."),
    "retract": N_("Đã gỡ bài. Địa chỉ công khai hiện lý do gỡ."),
    "revise": N_("Đã mở để sửa. Trang công khai giữ bản đang đăng cho tới khi đăng bản mới."),
    "set_aside": N_("Đã để lại, không sử dụng. Bài rời các hàng chờ, giữ nguyên trạng thái."),
    "take_up": N_("Đã dùng lại. Bài trở về hàng chờ."),
    "uncount": N_("Đã đánh dấu không tính chỉ tiêu."),
    "count": N_("Đã tính lại chỉ tiêu."),
    "excuse": N_("Đã miễn ghi nhận muộn."),
    "extend": N_("Đã gia hạn cho đơn vị. Các bài quá hạn chưa gửi trở lại bản nháp."),
}

BUSY: Mapping[str, str] = {
    "approve": N_("Đang phê duyệt…"),
    "publish": N_("Đang đăng…"),
    "retract": N_("Đang gỡ…"),
    "claim": N_("Đang nhận…"),
}

QUESTIONS: Mapping[str, str] = {
    "publish": N_("Đăng bài này lên Diễn đàn cho mọi người đọc?"),
}

OPENING = frozenset({"claim"})
"""What opens the way to the usual next step stands out where that one is refused; nothing else takes its place."""

TONES = ("primary", "secondary", "danger", "text")


def pressed(engine: Engine, trigger: str) -> Step:
    """The step of this name that is pressed at the desk; 404 where the definition has none.

    Raises Invalid(`definition_missing`).
    """
    if engine.gone:
        raise engine.gone
    return next(filter(is_pressed_here, engine.named(trigger)), None) or abort(404)


def is_pressed_here(step: Step) -> bool:
    """A step of the department's that one press takes; the unit's own are pressed in the portal."""
    return is_offered_here(step) and step.trigger not in OWN_PAGE


def is_offered_here(step: Step) -> bool:
    return bool(step.roles & DEPARTMENT_ROLES) and step.trigger not in NOT_BUTTONS


def done(step: Step) -> str:
    """What has happened, and what comes next where the house knows."""
    said = DONE.get(step.trigger)
    return gettext(said) if said else gettext("Đã thực hiện: %(act)s.", act=label(step))


def label(step: Step) -> str:
    return step.label.en if str(get_locale()) == "en" else step.label.vi


def steps(
    offers: Sequence[Offer],
    *,
    piece_id: int,
    digest: str,
    version: int,
    reasons: Mapping[str, Sequence[str]],
    letters: Mapping[str, int],
) -> list[dict[str, Any]]:
    """Offers as desk/parts/acts.html draws them: the usual next step first, refused ones in their place.

    `letters`: topic -> how many would be sent.
    """
    shown = [offer for offer in offers if _is_shown(offer)]
    shown.sort(key=lambda o: (TONES.index(o.step.tone), not o.is_allowed, o.step.trigger != "write"))
    drawn = [_drawn(offer, piece_id, digest, reasons) for offer in shown]
    for step, offer in zip(drawn, shown, strict=True):
        step["effect"] = _effect(offer, letters)
        # The same press twice is one act; the version tells a lost race from a step that never was.
        step["fields"] = {"command": str(uuid.uuid4()), "version": str(version)}
    if not any(step["allowed"] and step["kind"] == "primary" for step in drawn):
        useful = next((step for step in drawn if step["allowed"] and step["name"] in OPENING), None)
        if useful is not None and any(not step["allowed"] for step in drawn):
            useful["kind"] = "primary"
    return drawn


def _is_shown(offer: Offer) -> bool:
    noise = NOISE.get(offer.step.trigger, frozenset())
    return is_offered_here(offer.step) and not any(refusal.code in noise for refusal in offer.refusals)


def _effect(offer: Offer, letters: Mapping[str, int]) -> str:
    sent = [topic for topic in offer.step.effects if offer.is_allowed and letters.get(topic)]
    return sending({topic: letters[topic] for topic in sent})


def sending(letters: Mapping[str, int]) -> str:
    """“Sẽ gửi 3 thư: Báo đã đăng.”, each leading to what it says; empty where none is sent."""
    if not letters:
        return ""
    says = Markup(gettext("Sẽ gửi %(n)s thư: %(kinds)s."))  # noqa: S704  (our own catalogue)
    return says % {"n": sum(letters.values()), "kinds": Markup(", ").join(map(_letter, letters))}


def _letter(topic: str) -> str:
    name = gettext(TOPICS[topic])
    if not can("letters.read"):
        return str(name)
    address = url_for("desk_letters.sample", kind=topic.removeprefix("letter:"))
    return Markup('<a href="{}">{}</a>').format(address, name)


def _drawn(offer: Offer, piece_id: int, digest: str, reasons: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    step = offer.step
    trigger = step.trigger
    own_page = OWN_PAGE.get(trigger)
    return {
        "name": trigger,
        "label": label(step),
        "action_url": url_for("desk_pieces.step", piece_id=piece_id, trigger=trigger),
        "page_url": url_for(own_page, piece_id=piece_id) if own_page else "",
        "form": FORMS.get(trigger, ""),
        "asks": step.asks,
        "allowed": offer.is_allowed,
        "kind": step.tone,
        "reasons": [
            {"code": refusal.code, "says": told(refusal), **_way_out(refusal.code, piece_id)}
            for refusal in offer.refusals
        ],
        "needs_reason": "reason" in step.asks,
        "reasons_used": reasons.get(trigger, ()),
        "seen": digest if "seen" in step.asks else "",
        "busy": gettext(BUSY[trigger]) if trigger in BUSY else "",
        "question": gettext(QUESTIONS[trigger]) if trigger in QUESTIONS else "",
    }  # fmt: skip


def _way_out(code: str, piece_id: int) -> dict[str, str]:
    """Where on this page, or behind which, the reason can be taken away."""
    if "consent" in code:
        return {"way_out": gettext("Xem ảnh"), "way_out_url": "#anh"}
    if code == "category_required":
        return {
            "way_out": gettext("Chọn chuyên mục"),
            "way_out_url": url_for(OWN_PAGE["reclassify"], piece_id=piece_id),
        }
    return {}


def answers(form: MultiDict[str, str]) -> dict[str, Any]:
    """What a press sends, as `submissions.perform` takes it. A state, a version or a person is not among it.

    Raises Invalid(`time_invalid`) for a moment nobody can read.
    """
    given: dict[str, Any] = {
        name: form[name].strip() for name in ("reason", "seen", "kind") if form.get(name)
    }
    if form.get("until"):
        given["until"] = typed_moment(form["until"])
    if set(form.getlist("checklist")) >= set(CHECKLIST):
        given["checklist"] = True
    return given


def version(form: MultiDict[str, str]) -> int | None:
    """The version of the piece that was looked at, when it is one."""
    return typed_number(form.get("version", ""), digits=11)
