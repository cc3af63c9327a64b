"""The demo: a month played from a score, once, up to the curtain and on when the clock passes."""

import csv
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, delete, func, select

from models.attachment import Attachment
from models.audit import AuditEvent
from models.base import db
from models.envelope import Envelope
from models.house import HouseFact
from models.organisation import Committee
from models.outbox import Letter
from models.people import Account
from models.submission import Submission
from models.vocabulary import AttachmentKind, SeatKind
from tasks import deadlines as reminding
from tasks import foresight, post
from tasks.rehearsal import loading, playing, refusing, score
from tests.stage import Stage
from workflow import accounts, clock, committees, deadlines, founding, organisation, submissions
from workflow.engine.unit_of_work import change
from workflow.queries import audit, audit_check, reports

pytestmark = pytest.mark.database

MIDNIGHT = score.local("2021-05-20 00:05")


@pytest.fixture(autouse=True)
def nothing_played(app: Flask, superuser: Engine) -> Iterator[None]:
    """The house's facts outlive a test; that a play has begun must not."""
    yield
    db.session.rollback()
    with superuser.begin() as connection:
        connection.execute(delete(HouseFact).where(HouseFact.name == playing.NOTE))


@pytest.fixture
def demo(app: Flask, stage: Stage, clock_at: Callable[[str], datetime], password_hash: str) -> None:
    """The demo, laid down, at the rise of the curtain."""
    stage.set("demo", lambda: lay_down(password_hash))
    if db.session.get(HouseFact, playing.NOTE) is None:
        with change() as session:
            session.add(HouseFact(name=playing.NOTE, value=score.local(score.CURTAIN).isoformat()))
    clock_at(score.CURTAIN)


def lay_down(password_hash: str) -> list[str]:
    founding.seat_demo_people(password_hash)
    return list(loading.load(lambda _: password_hash))


def states() -> dict[str, str]:
    rows = db.session.execute(select(Submission.import_id, Submission.state))
    return {row.import_id: row.state for row in rows if row.import_id}


def count_all() -> tuple[int, ...]:
    return tuple(
        db.session.scalar(select(func.count()).select_from(table)) or 0
        for table in (Account, Submission, Envelope, AuditEvent)
    )


def test_a_full_mailbox_leaves_one_dead_letter_which_the_administrator_sends_in_two_presses(
    make, cast, client, broker, work, rows, set_to, tmp_path
):
    set_to(TOASOAN_DATA=tmp_path)
    dung = accounts.add(refusing.FULL, full_name="Trần Thị Ngọc Dung", by=None)
    committee = db.session.scalars(select(Committee).where(Committee.unit_id == cast.can_loc.id)).one()
    committees.seat(committee, dung, SeatKind.LEADER, by=None, since=date(2021, 4, 1))
    submissions.submit(make.submission().id, by=dung)
    submissions.submit(make.submission().id, by=dung)

    work()

    [(dead, error)] = rows("id, error", "state = 'dead'")
    assert error == "PermanentFailure: mail.example.edu.vn: DATA: 552 5.2.2 Mailbox full"
    mai = client.as_(cast.mai)
    mai.read_token("/quan-tri/hang-doi/")
    page = mai.get("/quan-tri/hang-doi/").text
    assert error in page
    assert f"gửi Trần Thị Ngọc Dung, {refusing.FULL}" in page
    assert "Máy chủ thư từ chối thư này." in page
    mai.send(f"/quan-tri/hang-doi/{dead}/chay-lai")
    work()
    assert rows("id", "state <> 'done'") == []
    letters = db.session.scalars(select(Letter.state).where(Letter.to_address == refusing.FULL))
    assert set(letters) == {"sent"}
    # Who is written to by blind copy alone has no mailbox that could be full.
    unaddressed = EmailMessage()
    unaddressed["To"], unaddressed["Date"], unaddressed["Message-ID"] = "", clock.now(), "<1@example.edu.vn>"
    refusing.RehearsedPost(post.OutboxFolder(tmp_path / "mới")).send(unaddressed, bytes(unaddressed))
    assert len(list((tmp_path / "mới").glob("*.eml"))) == 1


def test_no_two_scenes_happen_at_the_same_moment() -> None:
    moments = [scene.at for scene in score.scenes()]

    assert len(moments) == len(set(moments))
    assert all(scene.is_arrival for scene in score.scenes() if scene.at > score.local(score.CURTAIN))


def test_a_newcomer_comes_in_on_monday_morning_with_work_in_every_state(demo: None) -> None:
    found = states()

    assert [name for name, state in sorted(found.items()) if state == "published"] == [
        "S01",
        "S05",
        "S12",
        "S28",
    ]
    assert [name for name, state in sorted(found.items()) if state == "approved"] == ["S02", "S19"]
    assert [name for name, state in sorted(found.items()) if state == "edited"] == ["S26", "S29"]
    assert [name for name, state in sorted(found.items()) if state == "drafted"] == [
        "N01",
        "N02",
        "N03",
        "S17",
    ]
    assert audit_check.check().is_whole


def test_what_happened_is_recorded_at_its_own_time(demo: None) -> None:
    approved = db.session.scalars(
        select(AuditEvent.at).where(AuditEvent.action == "submission:approve").order_by(AuditEvent.id)
    ).first()

    assert approved is not None
    assert approved.startswith("2021-05-06T01:20")
    # The people of the department were seated before the clock was set back; the trail still offers the month.
    first = db.session.scalars(select(AuditEvent.at).order_by(AuditEvent.id).limit(1)).one()
    assert first > "2021-06"
    assert audit.choices(None).months == ["2021-05"]


def test_loading_again_doubles_nothing(demo: None, password_hash: str) -> None:
    before = count_all()

    said = list(loading.load(lambda _: password_hash))

    assert count_all() == before
    assert "diễn 0 cảnh" in said[-1]


def test_a_load_that_was_interrupted_goes_on_where_it_stopped(
    app: Flask, password_hash: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    founding.seat_demo_people(password_hash)
    played = iter(range(1000))

    def pulled_plug(scene: score.Scene) -> None:
        if next(played) == 7:
            raise KeyboardInterrupt
        pieces(scene)

    pieces = playing.PLAYERS["piece"]
    monkeypatch.setitem(playing.PLAYERS, "piece", pulled_plug)  # type: ignore[arg-type]
    with pytest.raises(KeyboardInterrupt):
        list(loading.load(lambda _: password_hash))
    list(loading.load(lambda _: password_hash))

    assert len(states()) == 18
    assert clock.now() - score.local(score.CURTAIN) < (MIDNIGHT - score.local("2021-05-20 00:00"))
    assert audit_check.check().is_whole


def test_after_the_deadline_the_count_is_the_oracles_and_one_letter_alone_is_given_up(
    demo: None, work: Callable[[], int], rows: Callable[..., list[Any]]
) -> None:
    """Nine pieces came by mail. The films are stand-ins nobody can clean, which is noted at them and no dead work."""
    reminding.remind(score.local("2021-05-17 08:00"))
    work()
    clock.travel(MIDNIGHT, by=None)

    playing.arrive(clock.now())
    lapsed = deadlines.sweep()
    twin = db.session.scalars(select(Submission).where(Submission.import_id == "S09")).one()
    editor = accounts.by_email("editor@example.edu.vn")
    submissions.perform(twin.id, "uncount", by=editor, kind="duplicate", reason="trùng S07")

    oracle = (score.DATA / "expected_2021-05.csv").read_text("utf-8").splitlines()
    counted = [{name: str(v) for name, v in unit.as_row().items()} for unit in reports.month(2021, 5)]
    assert counted == list(csv.DictReader(oracle))
    assert lapsed == 3
    assert db.session.scalar(select(func.count()).select_from(Envelope)) == 8
    work()
    given_up = rows("error", "state <> 'done'")
    assert given_up == [("PermanentFailure: mail.example.edu.vn: DATA: 552 5.2.2 Mailbox full",)]
    films = select(Attachment.public_refused).where(Attachment.kind == AttachmentKind.VIDEO)
    assert db.session.scalars(films).all() == ["video_damaged"] * 3


def test_an_arrival_that_is_refused_does_not_hold_up_the_next(demo: None) -> None:
    admin = accounts.by_email("admin@example.edu.vn")
    committee = organisation.by_code("h-loc-ha")
    in_force = committees.in_force(committee)
    assert in_force is not None
    committees.dissolve(in_force, on=clock.now().date(), by=admin)
    due = playing.coming(MIDNIGHT)
    foreseen = [each.about for each in foresight.foresee(MIDNIGHT) if each.what == "arrival"]
    clock.travel(MIDNIGHT, by=None)

    told = playing.arrive(clock.now())

    assert told == {"arrived": 7, "refused": 1}
    # By their titles and subjects, as people know them.
    assert len(foreseen) == len(due) == 8
    assert {scene.what["title"] for scene in due if scene.kind == "piece"} < set(foreseen)
    assert not [name for name in foreseen if not name or name.endswith(".eml")]
    assert playing.arrive(clock.now()) == {"arrived": 0, "refused": 0}


def test_without_a_demo_nothing_arrives(app: Flask) -> None:
    assert playing.arrive(datetime(2021, 6, 1, tzinfo=UTC)) == {"arrived": 0, "refused": 0}
