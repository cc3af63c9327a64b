"""The first page: each role its own work, the oldest first with the time left; the charts; few statements."""

import re
from datetime import date, datetime

import pytest
from sqlalchemy import func, select

from models.audit import AuditEvent
from models.base import db
from models.outbox import JobRun
from models.vocabulary import Consent
from workflow import backups, clock, deadlines, submissions
from workflow.engine.errors import NotAllowed
from workflow.engine.unit_of_work import bookkeeping, change
from workflow.queries import queue_heads, standings

pytestmark = pytest.mark.database


def told_of(account):
    """What is on record as done by somebody, oldest first."""
    mine = select(AuditEvent.action).where(AuditEvent.actor_id == account.id)
    return db.session.scalars(mine.order_by(AuditEvent.id)).all()


def page_of(visitor):
    return visitor.get("/quan-tri/").text.replace("\xa0", " ")


def test_each_role_sees_what_waits_for_it_and_nothing_else(make, cast, client):
    make.submission(state="submitted", title="Chờ người nhận")
    make.submission(state="edited", title="Chờ người duyệt")
    make.submission(state="approved", title="Chờ người đăng")

    titles = ("Chờ người nhận", "Chờ người duyệt", "Chờ người đăng")
    shown = {
        name: [title for title in titles if title in page_of(client.as_(getattr(cast, name)))]
        for name in ("son", "minh", "phuong", "khang", "mai")
    }

    assert shown == {
        "son": ["Chờ người nhận"], "minh": ["Chờ người duyệt"], "phuong": ["Chờ người đăng"], "khang": [], "mai": [],
    }  # fmt: skip


def test_the_oldest_stands_first_with_the_time_that_is_left(make, cast, client, clock_at):
    first = make.submission(state="submitted", title="Bài tới trước")
    clock_at("2021-05-18 09:00")
    make.submission(state="submitted", title="Bài tới sau")
    submissions.claim(first.id, by=cast.son)
    clock_at("2021-05-20 09:00")

    page = page_of(client.as_(cast.son))

    longest = page[page.index("Chờ lâu nhất") :]
    # Claimed on Tuesday the 18th, it goes back on Friday the 21st; the last whole day before the
    # month closes is the 24th.
    assert re.findall(
        r'href="[^"]*">(Bài tới [^<]*)</a>.*?<b class="ink-2">(.*?)</b>', longest, re.DOTALL
    ) == [
        ("Bài tới trước", "còn 1 ngày"),
        ("Bài tới sau", "còn 4 ngày"),
    ]
    assert "đang biên tập của tôi từ 17/05</p>" in longest
    assert longest.index("giữ bài") < longest.index("còn 1 ngày") < longest.index("chốt kỳ")
    assert "Cũ nhất: 3 ngày, từ 17/05" in page
    assert page.index("Đang biên tập của tôi") < page.index(">Chưa ai nhận biên tập<")
    # By keyboard what waits comes before the matrix with its two links a unit.
    assert page.index("Chờ đồng chí") < page.index("Tình hình gửi bài theo đơn vị")


def test_a_piece_set_aside_or_claimed_by_somebody_else_waits_for_nobody_here(make, cast):
    aside = make.submission(state="submitted")
    submissions.perform(aside.id, "set_aside", by=cast.son, reason="Trùng.")
    taken = make.submission(state="submitted")
    submissions.claim(taken.id, by=cast.ha)
    mine = make.submission(state="submitted")
    submissions.claim(mine.id, by=cast.son)

    heads = queue_heads.oldest(cast.son.id, queues=queue_heads.QUEUES, size=9)

    assert [(head.queue, head.id) for head in heads] == [("mine", mine.id)]


def test_a_cell_leads_to_its_unit_and_month_and_who_owes_is_reminded_together(make, cast, client):
    make.submission(state="submitted")
    son = client.as_(cast.son)
    page = page_of(son)
    month = standings.months(now=page_now(), size=1)[0].id
    assert f'href="/quan-tri/don-vi-thang/{month}/h-can-loc/"' in page
    assert "Nhắc 3 đơn vị còn thiếu" in page

    son.read_token("/quan-tri/")
    son.send(f"/quan-tri/don-vi-thang/{month}/nhac", reason="Còn ba ngày.")

    assert "Đã gửi nhắc việc cho 3 đơn vị." in page_of(son)
    assert told_of(cast.son)[-3:] == 3 * ["period:remind"]


def page_now():
    from workflow import clock

    return clock.now()


def test_the_charts_tell_on_time_pace_and_who_was_not_seen(make, cast, client, clock_at):
    with change():
        deadlines.ensure_period(2021, 5)
    for _ in range(2):
        make.submission(state="published")
    clock_at("2021-06-21 09:00")
    with change():
        deadlines.ensure_period(2021, 6)

    page = page_of(client.as_(cast.son))

    assert "Tháng 5/2021: 1 trên 3 đơn vị" in page
    assert "33%" in page
    assert "Tháng 5/2021, 2 bài đã đăng" in page
    unseen = page[page.index("Đơn vị lâu chưa gửi bài") :]
    assert "H. Can Lộc</a><br><span" in unseen
    assert "gửi lần cuối 17/05/2021" in unseen
    assert "chưa gửi bài nào trong các kỳ trên" in unseen


def test_pace_is_the_median_of_what_was_published(make, cast, clock_at):
    pieces = [make.submission(state="approved") for _ in range(3)]
    for day, piece in zip((18, 19, 27), pieces, strict=True):
        clock_at(f"2021-05-{day} 08:30")
        submissions.publish(piece.id, by=cast.phuong, seen=piece.digest)

    month = pieces[0].period_id
    found = standings.figures(month, paced=[month])["pace"][month]

    assert (found["published"], round(found["median"]), round(found["longest"])) == (3, 2, 10)


def test_the_administrator_sees_how_the_house_is_and_others_do_not(make, cast, client):
    assert "Tình trạng hệ thống" in page_of(client.as_(cast.mai))
    assert "Khay thư trống." in page_of(client.as_(cast.mai))
    assert "Tình trạng hệ thống" not in page_of(client.as_(cast.son))


def test_the_administrator_is_told_how_old_the_last_proof_of_a_backup_is(make, cast, client, clock_at):
    never = page_of(client.as_(cast.mai))
    backups.note_proof(made_at="2021-05-16T02:00:00+07:00", events=412, files=21)
    today = page_of(client.as_(cast.mai))
    clock_at("2021-06-18 08:30")
    later = page_of(client.as_(cast.mai))
    backups.note_return(made_at="2021-06-17T02:00:00+07:00", events=900, files=30)

    back = page_of(client.as_(cast.mai))
    backups.note_failure(file="b.tar", why="backup_damaged")
    failed = page_of(client.as_(cast.mai))
    backups.note_proof(made_at="2021-06-18T02:00:00+07:00", events=901, files=30)

    assert (
        '<a class="link-strong" href="/quan-tri/hang-doi/#sao-luu">Chưa phục hồi thử bản sao lưu lần nào.'
        in never
    )
    assert "toasoan prove-backup" in client.as_(cast.mai).get("/quan-tri/hang-doi/").text
    assert "Bản sao lưu phục hồi thử được, lần gần nhất 08:30 hôm nay." in today
    assert "Đã hơn một tháng chưa phục hồi thử bản sao lưu, lần gần nhất 17/05, 08:30." in later
    assert "Bản sao lưu phục hồi thử được" in back
    assert (
        "Phục hồi thử bản sao lưu không được, 08:30 hôm nay.</a> Tệp b.tar, mã lỗi backup_damaged." in failed
    )
    assert "b.tar" not in page_of(client.as_(cast.mai))


def test_the_inspector_sees_seals_checks_refusals_and_what_was_taken_away(make, cast, client, superuser):
    piece = make.submission(state="edited", with_picture=True, consent=Consent.UNKNOWN)
    with pytest.raises(NotAllowed):
        submissions.approve(piece.id, by=cast.minh, seen=piece.digest)
    client.as_(cast.khang).get("/quan-tri/nhat-ky/xuat.csv")
    with bookkeeping() as session:
        session.add(JobRun(job="audit_check", slot=clock.now(), done_at=func.now(), outcome={"damages": 2}))

    page = page_of(client.as_(cast.khang))

    assert "Nhật ký chưa được niêm phong lần nào." in page
    assert "nhật ký bị thay đổi ở 2 chỗ." in page
    assert "Trần Quang Minh, phê duyệt" in page
    assert "Võ Đình Khang, xuất nhật ký" in page
    assert "Vừa bị từ chối" not in page_of(client.as_(cast.mai))


def test_the_publisher_sees_what_goes_out_by_itself_the_next_first(make, cast, client):
    for day, title in ((19, "Mùa hè của bé"), (18, "Vườn rau của bé")):
        piece = make.submission(state="approved", title=title)
        at = datetime(2021, 5, day, 7, tzinfo=clock.ZONE)
        submissions.perform(piece.id, "schedule", by=cast.phuong, until=at)

    page = page_of(client.as_(cast.phuong))

    assert page.index("Vườn rau của bé") < page.index("Mùa hè của bé") and "Sẽ tự đăng" in page
    assert "Sẽ tự đăng" not in page_of(client.as_(cast.minh))


@pytest.mark.parametrize("name", ["son", "minh", "mai", "khang", "phuong"])
def test_the_first_page_costs_at_most_twelve_statements(make, cast, client, statements, name):
    for day in range(3):
        make.submission(state="submitted", title=f"Bài {date(2021, 5, day + 1)}")
    visitor = client.as_(getattr(cast, name))

    with statements() as seen:
        visitor.get("/quan-tri/")

    assert len(seen) <= 12, seen


def test_a_check_under_way_hides_no_damage_that_was_found(make, cast, client, clock_at):
    first = {"stream": "submission:1", "seq": 2, "kind": "jumped"}
    found = {"damages": 2, "events": 90, "first": first, "unmatched": 3}
    night, today = clock_at("2021-05-16 03:00"), clock_at("2021-05-17 08:30")
    with bookkeeping() as session:
        session.add(JobRun(job="audit_check", slot=night, done_at=night, outcome=found))
        session.add(JobRun(job="audit_check", slot=today))

    page = client.as_(cast.khang).get("/quan-tri/").text

    assert "nhật ký bị thay đổi ở 2 chỗ" in page
    assert "Bản quy trình không còn trong chương trình: 3 bước không đối chiếu được." in page
    assert "Đang kiểm tra tính toàn vẹn" in page
