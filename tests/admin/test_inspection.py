"""Who approved what, and the sheet of one piece, as an inspector reads, prints and takes them out (R11)."""

import csv
import io
import json
import re
from datetime import date

import pytest
from sqlalchemy import select

from models.audit import AuditEvent
from models.base import db
from models.vocabulary import Role
from workflow import accounts, delegations, submissions, writing
from workflow.queries import audit, decisions

pytestmark = pytest.mark.database

PAGE = "/quan-tri/ai-da-duyet-gi/"
CODES = re.compile(r'<span class="code ink-3">(GDMN-[0-9-]+)</span>')


def rows(answer):
    return list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))


@pytest.fixture
def decided(make, cast):
    """Three pieces: Can Lộc's approved by Minh, Kỳ Anh's by Lý and published, one still at its editor's."""
    of_can_loc = make.submission(state="approved", title="Bếp ăn mới")
    of_town = make.submission(
        state="edited", title="Hội thi vẽ tranh", unit=cast.town_ky_anh, author=cast.nga
    )
    submissions.approve(of_town.id, by=cast.ly, seen=of_town.digest)
    submissions.publish(of_town.id, by=cast.phuong, seen=of_town.digest)
    waiting = make.submission(state="edited")
    return of_can_loc, of_town, waiting


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", ["town", "town", "can_loc"]),
        ("nguoi={minh}", ["can_loc"]),
        ("don-vi=tx-ky-anh", ["town", "town"]),
        ("don-vi=tx-ky-anh&viec=approve", ["town"]),
        ("ky=2021-05", ["town", "town", "can_loc"]),
        ("ky=2021-06", []),
        ("q=hoi+thi", ["town", "town"]),
        ("viec=edit", ["waiting", "town", "can_loc"]),
        ("viec=khong-co", ["town", "town", "can_loc"]),
    ],
)
def test_decisions_are_found_by_person_unit_month_piece_and_act(decided, cast, client, asked, found):
    codes = {piece.code: name for piece, name in zip(decided, ("can_loc", "town", "waiting"), strict=True)}

    page = client.as_(cast.khang).get(f"{PAGE}?{asked.format(minh=cast.minh.id)}").text

    assert [codes[code] for code in CODES.findall(page)] == found


def test_pages_go_to_the_end_and_back_and_cost_few_statements(decided, cast, client, monkeypatch, statements):
    monkeypatch.setattr(decisions, "PAGE", 2)
    khang = client.as_(cast.khang)

    with statements() as seen:
        first = khang.get(PAGE).text
    older = re.search(r'href="([^"]+)" rel="next"', first)[1].replace("&amp;", "&")
    last = khang.get(older).text
    newer = re.search(r'href="([^"]+)" rel="prev"', last)[1].replace("&amp;", "&")

    assert len(seen) <= 12
    assert (len(CODES.findall(first)), CODES.findall(last)) == (2, [decided[0].code])
    assert CODES.findall(khang.get(newer).text) == CODES.findall(first)


@pytest.mark.parametrize("asked", ["", "ky=2021-05"])
def test_the_table_leaves_whole_however_many_parts_it_is_read_in(decided, cast, client, monkeypatch, asked):
    monkeypatch.setattr(audit, "PART", 1)

    [_head, *found] = rows(client.as_(cast.khang).get(f"{PAGE}xuat.csv?{asked}"))

    assert [row[5] for row in found] == [decided[0].code, decided[1].code, decided[1].code]


def test_the_table_leaves_as_csv_and_that_is_on_record(decided, cast, client):
    answer = client.as_(cast.khang).get(f"{PAGE}xuat.csv?nguoi={cast.ly.id}")

    head, *found = rows(answer)
    [row] = (dict(zip(head, cells, strict=True)) for cells in found)
    assert (row["Người thực hiện"], row["Việc đã làm"], row["Mã bài"], row["Phiên bản"]) == (
        "Trần Thị Lý", "Phê duyệt", decided[1].code, "1",
    )  # fmt: skip
    assert row["Dấu vân tay"] == decided[1].digest
    # The clock on the wall, as on the screen; and the instant as it was hashed.
    assert (row["Thời điểm (giờ Việt Nam)"], row["Thời điểm (UTC)"]) == (
        "2021-05-17 08:30:00", db.session.get_one(AuditEvent, int(row["Mục nhật ký"])).at,
    )  # fmt: skip
    noted = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "audit:export_decisions")).one()
    assert (noted.actor_id, json.loads(noted.payload)["asked"]) == (
        cast.khang.id, {"actor": cast.ly.id, "form": "csv"},
    )  # fmt: skip


def test_the_sheet_tells_sent_edited_approved_who_in_whose_place_and_what_was_refused(
    make, cast, client, refused, clock_at
):
    accounts.grant(cast.son, Role.APPROVER, by=None)
    piece = make.submission(state="edited", title="Bếp ăn mới")
    refused(lambda: submissions.approve(piece.id, by=cast.son, seen=piece.digest))
    delegations.give(
        cast.phuong,
        role=Role.APPROVER,
        since=date(2021, 5, 17),
        until=date(2021, 5, 19),
        reason="x",
        by=cast.minh,
    )
    submissions.approve(piece.id, by=cast.phuong, seen=piece.digest)
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "submission:approve")).one()

    with_sheet = client.as_(cast.khang)
    page = with_sheet.get(f"{PAGE}{piece.id}/").text

    told = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.partition('<div class="sheet">')[2]))
    for words in (
        "Gửi bài Phan Đình Bình", "Hoàn thành biên tập, trình duyệt Nguyễn Văn Sơn",
        "Phê duyệt Phạm Thu Phương thay mặt Trần Quang Minh phiên bản 1",
        "Người viết, người biên tập và người được họ ủy quyền không được phê duyệt.",
        "Bản được duyệt đúng từng chữ như bản đơn vị đã gửi (phiên bản 1).",
        f"/quan-tri/nhat-ky/{event.id}",
    ):  # fmt: skip
        assert words in told
    code = re.search(r'class="proof-code">([^<]+)<', page)[1]
    assert event.hash.hex().startswith(re.sub(r"[^0-9a-f]", "", code))
    assert len(re.sub(r"[^0-9a-f]", "", code)) >= 24


def test_the_sheet_shows_what_the_department_changed_before_it_approved(make, cast, client):
    piece = make.submission(state="submitted", title="Bếp ăn mới")
    submissions.claim(piece.id, by=cast.son)
    manuscript = make.manuscript("Bếp ăn một chiều", body="<p>Trường đưa vào dùng bếp ăn.</p>")
    writing.write(piece.id, manuscript, by=cast.son, seen=piece.digest)
    submissions.finish_editing(piece.id, by=cast.son)
    db.session.expire_all()
    submissions.approve(piece.id, by=cast.minh, seen=piece.digest)

    page = client.as_(cast.khang).get(f"{PAGE}{piece.id}/").text

    assert "Bếp ăn <del>mới</del><ins>một chiều</ins>" in page
    assert "Từ phiên bản 1 đã gửi đến phiên bản 2 được duyệt" in page


def test_the_address_of_the_seals_on_the_sheet_is_a_page_of_the_forum(app):
    from admin.inspection import SEALS

    assert app.url_map.bind("localhost").match(SEALS, method="GET")[0].startswith("forum.")


def test_a_piece_that_was_never_sent_has_a_sheet_without_a_proof(make, cast, client):
    page = client.as_(cast.khang).get(f"{PAGE}{make.submission().id}/").text

    assert "Bài chưa được gửi." in page
    assert "Bài chưa được phê duyệt." in page


def test_the_inspector_only_reads_and_others_do_not_even_that(decided, cast, client):
    sheet = f"{PAGE}{decided[0].id}/"
    seen = {
        name: client.as_(getattr(cast, name)).get(sheet).status_code
        for name in ("khang", "minh", "mai", "son")
    }

    assert seen == {"khang": 200, "minh": 200, "mai": 200, "son": 403}
    assert '<form method="post"' not in client.as_(cast.khang).get(sheet).text.partition("<main")[2]
    assert client.as_(cast.khang).get(f"{PAGE}999999/").status_code == 404


@pytest.mark.parametrize(
    "asked", ["truoc=abc", "nguoi=-1", "ky=%27", "sau=99999999999999999999", "don-vi=%00"]
)
def test_bad_words_in_the_address_are_no_error(decided, cast, client, asked):
    assert client.as_(cast.khang).get(f"{PAGE}?{asked}").status_code in (200, 400)
