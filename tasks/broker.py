"""The broker: Dramatiq over Redis as a doorbell, and nothing more.

A message holds ids of outbox rows. Whoever takes it claims the rows in the database and learns everything else
there, so a message that is lost, doubled, late or forged changes nothing but the delay. Therefore no results, no
delays, and no Retries middleware: tries are counted in the database.
"""

import os
from collections.abc import Mapping

# Read by dramatiq when it is imported. Idle start 9 ms instead of 390, in our trial.
WORKER_ENVIRONMENT: Mapping[str, str] = {"dramatiq_queue_prefetch": "256", "dramatiq_worker_timeout": "20"}
for _name, _value in WORKER_ENVIRONMENT.items():
    os.environ.setdefault(_name, _value)

import dramatiq  # noqa: E402
import redis  # noqa: E402
from dramatiq.brokers.redis import RedisBroker  # noqa: E402
from dramatiq.middleware import ShutdownNotifications, TimeLimit  # noqa: E402
from flask import Flask  # noqa: E402

from tasks.context import (  # noqa: E402
    InsideTheApplication,
    log_as_json,
    require_keeping_redis,
    require_true_clock,
)
from tasks.delivery import deliver  # noqa: E402
from workflow.rules.topics import QUEUES  # noqa: E402
from workflow.settings import settings  # noqa: E402

QUEUE_NAMES = tuple(dict.fromkeys(QUEUES.values()))
HEARTBEAT_TIMEOUT_MS = 15_000
MAINTENANCE_CHANCE = 100_000
"""Of a million: a tenth of all commands looks for dead workers. With the defaults a message whose worker was
killed came back after 495 s, like this after 15 to 21 s."""
REDIS_TIMEOUT_SECONDS = 5


def actor_of(queue: str) -> str:
    return f"deliver_{queue}"


def setup(app: Flask) -> RedisBroker:
    """The broker of this process, with one actor a queue that works inside `app`."""
    house = settings()
    broker = RedisBroker(  # type: ignore[no-untyped-call]
        client=redis.Redis.from_url(
            house.redis_url,
            socket_connect_timeout=REDIS_TIMEOUT_SECONDS,
            socket_timeout=REDIS_TIMEOUT_SECONDS,
        ),
        middleware=[
            # A zombie is harmless (its token is old), but it should not hold a thread: half a lease is enough.
            TimeLimit(time_limit=house.lease_seconds * 500),
            ShutdownNotifications(),
            InsideTheApplication(app),
        ],
        heartbeat_timeout=HEARTBEAT_TIMEOUT_MS,
        maintenance_chance=MAINTENANCE_CHANCE,
    )
    for queue in QUEUE_NAMES:
        dramatiq.actor(actor_name=actor_of(queue), queue_name=queue, broker=broker)(deliver)
    dramatiq.set_broker(broker)
    return broker


def for_worker(app: Flask) -> RedisBroker:
    """The broker of a worker process, after a look at the place. What `dramatiq wsgi:broker` starts from.

    Raises UnfitPlace where messages would be lost or taken for dead. Not a middleware's hook: dramatiq logs what
    such a hook raises and goes on.
    """
    log_as_json()
    with app.app_context():
        require_true_clock()
    broker = setup(app)
    require_keeping_redis(broker)
    return broker


def ring(broker: RedisBroker, queue: str, ids: list[int]) -> None:
    """Tell the workers of a queue that these outbox rows wait. Raises when Redis is away."""
    broker.enqueue(
        dramatiq.Message(queue_name=queue, actor_name=actor_of(queue), args=(ids,), kwargs={}, options={})
    )


def unfinished(broker: RedisBroker) -> dict[str, int]:
    """Messages a queue holds in Redis, taken by a worker or not. Raises redis.RedisError when Redis is away."""
    with broker.client.pipeline(transaction=False) as ask:
        for queue in QUEUE_NAMES:
            ask.hlen(f"{broker.namespace}:{queue}.msgs")
        return dict(zip(QUEUE_NAMES, ask.execute(), strict=True))
