"""The month of a teacher, of her committee and of a reader, from the first line to the public page."""

import pytest
from playwright.sync_api import expect

from models.base import db
from models.submission import Submission
from tests.factories import picture
from tests.windows import type_into_the_editor
from workflow import submissions

pytestmark = [pytest.mark.browser, pytest.mark.database, pytest.mark.long]

WIDTHS = pytest.mark.parametrize("width", [390, 1366])


def piece_of(title: str) -> Submission:
    db.session.expire_all()
    return next(piece for piece in db.session.query(Submission) if title in piece.revision.title)


def carry_to_the_page(cast, piece: Submission) -> None:
    """What the department does with it, which is told in its own journeys."""
    submissions.claim(piece.id, by=cast.son)
    submissions.finish_editing(piece.id, by=cast.son)
    submissions.approve(piece.id, by=cast.minh, seen=piece.digest)
    submissions.publish(piece.id, by=cast.phuong, seen=piece.digest)


@WIDTHS
def test_a_teacher_sends_quickly_mends_her_draft_and_sees_it_published(make, cast, window, width):
    make.category()
    page = window(cast.lan, width=width)
    page.get_by_role("link", name="Gửi nhanh vài dòng và ảnh").click()
    page.get_by_label("Thêm ảnh").set_input_files(
        {"name": "vuon.jpg", "mimeType": "image/jpeg", "buffer": picture()}
    )
    page.locator("textarea[name=words]").fill("Sáng nay các cháu lớp 5 tuổi trồng rau. Phụ huynh góp cây.")
    page.get_by_role("button", name="Lưu và xem lại").click()
    page.wait_for_url("**/don-vi/bai/**")
    expect(page.get_by_label("Tiêu đề")).to_have_value("Sáng nay các cháu lớp 5 tuổi trồng rau")
    page.get_by_label("Trường, cơ sở giáo dục").fill("Trường Mầm non Hoa Mai")
    page.get_by_label("Chuyên mục").select_option(label="Công tác bán trú")
    page.get_by_label("Không có trẻ trong ảnh").check()
    page.get_by_role("button", name="Lưu nháp").click()
    expect(page.locator(".flashes, .portal-title").first).to_contain_text("Đã lưu nháp")

    piece = piece_of("trồng rau")
    assert (piece.state, piece.unit_id) == ("drafted", cast.can_loc.id)
    submissions.submit(piece.id, by=cast.binh)
    page.goto("/don-vi/")
    expect(page.get_by_text("Đang chờ biên tập viên nhận bài.")).to_be_visible()
    carry_to_the_page(cast, piece)

    page.goto("/don-vi/")
    page.get_by_role("link", name="Xem trên Diễn đàn").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("trồng rau")
    expect(page.get_by_text("Trường Mầm non Hoa Mai").first).to_be_visible()
    assert page.complaints == []


@WIDTHS
def test_a_committee_selects_writes_sends_mends_what_came_back_and_meets_its_quota(make, cast, window, width):
    chosen = make.submission(with_picture=True, consent=None, title="Vườn rau của bé")
    page = window(cast.binh, width=width)
    expect(page.get_by_role("heading", level=1)).to_have_text("Đã gửi 0 trên 2")

    card = page.locator("article", has_text="Vườn rau của bé")
    card.get_by_role("link", name="Gửi bài").click()
    page.get_by_label("Có, đã có phiếu đồng ý").check()
    page.get_by_role("button", name="Gửi bài đến Phòng GDMN").click()
    expect(page.get_by_role("alert").or_(page.locator(".error")).first).to_contain_text("Vui lòng xác nhận")
    page.get_by_label("Tôi xác nhận nội dung đúng sự thật").check()
    page.get_by_role("button", name="Gửi bài đến Phòng GDMN").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Đã gửi 1 trên 2")

    page.get_by_role("link", name="Soạn tin, bài").click()
    page.get_by_label("Tiêu đề").fill("Phụ huynh chung tay làm đồ chơi ngoài trời")
    type_into_the_editor(page, "Cuối tuần qua, hơn 40 phụ huynh làm xích đu.")
    page.get_by_label("Trường, cơ sở giáo dục").fill("Trường Mầm non Hoa Mai")
    page.set_input_files(
        "input[type=file]", {"name": "anh.jpg", "mimeType": "image/jpeg", "buffer": picture("olive")}
    )
    page.wait_for_url("**/soan#anh")
    expect(page.locator("trix-editor")).to_have_text("Cuối tuần qua, hơn 40 phụ huynh làm xích đu.")
    page.get_by_role("button", name="Đặt vào bài").click()
    expect(page.locator("trix-editor figure img")).to_be_in_viewport()
    assert (
        page.locator("trix-editor")
        .evaluate("it => it.editor.getDocument().toString()")
        .startswith("Cuối tuần")
    )
    # No answer is chosen for anybody.
    assert page.locator("input[type=radio][name^=consent]:checked").count() == 0
    page.get_by_role("button", name="Xem lại và gửi").click()
    expect(page.get_by_role("alert")).to_contain_text("Vui lòng chọn một câu trả lời cho ảnh 1.")
    page.get_by_label("Không có trẻ trong ảnh").check()
    page.get_by_role("button", name="Xem lại và gửi").click()
    page.wait_for_url("**#gui")
    expect(page.locator(".portal-bar").get_by_role("link", name="Gửi bài")).to_be_hidden()
    page.get_by_label("Tôi xác nhận nội dung đúng sự thật").check()
    page.get_by_role("button", name="Gửi bài đến Phòng GDMN").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Đã gửi 2 trên 2")

    submissions.perform(chosen.id, "return", by=cast.son, reason="Vui lòng ghi rõ tên trường.")
    page.goto("/don-vi/")
    expect(page.get_by_text("Vui lòng ghi rõ tên trường.").first).to_be_visible()
    card.get_by_role("link", name="Gửi bài").click()
    page.get_by_role("link", name="Sửa", exact=True).click()
    page.get_by_label("Trường, cơ sở giáo dục").fill("Trường Mầm non Hoa Mai, xã Thiên Lộc")
    page.get_by_role("button", name="Xem lại và gửi").click()
    page.wait_for_url("**#gui")
    page.get_by_label("Tôi xác nhận nội dung đúng sự thật").check()
    page.get_by_role("button", name="Gửi bài đến Phòng GDMN").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Đã gửi 2 trên 2")

    page.get_by_role("link", name="Ban", exact=True).click()
    expect(page.get_by_text("Danh sách còn thiếu 4 người")).to_be_visible()
    db.session.expire_all()
    assert db.session.get_one(Submission, chosen.id).state == "submitted"
    # A form that is not complete is answered with 422, which the browser notes.
    assert [words for words in page.complaints if "422" not in words] == []


def test_a_reader_finds_reads_and_may_ask_for_a_picture_to_be_taken_down(make, window):
    make.submission(state="published", title="Vườn rau của bé")
    reader = window(width=390)

    reader.goto("/tim?q=vuon+rau")
    reader.get_by_role("link", name="Vườn rau của bé").first.click()
    expect(reader.get_by_role("heading", level=1)).to_have_text("Vườn rau của bé")
    reader.locator("footer a[href^='/go-anh']").click()

    expect(reader.get_by_role("heading", level=1)).to_have_text("Đề nghị gỡ hình ảnh")
    assert reader.complaints == []
