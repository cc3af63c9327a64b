"""The months of the people at the department, each from the sign-in on, at a desk and on a phone."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from models.audit import AuditEvent
from models.base import db
from models.envelope import Envelope
from models.outbox import OutboxMessage
from models.people import Account
from models.period import Extension
from models.publication import Publication
from models.submission import Submission
from models.vocabulary import OutboxState, Verdict
from tests.windows import type_into_the_editor
from workflow import clock, storage
from workflow.engine.unit_of_work import bookkeeping
from workflow.wording import CHECKLIST

pytestmark = [pytest.mark.browser, pytest.mark.database, pytest.mark.long]

WIDTHS = pytest.mark.parametrize("width", [1366, 390])
MAILS = Path(__file__).parents[2] / "tasks" / "rehearsal" / "data" / "mail"
STRAY = MAILS / "m01-gmail-base64-docx-jpg.eml"


def now_of(piece: Submission) -> Submission:
    db.session.expire_all()
    return db.session.get_one(Submission, piece.id)


def says(page: Page, words: str) -> None:
    """What the house answered to the press."""
    expect(page.locator(".flashes")).to_contain_text(words)


def go(page: Page, name: str) -> None:
    """To a place of the menu, which a phone folds away."""
    if page.viewport_size["width"] < 992:
        page.get_by_role("link", name="Mở danh mục").click()
    page.locator("#menu").get_by_role("link", name=name).first.click()


def give_reason(page: Page, act: str, reason: str) -> None:
    page.locator("summary", has_text=act).click()
    box = page.locator("details[open] form.reason-box")
    box.locator("[name=reason]").fill(reason)
    box.get_by_role("button", name=act, exact=True).click()


@WIDTHS
def test_an_editor_sorts_a_mail_edits_a_piece_sends_one_back_and_gives_a_unit_time(make, cast, window, width):
    piece = make.submission(state="submitted", with_picture=True, consent=None)
    other = make.submission(state="submitted", title="Hội thi bé khỏe, bé ngoan")
    with bookkeeping() as session:
        session.add(
            Envelope(
                sha256=storage.keep(STRAY.read_bytes()), received_at=clock.now(), verdict=Verdict.TRAY,
                from_address="la@example.edu.vn", from_name="Người lạ", subject="Tin bài tháng 5",
            )
        )  # fmt: skip
    page = window(cast.son, width=width)

    page.get_by_role("link", name="Xử lý thư").click()
    page.get_by_role("link", name="Tin bài tháng 5").click()
    page.get_by_label("Đơn vị", exact=True).select_option(label="H. Can Lộc")
    page.get_by_role("button", name="Nhận thư cho đơn vị").click()
    says(page, "Đã nhận")

    page.goto("/quan-tri/")
    page.get_by_role("link", name="Nhận biên tập").click()
    page.get_by_role("link", name=piece.revision.title).click()
    expect(page.get_by_role("button", name="Hoàn thành biên tập")).to_have_attribute("aria-disabled", "true")
    expect(page.get_by_text("Đồng chí chưa nhận biên tập bài này.").first).to_be_visible()
    page.get_by_role("button", name="Nhận biên tập").click()
    says(page, "Đã nhận biên tập.")
    page.get_by_role("link", name="Biên tập", exact=True).click()
    page.get_by_label("Tiêu đề").fill("Bếp ăn một chiều ở Can Lộc")
    type_into_the_editor(page, "Phụ huynh rất vui.", at="Control+End")
    page.get_by_role("button", name="Lưu phiên bản mới").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bếp ăn một chiều ở Can Lộc")
    expect(page.locator("article .prose")).to_contain_text("Phụ huynh rất vui.")
    page.get_by_text("Trả lời", exact=True).click()
    page.get_by_label("Không có trẻ trong ảnh").check()
    page.get_by_role("button", name="Ghi câu trả lời").click()
    expect(page.locator("#anh")).to_contain_text("Nguyễn Văn Sơn xác nhận")
    page.locator("summary", has_text="Hoàn thành biên tập").click()
    for line in CHECKLIST.values():
        page.get_by_label(line).check()
    page.locator("form.reason-box").get_by_role("button", name="Hoàn thành biên tập").click()
    says(page, "Đã hoàn thành biên tập.")

    go(page, "Hàng chờ biên tập")
    page.get_by_role("link", name="Hội thi bé khỏe, bé ngoan").click()
    give_reason(page, "Trả lại đơn vị", "Thiếu ảnh.")
    says(page, "Đã trả lại đơn vị kèm lý do.")

    go(page, "Bảng điều khiển")
    page.locator(".matrix tr", has_text="TX Kỳ Anh").locator("td.running a").click()
    give_reason(page, "Gia hạn", "Bão.")
    says(page, "Đã gia hạn cho")

    assert (now_of(piece).state, now_of(other).state) == ("edited", "drafted")
    assert db.session.query(Extension).one().unit_id == cast.town_ky_anh.id
    assert db.session.query(Envelope).one().verdict is Verdict.ACCEPTED
    assert page.complaints == []


@WIDTHS
def test_an_approver_approves_what_is_right_and_sends_back_what_is_not(make, cast, window, width):
    right = make.submission(state="edited", title="Vườn rau của bé", with_picture=True)
    wrong = make.submission(state="edited", title="Bé với an toàn giao thông")
    page = window(cast.minh, width=width)

    page.get_by_role("link", name="Xem và duyệt").click()
    page.get_by_role("link", name="Vườn rau của bé").click()
    expect(page.locator("article .prose")).to_contain_text("bếp ăn một chiều")
    page.get_by_role("button", name="Phê duyệt").click()
    says(page, "Đã phê duyệt.")

    go(page, "Hàng chờ phê duyệt")
    page.get_by_role("link", name="Bé với an toàn giao thông").click()
    give_reason(page, "Trả lại biên tập", "Thiếu chú thích ảnh.")
    says(page, "Đã trả lại biên tập")

    go(page, "Bảng điều khiển")
    expect(page.get_by_text("Không còn việc chờ.")).to_be_visible()
    assert (now_of(right).state, now_of(wrong).state) == ("approved", "submitted")
    assert page.complaints == []


@WIDTHS
def test_a_publisher_publishes_sets_a_time_and_takes_a_page_down(make, cast, window, width):
    first, second = (make.submission(state="approved", title=t) for t in ("Vườn rau của bé", "Mùa hè của bé"))
    page = window(cast.phuong, width=width)

    # The oldest of what waits for her stands on her first page.
    page.locator(".console-waits").get_by_role("link", name="Vườn rau của bé").click()
    page.get_by_role("button", name="Đăng", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Đăng", exact=True).click()
    says(page, "Đã đăng lên Diễn đàn.")

    go(page, "Chờ đăng")
    page.get_by_role("link", name="Mùa hè của bé").click()
    page.locator("summary", has_text="Hẹn giờ đăng").click()
    page.get_by_label("Thời điểm đăng").fill("2021-05-18T07:00")
    page.locator("details[open]").get_by_role("button", name="Hẹn giờ đăng").click()
    says(page, "Đã hẹn giờ đăng.")

    page.goto(f"/quan-tri/bai/{first.id}/")
    page.get_by_role("link", name="Xem như bạn đọc").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vườn rau của bé")
    page.go_back()
    give_reason(page, "Gỡ bài", "Phụ huynh đề nghị.")
    says(page, "Đã gỡ bài.")
    assert page.complaints == []

    assert now_of(first).state == "approved"
    assert now_of(second).scheduled_at == clock.now().replace(
        year=2021, month=5, day=18, hour=0, minute=0, second=0, microsecond=0
    )
    slug = db.session.query(Publication.slug).filter_by(submission_id=first.id).scalar()
    assert page.goto(f"/bai/{slug}").status == 410


@WIDTHS
def test_an_inspector_reads_who_approved_what_checks_the_trail_and_takes_it_away(make, cast, window, width):
    make.submission(state="published", title="Vườn rau của bé")
    page = window(cast.khang, width=width)

    go(page, "Ai đã duyệt gì")
    page.get_by_role("link", name="Vườn rau của bé").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Phiếu xử lý tin, bài")
    expect(page.locator("table").first).to_contain_text("Trần Quang Minh")
    page.locator("table").first.get_by_role("link", name="Mục").last.click()
    expect(page.get_by_text("Bản ghi như đã băm")).to_be_visible()

    go(page, "Nhật ký hệ thống")
    with page.expect_download() as taken:
        page.get_by_role("link", name="Xuất CSV").click()
    assert "GDMN-2021-05-0001" in taken.value.path().read_text("utf-8-sig")
    page.get_by_role("button", name="Kiểm tra tính toàn vẹn").click()
    expect(page.locator("#kiem-tra")).to_contain_text("Việc kiểm tra đang chờ đến lượt")
    assert page.complaints == []
    taken_out = select(AuditEvent.actor_id).where(AuditEvent.action == "audit:export")
    db.session.rollback()
    assert db.session.scalars(taken_out).all() == [cast.khang.id]


@WIDTHS
def test_an_administrator_lets_somebody_in_seats_a_member_and_looks_after_the_house(
    make, cast, window, width
):
    make.submission(state="submitted")
    with bookkeeping() as session:
        session.add(
            OutboxMessage(
                key="hong", topic="letter:receipt", queue="mail", payload={"submission": 1},
                state=OutboxState.DEAD, error="Máy chủ thư không trả lời.",
            )
        )  # fmt: skip
    page = window(cast.mai, width=width)

    go(page, "Tài khoản")
    page.get_by_role("link", name="Thêm tài khoản").click()
    page.get_by_label("Địa chỉ thư điện tử").fill("thu.thuy@example.edu.vn")
    page.get_by_label("Họ và tên").fill("Nguyễn Thị Thu Thủy")
    page.get_by_label("Vai trò").select_option(label="Biên tập viên")
    page.get_by_role("button", name="Lưu").click()
    says(page, "Đã thêm tài khoản.")

    go(page, "Ban Truyền thông")
    page.get_by_role("link", name="H. Can Lộc").first.click()
    page.get_by_role("link", name="Thêm thành viên").first.click()
    page.get_by_label("Họ và tên").fill("Võ Văn Hùng")
    page.get_by_label("Địa chỉ thư điện tử").fill("hung@example.edu.vn")
    page.get_by_role("button", name="Thêm thành viên").click()
    expect(page.get_by_text("Võ Văn Hùng").first).to_be_visible()

    go(page, "Thông báo")
    page.get_by_label("Tiêu đề").fill("Tập huấn ngày 25/5")
    page.get_by_label("Đến lúc").fill("2021-05-25T17:00")
    page.get_by_role("button", name="Đăng thông báo").click()
    expect(page.get_by_text("Tập huấn ngày 25/5").first).to_be_visible()

    go(page, "Hàng đợi")
    page.get_by_role("button", name="Chạy lại").first.click()
    says(page, "Đã đưa việc vào hàng đợi lại.")

    go(page, "Thiết lập")
    expect(page.get_by_role("heading", level=1)).to_have_text("Thiết lập")
    db.session.expire_all()
    assert db.session.query(OutboxMessage).filter_by(key="hong").one().state is OutboxState.NEW
    assert db.session.query(Account).filter_by(email="thu.thuy@example.edu.vn").one().active
    assert page.complaints == []
