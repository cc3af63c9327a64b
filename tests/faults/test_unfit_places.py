"""F11, F36: a worker does not start where its work would be lost or its neighbours' robbed."""

import subprocess

import pytest
import redis

from tests.faults.processes import clock, until, worker

pytestmark = [pytest.mark.database, pytest.mark.fault]


@pytest.fixture
def evicting(post_office):
    """A Redis that forgets when it is full."""
    with redis.Redis.from_url(post_office.environment["REDIS_URL"]) as client:
        client.config_set("maxmemory-policy", "allkeys-lru")
    return post_office


@pytest.mark.parametrize("program", [worker, clock])
def test_a_redis_that_forgets_is_refused_with_the_reason(evicting, program):
    with program(evicting.environment, log=evicting.log) as process:
        until(lambda: "cần noeviction" in evicting.log.read_text(), seconds=30, log=evicting.log)
        try:
            assert process.wait(10) != 0
        except subprocess.TimeoutExpired:
            pytest.fail("it went on all the same")


def test_a_clock_that_is_a_minute_off_is_refused(app, monkeypatch):
    from datetime import UTC, datetime, timedelta

    from tasks import context

    class Ahead(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(UTC) + timedelta(seconds=61)

    monkeypatch.setattr(context, "datetime", Ahead)

    with pytest.raises(context.UnfitPlace, match="lệch \\+61 giây"):
        context.require_true_clock()


def test_a_true_clock_is_taken(app):
    from tasks import context

    assert abs(context.require_true_clock()) < 1
