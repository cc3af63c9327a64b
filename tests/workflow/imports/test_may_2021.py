"""The month of May 2021, imported: every piece is judged at its own time, and the count is the oracle's."""

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from models.attachment import Attachment, ConsentAnswer
from models.base import db
from models.people import Account
from models.submission import Submission
from models.vocabulary import AttachmentKind, Consent, MonthStatus, Role, UncountReason
from tests.stage import Stage
from workflow import accounts, committees, deadlines, organisation, submissions
from workflow.imports import categories, units
from workflow.imports import committees as committee_lists
from workflow.imports import submissions as pieces
from workflow.imports.rows import Outcome
from workflow.queries import audit_check, reports

DATA = Path(__file__).resolve().parents[3] / "tasks" / "rehearsal" / "data"


@pytest.fixture
def may(stage: Stage, app: Flask) -> None:
    """An editor, the units, sections and committees, and the thirty pieces."""

    def lay() -> None:
        person = accounts.add("editor@example.edu.vn", full_name="Nguyễn Thị Minh Châu", by=None)
        accounts.grant(person, Role.EDITOR, by=None)
        assert {outcome.outcome for outcome in everything()} == {"added"}

    stage.set("may", lay)


@pytest.fixture
def editor(may: None) -> Account:
    return accounts.by_email("editor@example.edu.vn")


def everything() -> list[Outcome]:
    for taken in (
        units.take_units(DATA / "units.csv"),
        units.take_successions(DATA / "unit_events.csv"),
        categories.take(DATA / "categories.csv"),
        committee_lists.take(DATA / "committees.csv"),
    ):
        assert {outcome.outcome for outcome in taken} <= {"added", "unchanged"}
    return list(pieces.take(DATA / "submissions.json"))


def piece(import_id: str) -> Submission:
    return db.session.scalars(select(Submission).where(Submission.import_id == import_id)).one()


def oracle() -> list[dict[str, str]]:
    return list(csv.DictReader((DATA / "expected_2021-05.csv").read_text("utf-8").splitlines()))


def test_the_count_of_may_2021_is_the_oracles_in_every_field(may: None, editor: Account) -> None:
    submissions.perform(piece("S09").id, "uncount", by=editor, kind="duplicate", reason="trùng S07")
    deadlines.sweep(at=datetime(2021, 5, 19, 17, 5, tzinfo=UTC))

    counted = reports.month(2021, 5)

    assert [{name: str(v) for name, v in unit.as_row().items()} for unit in counted] == oracle()
    assert {unit.unit for unit in counted if unit.status == MonthStatus.SILENT} == {"h-vu-quang"}
    assert {unit.unit for unit in counted if unit.status == MonthStatus.LATE} == {"h-huong-khe"}
    assert {unit.unit for unit in counted if unit.status == MonthStatus.SHORT} == {"h-loc-ha", "h-duc-tho"}


def test_a_piece_is_judged_at_the_moment_it_was_sent(may: None) -> None:
    eighteen_minutes_before, three_minutes_after = piece("S11"), piece("S18")

    assert not eighteen_minutes_before.sent_late
    assert three_minutes_after.sent_late
    assert three_minutes_after.period.code == "KY-2021-05"
    assert three_minutes_after.first_sent_at == datetime(2021, 5, 19, 17, 3, tzinfo=UTC)


def test_importing_again_changes_nothing(may: None) -> None:
    again = everything()

    assert {outcome.outcome for outcome in again} == {"unchanged"}
    assert len(again) == 30


def test_partial_consent_is_unknown_with_a_note_and_no_child_is_none(may: None) -> None:
    def answers(import_id: str) -> list[tuple[Consent, bool]]:
        query = select(ConsentAnswer).join(Attachment).where(Attachment.submission_id == piece(import_id).id)
        return [(row.answer, bool(row.note)) for row in db.session.scalars(query.order_by(ConsentAnswer.id))]

    assert answers("S03") == [(Consent.UNKNOWN, True)]
    assert answers("S02") == [(Consent.YES, False), (Consent.NONE, False)]
    assert answers("S17") == [(Consent.NO, False)]


def test_every_file_that_is_named_is_there(may: None) -> None:
    kinds = list(db.session.scalars(select(Attachment.kind)))

    assert (kinds.count(AttachmentKind.PICTURE), kinds.count(AttachmentKind.VIDEO)) == (18, 3)


def test_a_bad_row_is_refused_and_the_others_go_on(app: Flask, tmp_path: Path) -> None:
    header = "code,name,kind,valid_from,valid_to,gso_code,admin_unit\n"
    table = tmp_path / "units.csv"
    table.write_text(
        f"{header}a,Phòng A,phong_gddt,2021-04-01,,1,Huyện A\nb,Phòng B,phong_gddt,hôm qua,,2,Huyện B\n"
        "c,Phòng C,phong_gddt,2021-04-01,2020-01-01,3,Huyện C\n",
        encoding="utf-8",
    )

    outcomes = list(units.take_units(table))

    assert [(o.row, o.key, o.outcome, o.code) for o in outcomes] == [
        (2, "a", "added", ""),
        (3, "b", "refused", "date_invalid"),
        (4, "c", "refused", "dates_invalid"),
    ]


def test_a_member_whose_title_was_corrected_is_changed_not_doubled(may: None, tmp_path: Path) -> None:
    lines = (DATA / "committees.csv").read_text("utf-8").splitlines()
    table = tmp_path / "committees.csv"
    table.write_text(f"{lines[0]}\n{lines[1].replace('Phó Trưởng phòng', 'Trưởng phòng')}\n", "utf-8")

    outcomes = list(committee_lists.take(table))

    assert [outcome.outcome for outcome in outcomes] == ["changed"]
    committee = committees.in_force(organisation.by_code("tp-ha-tinh"))
    assert committee is not None
    assert committees.standing(committee)[0].title == "Trưởng phòng GDĐT"
    assert len(committees.standing(committee)) == 5


def test_exempt_units_and_other_reasons_are_told_apart(may: None, editor: Account) -> None:
    vu_quang = organisation.by_code("h-vu-quang")
    period = piece("S01").period
    deadlines.exempt(period, unit=vu_quang, reason="Nghỉ bão", by=editor)
    submissions.perform(piece("S19").id, "uncount", by=editor, kind="advertising", reason="quảng cáo")

    found = {unit.unit: unit for unit in reports.month(2021, 5)}

    assert found["h-vu-quang"].status == MonthStatus.EXEMPT
    assert (found["h-huong-son"].received, found["h-huong-son"].uncounted) == (2, 1)
    assert found["h-huong-son"].status == MonthStatus.SHORT
    assert piece("S19").uncounted == UncountReason.ADVERTISING


def test_a_month_of_last_year_shows_its_own_units(may: None) -> None:
    list(units.take_units(DATA / "units_2025.csv"))

    assert len(reports.month(2021, 5)) == 13
    assert reports.month(2019, 1) == []


def test_the_trail_of_a_whole_month_is_whole(may: None) -> None:
    verdict = audit_check.check()

    assert verdict.is_whole
    assert verdict.events >= 60
