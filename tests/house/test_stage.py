"""The stage of the tests themselves: a scene is the same rows each time, and nothing that stood there before."""

import subprocess

import pytest
from sqlalchemy import func, select

from models.base import db
from models.outbox import OutboxMessage
from models.people import Account
from tests import mutants
from tests.stage import Stage
from workflow import accounts, outbox
from workflow.engine.unit_of_work import bookkeeping, change

pytestmark = pytest.mark.database


def people() -> int:
    return db.session.scalar(select(func.count()).select_from(Account)) or 0


def lay_one() -> None:
    with change():
        accounts.add("mot@example.edu.vn", full_name="Trần Thị Một", by=None)


def test_a_scene_is_put_back_as_it_was_laid(app, superuser):
    stage = Stage(superuser)
    stage.set("one_person", lay_one)
    first = accounts.by_email("mot@example.edu.vn").id
    stage.strike()
    db.session.rollback()
    assert people() == 0

    stage.set("one_person", lambda: None)

    assert (people(), accounts.by_email("mot@example.edu.vn").id) == (1, first)


def test_what_stood_there_before_does_not_become_part_of_a_scene(app, superuser):
    stage = Stage(superuser)
    with bookkeeping():
        outbox.put("letter:receipt", "da-co-tu-truoc", {})
    stage.set("beside", lay_one)
    stage.strike()
    db.session.rollback()

    stage.set("beside", lay_one)

    assert people() == 1
    assert db.session.scalar(select(func.count()).select_from(OutboxMessage)) == 0


@pytest.mark.parametrize("code", [0, 1, 2, 3, 5, -9])
def test_a_mutant_is_killed_by_a_test_that_failed_and_by_nothing_else(monkeypatch, code):
    ended = subprocess.CompletedProcess([], code)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: ended)

    if code not in (0, 1):
        with pytest.raises(RuntimeError, match=r"x_guard__mutmut_7: "):
            mutants._survives("x_guard__mutmut_7")
    else:
        assert mutants._survives("x_guard__mutmut_7") is (code == 0)
