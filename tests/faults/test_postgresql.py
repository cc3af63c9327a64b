"""F15 to F17: backends are shot, the answer to a COMMIT is lost, connections are used up.

F14, the whole server stopped under load, belongs to test_storm.py; deadlocks and long locks (F18, F19) to
tests/workflow/engine/test_patience.py.
"""

import threading

import pytest
from sqlalchemy import text

from models.base import db
from tests.faults import invariants, proxy
from tests.faults.conftest import FULL
from tests.faults.processes import until
from tests.faults.visitors import Sending

pytestmark = [pytest.mark.database, pytest.mark.fault, pytest.mark.timeout(400)]

SHOOT = text("""
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE datname = current_database() AND usename = 'toasoan_app' AND random() < 0.5
""")


@pytest.fixture
def shooting(superuser):
    """Half of the program's connections are ended every 25 ms, until `over` is set; how many in all."""
    over, shot = threading.Event(), []

    def shoot() -> None:
        while not over.wait(0.025):
            with superuser.begin() as connection:
                shot.append(connection.execute(SHOOT).scalar_one())

    yield lambda: threading.Thread(target=shoot, daemon=True).start(), lambda: (over.set(), sum(shot))[1]
    over.set()
    # Ours were shot too.
    db.session.remove()
    for engine in db.engines.values():
        engine.dispose()


def test_f15_a_sweep_among_shot_backends_is_exact(
    make, one_letter, bear, post_office, only_jobs, drained, clock_at, shooting, superuser
):
    drafts = len([make.submission() for _ in range(20)])
    only_jobs("sweep")
    start, stop = shooting
    # The sweep of the start may be through before the deadline: what counts is that no draft is left.
    left = text("SELECT count(*) FROM submission WHERE state = 'drafted'")

    def is_swept() -> bool:
        with superuser.connect() as connection:
            return connection.execute(left).scalar_one() == 0

    with bear("clock"), bear("worker"):
        # Both are there: who is shot before he began is started again by his supervisor, of whom there is none here.
        one_letter()
        drained()
        clock_at("2021-05-20 00:00:58")
        start()
        # Nothing may come of it for as long as it lasts.
        threading.Event().wait(20 if FULL else 3)
        shot = stop()
        db.session.remove()
        db.engine.dispose()
        until(is_swept, seconds=90, log=post_office.log)
        drained()

    assert shot > 0
    invariants.hold(peer=post_office.peer, swept=True)
    lapsed = text("SELECT count(*) FROM audit_event WHERE action = 'submission:lapse'")
    assert db.session.execute(lapsed).scalar_one() == drafts


def test_f16_a_commit_whose_answer_is_lost_is_one_event_and_answered(
    make, cast, web, visiting, only_jobs, post_office
):
    only_jobs()
    sendings, binh = [Sending(make.submission().code) for _ in range(4)], visiting(cast.binh)
    address = post_office.environment["DATABASE_URL"]

    with proxy.before(proxy.sockets(address)) as between:
        between.cuts_wanted = 2
        with web(DATABASE_URL=proxy.through(address, between)) as served:
            # The house itself asks again: the person is answered at once, and once is all she pressed.
            acked = [sending.command for sending in sendings if binh.send(served.port, sending)]

    assert between.cuts == 2
    assert len(acked) == len(sendings)
    report = invariants.look(acked=acked)
    assert [line for line in report.broken if not line.startswith("I6")] == []
    sent = text("SELECT count(*) FROM audit_event WHERE action = 'submission:submit'")
    assert db.session.execute(sent).scalar_one() == len(sendings)


def test_f17_when_connections_are_used_up_it_is_a_503_and_nothing_is_half_done(
    make, cast, web, visiting, only_jobs, superuser
):
    only_jobs()
    sendings, binh = [Sending(make.submission().code) for _ in range(3)], visiting(cast.binh)
    limit = "ALTER DATABASE {} CONNECTION LIMIT {}"
    name = superuser.url.database

    with web() as served:
        with superuser.begin() as connection:
            connection.execute(text(limit.format(name, 0)))
        try:
            answers = [binh.look(served.port, f"/don-vi/bai/{sending.code}") for sending in sendings]
            pressed = [binh.send(served.port, sending) for sending in sendings]
        finally:
            with superuser.begin() as connection:
                connection.execute(text(limit.format(name, -1)))
        events = text("SELECT count(*) FROM audit_event WHERE action = 'submission:submit'")
        before = db.session.execute(events).scalar_one()
        acked = [sending.command for sending in sendings if binh.insist(served.port, sending)]

    assert answers == [(503, "5")] * 3
    assert (pressed, before) == ([False] * 3, 0)
    assert len(acked) == 3
    report = invariants.look(acked=acked)
    assert [line for line in report.broken if not line.startswith("I6")] == []
