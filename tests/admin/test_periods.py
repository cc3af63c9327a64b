"""A month at the console, now and as it stood."""

import io
import re

import docx
import pytest
from sqlalchemy import text

from models.base import db
from models.period import Period
from workflow import deadlines

pytestmark = pytest.mark.database


def test_r6_the_units_of_a_month_are_shown_as_they_stood_at_a_past_instant(make, cast, client, clock_at):
    piece = make.submission(state="submitted")
    clock_at("2021-05-22 09:00")
    page = f"/quan-tri/ky/{piece.period_id}/"
    son = client.as_(cast.son)

    def row(address: str) -> str:
        found = son.get(address)
        assert found.status_code == 200
        return next(row for row in found.text.split("<tr>") if "/h-can-loc/" in row)

    assert "Còn thiếu" in row(page)
    assert "Còn thiếu" not in row(f"{page}?luc=2021-05-17T08:00")
    assert row(f"{page}?luc=2021-05-17T09:00") == row(page)
    assert row(f"{page}?luc=hom-qua") == row(page)


def test_r6_one_extension_for_several_units_is_one_cause_and_all_or_none(make, cast, client, clock_at):
    piece = make.submission()
    clock_at("2021-05-20 00:01")
    deadlines.sweep()
    page = f"/quan-tri/ky/{piece.period_id}/"
    son = client.as_(cast.son)
    son.read_token(page)
    chosen = ["h-can-loc", "tx-ky-anh"]

    son.send(f"{page}gia-han", unit=chosen, last_day="2021-05-21", reason="Mưa lũ hai huyện.")
    said = son.get(page).text.replace("\xa0", " ")
    assert (
        "Đã gia hạn cho H. Can Lộc, TX Kỳ Anh đến hết ngày 21/05/2021. "
        "1 bài quá hạn chưa gửi trở lại bản nháp."
    ) in said

    events = db.session.execute(
        text(
            "SELECT cause, payload::jsonb ->> 'unit' AS unit FROM audit_event WHERE action = 'period:extend'"
        )
    ).all()
    assert {int(event.unit) for event in events} == {cast.can_loc.id, cast.town_ky_anh.id}
    assert len({event.cause for event in events}) == 1

    # Can Lộc has that much time already: nobody gets it, and it is said.
    again = ["h-ky-anh", "h-can-loc"]
    son.send(f"{page}gia-han", unit=again, last_day="2021-05-21", reason="Mưa lũ.")
    assert "Hạn mới phải sau hạn hiện tại." in son.get(page).text
    assert db.session.scalar(text("SELECT count(*) FROM extension")) == 2


def test_who_may_not_extend_is_told_who_may(make, cast, client):
    page = f"/quan-tri/ky/{make.submission().period_id}/"

    minh, son = (client.as_(person).get(page).text for person in (cast.minh, cast.son))

    assert f'action="{page}gia-han"' in son
    assert f'action="{page}gia-han"' not in minh
    told = re.sub(r"<[^>]+>|\s+", " ", minh[minh.index("Việc của kỳ") :])
    assert "là việc của: Biên tập viên, Quản trị hệ thống." in told
    assert cast.son.full_name in told


def test_r6_several_units_are_freed_of_a_month_at_once(make, cast, client):
    piece = make.submission()
    page = f"/quan-tri/ky/{piece.period_id}/"
    son = client.as_(cast.son)
    son.read_token(page)

    son.send(f"{page}mien", unit=["h-ky-anh", "tx-ky-anh"], reason="Nghỉ hè.")
    son.send(f"{page}mien", reason="Không chọn đơn vị nào.")

    db.session.rollback()
    freed = db.session.scalars(text("SELECT unit_id FROM exemption ORDER BY unit_id")).all()
    assert sorted(freed) == sorted([cast.district_ky_anh.id, cast.town_ky_anh.id])


def test_r13_after_the_deadline_the_official_letter_to_who_is_short_is_drafted(make, cast, client, clock_at):
    piece = make.submission(state="submitted")
    make.submission(state="submitted")
    make.submission(state="submitted", unit=cast.town_ky_anh, author=cast.nga)
    page = f"/quan-tri/ky/{piece.period_id}/"
    son = client.as_(cast.son)
    assert son.get(f"{page}du-thao-don-doc.docx").status_code == 404
    clock_at("2021-05-20 08:00")
    assert "Dự thảo công văn đôn đốc" in son.get(page).text

    answer = son.get(f"{page}du-thao-don-doc.docx")

    paper = docx.Document(io.BytesIO(answer.data))
    cells = [[cell.text for cell in row.cells] for row in paper.tables[1].rows[1:]]
    assert cells == [
        ["1", cast.town_ky_anh.name, "01/02", "01"],
        ["2", cast.district_ky_anh.name, "00/02", "02"],
    ]
    words = "\n".join(paragraph.text for paragraph in paper.paragraphs)
    assert "trước ngày 25/05/2021" in words
    assert "DỰ THẢO" in words
    assert paper.tables[0].rows[0].cells[0].text.splitlines()[2] == "Số:        /SGDĐT-GDMN"


def test_who_was_given_a_later_deadline_is_not_pressed_before_it(make, cast, client, clock_at):
    piece = make.submission(state="submitted")
    period = db.session.get(Period, piece.period_id)
    until = clock_at("2021-06-10 00:00")
    clock_at("2021-05-18 08:00")
    deadlines.extend(period, unit=cast.can_loc, until=until, reason="Mưa lũ.", by=cast.son)
    son = client.as_(cast.son)

    def drafted(on):
        clock_at(on)
        paper = docx.Document(io.BytesIO(son.get(f"/quan-tri/ky/{period.id}/du-thao-don-doc.docx").data))
        pressed = [row.cells[1].text for row in paper.tables[1].rows[1:]]
        return pressed, "\n".join(paragraph.text for paragraph in paper.paragraphs)

    others = [cast.town_ky_anh.name, cast.district_ky_anh.name]
    while_open, words = drafted("2021-05-20 08:00")
    assert while_open == others and "gửi bổ sung trước ngày 25/05/2021" in words
    once_closed, words = drafted("2021-05-25 08:00")
    assert once_closed == others and "25/05/2021" not in words
    assert "gửi đủ tin, bài trong các tháng tiếp theo" in words
    last, _ = drafted("2021-06-10 08:00")
    assert cast.can_loc.name in last
