"""Committees and units: a list from a file, the past, the appendix, the family tree, a form sent twice."""

import io
import re
import uuid
from datetime import date

import docx
import openpyxl
import pytest
from sqlalchemy import select, text

from models.base import db
from models.organisation import Seat
from models.vocabulary import SeatKind, SuccessionKind
from workflow import committees, organisation
from workflow.engine.unit_of_work import change

pytestmark = pytest.mark.database

PLACE = "/quan-tri/ban-truyen-thong/h-can-loc/"
HEAD = ("TT", "Họ và tên", "Chức vụ, đơn vị công tác", "Điện thoại", "Email")
PEOPLE = (
    ("1", "Nguyễn Thị Hoa", "Trưởng phòng", "0912 345 678", "hoa@example.edu.vn"),
    ("2", "Phan Đình Bình", "Chuyên viên", "0912345679", "binh@example.edu.vn"),
    ("3", "Lê Thị Nga", "Hiệu trưởng trường Mầm non Sao Sáng", "", "nga@example.edu.vn"),
    ("4", "Trần Thị Lan", "Giáo viên trường Mầm non Hoa Mai", "", "lan@example.edu.vn"),
    ("5", "Võ Thị Mơ", "Giáo viên trường Mầm non Hoa Mai", "", ""),
)


def workbook() -> bytes:
    book, kept = openpyxl.Workbook(), io.BytesIO()
    for row in (("DANH SÁCH BAN TRUYỀN THÔNG",), (), HEAD, *PEOPLE):
        book.active.append(row)
    book.save(kept)
    return kept.getvalue()


def word_file() -> bytes:
    file, kept = docx.Document(), io.BytesIO()
    file.add_paragraph("Danh sách Ban Truyền thông")
    table = file.add_table(rows=0, cols=len(HEAD))
    for row in (HEAD, *PEOPLE):
        for cell, words in zip(table.add_row().cells, row, strict=True):
            cell.text = words
    file.save(kept)
    return kept.getvalue()


def table() -> bytes:
    return "\n".join(";".join(f'"{cell}"' for cell in row) for row in (HEAD, *PEOPLE)).encode()


def rows_of(page: str) -> dict[str, str]:
    """The form's rows as the page offers them."""
    form = page[page.index('name="rows"') :]
    inputs = re.findall(
        r'<input class="form-control" type="(?:text|email)" [^>]*name="([^"]+)" value="([^"]*)"', form
    )
    seats = re.findall(r'<select [^>]*name="(seat_kind-\d+)">.*?<option value="(\w+)" selected', form, re.S)
    return {"rows": re.search(r'name="rows" value="(\d+)"', page)[1], **dict(inputs), **dict(seats)}


def seated(cast) -> list[tuple[str, str]]:
    db.session.expire_all()
    return [
        (s.seat_kind, s.account.full_name) for s in committees.standing(committees.in_force(cast.can_loc))
    ]


@pytest.mark.parametrize(
    ("name", "file"), [("ban.xlsx", workbook), ("ban.docx", word_file), ("ban.csv", table)]
)
def test_r1_a_list_is_looked_at_corrected_and_taken_as_a_whole(make, cast, client, name, file):
    son = client.as_(cast.son)
    son.read_token(f"{PLACE}nhap")
    before = db.session.execute(text("SELECT max(id) FROM audit_event")).scalar_one()

    # “Xem” without a file: nothing came, so nothing is on record.
    assert son.send(f"{PLACE}nhap", file=(io.BytesIO(), "")).status_code == 422
    page = son.send(f"{PLACE}nhap", file=(io.BytesIO(file()), name)).text
    rows = rows_of(page)

    assert [rows[f"seat_kind-{n}"] for n in range(5)] == [
        "leader",
        "specialist",
        "teacher",
        "teacher",
        "teacher",
    ]
    assert (
        page.count("Thêm vào Ban"),
        page.count("Sửa thông tin"),
        page.count("Vui lòng nhập địa chỉ thư."),
    ) == (3, 1, 1)
    assert seated(cast) == [("specialist", "Phan Đình Bình")]
    since = db.session.scalars(text("SELECT action FROM audit_event WHERE id > :before"), {"before": before})
    assert since.all() == ["committee:read_list"]

    rows["email-4"] = "mo@example.edu.vn"
    again = {**rows, "since": "2021-05-17", "act": "take", "command": str(uuid.uuid4())}
    answers = [son.send(f"{PLACE}nhap", **again) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert [kind for kind, _ in seated(cast)] == ["leader", "specialist", "teacher", "teacher", "teacher"]
    assert committees.missing(committees.in_force(cast.can_loc)) == {}
    assert db.session.scalar(select(Seat.title).where(Seat.account_id == cast.lan.id)) == "Giáo viên"


def test_who_is_not_on_the_list_leaves_only_when_that_is_asked_for(make, cast, client):
    son = client.as_(cast.son)
    son.read_token(f"{PLACE}nhap")
    new = {"rows": "1", "full_name-0": "Hồ Thị Én", "email-0": "en@example.edu.vn", "seat_kind-0": "specialist",
           "since": "2021-05-17"}  # fmt: skip

    full = son.send(f"{PLACE}nhap", **new).text
    look = son.send(f"{PLACE}nhap", **new, replaces="1").text
    son.send(f"{PLACE}nhap", **new, replaces="1", act="take")

    assert "Chưa nhận được" in full and "Thôi tham gia" not in full
    assert "Thôi tham gia" in look and "Thêm vào Ban" in look
    assert seated(cast) == [("specialist", "Hồ Thị Én")]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("x.xlsx", b"PK\x03\x04nothing"),
        ("x.docx", b""),
        ("x.csv", b"a,b\n1,2\n"),
        ("x.exe", b"MZ\x90"),
        ("", b""),
    ],
)
def test_a_file_that_is_no_list_is_refused_with_a_sentence(make, cast, client, name, data):
    son = client.as_(cast.son)
    son.read_token(f"{PLACE}nhap")

    answer = son.send(f"{PLACE}nhap", file=(io.BytesIO(data), name))

    assert answer.status_code == 422
    assert re.search(r'class="notice notice-bad".*?<div>[^<]{10,}', answer.text, re.S)
    assert seated(cast) == [("specialist", "Phan Đình Bình")]


@pytest.mark.parametrize("rows", ["-1", "x", "999999", "41", "٣"])
def test_a_tampered_list_breaks_nothing(make, cast, client, rows):
    son = client.as_(cast.son)
    son.read_token(f"{PLACE}nhap")
    names = {f"full_name-{n}": "Hồ Thị Én" for n in range(45)}

    assert son.send(f"{PLACE}nhap", rows=rows, act="take", since="x", **names).status_code in (303, 422)
    assert seated(cast) == [("specialist", "Phan Đình Bình")]


def test_a_day_nobody_can_read_is_said_and_the_list_stays_typed(make, cast, client):
    son = client.as_(cast.son)
    son.read_token(f"{PLACE}nhap")
    typed = {
        "rows": "1",
        "full_name-0": "Hồ Thị Én",
        "email-0": "en@example.edu.vn",
        "seat_kind-0": "specialist",
    }

    answer = son.send(f"{PLACE}nhap", **typed, since="2021-05-32", act="take")

    assert answer.status_code == 422
    assert "Ngày “2021-05-32” không hợp lệ." in answer.text
    assert 'value="Hồ Thị Én"' in answer.text
    assert seated(cast) == [("specialist", "Phan Đình Bình")]


def test_who_may_not_write_may_neither_look_nor_take(make, cast, client):
    khang = client.as_(cast.khang)
    khang.read_token("/vao/ra")

    assert khang.get(f"{PLACE}nhap").status_code == 403
    assert khang.send(f"{PLACE}nhap", rows="0", act="take").status_code == 403


def test_the_past_of_a_committee_is_read_by_day(make, cast, client, clock_at):
    committee = committees.in_force(cast.can_loc)
    [placed] = committees.standing(committee)
    committees.unseat(placed, on=date(2021, 5, 10), by=cast.son)
    committees.seat(committee, cast.nga, SeatKind.SPECIALIST, by=cast.son, since=date(2021, 5, 12))
    khang = client.as_(cast.khang)

    def then(day: str) -> list[str]:
        page = khang.get(f"{PLACE}lich-su?ngay={day}").text
        shown = page[page.index("<main") : page.index("Tất cả thành viên")]
        return re.findall(r"<b>(\w[^<]+)</b><br>", shown)

    assert then("2021-05-09") == ["Phan Đình Bình"]
    assert then("2021-05-11") == []
    assert then("2021-05-12") == ["Lê Thị Nga"]
    assert then("2021-03-01") == []
    everybody = khang.get(f"{PLACE}lich-su?ngay=x").text
    assert "10/05/2021" in everybody and "đang giữ" in everybody


def test_the_appendix_holds_every_committee_or_the_one_asked_for(make, cast, client):
    khang = client.as_(cast.khang)

    every = khang.get("/quan-tri/ban-truyen-thong/phu-luc").text
    one = khang.get("/quan-tri/ban-truyen-thong/phu-luc?don-vi=h-can-loc").text
    early = khang.get("/quan-tri/ban-truyen-thong/phu-luc?ngay=2020-01-01").text

    assert ("Phan Đình Bình" in every, "Lê Thị Nga" in every) == (True, True)
    assert ("Phan Đình Bình" in one, "Lê Thị Nga" in one) == (True, False)
    assert "Ngày này chưa có Ban Truyền thông nào." in early


def test_a_person_in_two_committees_is_shown_on_both(make, cast, client):
    committees.seat(
        committees.in_force(cast.can_loc), cast.nga, SeatKind.TEACHER, by=cast.son, since=date(2021, 5, 1)
    )
    son = client.as_(cast.son)

    assert "Lê Thị Nga cũng có trong Ban Truyền thông TX Kỳ Anh (chuyên viên)." in son.get(PLACE).text
    other = son.get("/quan-tri/ban-truyen-thong/tx-ky-anh/").text
    assert "Lê Thị Nga cũng có trong Ban Truyền thông H. Can Lộc (giáo viên hoặc cán bộ quản lý)." in other


def test_r12_a_unit_shows_where_it_came_from_and_what_it_became(make, cast, client):
    def hand_over(day: str, source: str, target: str, kind: SuccessionKind, main: bool) -> None:
        organisation.add_succession(
            effective_on=date.fromisoformat(day), kind=kind, from_code=source, to_code=target,
            is_primary_heir=main, legal_basis=f"Nghị quyết {source}",
        )  # fmt: skip

    with change():
        hand_over("2025-01-01", "h-can-loc", "h-ky-anh", SuccessionKind.MERGE, True)
        hand_over("2025-01-01", "tx-ky-anh", "h-ky-anh", SuccessionKind.TRANSFER, False)
        hand_over("2025-07-01", "h-ky-anh", "x-moi", SuccessionKind.ABOLISH_SPLIT, True)
        hand_over("2025-07-01", "x-moi", "h-can-loc", SuccessionKind.TRANSFER, False)
    son, unlisted = client.as_(cast.son), "Đơn vị chưa có trong danh sách"

    def tree(code: str) -> list[tuple[int, str]]:
        found, depth = [], 0
        page = son.get(f"/quan-tri/don-vi/{code}/").text
        for part in re.finditer(
            r'<ul class="family">|</ul>|<li>(?:<a[^>]*>|<b>)([^<]+)<', page[page.index("Trước và sau") :]
        ):
            depth += {'<ul class="family">': 1, "</ul>": -1}.get(part[0], 0)
            if part[1]:
                found.append((depth, part[1]))
        return found

    assert tree("h-ky-anh") == [
        (1, "H. Can Lộc"), (1, "TX Kỳ Anh"),
        (1, unlisted), (2, "H. Can Lộc"),
    ]  # fmt: skip
    assert tree("tx-ky-anh") == [(1, "H. Kỳ Anh"), (2, unlisted), (3, "H. Can Lộc")]


def test_r12_heirs_are_called_by_name_and_those_not_on_the_list_are_counted(cast, client):
    with change():
        cast.can_loc.successor_codes = ["tx-ky-anh", "x-moi", "x-xa"]
    son = client.as_(cast.son)

    with change():
        for code in ("x-moi", "x-xa"):
            organisation.add_succession(
                effective_on=date(2025, 7, 1), kind=SuccessionKind.ABOLISH_SPLIT, from_code="h-can-loc",
                to_code=code, is_primary_heir=code == "x-moi", legal_basis="Nghị quyết 1665", note="Một phần xã",
            )  # fmt: skip
        organisation.add_succession(
            effective_on=date(2025, 7, 1), kind=SuccessionKind.TRANSFER, from_code="h-can-loc",
            to_code="x-khac", is_primary_heir=False, legal_basis="Quyết định 15",
        )  # fmt: skip
    page = son.get("/quan-tri/don-vi/h-can-loc/").text
    after = " ".join(re.sub(r"<[^>]*>", " ", page[page.index("Chuyển sang") :]).split())
    # Each way of handing over by itself, with its own basis; who took the main part is marked.
    for said in (
        "2 đơn vị chưa có trong danh sách Kết thúc và chia tách, 01/07/2025 Mã và căn cứ"
        " x-moi (phần chính), x-xa Nghị quyết 1665 Một phần xã",
        "1 đơn vị chưa có trong danh sách Chuyển giao, 01/07/2025 Mã và căn cứ x-khac Quyết định 15",
    ):
        assert after.count(said) == 1, after
    for path in ("/quan-tri/don-vi/", "/quan-tri/don-vi/h-can-loc/"):
        page = son.get(path).text
        assert '<a href="/quan-tri/don-vi/tx-ky-anh/">TX Kỳ Anh</a>' in page
        assert "2 đơn vị chưa có trong danh sách" in page


UNIT = {"code": "h-thach-ha", "name": "Phòng Giáo dục và Đào tạo huyện Thạch Hà", "kind": "phong_gddt",
        "admin_unit": "Huyện Thạch Hà", "valid_from": "2021-04-01"}  # fmt: skip
MEMBER = {
    "full_name": "Hồ Thị Én",
    "email": "en@example.edu.vn",
    "seat_kind": "leader",
    "since": "2021-05-01",
}


@pytest.mark.parametrize(
    ("place", "form", "action"),
    [
        ("/quan-tri/don-vi/new/", UNIT, "unit:add"),
        (f"{PLACE}them", MEMBER, "committee:seat"),
        ("/quan-tri/ban-truyen-thong/h-ky-anh/lap", {}, "committee:found"),
        (f"{PLACE}giai-the", {}, "committee:dissolve"),
        (f"{PLACE}mo-lai", {"reason": "Đổi người."}, "committee:reopen"),
    ],
)
def test_a_form_sent_twice_is_one_event_and_its_id_is_for_nothing_else(
    make, cast, client, place, form, action
):
    mai = client.as_(cast.mai)
    mai.read_token("/quan-tri/don-vi/new/")
    command = str(uuid.uuid4())

    def written() -> int:
        return db.session.execute(
            text("SELECT count(*) FROM audit_event WHERE action = :action"), {"action": action}
        ).scalar_one()

    before = written()
    answers = [mai.send(place, **form, command=command) for _ in range(2)]
    assert ([answer.status_code for answer in answers], written()) == ([303, 303], before + 1)

    other = mai.send("/quan-tri/don-vi/new/", **{**UNIT, "code": "h-khac"}, command=command)
    assert "Mã lệnh này đã được dùng cho một thao tác khác." in other.text
    assert written() == before + 1


def test_more_time_granted_twice_by_one_form_is_one_extension(make, cast, client, clock_at):
    from workflow import deadlines

    piece = make.submission()
    clock_at("2021-05-20 00:05")
    deadlines.sweep()
    son = client.as_(cast.son)
    place = f"/quan-tri/ky/{piece.period_id}/"
    son.read_token(place)
    form = {
        "last_day": "2021-05-21",
        "unit": "h-can-loc",
        "reason": "Mưa lũ.",
        "command": str(uuid.uuid4()),
    }

    for _ in range(2):
        son.send(f"{place}gia-han", **form)

    told = db.session.execute(
        text(
            "SELECT action, count(*), count(DISTINCT cause) FROM audit_event"
            " WHERE right(action, 6) = 'extend' GROUP BY 1 ORDER BY 1"
        )
    ).all()
    assert [tuple(row) for row in told] == [("period:extend", 1, 1), ("submission:extend", 1, 1)]
    assert db.session.execute(text("SELECT count(*) FROM extension")).scalar_one() == 1
    assert "Hạn mới phải sau hạn hiện tại." not in son.get(place).text


def test_every_form_of_units_and_committees_carries_a_command_id(make, cast, client):
    mai = client.as_(cast.mai)

    for place in (
        "/quan-tri/don-vi/new/",
        f"/quan-tri/don-vi/edit/?id={cast.can_loc.id}",
        "/quan-tri/don-vi/h-can-loc/",
        PLACE,
        f"{PLACE}them",
        "/quan-tri/ban-truyen-thong/h-ky-anh/",
        f"/quan-tri/ky/{make.submission().period_id}/",
    ):
        page = mai.get(place).text
        main = page[page.index("<main") : page.index("</main>")]
        for form in re.findall(r'<form[^>]*method="post".*?</form>', main, re.S):
            assert 'name="command" value="' in form, (place, form)


def test_r1_an_incomplete_unit_is_asked_by_hand_once_a_day_and_the_letters_are_said_before(
    make, cast, client, outbox
):
    son = client.as_(cast.son)
    page = son.get(PLACE).text
    sample = "/quan-tri/thu-da-gui/mau/committee_incomplete"
    said = f'Sẽ gửi 1 thư: <a href="{sample}">Đề nghị bổ sung Ban Truyền thông</a>.'
    assert ("Nhắc đơn vị bổ sung" in page, said in page) == (True, True)
    son.read_token(PLACE)
    click = str(uuid.uuid4())

    answers = [son.send(f"{PLACE}nhac", reason="Cô Nga vừa nghỉ.", command=click) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert outbox() == ["letter:committee_incomplete"]
    page = son.get(PLACE).text
    assert "Đã nhắc đơn vị bổ sung: 1 thư." in page
    assert ("Hôm nay đã gửi nhắc việc." in page, "Sẽ gửi" in page) == (True, False)
    assert "Cô Nga vừa nghỉ." in page[page.index("Thay đổi gần đây") :]


def test_who_cannot_be_asked_is_said_and_who_may_not_ask_sees_no_button(make, cast, client, outbox):
    committees.found(cast.district_ky_anh, since=date(2021, 5, 3), by=cast.son)
    place = "/quan-tri/ban-truyen-thong/h-ky-anh/"
    son, khang = client.as_(cast.son), client.as_(cast.khang)
    son.read_token(place)
    khang.read_token("/vao/ra")

    assert "Đơn vị chưa có ai để gửi thư." in son.get(place).text
    assert son.send(f"{place}nhac", reason="Thử.").status_code == 303
    assert "nhac" not in khang.get(PLACE).text
    khang.send(f"{PLACE}nhac", reason="Thử.")

    assert outbox() == []
