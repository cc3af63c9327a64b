"""A teacher's few lines on a phone, the committee's one click, and months later a reader who finds the page."""

import pytest
from playwright.sync_api import expect

from models.base import db
from models.submission import Submission
from tests.factories import picture

pytestmark = [pytest.mark.browser, pytest.mark.database]


def test_a_teacher_sends_quickly_and_her_committee_finds_it_in_the_pool(make, cast, window):
    make.category()
    teacher = window(cast.lan, width=390)
    teacher.get_by_role("link", name="Gửi nhanh vài dòng và ảnh").click()
    teacher.get_by_label("Thêm ảnh").set_input_files(
        {"name": "vuon.jpg", "mimeType": "image/jpeg", "buffer": picture()}
    )
    teacher.locator("textarea[name=words]").fill(
        "Sáng nay các cháu lớp 5 tuổi trồng rau. Phụ huynh góp cây giống."
    )
    teacher.get_by_role("button", name="Lưu và xem lại").click()
    teacher.wait_for_url("**/don-vi/bai/**")
    piece = db.session.query(Submission).one()
    assert (piece.state, piece.unit_id) == ("drafted", cast.can_loc.id)
    assert teacher.complaints == []

    member = window(cast.binh, width=390)
    expect(member.get_by_text("Sáng nay các cháu lớp 5 tuổi trồng rau").first).to_be_visible()
    assert member.complaints == []


def test_a_reader_finds_reads_and_may_ask_for_a_picture_to_be_taken_down(make, window):
    make.submission(state="published", title="Vườn rau của bé")
    reader = window(width=390)

    reader.goto("/tim?q=vuon+rau")
    reader.get_by_role("link", name="Vườn rau của bé").first.click()
    expect(reader.get_by_role("heading", level=1)).to_have_text("Vườn rau của bé")
    reader.locator("footer a[href^='/go-anh']").click()

    expect(reader.get_by_role("heading", level=1)).to_have_text("Đề nghị gỡ hình ảnh")
    assert reader.complaints == []
