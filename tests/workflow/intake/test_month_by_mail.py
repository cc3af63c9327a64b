"""May 2021 with nine of its thirty pieces coming by mail: the count is the same, and the copy is noticed."""

import csv
import json
from pathlib import Path

import pytest
from sqlalchemy import select

from models.base import db
from models.submission import Submission
from models.vocabulary import Role
from workflow import accounts, submissions
from workflow.imports import categories, committees, units
from workflow.imports import submissions as pieces
from workflow.intake import receiving
from workflow.queries import audit_check, duplicates, reports

pytestmark = pytest.mark.database

DATA = Path(__file__).resolve().parents[3] / "tasks/rehearsal/data"
BY_MAIL = {"S06", "S07", "S10", "S15", "S18", "S21", "S22", "S23", "S25"}


@pytest.fixture
def month(app, clock_at, tmp_path) -> list[receiving.Outcome]:
    """Everything of May 2021, each piece once: twenty-one from the list, nine in seven of the eight mails."""
    clock_at("2021-05-20 08:00")
    for taken in (
        units.take_units(DATA / "units.csv"),
        categories.take(DATA / "categories.csv"),
        committees.take(DATA / "committees.csv"),
    ):
        list(taken)
    listed = json.loads((DATA / "submissions.json").read_text("utf-8"))
    listed["submissions"] = [piece for piece in listed["submissions"] if piece["id"] not in BY_MAIL]
    (tmp_path / "submissions.json").write_text(json.dumps(listed), "utf-8")
    list(pieces.take(tmp_path / "submissions.json"))
    return [receiving.receive(mail.read_bytes()) for mail in sorted((DATA / "mail").glob("*.eml"))]


def test_the_count_of_may_is_the_same_by_mail_and_the_copy_is_noticed(month):
    copy = db.session.scalars(select(Submission).where(Submission.import_id == "S09")).one()
    first = month[5].submissions

    noticed = [twin.code for twin in duplicates.of(copy.id)]
    editor = accounts.add("editor@example.edu.vn", full_name="Nguyễn Thị Minh Châu", by=None)
    accounts.grant(editor, Role.EDITOR, by=None)
    submissions.perform(copy.id, "uncount", by=editor, kind="duplicate", reason=f"trùng {first[0]}")

    oracle = list(csv.DictReader((DATA / "expected_2021-05.csv").read_text("utf-8").splitlines()))
    assert noticed == first
    assert [
        {name: str(value) for name, value in unit.as_row().items()} for unit in reports.month(2021, 5)
    ] == oracle
    assert audit_check.check().damages == ()
