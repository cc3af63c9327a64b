"""A committee member on a phone: from the month to a piece that is sent (issue point 7)."""

import pytest
from playwright.sync_api import expect

from tests.factories import picture
from workflow import deadlines
from workflow.engine.unit_of_work import change

pytestmark = [pytest.mark.browser, pytest.mark.database]


def test_a_member_writes_a_piece_with_a_picture_sends_it_and_sees_one_of_two(make, cast, clock_at, window):
    with change():
        deadlines.ensure_around(clock_at("2021-05-17 08:30"))
    make.category()
    page = window(cast.binh, width=390)
    expect(page.get_by_role("heading", level=1)).to_have_text("Đã gửi 0 trên 2")

    page.get_by_role("link", name="Soạn tin, bài").click()
    page.get_by_label("Tiêu đề").fill("Phụ huynh chung tay làm đồ chơi ngoài trời")
    # The editor is ready when it has made its toolbar; who types sooner types into nothing.
    expect(page.locator("trix-toolbar button").first).to_be_attached()
    page.locator("trix-editor").click()
    page.keyboard.type("Cuối tuần qua, hơn 40 phụ huynh làm xích đu.")
    expect(page.locator("trix-editor")).to_have_text("Cuối tuần qua, hơn 40 phụ huynh làm xích đu.")
    page.get_by_label("Trường, cơ sở giáo dục").fill("Trường Mầm non Hoa Mai")
    page.set_input_files(
        "input[type=file]", {"name": "anh.jpg", "mimeType": "image/jpeg", "buffer": picture()}
    )

    page.wait_for_url("**/bai/GDMN-2021-05-0001/soan#anh")
    expect(page.locator("trix-editor")).to_have_text("Cuối tuần qua, hơn 40 phụ huynh làm xích đu.")
    assert page.locator("input[type=radio][name^=consent]:checked").count() == 0
    page.get_by_role("button", name="Xem lại và gửi").click()
    expect(page.get_by_role("alert")).to_contain_text("Vui lòng chọn một câu trả lời cho ảnh 1.")
    page.get_by_label("Không có trẻ trong ảnh").check()
    page.get_by_role("button", name="Xem lại và gửi").click()

    page.wait_for_url("**/bai/GDMN-2021-05-0001#gui")
    page.get_by_label("Tôi xác nhận nội dung đúng sự thật").check()
    page.get_by_role("button", name="Gửi bài đến Phòng GDMN").click()

    page.wait_for_url("**/don-vi/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Đã gửi 1 trên 2")
    expect(page.get_by_text("Đang chờ biên tập viên nhận bài.")).to_be_visible()
    complaints = [words for words in page.complaints if "422" not in words]
    assert complaints == []
