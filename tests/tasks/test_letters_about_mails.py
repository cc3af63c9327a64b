"""What a mail is answered with: one receipt however many pieces, one list of what could not be read."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from models.base import db
from models.outbox import Bounce, Letter
from models.vocabulary import LetterState
from tasks import letters
from workflow.engine.unit_of_work import bookkeeping
from workflow.intake import receiving
from workflow.letters import Sheet

pytestmark = pytest.mark.database

DATA = Path(__file__).parents[2] / "tasks/rehearsal/data"


@pytest.fixture
def answers(province):
    """The letters that follow from one of the eight mails: `answers("m08")`, a letter written twice once."""

    def write(number: str) -> list[Sheet]:
        receiving.receive(next((DATA / "mail").glob(f"{number}*.eml")).read_bytes())
        asked = db.session.execute(
            text("SELECT topic, payload FROM outbox WHERE topic LIKE 'letter:%' ORDER BY id")
        )
        sheets = [sheet for topic, payload in asked.all() for sheet in letters.write(topic, payload)]
        return list({sheet.key: sheet for sheet in sheets}.values())

    return write


def test_three_pieces_of_one_mail_have_one_receipt_that_names_them_all(answers):
    receipts = [sheet for sheet in answers("m08") if sheet.kind == "receipt"]

    assert [sheet.to_address for sheet in receipts] == ["pgd.hkyanh@example.edu.vn"]
    assert [receipts[0].text.count(f"GDMN-2021-05-000{n}") for n in (1, 2, 3)] == [1, 1, 1]
    assert receipts[0].in_reply_to == "<CAG0008hkyanh@mail.example.edu.vn>"


def test_a_list_by_mail_that_is_one_short_is_told_with_its_own_numbers(answers):
    told = next(sheet for sheet in answers("m08") if sheet.kind == "committee_incomplete")

    assert "Thiếu 01 giáo viên hoặc cán bộ quản lý." in told.text


def test_a_list_by_mail_is_told_which_of_its_addresses_are_known_to_be_lost(answers):
    came_at = datetime(2021, 5, 12, 1, tzinfo=UTC)
    with bookkeeping() as session:
        letter = Letter(
            key="k", kind="receipt", to_address="thao.mn@example.edu.vn", to_name="", subject="", text="", html="",
            written_at=came_at, state=LetterState.BOUNCED,
        )  # fmt: skip
        session.add(letter)
        session.flush()
        session.add(Bounce(address=letter.to_address, letter_id=letter.id, says="550", came_at=came_at))

    told = next(sheet for sheet in answers("m08") if sheet.kind == "committee_incomplete")

    lost = "- Đậu Thị Phương Thảo: địa chỉ thao.mn@example.edu.vn không nhận được thư từ ngày 12/5/2021."
    assert [line for line in told.text.splitlines() if ": địa chỉ" in line] == [lost]


def test_what_could_not_be_read_is_named_once(answers):
    told = next(sheet for sheet in answers("m02") if sheet.kind == "receipt_problem")

    assert told.text.count("Bài viết - Cô Nguyệt.doc") == 1
    assert "nhắc tới" not in told.text


def test_who_reads_english_is_told_in_english_what_could_not_be_read(answers):
    with bookkeeping() as session:
        session.execute(text("UPDATE account SET language = 'en'"))

    told = next(sheet for sheet in answers("m02") if sheet.kind == "receipt_problem")

    assert "The content of the file “Bài viết - Cô Nguyệt.doc” (Word 97-2003) cannot be read yet" in told.text
    assert "Chưa đọc được" not in told.text


def test_a_late_reply_to_a_reminder_is_told_so_in_its_receipt(answers):
    receipt = next(sheet for sheet in answers("m07") if sheet.kind == "receipt")

    assert "Thời điểm nhận đã quá hạn 03 phút" in receipt.text


def test_a_stranger_is_asked_for_the_unit_and_told_that_the_time_is_kept(answers):
    sheets = answers("m05")

    assert [(sheet.kind, sheet.to_address) for sheet in sheets] == [
        ("unknown_sender", "haiyen.le@canhan.example.edu.vn")
    ]
    assert "Thời điểm nhận thư được giữ để tính hạn." in sheets[0].text
