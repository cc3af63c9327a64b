"""The audit screen: keyset pages, filters, one event with its chain, an export that is itself on record."""

import csv
import io
import json
import re

import pytest
from sqlalchemy import select

from models.audit import AuditEvent
from models.base import db
from workflow import submissions
from workflow.proof import sealing
from workflow.queries import audit

pytestmark = pytest.mark.database

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
    assert "Đã niêm phong" in index.text
    assert "Chưa có đêm kiểm tra nào" in index.text
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
    assert [row[5] for row in rows[1:]] == ["submission:submit"]
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    noted = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "audit:export")).one()
    assert noted.actor_id == cast.khang.id
    assert json.loads(noted.payload)["asked"] == {"action": "submission:submit"}


def test_who_may_not_read_the_trail_may_not_export_it_and_nothing_is_noted(make, cast, client):
    make.submission()

    assert client.as_(cast.phuong).get("/quan-tri/nhat-ky/xuat.csv").status_code == 403
    assert db.session.scalars(select(AuditEvent).where(AuditEvent.action == "audit:export")).all() == []


def test_a_tampered_event_is_told_by_the_check(make, cast, client, superuser):
    from sqlalchemy import text

    make.submission(state="submitted")
    khang = client.as_(cast.khang)
    assert "Nhật ký nguyên vẹn" in khang.get("/quan-tri/nhat-ky/?kiem=1").text

    with superuser.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(
            text("UPDATE audit_event SET payload = replace(payload, :was, :now) WHERE action = :action"),
            {"was": '"submission:submit"', "now": '"submission:claim"', "action": "submission:submit"},
        )

    assert "Nhật ký bị thay đổi" in khang.get("/quan-tri/nhat-ky/?kiem=1").text


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
    ],
)
def test_bad_words_in_the_address_are_no_error(make, cast, client, asked):
    make.submission()

    assert client.as_(cast.khang).get(f"/quan-tri/nhat-ky/?{asked}").status_code == 200
