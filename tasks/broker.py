"""The broker: Dramatiq over Redis as a doorbell, and nothing more.

A message holds ids of outbox rows. Whoever takes it claims the rows in the database and learns everything else
there, so a message that is lost, doubled, late or forged changes nothing but the delay. Therefore no results, no
delays, and no Retries middleware: tries are counted in the database.
"""

import contextlib
import math
import os
import time
from collections import defaultdict, deque
from collections.abc import Mapping
from typing import Any

# Read by dramatiq when it is imported: with its own, workers run dry between two fetches.
WORKER_ENVIRONMENT: Mapping[str, str] = {"dramatiq_queue_prefetch": "256"}
for _name, _value in WORKER_ENVIRONMENT.items():
    os.environ.setdefault(_name, _value)

import dramatiq  # noqa: E402
import redis  # noqa: E402
from dramatiq.brokers.redis import RedisBroker, _RedisConsumer  # noqa: E402
from dramatiq.errors import ConnectionClosed  # noqa: E402
from dramatiq.middleware import ShutdownNotifications, TimeLimit  # noqa: E402
from flask import Flask  # noqa: E402

from tasks import doorbell  # noqa: E402
from tasks.context import (  # noqa: E402
    require_keeping_redis,
    require_true_clock,
)
from tasks.delivery import deliver  # noqa: E402
from workflow import logbook  # noqa: E402
from workflow.rules.topics import QUEUES  # noqa: E402
from workflow.settings import settings  # noqa: E402

QUEUE_NAMES = tuple(dict.fromkeys(QUEUES.values()))
HEARTBEAT_TIMEOUT_MS = 15_000
MAINTENANCE_CHANCE = 300_000
"""Of a million: every third command looks for dead workers. With the defaults a message whose worker was killed
came back after 495 s, like this after 15 to 21 s."""
REDIS_TIMEOUT_SECONDS = 5
LONGEST_DOZE_SECONDS = 0.5
"""A worker that hears no bell looks by itself so often; and takes so long to notice that it shall stop."""
FULL_HANDS_SECONDS = 0.002
HANDS: Mapping[str, int] = {"mail": 6, "media": 2}
"""Threads of a worker that a queue may have at most, where what it holds may take long: a slow mail server leaves two
of eight to everything else, and pictures, which keep a core busy for a second each, leave six to the letters."""


# As Dramatiq's own for one message: one that another worker was given meanwhile is his to acknowledge.
_THROUGH = """
for _, id in ipairs(ARGV) do
  if redis.call('srem', KEYS[1], id) > 0 then redis.call('hdel', KEYS[2], id) end
end
"""


class _Listener(_RedisConsumer):
    """Takes messages as Dramatiq does, but waits for the next one at a bell, and acknowledges many at once.

    Dramatiq sleeps between two looks, up to a second: the median wait after a silence was 390 ms. A shorter sleep
    makes an idle worker ask Redis hundreds of times a second. And it asks Redis once for each message done: a third
    of what a message costs that does nothing.
    """

    def __init__(self, broker: "_Broker", queue_name: str, prefetch: int, _timeout: int) -> None:
        hands = HANDS.get(queue_name, prefetch)
        super().__init__(broker, queue_name, min(hands, prefetch), 0)  # type: ignore[no-untyped-call]
        # Many at a time: with full hands each message done would be followed by a question for one more.
        self._full = hands - 1 if queue_name in HANDS else prefetch // 2
        self._through = broker.through[queue_name]

    def ack(self, message: Any) -> None:
        self._through.append(message.options["redis_message_id"])
        self.queued_message_ids.discard(message.message_id)
        # While others are in hand, it is told with them: a row that is done is done, whatever Redis believes.
        if not self.outstanding_message_count:
            self._tell()

    def close(self) -> None:
        with contextlib.suppress(ConnectionClosed):
            self._tell()

    def _tell(self) -> None:
        ids = []
        with contextlib.suppress(IndexError):
            while True:
                ids.append(self._through.popleft())
        if not ids:
            return
        kept = f"{self.broker.namespace}:"
        acks = f"{kept}__acks__.{self.broker.broker_id}.{self.queue_name}"
        try:
            self.broker.tell(keys=[acks, f"{kept}{self.queue_name}.msgs"], args=ids)
        except redis.RedisError as error:
            self._through.extend(ids)
            raise ConnectionClosed(error) from None  # type: ignore[no-untyped-call]

    def __next__(self) -> Any:
        if not self.message_cache:
            self._tell()
        if not self.message_cache and self.outstanding_message_count > self._full:
            time.sleep(FULL_HANDS_SECONDS)
            return None
        message = super().__next__()  # type: ignore[no-untyped-call]
        if message is None:
            self._doze()
        return message

    def _doze(self) -> None:
        try:
            doorbell.wait(self.broker.client, bell_of(self.queue_name), seconds=LONGEST_DOZE_SECONDS)
        except redis.ConnectionError as error:
            raise ConnectionClosed(error) from None  # type: ignore[no-untyped-call]


class _Broker(RedisBroker):
    def __init__(self, **how: Any) -> None:
        super().__init__(**how)  # type: ignore[no-untyped-call]
        self.through: defaultdict[str, deque[str]] = defaultdict(deque)
        """Of each queue, messages that are done and not acknowledged. They outlive a consumer that lost its line."""
        self.tell = self.client.register_script(_THROUGH)

    @property
    def consumer_class(self) -> type[_Listener]:
        return _Listener

    def declare_queue(self, queue_name: str) -> None:
        """Without its twin for delayed messages: there are none, and it would cost a thread and its own looks."""
        if queue_name not in self.queues:
            self.emit_before("declare_queue", queue_name)
            self.queues.add(queue_name)
            self.emit_after("declare_queue", queue_name)


def actor_of(queue: str) -> str:
    return f"deliver_{queue}"


def bell_of(queue: str) -> str:
    return f"toasoan:bell:{queue}"


def setup(app: Flask) -> RedisBroker:
    """The broker of this process, with one actor a queue that works inside `app`."""
    house = settings()
    broker = _Broker(
        client=redis.Redis.from_url(
            house.redis_url,
            socket_connect_timeout=REDIS_TIMEOUT_SECONDS,
            socket_timeout=REDIS_TIMEOUT_SECONDS,
        ),
        middleware=[
            # Set by tasks/delivery.py, once a message need not wait any more.
            TimeLimit(time_limit=math.inf),
            ShutdownNotifications(),
        ],
        heartbeat_timeout=HEARTBEAT_TIMEOUT_MS,
        maintenance_chance=MAINTENANCE_CHANCE,
    )

    def inside(ids: list[int], *alone: bool) -> None:
        with app.app_context():
            deliver(ids, *alone)

    for queue in QUEUE_NAMES:
        dramatiq.actor(actor_name=actor_of(queue), queue_name=queue, broker=broker)(inside)
    dramatiq.set_broker(broker)
    return broker


def for_worker(app: Flask) -> RedisBroker:
    """The broker of a worker process, after a look at the place. What `dramatiq wsgi:broker` starts from.

    Raises UnfitPlace where messages would be lost or taken for dead. Not a middleware's hook: dramatiq logs what
    such a hook raises and goes on.
    """
    logbook.keep()
    with app.app_context():
        require_true_clock()
    broker = setup(app)
    require_keeping_redis(broker)
    return broker


def ring(broker: RedisBroker, queue: str, ids: list[int], *, alone: bool = False) -> None:
    """Tell the workers of a queue that these outbox rows wait. Raises when Redis is away."""
    said = (ids, True) if alone else (ids,)
    broker.enqueue(
        dramatiq.Message(queue_name=queue, actor_name=actor_of(queue), args=said, kwargs={}, options={})
    )
    doorbell.press(broker.client, bell_of(queue))


def unfinished(broker: RedisBroker) -> dict[str, int]:
    """Messages a queue holds in Redis, taken by a worker or not. Raises redis.RedisError when Redis is away."""
    with broker.client.pipeline(transaction=False) as ask:
        for queue in QUEUE_NAMES:
            ask.hlen(f"{broker.namespace}:{queue}.msgs")
        return dict(zip(QUEUE_NAMES, ask.execute(), strict=True))
