"""The broker: Dramatiq over Redis as a doorbell, and nothing more.

A message holds ids of outbox rows. Whoever takes it claims the rows in the database and learns everything else
there, so a message that is lost, doubled, late or forged changes nothing but the delay. Therefore no results, no
delays, and no Retries middleware: tries are counted in the database.
"""

from collections import defaultdict, deque
from collections.abc import Mapping
from typing import Any

import dramatiq
import redis
from dramatiq.brokers.redis import RedisBroker
from dramatiq.middleware import Middleware
from flask import Flask

from tasks import doorbell
from tasks.context import Hurry, require_keeping_redis, require_true_clock
from tasks.delivery import deliver
from tasks.listening import Listener, bell_of
from workflow import logbook
from workflow.rules.topics import QUEUES
from workflow.settings import settings

QUEUE_NAMES = tuple(dict.fromkeys(QUEUES.values()))
HEARTBEAT_TIMEOUT_MS = 15_000
MAINTENANCE_CHANCE = 300_000
"""Of a million: every third command looks for dead workers. With the defaults a message whose worker was killed
came back after 495 s, like this after 15 to 21 s."""
REDIS_TIMEOUT_SECONDS = 5
MANY_HANDS = 256
"""Messages that a worker takes from a queue at a time: with Dramatiq's own, 16, it runs dry between two looks."""
THREADS = 8
"""Of a worker that was not told how many."""
SHARES: Mapping[str, float] = {"mail": 0.75, "media": 0.25}
"""Of a worker's threads that a queue may have at most, where what it holds may take long: a slow mail server leaves a
quarter to everything else, and pictures, which keep a core busy for a second each, leave three to the letters."""


# As Dramatiq's own for one message: one that another worker was given meanwhile is his to acknowledge.
_THROUGH = """
for _, id in ipairs(ARGV) do
  if redis.call('srem', KEYS[1], id) > 0 then redis.call('hdel', KEYS[2], id) end
end
"""


class _Roll(Middleware):
    """How many threads a worker has, whoever started it: Dramatiq's own command or `working.run`."""

    def before_worker_boot(self, broker: dramatiq.Broker, worker: dramatiq.Worker) -> None:
        assert isinstance(broker, Broker)
        broker.threads = worker.worker_threads


class Broker(RedisBroker):
    def __init__(self, **how: Any) -> None:
        self._heard: dict[str, bool] = {}
        super().__init__(**how)  # type: ignore[no-untyped-call]
        self.through: defaultdict[str, deque[str]] = defaultdict(deque)
        """Of each queue, messages that are done and not acknowledged. They outlive a consumer that lost its line."""
        self.in_hand: defaultdict[str, set[str]] = defaultdict(set)
        """Of each queue, messages that the worker's threads have or will have. They outlive it too: the next consumer
        has what they leave of the queue's share, not another share."""
        self._tell = self.client.register_script(_THROUGH)
        self.threads = THREADS
        """Of the worker that takes from here; it says how many when it begins."""

    def consume(self, queue_name: str, prefetch: int = 1, timeout: int = 0) -> Listener:
        """Not so many at a time and not so long as Dramatiq's worker asks for, but as this file says."""
        del prefetch, timeout
        if (share := SHARES.get(queue_name)) is not None:
            hands = max(1, int(share * self.threads))
            return Listener(self, queue_name, hands=hands, enough=hands)
        # Many at a time: with full hands each message done would be followed by a question for one more.
        return Listener(self, queue_name, hands=MANY_HANDS, enough=MANY_HANDS // 2)

    def acknowledge(self, queue_name: str, ids: list[str]) -> None:
        kept = f"{self.namespace}:"
        acks = f"{kept}__acks__.{self.broker_id}.{queue_name}"
        self._tell(keys=[acks, f"{kept}{queue_name}.msgs"], args=ids)

    def declare_queue(self, queue_name: str) -> None:
        """Without its twin for delayed messages: there are none, and it would cost a thread and its own looks."""
        if queue_name not in self.queues:
            self.emit_before("declare_queue", queue_name)
            self.queues.add(queue_name)
            self.emit_after("declare_queue", queue_name)

    # Each message is told of four times, and nobody listens: a tenth of what one costs that does nothing.

    def add_middleware(self, middleware: Middleware, **where: Any) -> None:
        self._heard.clear()
        super().add_middleware(middleware, **where)

    def emit_before(self, signal: str, *args: Any, **kwargs: Any) -> None:
        if self._is_heard(f"before_{signal}"):
            super().emit_before(signal, *args, **kwargs)

    def emit_after(self, signal: str, *args: Any, **kwargs: Any) -> None:
        if self._is_heard(f"after_{signal}"):
            super().emit_after(signal, *args, **kwargs)

    def _is_heard(self, name: str) -> bool:
        heard = self._heard.get(name)
        if heard is None:
            silent = getattr(Middleware, name)
            heard = self._heard[name] = any(getattr(type(one), name) is not silent for one in self.middleware)
        return heard


def actor_of(queue: str) -> str:
    return f"deliver_{queue}"


def setup(app: Flask) -> RedisBroker:
    """The broker of this process, with one actor a queue that works inside `app`."""
    house = settings()
    broker = Broker(
        client=redis.Redis.from_url(
            house.redis_url,
            socket_connect_timeout=REDIS_TIMEOUT_SECONDS,
            socket_timeout=REDIS_TIMEOUT_SECONDS,
        ),
        middleware=[Hurry(), _Roll()],
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
