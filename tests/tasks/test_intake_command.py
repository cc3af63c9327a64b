"""`toasoan intake`: a folder of mails, one line of JSON each."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from models.base import db
from models.envelope import Envelope
from tasks.commands import intake
from workflow.settings import Mode, settings

pytestmark = pytest.mark.database

DATA = Path(__file__).parents[2] / "tasks/rehearsal/data"


@pytest.fixture
def toasoan(app, province):
    """Runs the command as the command line does: `toasoan("mail/", "--json")`."""
    return lambda *words: app.test_cli_runner().invoke(intake, [str(word) for word in words])


def test_a_folder_of_mails_is_one_line_of_json_each(toasoan):
    ran = toasoan(DATA / "mail", "--json")

    told = [json.loads(row) for row in ran.stdout.splitlines()]
    assert ran.exit_code == 0
    assert [(row["file"][:3], row["outcome"], row["reason"], len(row["submissions"])) for row in told] == [
        ("m01", "accepted", "", 1),
        ("m02", "accepted", "", 1),
        ("m03", "accepted", "", 1),
        ("m04", "accepted", "", 1),
        ("m05", "tray", "unknown_sender", 0),
        ("m06", "accepted", "", 1),
        ("m07", "accepted", "", 1),
        ("m08", "accepted", "", 3),
    ]
    assert told[0]["message_id"] == "<CAF0001honglinh@mail.example.edu.vn>"


def test_a_second_run_doubles_nothing_and_names_what_the_first_made(toasoan):
    first = [json.loads(row) for row in toasoan(DATA / "mail", "--json").stdout.splitlines()]
    again = [json.loads(row) for row in toasoan(DATA / "mail", "--json").stdout.splitlines()]

    assert {row["outcome"] for row in again} == {"duplicate"}
    assert [row["submissions"] for row in again] == [row["submissions"] for row in first]


def test_a_receipt_time_can_be_set_in_a_rehearsal(toasoan):
    mail = next((DATA / "mail").glob("m01*.eml"))

    ran = toasoan(mail, "--received-at", "2021-05-19T23:59:59+07:00")

    assert ran.exit_code == 0
    kept = db.session.scalars(select(Envelope)).one()
    assert kept.received_at == datetime(2021, 5, 19, 16, 59, 59, tzinfo=UTC)


def test_a_set_receipt_time_is_refused_outside_a_rehearsal(toasoan, monkeypatch):
    monkeypatch.setattr(settings(), "mode", Mode.PRODUCTION)

    ran = toasoan(DATA / "mail", "--received-at", "2021-05-19", "--json")

    assert ran.exit_code == 1
    assert json.loads(ran.stdout)["code"] == "rehearsal_only"


def test_a_path_that_is_not_there_is_wrong_usage(toasoan):
    assert toasoan("khong-co.eml").exit_code == 2
