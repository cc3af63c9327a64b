"""The audit screen: keyset pages, filters, one event with its chain, an export that is itself on record."""

import csv
import html
import io
import json
import re
from dataclasses import replace
from datetime import date
from uuid import uuid4

import openpyxl
import pytest
from sqlalchemy import func, select, text

from admin import workbook
from admin.trail_rows import HEAD
from models.audit import AuditEvent
from models.base import db
from models.directive import Directive
from models.outbox import JobRun
from models.submission import Submission
from models.vocabulary import Consent
from tasks import timetable
from workflow import accounts, directives, procedures, submissions, trail, wishes, writing
from workflow import timetable as timetable_by_hand
from workflow.engine.audit import instant
from workflow.engine.errors import ToaSoanError
from workflow.engine.unit_of_work import bookkeeping, change
from workflow.proof import sealing
from workflow.queries import audit, audit_check, seals

pytestmark = pytest.mark.database

PAGE = "/quan-tri/nhat-ky/"
ROWS = re.compile(r'<tr data-number="(\d+)"')
NUMBERS = re.compile(r'<td class="not-on-card ink-3">(\d+)</td>')


def test_pages_go_to_the_end_and_back_without_repeating_or_losing_an_event(make, cast, client, monkeypatch):
    monkeypatch.setattr(audit, "PAGE", 5)
    for _ in range(4):
        make.submission(state="edited")
    khang = client.as_(cast.khang)
    address, pages = "/quan-tri/nhat-ky/", []

    while address:
        page = khang.get(address).text
        pages.append([int(number) for number in NUMBERS.findall(page)])
        older = re.search(r'href="([^"]+)" rel="next"', page)
        address = older[1].replace("&amp;", "&") if older else ""
    everything = [number for page in pages for number in page]

    assert everything == sorted(everything, reverse=True)
    assert set(everything) == set(db.session.scalars(select(AuditEvent.id)))
    newer = re.search(r'href="([^"]+)" rel="prev"', page)[1].replace("&amp;", "&")
    assert [int(n) for n in NUMBERS.findall(khang.get(newer).text)] == pages[-2]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("tu-choi=1", {"submission:refused/four_eyes_violation"}),
        ("hanh-dong=submission:approve", {"submission:approve"}),
        (
            "don-vi=tx-ky-anh",
            {"submission:create", "submission:submit", "committee:found", "committee:seat", "unit:add"},
        ),
        ("den=2021-05-01", set()),
    ],
)
def test_filters_narrow_the_trail(make, cast, client, refused, asked, found):
    from models.vocabulary import Role
    from workflow import accounts

    accounts.grant(cast.son, Role.APPROVER, by=None)
    own = make.submission(state="edited", editor=cast.son)
    refused(lambda: submissions.approve(own.id, by=cast.son, seen=own.digest))
    make.submission(state="approved")
    make.submission(state="submitted", unit=cast.town_ky_anh, author=cast.nga)
    khang = client.as_(cast.khang)

    page = khang.get(f"/quan-tri/nhat-ky/?{asked}").text

    shown = db.session.scalars(
        select(AuditEvent.action).where(AuditEvent.id.in_([int(n) for n in NUMBERS.findall(page)]))
    )
    assert set(shown) == found


def test_one_event_shows_who_what_and_how_it_is_chained(make, cast, client):
    piece = make.submission(state="approved")
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "submission:approve")).one()

    page = client.as_(cast.khang).get(f"/quan-tri/nhat-ky/{event.id}").text

    assert f"Trần Quang Minh phê duyệt bài {piece.code}." in page
    assert event.hash.hex() in page
    assert event.prev_hash.hex() in page
    assert piece.revision.title in page


def test_an_answer_given_before_sending_is_told_in_words_and_moves_nothing(make, cast, client):
    piece = make.submission(with_picture=True, consent=None)
    [file] = piece.revision.pictures
    writing.answer(piece.id, file.attachment_id, Consent.YES, by=cast.lan)
    event = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1)).one()

    drawer = client.as_(cast.khang).get(f"{PAGE}{event.id}").text
    journal = client.as_(cast.son).get(f"/quan-tri/bai/{piece.id}/").text

    assert "<dt>Trả lời</dt><dd><del>chưa có câu trả lời</del> <ins>Có</ins></dd>" in drawer
    assert "Trước, sau" not in drawer
    assert "Trả lời: chưa có câu trả lời → Có." in journal
    assert not re.findall(r">[^<]*\bNone\b", drawer + journal)


def test_what_somebody_chose_and_what_a_register_says_are_told_in_words(make, cast, client):
    accounts.set_language(cast.lan, "en")
    wishes.choose("results", "daily", by=cast.lan)
    rule = directives.as_rule(db.session.scalars(select(Directive)).one())
    directives.lay_down(
        replace(rule, code="van-ban-moi", valid_from=date(2021, 9, 1), counting_kinds=["news"]),
        reason="Theo năm học.", by=cast.mai,
    )  # fmt: skip
    newest = db.session.scalars(select(AuditEvent.id).order_by(AuditEvent.id.desc()).limit(3)).all()
    khang = client.as_(cast.khang)

    drawers = [khang.get(f"{PAGE}{number}").text for number in newest]

    ruled, wished, spoken = (
        dict(re.findall(r"<dt>([^<]*)</dt><dd>(<del>.*?</ins>|<ins>.*?</ins>)</dd>", page))
        for page in drawers
    )
    assert spoken["Trước, sau"] == "<del>Tiếng Việt</del> <ins>English</ins>"
    assert wished["Cách nhận thư"] == "<del>Gửi ngay</del> <ins>Gom một thư mỗi ngày</ins>"
    assert wished["Loại thư"].startswith("<ins>Kết quả xử lý tin, bài")
    assert ruled["Thể loại được tính"] == "<del>Tin, Bài</del> <ins>Tin</ins>"
    assert ruled["Từ ngày"].endswith("<ins>01/09/2021</ins>")


def test_what_looks_like_a_day_and_is_none_is_told_as_it_was_typed(make, cast, client):
    """A note is free text, and the trail keeps it: the page must not break on it for ever."""
    typed = [
        "2021-02-30", "0000-01-01", "٢٠٢١-٠٥-٢٠", "2021-05-20T25:00Z", "9999-12-31T23:59Z",
    ]  # fmt: skip
    with change():
        for note in typed:
            noted = {"before": {"note": "2021-05-20"}, "after": {"note": note}}
            trail.write("unit:h-can-loc", "unit:change", by=cast.mai, **noted)
    newest = db.session.scalars(select(AuditEvent.id).order_by(AuditEvent.id.desc()).limit(len(typed))).all()
    khang = client.as_(cast.khang)

    drawers = [khang.get(f"{PAGE}{number}") for number in reversed(newest)]

    assert [page.status_code for page in drawers] == [200] * len(typed)
    for page, note in zip(drawers, typed, strict=True):
        assert f"<del>20/05/2021</del> <ins>{note}</ins>" in page.text


def test_what_a_form_asked_for_is_told_as_well_as_what_an_export_looked_for(make, cast, client):
    """Both stand in an event as `asked`: of a form its digest, of an export its filters."""
    piece = make.submission(state="edited")
    minh = client.as_(cast.minh)

    minh.send(f"/quan-tri/bai/{piece.id}/buoc/approve", seen=piece.digest, command=str(uuid4()))
    minh.get("/quan-tri/bao-cao/thang.csv?ky=2021-05")

    newest = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(2)).all()
    assert [type(json.loads(event.payload)["asked"]) for event in newest] == [dict, str]
    exported, approved = (client.as_(cast.khang).get(f"{PAGE}{event.id}").text for event in newest)
    assert f"Trần Quang Minh phê duyệt bài {piece.code}." in approved
    assert "2021-05" in exported


def test_the_screen_tells_the_newest_seal_and_an_event_hands_out_its_proof(make, cast, client):
    make.submission(state="approved")
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "submission:approve")).one()
    khang = client.as_(cast.khang)
    address = f"/quan-tri/nhat-ky/{event.id}"
    early = khang.get(f"{address}/bang-chung.json")
    sealing.seal()

    index, page, proof = (
        khang.get(path) for path in ("/quan-tri/nhat-ky/", address, f"{address}/bang-chung.json")
    )

    assert (early.status_code, early.headers["Location"]) == (303, address)
    # One clock on the page, though the seal itself bears the server's.
    assert re.search(r"Đã niêm phong [\d.]+ mục, lần gần nhất lúc\s+17/05/2021,", index.text)
    assert "Chưa có lần kiểm tra nào" in index.text
    assert f"{address}/bang-chung.json" in page.text
    assert proof.headers["Content-Disposition"] == f'attachment; filename="bang-chung-{event.id}.json"'
    assert proof.json["event"]["payload"] == event.payload
    assert khang.get("/quan-tri/nhat-ky/99999/bang-chung.json").status_code == 404
    assert client.as_(cast.phuong).get(f"{address}/bang-chung.json").status_code == 403


def test_the_export_is_whole_safe_and_itself_on_record(make, cast, client):
    make.submission(state="submitted", title="=cmd|' /C calc'!A0")
    khang = client.as_(cast.khang)

    answer = khang.get("/quan-tri/nhat-ky/xuat.csv?hanh-dong=submission:submit")

    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    [sent] = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    event = db.session.get_one(AuditEvent, int(sent["Số"]))
    code = db.session.get_one(Submission, event.submission_id).code
    # In words for people, on the clock of the house; and every code as it was written, the hashed text to the letter.
    assert [sent[name] for name in HEAD[1:9]] == [
        "2021-05-17 08:30:00", cast.binh.full_name, cast.binh.title, "H. Can Lộc",
        f"{cast.binh.full_name} gửi bài {code} về Sở.", "'=cmd|' /C calc'!A0", "", code,
    ]  # fmt: skip
    assert [sent[name] for name in HEAD[9:]] == [
        "submission:submit", event.stream, str(event.seq), event.at, event.payload, event.hash.hex(),
    ]  # fmt: skip
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    noted = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "audit:export")).one()
    assert noted.actor_id == cast.khang.id
    assert json.loads(noted.payload)["asked"] == {"action": "submission:submit", "form": "csv"}


def test_who_may_not_read_the_trail_may_not_export_it_and_nothing_is_noted(make, cast, client):
    make.submission()

    assert client.as_(cast.phuong).get("/quan-tri/nhat-ky/xuat.csv").status_code == 403
    assert db.session.scalars(select(AuditEvent).where(AuditEvent.action == "audit:export")).all() == []


def test_a_workbook_holds_the_same_rows_as_the_list_and_runs_nothing(make, cast, client):
    make.submission(state="submitted", title="=cmd|' /C calc'!A0")
    khang = client.as_(cast.khang)

    answer = khang.get("/quan-tri/nhat-ky/xuat.xlsx?hanh-dong=submission:submit")

    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    head, *rows = ([cell.value for cell in row] for row in sheet)
    assert head == list(HEAD)
    assert sheet.freeze_panes == "A2"
    assert (sheet["B2"].is_date, str(sheet["B2"].value)) == (True, "2021-05-17 08:30:00")
    assert sheet.column_dimensions["F"].width > len(sheet["F2"].value) > sheet.column_dimensions["A"].width
    shown = [int(n) for n in NUMBERS.findall(khang.get(f"{PAGE}?hanh-dong=submission:submit").text)]
    assert [row[0] for row in rows] == shown[::-1]
    assert not any(cell.data_type == "f" for row in sheet for cell in row)


def test_yes_and_no_are_yes_and_no_in_a_workbook():
    book = io.BytesIO(b"".join(workbook.written("Có & không", ["Có"], [[True], [False], [1]])))

    assert [cell.value for [cell] in openpyxl.load_workbook(book).active][1:] == [True, False, 1]


def test_a_reader_of_english_takes_english_home_and_why_something_was_refused(make, cast, client):
    piece = make.submission(state="edited")
    with pytest.raises(ToaSoanError):
        submissions.approve(piece.id, by=cast.son, seen=piece.digest)
    accounts.set_language(cast.khang, "en")

    answer = client.as_(cast.khang).get(f"{PAGE}xuat.csv?tu-choi=1")

    head, row = csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")))
    assert head[:3] == ["Number", "Time (Vietnam)", "Actor"]
    assert row[5] == f"{cast.son.full_name} was refused “Approve” on piece {piece.code}."
    assert row[7] == "Not in a role that may do this."
    assert row[9] == "submission:refused/forbidden"


def test_a_file_is_as_long_as_what_was_found_though_it_is_read_in_parts(make, cast, client, monkeypatch):
    monkeypatch.setattr(audit, "PART", 3)
    make.submission(state="edited")
    khang = client.as_(cast.khang)

    lines = khang.get(f"{PAGE}xuat.csv").text.splitlines()

    numbers = db.session.scalars(select(AuditEvent.id).order_by(AuditEvent.id)).all()
    assert [int(line.split(",")[0]) for line in lines[1:]] == list(numbers)
    assert len(numbers) > 3 * 3


def run_what_waits() -> None:
    """Do as a worker does with the check that was asked for."""
    slot = seals.newest_look().slot
    with bookkeeping():
        timetable.run("audit_check", slot.isoformat())()
    db.session.rollback()


def test_the_check_is_done_by_a_worker_and_the_page_tells_how_far_it_is(make, cast, client, vanishing):
    make.submission(state="submitted")
    khang = client.as_(cast.khang)
    assert "Chưa có lần kiểm tra nào" in khang.get(PAGE).text

    answers = [khang.send(f"{PAGE}kiem-tra") for _ in range(2)]

    assert [answer.headers["Location"] for answer in answers] == [f"{PAGE}#kiem-tra"] * 2
    run, *others = db.session.scalars(select(JobRun).where(JobRun.job == "audit_check")).all()
    assert (run.asked_by, others) == (cast.khang.id, [])
    assert "đang chờ đến lượt" in khang.get(PAGE).text
    timetable_by_hand.note_progress("audit_check", run.slot, {"steps": 4})
    part = khang.get(f"{PAGE}kiem-tra").text
    assert f"4 trên {audit_check.STEPS} bước" in part
    assert f'data-again="{PAGE}kiem-tra"' in part
    assert "<html" not in part
    run_what_waits()
    part = khang.get(f"{PAGE}kiem-tra").text
    assert "Nhật ký nguyên vẹn" in part
    assert "data-again" not in part
    assert "không đối chiếu được" not in part
    planned = procedures.plan(("monthly-submission", 1), ("unit-approval", 1))
    procedures.migrate(planned, reason="Thử.", by=cast.mai)
    vanishing(("unit-approval", 1))
    khang.send(f"{PAGE}kiem-tra")
    run_what_waits()
    part = khang.get(f"{PAGE}kiem-tra").text
    assert "Nhật ký nguyên vẹn" in part
    assert "Bản quy trình không còn trong chương trình: 1 bước không đối chiếu được." in part


def test_each_question_of_the_check_is_a_step(make, superuser):
    make.submission(state="submitted")
    steps = []

    audit_check.check(told=lambda: steps.append(1))

    assert len(steps) == audit_check.STEPS


def test_a_tampered_event_is_told_by_the_check(make, cast, client, superuser):
    make.submission(state="submitted")
    khang = client.as_(cast.khang)
    with superuser.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(
            text("UPDATE audit_event SET payload = replace(payload, :was, :now) WHERE action = :action"),
            {"was": '"submission:submit"', "now": '"submission:claim"', "action": "submission:submit"},
        )

    khang.send(f"{PAGE}kiem-tra")
    run_what_waits()

    assert "Nhật ký bị thay đổi tại dòng submission:" in khang.get(PAGE).text


def test_who_may_not_read_the_trail_may_not_have_it_checked(make, cast, client):
    make.submission()

    assert client.as_(cast.phuong).send(f"{PAGE}kiem-tra").status_code == 403
    assert seals.newest_look() is None


def test_the_newest_rows_alone_are_what_the_list_goes_on_with(make, cast, client):
    piece = make.submission(state="submitted")
    khang = client.as_(cast.khang)
    page = khang.get(f"{PAGE}?bai={piece.id}").text
    address = html.unescape(re.search(r'data-live="([^"]+)"', page)[1])
    before = ROWS.findall(page)

    submissions.claim(piece.id, by=cast.son)
    part = khang.get(address).text

    assert "<html" not in part
    assert ROWS.findall(part)[1:] == before
    assert "data-live=" not in khang.get(f"{PAGE}?truoc={before[0]}").text


@pytest.mark.parametrize(
    "asked",
    ["", "nguoi={person}", "don-vi=h-can-loc", "hanh-dong=submission:submit", "hanh-dong=submission:", "tu-choi=1",
     "thang=2021-05", "tu=2021-05-01&den=2021-05-31", "bai={piece}", "q={code}", "q=son", "truoc={last}",
     "nguoi={person}&don-vi=h-can-loc&hanh-dong=submission:&thang=2021-05&q={code}"],
)  # fmt: skip
def test_no_page_of_the_trail_costs_more_than_twelve_statements(make, cast, client, statements, asked):
    piece = make.submission(state="edited")
    last = db.session.scalar(select(func.max(AuditEvent.id)))
    khang = client.as_(cast.khang)

    with statements() as seen:
        page = khang.get(
            f"{PAGE}?{asked.format(person=cast.son.id, piece=piece.id, code=piece.code, last=last)}"
        )

    assert page.status_code == 200
    assert len(seen) <= 12, "\n".join(" ".join(sql.split())[:100] for sql in seen)
    assert not any("count(*)" in sql and "FROM audit_event" in sql for sql in seen)


def told(asked: audit.AskedTrail) -> list[str]:
    return [row.action for row in reversed(audit.trail(asked).rows)]


def test_words_find_what_a_person_did_and_what_was_done_to_a_piece(make, cast):
    piece = make.submission(state="edited", title="Bếp ăn một chiều")
    make.submission(state="submitted", title="Ngày hội đến trường")

    by_title = told(audit.AskedTrail(words="bep an"))
    by_person = told(audit.AskedTrail(words="son", submission=piece.id))

    assert (
        by_title
        == told(audit.AskedTrail(submission=piece.id))
        == told(audit.AskedTrail(words=piece.code.lower()))
    )
    assert by_person == ["submission:claim", "submission:edit"]
    assert told(audit.AskedTrail(words="khong co o dau")) == []


def test_words_that_stand_for_too_much_are_told_and_not_cut_in_silence(make, cast, client, monkeypatch):
    monkeypatch.setattr(audit, "MOST_PIECES", 1)
    for title in ("Bếp ăn một", "Bếp ăn hai"):
        make.submission(title=title)

    page = client.as_(cast.khang).get(f"{PAGE}?q=bep").text

    assert "Từ tìm kiếm khớp quá nhiều bài hoặc người" in page
    assert NUMBERS.findall(page) == []


@pytest.mark.parametrize("edge", ["since", "until"])
def test_a_day_takes_in_exactly_what_was_recorded_on_it(make, clock_at, edge):
    clock_at("2021-05-11 23:58:00")
    before = make.submission()
    midnight = clock_at("2021-05-12 00:00:00")
    after = make.submission()

    asked = audit.AskedTrail(action="submission:create", **{edge: instant(midnight)})

    found = [row.submission_id for row in audit.trail(asked).rows]
    assert found == ([after.id] if edge == "since" else [before.id])


def test_the_month_filter_is_a_calendar_month_of_the_province(make, cast, client, clock_at):
    clock_at("2021-05-31 23:58:00")
    may = make.submission()
    clock_at("2021-06-01 00:00:00")
    june = make.submission()
    khang = client.as_(cast.khang)

    codes = [
        re.findall(
            r"GDMN-\d{4}-\d{2}-\d{4}", khang.get(f"{PAGE}?hanh-dong=submission:create&thang={month}").text
        )
        for month in ("2021-05", "2021-06")
    ]

    assert codes == [[may.code], [june.code]]


@pytest.mark.parametrize(
    "asked",
    [
        "truoc=abc",
        "truoc=999999999999999999999",
        "tu=2021-99-99",
        "tu=9999-12-31",
        "den=9999-12-31",
        "nguoi=-1",
        "hanh-dong=%27",
        "thang=2021-13",
        "thang=9999-12",
        "thang=%27",
        "q=%27%3A*%26",
    ],
)
def test_bad_words_in_the_address_are_no_error(make, cast, client, asked):
    make.submission()

    assert client.as_(cast.khang).get(f"/quan-tri/nhat-ky/?{asked}").status_code == 200
