"""Where what is to be done waits: what was promised for an hour waits behind nothing that takes long."""

import pytest

from workflow.rules import topics


@pytest.mark.parametrize(
    ("job", "topic", "queue"), [("publishing", "job:publishing", "publish"), ("sweep", "job", "default")]
)
def test_a_job_waits_in_its_own_queue_where_it_has_one(job, topic, queue):
    assert (topics.of_job(job), topics.QUEUES[topics.of_job(job)]) == (topic, queue)
