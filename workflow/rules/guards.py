"""The guards: one small question each, answered with None or with a reason and a way out. Pure.

The table GUARDS at the end is what workflow definitions may name.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta

from models.vocabulary import Consent, Role, SeatKind
from workflow.engine.errors import N_, Refusal
from workflow.rules import workdays
from workflow.rules.facts import Facts
from workflow.rules.periods import booking

CLAIM_LASTS_WORKING_DAYS = 3
DAYS_TO_RESTORE = 30
ZONE = "Asia/Ho_Chi_Minh"

Guard = Callable[[Facts], Refusal | None]


def _unless(holds: bool, code: str, says: str, way_out: str = "", **fields: object) -> Refusal | None:
    return None if holds else Refusal(code, says, way_out, fields)


def complete(facts: Facts) -> Refusal | None:
    if not facts.has_title:
        return Refusal("title_required", N_("Vui lòng nhập tiêu đề."))
    return _unless(
        facts.has_body or bool(facts.media), "body_required", N_("Vui lòng nhập nội dung hoặc thêm tệp.")
    )


UNIT_ENDED = N_("Đơn vị đã kết thúc hoạt động từ {day}; vui lòng chọn đơn vị tiếp nhận.")


def unit_alive(facts: Facts) -> Refusal | None:
    """Asked at the first sending only: a piece keeps the unit it was sent for (R12)."""
    return _unless(
        facts.unit_ends is None or facts.first_sent_at is not None,
        "unit_ended",
        UNIT_ENDED,
        day=facts.unit_ends,
    )


def period_open(facts: Facts) -> Refusal | None:
    return _unless(
        facts.first_sent_at is not None or booking(facts) is not None,
        "no_open_period",
        N_("Chưa có kỳ nào đang mở để nhận bài."),
        N_("Vui lòng liên hệ chuyên viên Phòng GDMN."),
    )


def deadline_passed(facts: Facts) -> Refusal | None:
    passed = facts.month is not None and facts.month.deadline_at <= facts.now
    return _unless(passed, "deadline_ahead", N_("Hạn gửi của đơn vị chưa hết."))


def never_sent(facts: Facts) -> Refusal | None:
    return _unless(facts.first_sent_at is None, "sent_before", N_("Bài đã được gửi trước đó."))


def sent_before(facts: Facts) -> Refusal | None:
    return _unless(facts.first_sent_at is not None, "never_sent", N_("Bài chưa được gửi lần nào."))


def sent_late(facts: Facts) -> Refusal | None:
    return _unless(facts.sent_late, "not_sent_late", N_("Bài không bị ghi nhận gửi muộn."))


def counted(facts: Facts) -> Refusal | None:
    return _unless(facts.is_counted, "uncounted_already", N_("Bài đã được đánh dấu không tính chỉ tiêu."))


def uncounted(facts: Facts) -> Refusal | None:
    return _unless(not facts.is_counted, "counted_already", N_("Bài đang được tính chỉ tiêu."))


def unclaimed(facts: Facts) -> Refusal | None:
    return _unless(
        facts.claimed_by is None,
        "claimed",
        N_("Biên tập viên {name} đã nhận bài này."),
        N_("Đề nghị biên tập viên trả lại bài cho đơn vị."),
        name=facts.claimant,
    )


def claimable(facts: Facts) -> Refusal | None:
    """Free, or claimed so long ago that the claim has lapsed."""
    if facts.claimed_by == facts.actor and facts.claimed_by is not None:
        return Refusal("claimed_by_you_already", N_("Đồng chí đang biên tập bài này."))
    return _unless(
        facts.claimed_by is None or _has_lapsed(facts),
        "claimed",
        N_("Biên tập viên {name} đã nhận bài này."),
        N_("Có thể nhận thay, ghi rõ lý do."),
        name=facts.claimant,
    )


def _has_lapsed(facts: Facts) -> bool:
    if facts.claimed_at is None:
        return False
    return (
        workdays.moment_later(facts.claimed_at, CLAIM_LASTS_WORKING_DAYS, ZONE, facts.calendar) <= facts.now
    )


def claim_lapsed(facts: Facts) -> Refusal | None:
    return _unless(_has_lapsed(facts), "claim_in_force", N_("Chưa hết thời hạn nhận biên tập."))


def claimed_by_you(facts: Facts) -> Refusal | None:
    return _unless(
        facts.claimed_by is not None and facts.claimed_by == facts.actor,
        "not_claimed_by_you",
        N_("Đồng chí chưa nhận biên tập bài này."),
        N_("Bấm “Nhận biên tập” trước."),
    )


def claimed_by_another(facts: Facts) -> Refusal | None:
    return _unless(
        facts.claimed_by is not None and facts.claimed_by != facts.actor,
        "not_claimed_by_another",
        N_("Bài không do người khác nhận biên tập."),
    )


def in_use(facts: Facts) -> Refusal | None:
    return _unless(
        not facts.set_aside,
        "set_aside",
        N_("Bài đang để lại, không sử dụng."),
        N_("Bấm “Dùng lại” trước."),
    )


def set_aside_before(facts: Facts) -> Refusal | None:
    return _unless(facts.set_aside, "not_set_aside", N_("Bài không ở diện để lại, không sử dụng."))


def not_discarded(facts: Facts) -> Refusal | None:
    return _unless(
        facts.discarded_at is None, "discarded", N_("Bản nháp đã bị xóa."), N_("Bấm “Khôi phục” trước.")
    )


def discarded(facts: Facts) -> Refusal | None:
    return _unless(facts.discarded_at is not None, "not_discarded", N_("Bản nháp chưa bị xóa."))


def restorable(facts: Facts) -> Refusal | None:
    until = facts.discarded_at and facts.discarded_at + timedelta(days=DAYS_TO_RESTORE)
    return _unless(
        until is None or facts.now < until,
        "restore_too_late",
        N_("Bản nháp đã bị xóa quá {n} ngày nên không thể khôi phục."),
        n=DAYS_TO_RESTORE,
    )


def own_or_committee(facts: Facts) -> Refusal | None:
    mine = facts.actor is not None and (facts.created_by == facts.actor or facts.actor in facts.authors)
    return _unless(
        Role.COMMITTEE in facts.roles or mine,
        "not_your_piece",
        N_("Bài do người khác trong đơn vị viết; chỉ Ban Truyền thông được sửa."),
    )


def leads_committee(facts: Facts) -> Refusal | None:
    return _unless(
        SeatKind.LEADER in facts.seats,
        "not_the_leader",
        N_("Chỉ lãnh đạo phòng trong Ban Truyền thông của đơn vị được duyệt tại đơn vị."),
        N_("Đề nghị lãnh đạo phòng thực hiện."),
    )


def not_author(facts: Facts) -> Refusal | None:
    return _unless(
        facts.actor not in facts.authors,
        "author_may_not_edit",
        N_("Đồng chí là tác giả hoặc người gửi bài này nên không thể tự biên tập."),
        N_("Đề nghị biên tập viên khác nhận bài."),
    )


def sectioned(facts: Facts) -> Refusal | None:
    return _unless(
        facts.has_category,
        "category_required",
        N_("Vui lòng chọn chuyên mục."),
        N_("Đơn vị để Sở chọn, khi biên tập hoặc sửa phân loại."),
    )


def consents_answered(facts: Facts) -> Refusal | None:
    waiting = [media for media in facts.media if media.answer is None]
    return _unless(
        not waiting,
        "consent_unanswered",
        N_("Có {n} ảnh, video chưa trả lời về sự đồng ý của cha mẹ trẻ."),
        N_("Trả lời cho từng ảnh, hoặc hỏi lại đơn vị."),
        n=len(waiting),
    )


def consents_given(facts: Facts) -> Refusal | None:
    """Approve and publish wait while any answer is missing, no or unknown (R8)."""
    held = [media for media in facts.media if media.answer not in (Consent.YES, Consent.NONE)]
    return _unless(
        not held,
        "consent_missing",
        N_("Còn {n} ảnh, video chưa có xác nhận đồng ý (số {numbers})."),
        N_("Hỏi lại đơn vị hoặc bỏ ảnh khỏi bài."),
        n=len(held),
        numbers=", ".join(str(media.position) for media in held),
    )


def four_eyes(facts: Facts) -> Refusal | None:
    """Author, editor, and whoever stands in for one of them cannot approve (R10)."""
    way_out = N_("Đề nghị người phê duyệt khác thực hiện.")
    if facts.actor in facts.editors:
        says = N_("Đồng chí đã biên tập bài này nên không thể tự phê duyệt.")
    elif facts.actor in facts.authors:
        says = N_("Đồng chí là tác giả hoặc người gửi bài này nên không thể tự phê duyệt.")
    elif facts.stands_in_for & (facts.authors | facts.editors):
        says = N_("Đồng chí được ủy quyền bởi người viết hoặc người biên tập nên không thể phê duyệt.")
    else:
        return None
    return Refusal("four_eyes_violation", says, way_out)


def as_approved(facts: Facts) -> Refusal | None:
    """The approved revision is published and no other, whatever was corrected since."""
    return _unless(
        facts.digest == facts.approved_digest,
        "changed_since_approval",
        N_("Bài đã được sửa sau khi phê duyệt."),
        N_("Trả lại biên tập để trình phê duyệt lại."),
    )


def scheduled(facts: Facts) -> Refusal | None:
    return _unless(facts.scheduled_at is not None, "not_scheduled", N_("Bài chưa được hẹn giờ đăng."))


GUARDS: Mapping[str, Guard] = {
    guard.__name__: guard
    for guard in (
        complete, unit_alive, period_open, deadline_passed, never_sent, sent_before, sent_late, counted,
        uncounted, unclaimed, claimable, claim_lapsed, claimed_by_you, claimed_by_another, in_use, set_aside_before,
        not_discarded, discarded, restorable, as_approved, own_or_committee, leads_committee, not_author, sectioned,
        consents_answered, consents_given, four_eyes, scheduled,
    )
}  # fmt: skip
