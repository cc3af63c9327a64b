"""What would happen at a moment, told by the functions that do it, and nothing of it done."""

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from models.base import db
from models.organisation import Unit
from models.outbox import Letter
from models.vocabulary import Consent
from tasks import foresight, timetable
from workflow import clock, deadlines, submissions, writing
from workflow.engine.unit_of_work import change
from workflow.wording import FORESEEN

pytestmark = pytest.mark.database


def here(local: str) -> datetime:
    return datetime.fromisoformat(local).replace(tzinfo=clock.ZONE)


def told(at: str) -> list[tuple]:
    db.session.rollback()
    return [(each.what, each.about, each.unit, each.letter, each.to) for each in foresight.foresee(here(at))]


def everything() -> dict[str, int]:
    """Every table with a digest of all its rows."""
    db.session.rollback()
    names = db.session.scalars(
        text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    ).all()
    return {
        name: db.session.execute(
            text(f"SELECT coalesce(sum(hashtextextended(t::text || t.xmin, 0)), 0) FROM {name} t")
        ).scalar_one()
        for name in names
    }


def test_every_job_has_a_plan_and_every_word_of_it_is_known():
    assert set(foresight.PLANS) == set(timetable.TIMETABLE)
    source = Path(foresight.__file__).read_text("utf-8")
    assert [word for word in FORESEEN if f'"{word}"' not in source] == []


@pytest.fixture
def busy_house(make, cast, clock_at):
    """A draft that lapses, a claim that runs out, a piece with its hour, one whose consent was taken back."""
    clock_at("2021-05-14 09:00")
    pieces = {
        "draft": make.submission(),
        "claimed": make.submission(state="submitted", unit=cast.town_ky_anh, author=cast.nga),
        "due": make.submission(state="approved"),
        "held": make.submission(state="approved", with_picture=True),
    }
    submissions.claim(pieces["claimed"].id, by=cast.son)
    for name in ("due", "held"):
        submissions.perform(pieces[name].id, "schedule", by=cast.phuong, until=here("2021-05-18 07:00"))
    picture = db.session.execute(text("SELECT attachment_id FROM revision_attachment LIMIT 1")).scalar_one()
    writing.answer(pieces["held"].id, picture, Consent.NO, by=cast.binh)
    clock_at("2021-05-17 08:30")
    return {name: piece.code for name, piece in pieces.items()}


def test_the_preview_tells_every_lapse_letter_release_and_publication_of_the_moment(busy_house, cast):
    seen = told("2021-05-20T00:05")

    binh, lan = "binh@example.edu.vn", "lan@example.edu.vn"
    assert ("lapse", busy_house["draft"], "h-can-loc", "", ()) in seen
    assert ("release", busy_house["claimed"], "tx-ky-anh", "", ()) in seen
    assert ("publication", busy_house["due"], "h-can-loc", "", ()) in seen
    assert ("publication_refused", busy_house["held"], "h-can-loc", "", ()) in seen
    letters = {(about, kind): to for what, about, _, kind, to in seen if what == "letter"}
    assert set(letters[busy_house["due"], "published"]) == {binh, lan}
    assert (busy_house["held"], "published") not in letters


def test_the_preview_is_what_then_happens(busy_house, cast, clock_at, work, broker):
    from tasks.timetable import Clock

    Clock().tick()
    work()
    before = set(db.session.scalars(text("SELECT key FROM letter")))
    clock_at("2021-05-20 08:00:00")
    foreseen = foresight.foresee(clock.now())

    Clock().tick()
    work()

    acts = {"lapse": "lapse", "release": "lapse_claim", "publication": "publish"}
    happened = db.session.execute(
        text("SELECT s.code, e.action FROM audit_event e JOIN submission s ON s.id = e.submission_id"
             " WHERE e.actor_id IS NULL AND e.action NOT LIKE '%refused%'")
    )  # fmt: skip
    assert {(row.code, row.action.removeprefix("submission:")) for row in happened} >= {
        (each.about, acts[each.what]) for each in foreseen if each.what in acts
    }
    written = {
        (letter.kind, letter.to_address) for letter in db.session.query(Letter) if letter.key not in before
    }
    assert {(each.letter, to) for each in foreseen if each.what == "letter" for to in each.to} == written
    assert {kind for kind, _ in written} >= {"late_notice", "published"}


def test_the_preview_changes_nothing_and_the_database_keeps_it_from_writing(
    busy_house, statements, monkeypatch
):
    before = everything()

    with statements() as seen:
        assert told("2021-05-20T08:00")

    writing_words = ("insert", "update", "delete", "lock", "truncate")
    assert [
        sql for sql in seen if sql.lstrip().lower().startswith(writing_words) or "FOR UPDATE" in sql
    ] == []
    assert everything() == before

    def careless(_slot, _at):
        with change():
            db.session.get(Unit, 1)
            db.session.execute(text("UPDATE unit SET note = 'x'"))
        return ()

    monkeypatch.setattr(foresight, "PLANS", {**foresight.PLANS, "sweep": careless})
    with pytest.raises(Exception, match="read-only"):
        told("2021-05-20T08:00")


def test_months_that_close_and_open_are_told(make, clock_at):
    with change():
        deadlines.ensure_period(2021, 5)
    clock_at("2021-05-24 09:00")

    seen = told("2021-06-01T00:06")

    assert ("closing", "KY-2021-05", "", "", ()) in seen
    assert {about for what, about, *_ in seen if what == "opening"} == {"KY-2021-06", "KY-2021-07"}


def test_the_past_is_not_previewed(make, clock_at, refused):
    assert refused(lambda: foresight.foresee(here("2021-05-01T00:00"))) == "moment_passed"


def test_who_cannot_be_reckoned_with_is_told_among_the_others(cast, clock_at, endless):
    with change():
        may = deadlines.ensure_period(2021, 5)
    endless(may.id)
    clock_at("2021-05-11 09:00")

    foreseen = told("2021-05-12 08:00")

    assert {unit for what, _, unit, letter, _ in foreseen if letter == "reminder_t7"} == {
        "h-ky-anh",
        "tx-ky-anh",
    }
    assert ("letter_unclear", "", "h-can-loc", "", ()) in foreseen


def test_the_preview_looks_through_so_many_waiting_rows_and_no_more(cast, put, monkeypatch, clock_at):
    clock_at("2021-05-17 08:30")
    for number in range(3):
        put("letter:committee_incomplete", f"committee:{number}", unit=cast.can_loc.id, on="2021-05-17")
    monkeypatch.setattr(foresight, "MOST", 2)

    waiting = [each for each in foresight.foresee(clock.now()) if not each.job]

    assert [each.letter for each in waiting] == ["committee_incomplete"] * 2
