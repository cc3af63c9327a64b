"""One piece from a committee's mail to the public page, through broker, mail server and browser, as in life."""

from datetime import date, datetime
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from models.base import db
from models.vocabulary import SeatKind
from tests.faults.processes import until
from workflow import accounts, committees, organisation
from workflow.intake import receiving
from workflow.settings import settings

pytestmark = [pytest.mark.database, pytest.mark.browser, pytest.mark.long]

MAIL = Path(__file__).parents[2] / "tasks" / "rehearsal" / "data" / "mail" / "m01-gmail-base64-docx-jpg.eml"
TITLE = "Kinh nghiệm xây dựng mạng lưới cộng tác viên tin, bài ở cơ sở"
SENDER = "pgd.honglinh@example.edu.vn"


@pytest.fixture
def hong_linh(make, password_hash):
    """The unit whose specialist sends the mail."""
    described = organisation.UnitDescription(
        "tx-hong-linh", "Phòng Giáo dục và Đào tạo thị xã Hồng Lĩnh", "phong_gddt", date(2021, 4, 1),
        admin_unit="Thị xã Hồng Lĩnh", admin_kind="Thị xã",
    )  # fmt: skip
    unit, _ = organisation.save_unit(described, by=None)
    dung = accounts.add(SENDER, full_name="Đặng Thị Ngọc Dung", by=None, password_hash=password_hash)
    committee = committees.found(unit, since=date(2021, 4, 26), by=None)
    committees.seat(committee, dung, SeatKind.SPECIALIST, by=None, since=date(2021, 4, 26))
    make.category("chia-se-kinh-nghiem", "Chia sẻ kinh nghiệm")
    return unit


def test_r4_a_mail_becomes_a_public_page_with_every_hand_on_record(
    hong_linh, cast, post_office, bear, window, live
):
    log = post_office.log
    place = {"TOASOAN_DATA": str(settings().data), "PUBLIC_URL": live}
    with bear("clock", **place), bear("worker", **place):
        receiving.keep(MAIL.read_bytes(), received_at=datetime.fromisoformat("2021-05-17T08:15+07:00"))
        until(lambda: "Tiếp nhận" in subjects(post_office), seconds=40, log=log)

        edit(window(cast.son))
        until(lambda: "Trình duyệt" in subjects(post_office), seconds=20, log=log)
        press(window(cast.minh, width=390), "/quan-tri/bai/?trang-thai=ready", "Phê duyệt")
        press(window(cast.phuong), "/quan-tri/bai/?trang-thai=approved", "Đăng")
        until(lambda: "Đã đăng" in subjects(post_office), seconds=20, log=log)
        until(post_office.is_drained, seconds=20, log=log)

    reader = window()
    reader.goto("/")
    reader.get_by_role("link", name=TITLE).first.click()
    assert reader.locator("h1").inner_text() == TITLE
    widths = reader.locator("article img").evaluate_all("all => all.map(one => one.naturalWidth > 0)")
    assert widths == [True, True]
    assert reader.complaints == []
    thanks = next(one for one in post_office.peer.letters() if "Đã đăng" in one["Subject"])
    assert (thanks["To"].addresses[0].addr_spec, reader.url in thanks.get_body().get_content()) == (
        SENDER,
        True,
    )
    assert hands() == [
        ("submission:create", SENDER),
        ("submission:submit", SENDER),
        ("submission:claim", "son@example.edu.vn"),
        ("submission:answer", "son@example.edu.vn"),
        ("submission:answer", "son@example.edu.vn"),
        ("submission:write", "son@example.edu.vn"),
        ("submission:edit", "son@example.edu.vn"),
        ("submission:approve", "minh@example.edu.vn"),
        ("submission:publish", "phuong@example.edu.vn"),
    ]


def subjects(post_office) -> str:
    return "\n".join(str(letter["Subject"]) for letter in post_office.peer.letters())


def open_piece(page, queue: str) -> None:
    page.goto(queue)
    page.get_by_role("link", name=TITLE).first.click()
    page.wait_for_load_state()


def press(page, queue: str, button: str) -> None:
    open_piece(page, queue)
    page.get_by_role("button", name=button, exact=True).first.click()
    question = page.locator("dialog[open] [value=yes]")
    if question.is_visible():
        question.click()
    page.locator(".notice").first.wait_for()
    assert page.complaints == []


def edit(page) -> None:
    """Claim, answer for both pictures, choose the section, finish with the checklist."""
    press(page, "/quan-tri/bai/?trang-thai=sent", "Nhận biên tập")
    unanswered = page.locator("figure.picture", has_text="Chưa có câu trả lời")
    for left in (1, 0):
        picture = unanswered.first
        picture.locator("summary").click()
        picture.locator("input[value=none]").check()
        picture.get_by_role("button").click()
        expect(unanswered).to_have_count(left)
    page.get_by_role("link", name="Biên tập", exact=True).click()
    page.select_option("select[name=category]", "chia-se-kinh-nghiem")
    page.get_by_role("button", name="Lưu phiên bản mới").click()
    page.wait_for_load_state()
    page.locator("details.move summary", has_text="Hoàn thành biên tập").click()
    box = page.locator("details.move[open]")
    for tick in box.locator("input[type=checkbox]").all():
        tick.check()
    box.get_by_role("button", name="Hoàn thành biên tập").click()
    page.locator(".notice").first.wait_for()
    assert page.complaints == []


def hands() -> list[tuple[str, str]]:
    db.session.rollback()
    rows = db.session.execute(
        text(
            "SELECT action, email FROM audit_event JOIN account ON account.id = actor_id"
            " WHERE stream LIKE 'submission:%' AND submission_id IS NOT NULL ORDER BY audit_event.seq"
        )
    )
    return [tuple(row) for row in rows]
