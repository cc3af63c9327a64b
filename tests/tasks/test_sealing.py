"""What the clock does for the proof: it seals each minute, and looks each night whether the trail is whole."""

import pytest
from sqlalchemy import text

from tasks import sealing as errands
from tasks import timetable
from workflow import clock
from workflow.engine.unit_of_work import bookkeeping
from workflow.queries import seals
from workflow.queries.audit_check import KINDS
from workflow.settings import settings

pytestmark = pytest.mark.database


def test_each_minute_seals_what_is_new(make):
    make.submission()

    first, second = errands.seal(clock.now()), errands.seal(clock.now())

    assert first["sealed"] == seals.newest().size
    assert second == {"sealed": 0}


def test_where_another_process_seals_this_one_does_nothing(make, monkeypatch):
    make.submission()
    monkeypatch.setattr(settings(), "database_sealer_url", "")

    assert errands.seal(clock.now()) == {}
    assert seals.newest() is None


def test_the_nightly_look_is_remembered_for_the_audit_screen(make, superuser, clock_at):
    make.submission()
    assert seals.newest_look() is None

    def look(night: str) -> None:
        slot = clock_at(night)
        assert timetable.claim(timetable.TIMETABLE["audit_check"], slot)
        with bookkeeping():
            timetable.run("audit_check", slot.isoformat())()

    look("2021-05-18 03:00")
    assert seals.newest_look().outcome["damages"] == 0
    with superuser.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("DELETE FROM audit_event WHERE action = 'submission:create'"))
    look("2021-05-19 03:00")

    newest = seals.newest_look()
    assert newest.outcome["damages"] > 0
    assert newest.outcome["first"]["kind"] in KINDS
