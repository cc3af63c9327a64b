"""The metrics: queue age, letters, sweeps and steps, in Prometheus' words, on loopback and nowhere else."""

import socket
import urllib.request

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import text

from tasks import metrics
from tasks.timetable import Clock, note
from workflow import submissions
from workflow.engine.unit_of_work import bookkeeping

pytestmark = pytest.mark.database


@pytest.fixture
def asked(app):
    """What Prometheus would read: `asked("toasoan_letters", state="sent")`, None where there is no such line."""
    registry = CollectorRegistry()
    registry.register(metrics.House(app))
    return lambda name, **labels: registry.get_sample_value(name, labels)


def test_each_queue_tells_its_rows_and_the_age_of_the_oldest(put, age, asked):
    put("post", "a", letter=1)
    put("post", "b", letter=2)
    dead = put("public_copy", "c", attachment=1)
    age(created_at=90)
    with bookkeeping() as session:
        session.execute(text("UPDATE outbox SET state = 'dead', error = 'x' WHERE id = :id"), {"id": dead})

    assert asked("toasoan_queue_rows", queue="mail", state="new") == 2
    assert asked("toasoan_queue_rows", queue="media", state="dead") == 1
    assert 90 <= asked("toasoan_queue_oldest_seconds", queue="mail", state="new") < 150
    assert 90 <= asked("toasoan_queue_oldest_seconds", queue="media", state="dead") < 150
    assert asked("toasoan_part", part="dead") == 1


def test_a_job_tells_when_how_long_and_how_it_went(app, clock_at, asked):
    clock_at("2021-05-17 08:30:10")
    slot = next(slot for job, slot in Clock().tick() if job == "sweep")
    with bookkeeping():
        note("sweep", slot.isoformat(), {"lapsed": 4}, took_ms=1250)

    assert asked("toasoan_job_took_seconds", job="sweep") == 1.25
    assert asked("toasoan_job_failed", job="sweep") == 0
    assert 0 <= asked("toasoan_job_since_seconds", job="sweep") < 60


def test_steps_are_counted_once_and_one_look_late(make, cast, asked):
    piece = make.submission(state="submitted")
    submissions.claim(piece.id, by=cast.son)

    assert [asked("toasoan_steps_total", action="submission:claim") for _ in range(4)] == [None, 1, 1, 1]


def test_it_listens_on_loopback_and_a_taken_port_stops_nobody(app, set_to, monkeypatch):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
        other.listen()
        set_to(METRICS_PORT=port)
        metrics.serve(app)
    began = []
    real = metrics.start_http_server
    monkeypatch.setattr(
        metrics, "start_http_server", lambda *given, **named: began.append(real(*given, **named))
    )

    metrics.serve(app)

    [(server, thread)] = began
    assert server.server_address == ("127.0.0.1", port)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        assert b"toasoan_part" in answer.read()
    server.shutdown()
    server.server_close()
    thread.join()
