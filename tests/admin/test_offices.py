"""Units, committees, months, accounts, queues and the clock, through their screens."""

import html
import io
import re
from datetime import date

import openpyxl
import pytest
from sqlalchemy import select

from models.audit import AuditEvent
from models.base import db
from models.envelope import CommitteeProposal, Envelope
from models.organisation import Seat, Unit
from models.outbox import OutboxMessage
from models.people import Account
from models.period import Exemption, Extension, Period
from models.vocabulary import CommitteeStatus, Kind, OutboxState, Role, SeatKind
from workflow import accounts, clock, committees, deadlines, organisation, outbox
from workflow.engine.unit_of_work import bookkeeping, change

pytestmark = pytest.mark.database

UNIT = {"code": "h-thach-ha", "name": "Phòng Giáo dục và Đào tạo huyện Thạch Hà", "kind": "phong_gddt",
        "admin_unit": "Huyện Thạch Hà", "valid_from": "2021-04-01"}  # fmt: skip


def text_of(answer) -> str:
    """What a reader sees, a word apart."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def actions() -> list[str]:
    return list(db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))


def test_a_unit_is_added_changed_and_removed_by_verbs(cast, client):
    mai = client.as_(cast.mai)
    mai.read_token("/quan-tri/don-vi/new/")

    assert mai.send("/quan-tri/don-vi/new/", **UNIT).headers["Location"] == "/quan-tri/don-vi/h-thach-ha/"
    unit = organisation.by_code("h-thach-ha")
    assert unit.short_name == "H. Thạch Hà"
    answer = mai.send(f"/quan-tri/don-vi/edit/?id={unit.id}", **{**UNIT, "aliases": "PGD Thạch Hà, Thach Ha"})
    assert answer.status_code == 303
    db.session.expire_all()
    assert organisation.by_code("h-thach-ha").aliases == ["PGD Thạch Hà", "Thach Ha"]
    mai.send("/quan-tri/don-vi/delete/", id=str(unit.id))

    db.session.expire_all()
    assert db.session.scalars(select(Unit).where(Unit.code == "h-thach-ha")).one_or_none() is None
    assert [action for action in actions() if action.startswith("unit:")][-3:] == [
        "unit:add",
        "unit:change",
        "unit:remove",
    ]


def test_wrong_dates_stand_beside_their_field_and_what_was_typed_stays(cast, client):
    mai = client.as_(cast.mai)
    mai.read_token("/quan-tri/don-vi/new/")

    answer = mai.send("/quan-tri/don-vi/new/", **UNIT, valid_to="2021-03-01")

    assert answer.status_code == 422
    assert re.search(r'id="valid_to-error".*?Ngày kết thúc phải sau ngày bắt đầu\.', answer.text, re.S)
    assert 'value="Huyện Thạch Hà"' in answer.text


def test_a_code_that_is_taken_and_one_with_capitals_are_refused(cast, client):
    mai = client.as_(cast.mai)
    mai.read_token("/quan-tri/don-vi/new/")

    taken = mai.send("/quan-tri/don-vi/new/", **{**UNIT, "code": "h-can-loc"})
    odd = mai.send("/quan-tri/don-vi/new/", **{**UNIT, "code": "H Can Lộc"})

    assert "Mã “h-can-loc” đã có đơn vị khác dùng." in taken.text
    assert "Mã chỉ gồm chữ thường không dấu" in odd.text


def test_a_unit_with_pieces_is_not_removed(make, cast, client):
    make.submission()
    mai = client.as_(cast.mai)
    mai.read_token("/quan-tri/don-vi/h-can-loc/")

    page = mai.send("/quan-tri/don-vi/delete/", id=str(cast.can_loc.id), follow_redirects="x")

    assert page.status_code == 303
    assert organisation.by_code("h-can-loc") is not None
    assert "vui lòng ghi ngày kết thúc thay vì xóa" in mai.get("/quan-tri/don-vi/").text


def test_an_auditor_reads_units_and_cannot_open_their_forms(cast, client):
    khang = client.as_(cast.khang)

    assert khang.get("/quan-tri/don-vi/").status_code == 200
    assert khang.get("/quan-tri/don-vi/new/").status_code == 403
    khang.read_token("/vao/ra")
    assert khang.send("/quan-tri/don-vi/new/", **UNIT).status_code == 403
    assert khang.send("/quan-tri/don-vi/delete/", id="1").status_code == 403


# --- committees (R1) ----------------------------------------------------------------------------------------------


def member(name: str, kind: str, **more: str) -> dict[str, str]:
    return {"full_name": name, "email": f"{name.rsplit(maxsplit=1)[-1].lower()}.cl@example.edu.vn", "seat_kind": kind,
            "since": "2021-05-01", "title": "Giáo viên", **more}  # fmt: skip


def test_r1_a_committee_shows_its_empty_places_and_is_confirmed_only_when_full(make, cast, client):
    son = client.as_(cast.son)
    place = "/quan-tri/ban-truyen-thong/h-can-loc/"
    page = son.get(place).text
    assert page.count("Còn thiếu 1 người") == 4
    son.read_token(place)

    assert son.send(f"{place}xac-nhan").status_code == 303
    assert "01 lãnh đạo, 01 chuyên viên và 03 giáo viên hoặc cán bộ quản lý" in son.get(place).text
    for name, kind in (
        ("Bùi Hạ", "leader"),
        ("Lê Thu", "teacher"),
        ("Võ Xuân", "teacher"),
        ("Hồ Mai", "teacher"),
    ):
        assert son.send(f"{place}them", **member(name, kind)).status_code == 303
    fifth = son.send(f"{place}them", **member("Vũ Thừa", "teacher"))
    son.send(f"{place}xac-nhan")

    assert fifth.status_code == 422
    db.session.expire_all()
    assert committees.in_force(cast.can_loc).status == CommitteeStatus.CONFIRMED
    assert accounts.find("thua.cl@example.edu.vn".replace("thua", "thừa")) is None
    assert "committee:refused/composition_invalid" in actions()


def test_r1_a_seat_is_corrected_and_emptied_and_the_list_must_be_confirmed_anew(make, cast, client):
    seat = db.session.scalars(select(Seat).where(Seat.account_id == cast.binh.id)).one()
    son = client.as_(cast.son)
    place = f"/quan-tri/ban-truyen-thong/h-can-loc/{seat.id}"
    son.read_token(place)

    son.send(
        place, title="Phó Trưởng phòng", workplace="Phòng GDĐT", role_in_committee="Trưởng ban", phone=""
    )
    db.session.expire_all()
    assert seat.title == "Phó Trưởng phòng"
    son.send(f"{place}/thoi")

    db.session.expire_all()
    assert committees.standing(committees.in_force(cast.can_loc)) == []
    assert son.get(place).status_code == 404


def test_a_seat_of_another_unit_is_not_reached_through_this_one(make, cast, client):
    nga = db.session.scalars(select(Seat).where(Seat.account_id == cast.nga.id)).one()

    assert client.as_(cast.son).get(f"/quan-tri/ban-truyen-thong/h-can-loc/{nga.id}").status_code == 404


def test_a_unit_without_committee_gets_one(make, cast, client):
    son = client.as_(cast.son)
    place = "/quan-tri/ban-truyen-thong/h-ky-anh/"
    son.read_token(place)

    son.send(f"{place}lap")

    assert committees.in_force(cast.district_ky_anh) is not None


def test_a_member_list_that_came_by_mail_is_taken_over_and_put_away(make, cast, client):
    members = [{"full_name": "Bùi Hạ", "title": "Phó Trưởng phòng", "workplace": "Phòng GDĐT", "seat_kind": "leader",
                "phone": "", "email": "ha.cl@example.edu.vn"}]  # fmt: skip
    with bookkeeping() as session:
        mail = Envelope(sha256="0" * 64, received_at=clock.now())
        session.add(mail)
        session.flush()
        session.add(
            CommitteeProposal(
                envelope_id=mail.id,
                unit_id=cast.can_loc.id,
                blob="0" * 64,
                file_name="ds.docx",
                members=members,
            )
        )
    son = client.as_(cast.son)
    place = "/quan-tri/ban-truyen-thong/h-can-loc/"
    page = son.get(place).text
    son.read_token(place)
    proposal = re.search(r"danh-sach/(\d+)", page)[1]

    form = son.get(re.search(r'href="([^"]+them\?[^"]*full_name[^"]+)"', page)[1].replace("&amp;", "&")).text
    son.send(f"{place}danh-sach/{proposal}")

    assert 'value="Bùi Hạ"' in form
    assert 'value="ha.cl@example.edu.vn"' in form
    assert "ds.docx" not in son.get(place).text
    assert "committee:settle_proposal" in actions()
    assert son.send(f"/quan-tri/ban-truyen-thong/tx-ky-anh/danh-sach/{proposal}").status_code == 404


# --- months (R5, R6) ----------------------------------------------------------------------------------------------


@pytest.fixture
def may(make) -> Period:
    make.submission()
    return db.session.scalars(select(Period).where(Period.month == 5)).one()


def test_a_month_is_extended_exempted_closed_and_opened_with_reasons(may, cast, client):
    son = client.as_(cast.son)
    place = f"/quan-tri/ky/{may.id}/"
    son.read_token(place)

    son.send(f"{place}gia-han", unit="", last_day="2021-05-22", reason="Không chọn đơn vị.")
    son.send(f"{place}gia-han", unit="h-can-loc", last_day="2021-05-22", reason="Bão số 3.")
    son.send(f"{place}mien", unit="*", reason="Nghỉ hè.")
    son.send(f"{place}mien", unit="h-can-loc", reason="")
    son.send(f"{place}chot")
    son.send(f"{place}mo-lai", reason="Chốt nhầm.")

    extension = db.session.scalars(select(Extension)).one()
    assert (extension.unit_id, extension.reason) == (cast.can_loc.id, "Bão số 3.")
    assert extension.deadline_at.astimezone(clock.ZONE).isoformat() == "2021-05-23T00:00:00+07:00"
    assert [row.unit_id for row in db.session.scalars(select(Exemption))] == [None]
    assert [a for a in actions() if a.startswith("period:")] == [
        "period:open",
        "period:open",
        "period:extend",
        "period:exempt",
        "period:close",
        "period:reopen",
    ]


def test_an_approver_reads_months_and_cannot_change_them(may, cast, client):
    minh = client.as_(cast.minh)
    page = minh.get(f"/quan-tri/ky/{may.id}/").text
    minh.read_token("/vao/ra")

    minh.send(f"/quan-tri/ky/{may.id}/chot")

    db.session.expire_all()
    assert may.closed_at is None
    assert "Chốt kỳ tháng" not in page


# --- accounts -----------------------------------------------------------------------------------------------------


def test_an_account_is_added_with_its_role_and_an_invitation(cast, client, outbox):
    mai = client.as_(cast.mai)
    mai.read_token("/quan-tri/tai-khoan/new/")

    answer = mai.send("/quan-tri/tai-khoan/new/", email="Moi@example.edu.vn", full_name="Trần Văn Mới",
                      title="Chuyên viên", role="editor", unit="", invite="y")  # fmt: skip

    added = accounts.by_email("moi@example.edu.vn")
    assert answer.headers["Location"] == f"/quan-tri/tai-khoan/{added.id}/"
    assert accounts.roles_of(added) == {Role.EDITOR}
    assert outbox() == ["letter:invitation"]


def test_a_new_account_may_be_for_some_days_only(cast, client, clock_at):
    clock_at("2021-05-17 08:30")
    mai = client.as_(cast.mai)
    mai.read_token("/quan-tri/tai-khoan/new/")
    filled = {"email": "moi@example.edu.vn", "full_name": "Trần Văn Mới", "role": "editor", "unit": ""}

    refused = mai.send("/quan-tri/tai-khoan/new/", **filled, since="2021-06-01", last="2021-05-31")
    assert refused.status_code == 422
    assert "Ngày kết thúc phải sau ngày bắt đầu." in text_of(refused)
    assert accounts.find("moi@example.edu.vn") is None
    mai.send("/quan-tri/tai-khoan/new/", **filled, since="2021-06-01", last="2021-06-30")

    [given] = accounts.by_email("moi@example.edu.vn").grants
    assert f"{given.valid_from} {given.valid_to}" == "2021-06-01 2021-07-01"


def test_a_role_in_the_wrong_scope_adds_nobody(cast, client):
    mai = client.as_(cast.mai)
    mai.read_token("/quan-tri/tai-khoan/new/")

    answer = mai.send(
        "/quan-tri/tai-khoan/new/", email="moi@example.edu.vn", full_name="Mới", role="committee", unit=""
    )

    assert answer.status_code == 422
    assert accounts.find("moi@example.edu.vn") is None


def test_roles_are_given_and_taken_and_a_shut_account_is_out_at_once(cast, client):
    mai, ha = client.as_(cast.mai), client.as_(cast.ha)
    place = f"/quan-tri/tai-khoan/{cast.ha.id}/"
    mai.read_token(place)
    assert ha.get("/quan-tri/").status_code == 200

    mai.send(f"{place}giao", role="publisher", unit="")
    assert accounts.roles_of(cast.ha) == {Role.EDITOR, Role.PUBLISHER}
    grant = next(g for g in db.session.get_one(Account, cast.ha.id).grants if g.role == Role.EDITOR)
    mai.send(f"{place}thu-hoi/{grant.id}")
    db.session.expire_all()
    assert accounts.roles_of(cast.ha) == {Role.PUBLISHER}
    mai.send(f"{place}khoa")

    assert ha.get("/quan-tri/").status_code == 303
    mai.send(f"/quan-tri/tai-khoan/{cast.mai.id}/khoa")
    db.session.expire_all()
    assert cast.mai.active


def test_a_role_is_given_from_a_day_to_a_day_and_ends_by_itself(cast, client, clock_at):
    clock_at("2021-05-17 08:30")
    mai = client.as_(cast.mai)
    place = f"/quan-tri/tai-khoan/{cast.ha.id}/"
    mai.read_token(place)

    mai.send(f"{place}giao", role="publisher", unit="", since="2021-05-20", last="2021-05-31")

    held = {day: accounts.roles_of(cast.ha, on=date.fromisoformat(day)) - {Role.EDITOR} for day in (
        "2021-05-19", "2021-05-20", "2021-05-31", "2021-06-01")}  # fmt: skip
    assert held == {"2021-05-19": set(), "2021-05-20": {Role.PUBLISHER}, "2021-05-31": {Role.PUBLISHER},
                    "2021-06-01": set()}  # fmt: skip
    assert "20/05/2021 – 31/05/2021 Chưa bắt đầu" in text_of(mai.get(place))
    assert cast.ha.full_name not in mai.get("/quan-tri/tai-khoan/?vai-tro=publisher").text
    clock_at("2021-05-25 08:30")
    assert "Đang có hiệu lực" in text_of(mai.get(place))
    assert "đến hết 31/05/2021" in text_of(mai.get("/quan-tri/tai-khoan/?vai-tro=publisher"))


def test_a_role_that_has_not_begun_is_taken_back_and_never_held(cast, client, clock_at):
    clock_at("2021-05-17 08:30")
    mai = client.as_(cast.mai)
    place = f"/quan-tri/tai-khoan/{cast.ha.id}/"
    mai.read_token(place)
    mai.send(f"{place}giao", role="publisher", unit="", since="2021-05-20", last="2021-05-31")
    given = next(g for g in db.session.get_one(Account, cast.ha.id).grants if g.role == Role.PUBLISHER)

    mai.send(f"{place}thu-hoi/{given.id}")

    db.session.expire_all()
    assert f"{given.valid_from} {given.valid_to}" == "2021-05-20 2021-05-20"
    assert "Thu hồi trước ngày bắt đầu" in text_of(mai.get(place))
    assert mai.send(f"{place}thu-hoi/{given.id}").status_code == 404


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"last": "2021-05-19"}, "Ngày kết thúc phải sau ngày bắt đầu."),
        ({"last": "31/05/2021"}, "Ngày “31/05/2021” không hợp lệ."),
        ({"last": "9999-12-31"}, "Ngày “9999-12-31” không hợp lệ."),
        ({"since": "2021-05-16"}, "Ngày bắt đầu không được ở quá khứ."),
        ({"since": "2021-13-01"}, "Ngày “2021-13-01” không hợp lệ."),
        ({"unit": "", "role": "committee"}, "Vai trò này cần đúng phạm vi đơn vị."),
        ({"role": "editor"}, "Vai trò này đã giao từ 01/04/2021; thu hồi trước khi giao với ngày khác."),
    ],
)
def test_days_of_a_role_that_cannot_be_are_said_and_what_was_typed_stays(
    cast, client, clock_at, changed, says
):
    clock_at("2021-05-17 08:30")
    mai = client.as_(cast.mai)
    place = f"/quan-tri/tai-khoan/{cast.ha.id}/"
    mai.read_token(place)
    filled = {"role": "publisher", "unit": "", "since": "2021-05-20", "last": "2021-05-31"} | changed
    before = accounts.roles_of(cast.ha, on=date(2021, 5, 25))

    answer = mai.send(f"{place}giao", **filled)

    assert answer.status_code == 422
    assert says in text_of(answer)
    assert f'name="since" value="{filled["since"]}"' in answer.text
    assert f'name="last" value="{filled["last"]}"' in answer.text
    assert f'<option value="{filled["role"]}" selected>' in answer.text
    assert accounts.roles_of(cast.ha, on=date(2021, 5, 25)) == before


def test_a_grant_of_somebody_else_is_not_revoked_through_this_page(cast, client):
    mai = client.as_(cast.mai)
    mai.read_token("/vao/ra")
    grant = cast.son.grants[0]

    assert mai.send(f"/quan-tri/tai-khoan/{cast.ha.id}/thu-hoi/{grant.id}").status_code == 404


# --- queues -------------------------------------------------------------------------------------------------------


@pytest.fixture
def dead(app) -> int:
    with bookkeeping() as session:
        outbox.put("post", "thu-nghiem", {"letter": 1})
        row = session.scalars(select(OutboxMessage)).one()
        row.state, row.attempts, row.error = OutboxState.DEAD, 8, "SMTPServerDisconnected"
        return row.id


def test_a_dead_row_is_run_again_or_put_away_with_a_reason_on_record(dead, cast, client):
    mai = client.as_(cast.mai)
    page = mai.get("/quan-tri/hang-doi/").text
    mai.read_token("/quan-tri/hang-doi/")
    assert "SMTPServerDisconnected" in page
    # What was given up is told once: it waits for a person, and for no worker.
    told = page[page.index("Việc dừng vì lỗi</h2>") :]
    assert "1 việc hết lượt thử, cần chạy lại hoặc bỏ qua" in told
    waits, _, after = told.partition("Không còn việc chờ.")
    assert "Đang chờ, đang chạy" in waits and "Tình trạng hệ thống" in after

    mai.send(f"/quan-tri/hang-doi/{dead}/chay-lai")
    row = db.session.get_one(OutboxMessage, dead)
    assert (row.state, row.attempts) == (OutboxState.NEW, 0)
    mai.send(f"/quan-tri/hang-doi/{dead}/bo-qua", reason="Không cần nữa.")
    assert "không còn dừng vì lỗi" in mai.get("/quan-tri/hang-doi/").text
    with bookkeeping():
        row.state = OutboxState.DEAD
    mai.send(f"/quan-tri/hang-doi/{dead}/bo-qua", reason="")
    mai.send(f"/quan-tri/hang-doi/{dead}/bo-qua", reason="Không cần nữa.")

    db.session.expire_all()
    assert row.state == OutboxState.DISMISSED
    assert [action for action in actions() if action.startswith("outbox:")] == [
        "outbox:retry",
        "outbox:dismiss",
    ]
    retried = db.session.scalars(select(AuditEvent.id).where(AuditEvent.action == "outbox:retry")).one()
    page = client.as_(cast.khang).get(f"/quan-tri/nhat-ky/{retried}").text
    assert f"{cast.mai.full_name} cho chạy lại việc lỗi “Gửi thư (thu-nghiem)”." in page
    rows = client.as_(cast.khang).get("/quan-tri/nhat-ky/?hanh-dong=outbox:retry").text
    assert f'href="/quan-tri/nhat-ky/{retried}">Hàng đợi</a>' in rows


# --- the first page and the clock ---------------------------------------------------------------------------------


def test_the_first_page_says_what_waits_for_each_role(make, cast, client):
    make.submission(state="submitted")
    make.submission(state="edited")
    make.submission(state="approved")

    pages = {
        name: client.as_(getattr(cast, name)).get("/quan-tri/").text for name in ("son", "minh", "phuong")
    }

    assert "Chưa ai nhận biên tập" in pages["son"]
    assert "Xem và duyệt" in pages["minh"]
    assert "Xem và đăng" in pages["phuong"]
    assert "ngày nữa hết hạn gửi" in pages["son"]


def test_turning_the_clock_past_the_deadline_lets_drafts_lapse_and_says_so(make, cast, clock_at, client):
    draft = make.submission()
    son = client.as_(cast.son)
    page = son.get("/quan-tri/").text
    assert "Tới 00:01 ngày 20/05" in page
    son.read_token("/quan-tri/")

    answer = son.send("/quan-tri/dong-ho", to="2021-05-20T00:01", back="/quan-tri/bai/")

    assert answer.headers["Location"] == "/quan-tri/bai/"
    assert "1 bản nháp đã chuyển sang Quá hạn." in son.get("/quan-tri/bai/").text
    db.session.expire_all()
    assert draft.state == "late"
    assert "Từ lần chỉnh đồng hồ gần nhất" in son.get("/quan-tri/").text
    # In the trail it stands at the hour that was set, between its neighbours, and says what the server's clock was.
    turned = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "clock:travel")).one()
    assert turned.at == "2021-05-19T17:01:00.000000Z"
    told = client.as_(cast.mai).get(f"/quan-tri/nhat-ky/{turned.id}").text
    assert "<ins>00:01:00, 20/05/2021</ins>" in told
    assert re.search(r"Giờ máy chủ lúc chỉnh</dt><dd><ins>[\d:]{8}, [\d/]{10}</ins>", told)


@pytest.mark.parametrize(
    "back", ["https://xau.example", "//xau.example", "/quan-tri/\\\\xau", "/don-vi/", ""]
)
def test_the_clock_never_sends_anybody_away(make, cast, client, back):
    son = client.as_(cast.son)
    son.read_token("/quan-tri/")

    assert son.send("/quan-tri/dong-ho", to="2021-05-18T08:00", back=back).headers["Location"] == "/quan-tri/"


def test_the_clock_goes_forward_only_and_an_auditor_does_not_touch_it(make, cast, client):
    son, khang = client.as_(cast.son), client.as_(cast.khang)
    son.read_token("/quan-tri/")
    khang.read_token("/vao/ra")

    son.send("/quan-tri/dong-ho", to="2021-05-01T00:00")
    khang.send("/quan-tri/dong-ho", to="2021-06-01T00:00")

    assert clock.now().astimezone(clock.ZONE).date() == date(2021, 5, 17)


def test_the_months_report_is_the_count_of_the_line(make, cast, client):
    make.submission(state="submitted")
    make.submission(state="submitted", kind=Kind.VIDEO)
    with change():
        deadlines.ensure_around(clock.now())

    page = "/quan-tri/bao-cao/thang.csv?ky=2021-05"
    mine = client.as_(cast.khang).get(page)
    accounts.set_language(cast.mai, "en")
    theirs = client.as_(cast.mai).get(page)

    can_loc = "Phòng Giáo dục và Đào tạo huyện Can Lộc,2,0,0,1,1,0,2,"
    assert f"{can_loc}Không,Có,1" in mine.text.splitlines()
    assert f"{can_loc}No,Yes,1" in theirs.text.splitlines()
    assert mine.text.startswith("\ufeffĐơn vị,Đã nhận,Trùng lặp,Gửi muộn,")
    assert theirs.text.startswith("\ufeffUnit,Received,Duplicate,Sent late,")
    # The row under the table adds up every column above it.
    foot = client.as_(cast.khang).get("/quan-tri/bao-cao/?ky=2021-05").text.partition("<tfoot>")[2]
    assert re.findall(r'data-label="([^"]+)">([^<]*)<', foot) == [
        ("Đã nhận", "2"), ("Đúng hạn, được tính", "1"), ("Gửi muộn", ""), ("Trùng lặp", ""), ("Video, tư liệu", "1"),
        ("Đã đăng", ""), ("Còn thiếu", "5"),
    ]  # fmt: skip
    book = openpyxl.load_workbook(
        io.BytesIO(client.as_(cast.khang).get(page.replace("csv", "xlsx")).data)
    ).active
    can_loc = next(row for row in book.iter_rows(values_only=True) if "Can Lộc" in row[0])
    assert can_loc[1:] == (2, 0, 0, 1, 1, 0, 2, "Không", "Có", 1)
    assert SeatKind.LEADER == "leader"
