"""F11: worker and clock do not start where messages would be lost."""

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
