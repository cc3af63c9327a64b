"""The timetable at the console: what is shown of each job, running one now, stopping one with a reason."""

import pytest
from sqlalchemy import select, text

from models.audit import AuditEvent
from models.base import db
from models.outbox import JobPause, JobRun
from tasks.timetable import TIMETABLE, Clock, note
from workflow.engine.unit_of_work import bookkeeping
from workflow.wording import JOBS

pytestmark = pytest.mark.database

PAGE = "/quan-tri/hang-doi/"


@pytest.fixture
def mai(client, cast, clock_at):
    clock_at("2021-05-17 08:30:10")
    Clock().tick()
    visitor = client.as_(cast.mai)
    visitor.read_token(PAGE)
    return visitor


def acts() -> list[tuple[str, str]]:
    db.session.rollback()
    query = select(AuditEvent.action, AuditEvent.stream).where(AuditEvent.stream.like("job:%"))
    return [tuple(row) for row in db.session.execute(query.order_by(AuditEvent.id))]


def slots(job: str) -> list[JobRun]:
    db.session.rollback()
    return list(db.session.scalars(select(JobRun).where(JobRun.job == job).order_by(JobRun.slot)))


def row_of(page: str, job: str) -> str:
    return next(row for row in page.split("<tr>") if JOBS[job] in row and "<time" in row)


def test_every_job_stands_with_last_run_length_outcome_next_run_and_rule(mai):
    swept, claims = (slots(job)[0].slot.isoformat() for job in ("sweep", "claims"))
    with bookkeeping():
        note("sweep", swept, {"lapsed": 4}, took_ms=1250)
        note("claims", claims, {"error": "RuntimeError: hỏng"})

    page = mai.get(PAGE).text

    assert [job for job in TIMETABLE if JOBS[job] not in page] == []
    sweep = row_of(page, "sweep")
    assert "1,25 giây" in sweep
    assert "4 quá hạn" in sweep
    assert "2021-05-17T08:31:00+07:00" in sweep
    assert "Dừng vì lỗi" in row_of(page, "claims")
    assert "RuntimeError: hỏng" in row_of(page, "claims")
    assert "Chạy bù từng lượt đã lỡ" in row_of(page, "open_periods")


def test_a_job_run_now_stands_beside_the_timetable_and_takes_none_of_its_slots(mai, cast, clock_at):
    clock_at("2021-05-17 09:15:00")

    assert mai.send(f"{PAGE}viec/reminders/chay").status_code == 303

    by_hand = slots("reminders")[-1]
    assert by_hand.asked_by == cast.mai.id
    waiting = db.session.scalars(
        text("SELECT payload ->> 'job' FROM outbox WHERE key LIKE 'job:reminders:%'")
    )
    assert list(waiting) == ["reminders", "reminders"]
    assert acts() == [("job:run", "job:reminders")]
    assert "do Đặng Thị Mai cho chạy" in mai.get(PAGE).text
    clock_at("2021-05-18 08:00:05")
    assert "reminders" in [name for name, _ in Clock().tick()]


def test_a_paused_job_claims_nothing_until_it_is_let_go_and_then_catches_up(mai, cast, clock_at):
    clock = Clock()
    clock.tick()
    assert mai.send(f"{PAGE}viec/open_periods/tam-dung", reason="Chờ văn bản mới").status_code == 303
    clock_at("2021-07-02 08:00:00")

    assert "open_periods" not in [name for name, _ in clock.tick()]
    assert "Chờ văn bản mới" in row_of(mai.get(PAGE).text, "open_periods")
    mai.send(f"{PAGE}viec/open_periods/chay-tiep")

    caught_up = [f"{slot:%d/%m}" for name, slot in clock.tick() if name == "open_periods"]
    assert caught_up == ["01/06", "01/07"]
    assert acts() == [("job:pause", "job:open_periods"), ("job:resume", "job:open_periods")]
    assert db.session.scalars(select(JobPause)).all() == []


def test_a_pause_needs_a_reason_and_is_given_once(mai, cast):
    mai.send(f"{PAGE}viec/sweep/tam-dung", reason=" ")
    assert acts() == []

    mai.send(f"{PAGE}viec/sweep/tam-dung", reason="Bảo trì")
    mai.send(f"{PAGE}viec/sweep/tam-dung", reason="Bảo trì")

    assert acts() == [("job:pause", "job:sweep")]


def test_what_is_no_job_and_who_has_no_right_change_nothing(mai, cast, client):
    mai.send(f"{PAGE}viec/rm/chay")
    son = client.as_(cast.son)
    for act in ("chay", "tam-dung", "chay-tiep"):
        assert son.send(f"{PAGE}viec/sweep/{act}", reason="x").status_code == 403

    assert acts() == []


def test_the_preview_screen_shows_what_would_happen_and_does_nothing(mai, make, cast, clock_at):
    clock_at("2021-05-17 08:31:00")
    draft = make.submission()

    page = mai.get(f"{PAGE}sap-toi?luc=2021-05-20T00:05").text

    assert "Bản nháp quá hạn" in page
    # Its title leads to it, with the code beside it, as in every list.
    said = f'>{draft.revision.title}</a> <span class="small ink-3 code">{draft.code}</span>'
    assert f'<a class="row-title" href="/quan-tri/bai/{draft.id}/"{said}' in page
    db.session.refresh(draft)
    assert draft.state == "drafted"
    assert "Chỉ xem trước được từ bây giờ trở đi." in mai.get(f"{PAGE}sap-toi?luc=2021-05-01T00:05").text
    assert mai.get(f"{PAGE}sap-toi?luc=x").status_code == 200


def test_what_the_sweep_stumbles_at_is_shown_with_its_piece_until_it_is_got_over(
    mai, make, clock_at, superuser
):
    from workflow import deadlines

    bad, _ = make.submission(), make.submission()
    with superuser.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("UPDATE submission SET version = 0 WHERE id = :id"), {"id": bad.id})
    assert "Việc theo lịch bị vướng" not in mai.get(PAGE).text
    clock_at("2021-05-20 00:01")
    deadlines.sweep()

    shown = mai.get(PAGE).text.split('id="vuong"')[1].split("</section>")[0]

    assert bad.code in shown
    assert JOBS["sweep"] in shown
    assert "uq_audit_event_stream_seq" in shown
