"""Pools that shrink again: what a burst opened is let go once it is over, and never what somebody uses."""

import contextlib
import time

import pytest
from sqlalchemy import text

from models.base import db
from workflow.engine import tides

pytestmark = pytest.mark.database

PID = text("SELECT pg_backend_pid()")
ALIVE = text("SELECT pid FROM pg_stat_activity WHERE pid = ANY (:pids)")


def ebb() -> None:
    tides.ebb(db.engines.values())


@pytest.mark.parametrize("bind", [None, "moves"])
def test_a_burst_leaves_one_connection_and_nobody_loses_his(app, superuser, bind):
    pool = db.engines[bind]
    pool.dispose()

    def burst(size: int) -> tuple[list[int], contextlib.ExitStack]:
        several = contextlib.ExitStack()
        opened = [several.enter_context(pool.connect()) for _ in range(size)]
        return [one.execute(PID).scalar_one() for one in opened], several

    pids, several = burst(4)
    with several:
        ebb()
    # Four were in use since the last ebb; from the next one on it is none.
    ebb()
    assert pool.pool.checkedin() == 4
    with pool.connect() as mine:
        kept = mine.execute(PID).scalar_one()
        ebb()
        ebb()
        assert mine.execute(PID).scalar_one() == kept
    assert pool.pool.checkedin() == 1
    gone = {"pids": [pid for pid in pids if pid != kept]}
    until = time.monotonic() + 10
    with superuser.connect().execution_options(isolation_level="AUTOCOMMIT") as admin:
        while admin.execute(ALIVE, gone).all():
            assert time.monotonic() < until, "the server still holds them"

    again, several = burst(4)
    several.close()

    assert kept in again
    assert len(set(again)) == 4
