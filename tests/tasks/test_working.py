"""The worker process: it works, it stops when it is told to, and goes when its machine's clock has gone wrong."""

import threading

import pytest
from sqlalchemy.exc import OperationalError

from tasks import delivery, working
from tasks.context import UnfitPlace
from tasks.relay import relay_once
from workflow.engine import tides

pytestmark = pytest.mark.database


def test_it_takes_what_is_rung_for_and_stops_when_it_is_told_to(app, broker, put, rows, monkeypatch):
    stop = threading.Event()

    def last_one(_rows):
        stop.set()
        return lambda: None

    monkeypatch.setitem(delivery.HANDLERS, "public_copy", last_one)
    put("public_copy", "a", attachment=1)
    relay_once(broker)

    working.run(app, broker, stop, threads=1)

    assert rows("state, attempts") == [("done", 1)]


@pytest.mark.parametrize(("threads", "at_pictures"), [(8, 2), (4, 1)])
def test_pictures_that_take_long_hold_up_neither_letters_nor_publishing(
    app, broker, put, rows, monkeypatch, threads, at_pictures
):
    stop, developed = threading.Event(), threading.Event()
    begun, others = threading.Semaphore(0), threading.Semaphore(0)

    def picture(_rows):
        begun.release()
        assert developed.wait(60)
        return lambda: None

    def other(_rows):
        others.release()
        return lambda: None

    for topic, handler in {"public_copy": picture, "post": other, "job": other}.items():
        monkeypatch.setitem(delivery.HANDLERS, topic, handler)
    for number in range(20):
        put("public_copy", f"p{number}", attachment=number)
    relay_once(broker)
    worker = threading.Thread(target=working.run, args=(app, broker, stop), kwargs={"threads": threads})
    worker.start()
    try:
        put("post", "l", letter=1)
        put("job:publishing", "j", job="publishing")
        relay_once(broker)
        assert [one.acquire(timeout=30) for one in (*[begun] * at_pictures, others, others)] == [True] * (
            at_pictures + 2
        )
        busy = len(rows("id", "topic = 'public_copy' AND state = 'running'"))
    finally:
        developed.set()
        stop.set()
        worker.join()

    assert busy == at_pictures
    assert rows("queue", "topic = 'job:publishing'") == [("publish",)]


def test_a_clock_that_goes_wrong_while_it_works_sends_it_away(app, broker, monkeypatch):
    looks = iter([OperationalError("SELECT", {}, Exception("away")), None, UnfitPlace("lệch 61 giây")])

    def look():
        if (found := next(looks)) is not None:
            raise found

    monkeypatch.setattr(working, "require_true_clock", look)
    monkeypatch.setattr(working, "CHECK_SECONDS", 0.01)
    # A connection that cannot even be closed sends nobody away.
    monkeypatch.setattr(tides, "ebb", lambda _engines: 1 / 0)

    with pytest.raises(UnfitPlace):
        working.run(app, broker, threading.Event(), threads=1)

    assert [thread for thread in threading.enumerate() if "Worker" in type(thread).__name__] == []
