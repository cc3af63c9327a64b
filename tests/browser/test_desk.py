"""The desk in a real browser: cards ticked on a phone, text kept without saving, two editors at one piece."""

from datetime import date

import pytest
from playwright.sync_api import expect

from models.base import db
from models.submission import Submission
from models.vocabulary import SuccessionKind
from tests.windows import sideways, type_into_the_editor
from workflow import organisation, submissions
from workflow.engine.unit_of_work import change

pytestmark = [pytest.mark.browser, pytest.mark.database]


def test_cards_are_ticked_on_a_phone_foretold_and_moved(make, cast, window):
    pieces = [make.submission(state="submitted") for _ in range(3)]
    phone = window(cast.son, width=390)
    phone.goto("/quan-tri/bai/?trang-thai=sent")

    for piece in pieces[:2]:
        phone.get_by_role("checkbox", name=f"Chọn {piece.revision.title}").check()
    phone.get_by_label("Thao tác với các bài đã chọn").select_option("claim")
    phone.get_by_role("button", name="Xem trước").click()
    expect(phone.get_by_text("Thực hiện được với 2 trên 2 bài đã chọn.")).to_be_visible()
    phone.get_by_role("button", name="Nhận biên tập 2 bài").click()
    expect(phone.get_by_text("Đã thực hiện với 2 trên 2 bài.")).to_be_visible()

    db.session.expire_all()
    claimed = [db.session.get_one(Submission, piece.id).claimed_by for piece in pieces]
    assert claimed == [cast.son.id, cast.son.id, None]
    assert phone.complaints == []


def test_how_many_are_ticked_is_told_while_ticking_to_eyes_and_ears(make, cast, window):
    for _ in range(3):
        make.submission(state="submitted")
    desk = window(cast.son)
    desk.goto("/quan-tri/bai/?trang-thai=sent")
    says, ticks = (
        desk.locator(".together").get_by_role("status"),
        desk.locator("tbody").get_by_role("checkbox"),
    )
    expect(says).to_have_text("")

    ticks.nth(0).check()
    ticks.nth(2).check()
    expect(says).to_have_text("Đã chọn 2 bài")
    ticks.nth(0).uncheck()
    expect(says).to_have_text("Đã chọn 1 bài")
    desk.get_by_role("button", name="Xem trước").click()
    desk.go_back()
    expect(says).to_have_text("Đã chọn 1 bài")
    # All that the filters find: what was ticked counts no more.
    desk.get_by_label("Tất cả 3 bài theo bộ lọc").check()
    expect(says).to_have_text("Đã chọn tất cả 3 bài theo bộ lọc")

    assert desk.complaints == []


def test_what_was_typed_and_not_saved_comes_back_and_a_colleague_is_told(make, cast, window):
    piece = make.submission(state="submitted")
    submissions.claim(piece.id, by=cast.son)
    place = f"/quan-tri/bai/{piece.id}/"
    desk, colleague = window(cast.son), window(cast.ha)
    desk.goto(f"{place}sua")

    desk.get_by_label("Tiêu đề").fill("Tít gõ dở")
    type_into_the_editor(desk, "Dở dang. ")
    expect(desk.get_by_text("Đã giữ bản đang gõ; chưa lưu thành phiên bản.")).to_be_visible()
    colleague.goto(place)
    expect(colleague.get_by_text("Nguyễn Văn Sơn đang sửa bài này.")).to_be_visible()

    desk.goto("/quan-tri/bai/")
    desk.goto(f"{place}sua")
    desk.get_by_role("link", name="Lấy lại bản gõ dở").click()
    expect(desk.get_by_label("Tiêu đề")).to_have_value("Tít gõ dở")
    expect(desk.locator("trix-editor")).to_contain_text("Dở dang.")
    desk.get_by_role("button", name="Lưu phiên bản mới").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Tít gõ dở")
    desk.get_by_role("link", name="So sánh 2 phiên bản").click()
    expect(desk.locator("ins").first).to_contain_text("Tít gõ dở")
    assert desk.complaints == []


def test_a_text_is_set_as_a_list_by_keyboard_alone(make, cast, window):
    piece = make.submission(state="submitted")
    submissions.claim(piece.id, by=cast.son)
    desk = window(cast.son)
    desk.goto(f"/quan-tri/bai/{piece.id}/sua")

    type_into_the_editor(desk, "Rau muống.")
    desk.keyboard.press("Shift+Tab")
    expect(desk.get_by_role("button", name="Đậm")).to_be_focused()
    for _ in range(5):
        desk.keyboard.press("ArrowRight")
    expect(desk.get_by_role("button", name="Danh sách", exact=True)).to_be_focused()
    desk.keyboard.press("Enter")

    expect(desk.locator("trix-editor")).to_be_focused()
    expect(desk.locator("trix-editor li")).to_contain_text("Rau muống.")
    assert desk.complaints == []


def test_two_versions_are_chosen_on_a_phone_and_a_long_refusal_lies_on_its_band(make, cast, window):
    piece = make.submission(state="submitted")
    phone = window(cast.son, width=390)

    phone.goto(f"/quan-tri/bai/{piece.id}/so-sanh")
    expect(phone.get_by_label("Từ")).to_be_visible()
    expect(phone.get_by_label("Đến")).to_be_visible()
    phone.goto("/don-vi/")
    expect(phone.get_by_role("heading", level=1)).to_contain_text("chưa thuộc đơn vị nào")
    grounds = "['.sign-in-head', 'h1'].map(s => getComputedStyle(document.querySelector(s)).backgroundColor)"
    assert len(set(phone.evaluate(grounds))) == 1


def test_no_page_of_the_desk_scrolls_sideways_or_complains(make, cast, window):
    piece = make.submission(state="submitted", with_picture=True)
    with change():
        organisation.add_succession(
            effective_on=date(2025, 1, 1), kind=SuccessionKind.MERGE, from_code="h-can-loc", to_code="h-ky-anh",
            is_primary_heir=True, legal_basis="Nghị quyết 1283/NQ-UBTVQH15",
        )  # fmt: skip
    desk = window(cast.son, width=320)
    committee = "/quan-tri/ban-truyen-thong/h-can-loc/"
    pages = (
        "/quan-tri/bai/?q=lan&muon=1", f"/quan-tri/bai/{piece.id}/", f"/quan-tri/bai/{piece.id}/sua",
        f"/quan-tri/bai/{piece.id}/so-sanh", committee, f"{committee}nhap", f"{committee}lich-su",
        "/quan-tri/ban-truyen-thong/phu-luc", "/quan-tri/don-vi/h-ky-anh/",
    )  # fmt: skip

    assert {page: wide for page in pages if (wide := sideways(desk, page))} == {}
    assert desk.complaints == []


def test_a_caption_is_typed_at_the_picture_and_saved_with_the_text(make, cast, window):
    piece = make.submission(state="submitted", with_picture=True)
    submissions.claim(piece.id, by=cast.son)
    desk = window(cast.son)
    desk.goto(f"/quan-tri/bai/{piece.id}/sua")

    type_into_the_editor(desk, " Sau ảnh.", at="End")
    desk.get_by_role("button", name="Đặt vào bài").click()
    shown = desk.locator("trix-editor figure")
    expect(shown.locator("figcaption")).to_have_text("Ảnh 1.")
    shown.locator("img").click()
    expect(desk.locator("trix-editor textarea").first).to_be_visible()
    # As after a word that a phone's keyboard put in by itself.
    desk.locator("trix-editor").evaluate("it => it.editorController.reparse()")
    shown.locator("img").click()
    desk.locator("trix-editor textarea").first.fill("Bé rửa tay trước bữa ăn.")
    desk.get_by_label("Tóm tắt").click()
    expect(desk.get_by_label("Chú thích", exact=True)).to_have_value("Bé rửa tay trước bữa ăn.")
    desk.get_by_label("Chú thích", exact=True).fill("Bé rửa tay.")
    expect(desk.locator("trix-editor textarea").first).to_have_value("Bé rửa tay.")
    desk.get_by_role("button", name="Lưu phiên bản mới").click()
    expect(desk.get_by_text("Đã lưu phiên bản mới.")).to_be_visible()

    revision = db.session.get_one(Submission, piece.id, populate_existing=True).revision
    assert revision.body.count('<figure data-picture="1"></figure>') == 1 and "Sau ảnh." in revision.body
    assert [one.caption for one in revision.pictures] == ["Bé rửa tay."]
    desk.goto(f"/quan-tri/bai/{piece.id}/sua")
    expect(shown.locator("figcaption")).to_have_text("Bé rửa tay.")
    assert desk.complaints == []
