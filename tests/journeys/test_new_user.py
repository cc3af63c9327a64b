"""What somebody who never saw the house must find by looking: four errands, each in fewer than six clicks."""

import re

import pytest
from playwright.sync_api import Locator, expect

from models.base import db
from models.outbox import OutboxMessage
from models.period import Extension
from models.submission import Submission
from models.vocabulary import OutboxState
from workflow.engine.unit_of_work import bookkeeping

pytestmark = [pytest.mark.browser, pytest.mark.database]

FEWER_THAN = 6


class Hand:
    """Counts: every press of the mouse, and every choice in a list. Typing into what has the focus is no click."""

    def __init__(self) -> None:
        self.clicks = 0

    def press(self, what: Locator) -> None:
        expect(what).to_be_visible()
        what.click()
        self.clicks += 1

    def choose(self, where: Locator, label: str) -> None:
        expect(where).to_be_visible()
        where.select_option(label=label)
        self.clicks += 2


@pytest.fixture
def hand():
    counting = Hand()
    yield counting
    assert 0 < counting.clicks < FEWER_THAN


@pytest.mark.parametrize("width", [1366, 390])
def test_a_piece_is_found_and_approved(make, cast, window, hand, width):
    make.submission(state="edited")
    piece = make.submission(state="edited", title="Vườn rau của bé")
    page = window(cast.minh, width=width)

    if width == 1366:
        hand.press(page.get_by_role("searchbox", name="Tìm kiếm"))
        page.keyboard.type("vuon rau")
        page.keyboard.press("Enter")
        hand.press(page.get_by_role("link", name="Vườn rau của bé"))
    else:
        hand.press(page.get_by_role("link", name="Vườn rau của bé"))
    hand.press(page.get_by_role("button", name="Phê duyệt"))

    expect(page.locator(".flashes")).to_contain_text("Đã phê duyệt.")
    db.session.expire_all()
    assert db.session.get_one(Submission, piece.id).state == "approved"
    assert page.complaints == []


def test_a_unit_gets_more_time(make, cast, window, hand):
    make.submission(state="submitted")
    page = window(cast.son)

    hand.press(page.locator(".matrix tr", has_text="H. Can Lộc").locator("td.running a"))
    hand.press(page.locator("summary", has_text="Gia hạn"))
    hand.press(page.locator("details[open]").get_by_role("button", name="Đơn vị gặp thiên tai."))
    hand.press(page.locator("details[open]").get_by_role("button", name="Gia hạn", exact=True))

    expect(page.locator(".flashes")).to_contain_text("Đã gia hạn cho H. Can Lộc đến hết ngày")
    assert db.session.query(Extension).one().unit_id == cast.can_loc.id
    assert page.complaints == []


def test_who_approved_last_months_article_is_seen(make, cast, window, hand, clock_at):
    make.submission(state="published", title="Bếp ăn một chiều của tháng Năm")
    clock_at("2021-06-17 08:30")
    page = window(cast.khang)

    hand.press(page.get_by_role("link", name="Ai đã duyệt gì"))
    hand.choose(page.locator("select[name=ky]"), "Kỳ: 5/2021")

    row = (
        page.get_by_role("row").filter(has_text="Bếp ăn một chiều của tháng Năm").filter(has_text="Phê duyệt")
    )
    expect(row).to_contain_text("Trần Quang Minh")
    expect(row).to_contain_text("17/05")
    assert page.complaints == []


def test_a_letter_that_was_given_up_is_sent_again(make, cast, window, hand):
    piece = make.submission(state="submitted")
    with bookkeeping() as session:
        session.add(
            OutboxMessage(
                key="hong", topic="letter:receipt", queue="mail", payload={"submission": piece.id},
                state=OutboxState.DEAD, error="Máy chủ thư không trả lời.",
            )
        )  # fmt: skip
    page = window(cast.mai)

    hand.press(page.get_by_role("link", name=re.compile("Mở hàng đợi.*Việc dừng vì lỗi")))
    hand.press(page.get_by_role("button", name="Chạy lại").first)

    expect(page.locator(".flashes")).to_contain_text("Đã đưa việc vào hàng đợi lại.")
    db.session.expire_all()
    assert db.session.query(OutboxMessage).filter_by(key="hong").one().state is OutboxState.NEW
    assert page.complaints == []
