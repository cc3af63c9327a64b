"""The house in numbers for Prometheus: `GET http://127.0.0.1:METRICS_PORT/metrics` of the clock, on loopback only."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

import structlog
from flask import Flask
from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from models.base import db
from tasks import health
from tasks.timetable import TIMETABLE
from workflow.queries import measures, post
from workflow.settings import settings

log = structlog.get_logger("tasks.metrics")

LOOPBACK = "127.0.0.1"
LEVELS = {health.State.OK: 0, health.State.WARNING: 1, health.State.DOWN: 2}


class House(Collector):
    """Asks the database when it is asked itself; keeps nothing but how many steps it has counted."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._steps: Counter[str] = Counter()
        with app.app_context():
            self._counted_to = self._seen = measures.newest_event()

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        with self._app.app_context():
            try:
                yield from (_parts(), *_queues(), _letters(), *_jobs(), self._moves())
            finally:
                db.session.rollback()

    def _moves(self) -> Metric:
        # Up to what was there the last time: events get their numbers before they are committed, and one that came
        # late would be passed over for ever.
        self._steps.update(measures.steps(after=self._counted_to, until=self._seen))
        self._counted_to, self._seen = self._seen, measures.newest_event()
        told = CounterMetricFamily(
            "toasoan_steps", "Audit events since this clock began, one look late", labels=["action"]
        )
        for action, many in self._steps.items():
            told.add_metric([action], many)
        return told


def serve(app: Flask) -> None:
    """Answer Prometheus from now on, beside what this process does. A port that is taken costs the metrics only."""
    port = settings().metrics_port
    if not port:
        return
    registry = CollectorRegistry()
    registry.register(House(app))
    try:
        start_http_server(port, addr=LOOPBACK, registry=registry)
    except OSError as error:
        log.warning("no_metrics", port=port, error=str(error))


def _parts() -> Metric:
    told = GaugeMetricFamily("toasoan_part", "Health of a part: 0 well, 1 warning, 2 down", labels=["part"])
    for part in health.look():
        told.add_metric([part.name], LEVELS[part.state])
    return told


def _queues() -> Iterator[Metric]:
    rows = GaugeMetricFamily("toasoan_queue_rows", "Rows of the outbox", labels=["queue", "state"])
    age = GaugeMetricFamily(
        "toasoan_queue_oldest_seconds",
        "Age of the oldest row that is due, or dead",
        labels=["queue", "state"],
    )
    for row in measures.queues():
        rows.add_metric([row.queue, row.state], row.n)
        age.add_metric([row.queue, row.state], float(row.oldest_seconds))
    yield from (rows, age)


def _letters() -> Metric:
    told = GaugeMetricFamily("toasoan_letters", "Letters by what became of them", labels=["state"])
    for state, many in measures.letters().items():
        told.add_metric([state], many)
    return told


def _jobs() -> Iterator[Metric]:
    since = GaugeMetricFamily("toasoan_job_since_seconds", "Since a job was claimed last", labels=["job"])
    took = GaugeMetricFamily("toasoan_job_took_seconds", "Length of its last run", labels=["job"])
    failed = GaugeMetricFamily("toasoan_job_failed", "Whether its last run failed", labels=["job"])
    now = datetime.now(UTC)
    for run in post.last_runs(list(TIMETABLE)):
        since.add_metric([run.job], (now - run.claimed_at).total_seconds())
        failed.add_metric([run.job], float("error" in run.outcome))
        if run.took_ms is not None:
            took.add_metric([run.job], run.took_ms / 1000)
    yield from (since, took, failed)
