"""A worker's ear at one queue: takes messages, waits for more at a bell, and acknowledges many at once.

Dramatiq's own sleeps between two looks, up to a second: the median wait after a silence was 390 ms. A shorter sleep
makes an idle worker ask Redis hundreds of times a second. And it asks Redis once for each message done: a third of
what a message costs that does nothing.
"""

import contextlib
import time
from collections import deque
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import redis
from dramatiq import Message
from dramatiq.broker import Consumer, MessageProxy
from dramatiq.errors import ConnectionClosed, DecodeError

from tasks import doorbell

if TYPE_CHECKING:
    from tasks.broker import Broker

LONGEST_DOZE_SECONDS = 0.5
"""A worker that hears no bell looks by itself so often; and takes so long to notice that it shall stop."""
FULL_HANDS_SECONDS = 0.002


def bell_of(queue: str) -> str:
    return f"toasoan:bell:{queue}"


class Listener(Consumer):
    """`hands`: messages it holds at most; with `enough` of them it asks for no more."""

    def __init__(self, broker: "Broker", queue_name: str, *, hands: int, enough: int) -> None:
        self._broker, self._queue, self._hands, self._enough = broker, queue_name, hands, enough
        self._fetched: deque[bytes | None] = deque()
        self._held, self._through = broker.in_hand[queue_name], broker.through[queue_name]

    def ack(self, message: MessageProxy) -> None:
        self._held.discard(message.message_id)
        self._through.append(message.options["redis_message_id"])
        # While others are in hand, it is told with them: a row that is done is done, whatever Redis believes. Where
        # Redis is away, with the next look: Dramatiq would keep the thread asleep for five seconds, and again.
        if not self._held and not self._fetched:
            with contextlib.suppress(ConnectionClosed):
                self._tell()

    def nack(self, message: MessageProxy) -> None:
        self._held.discard(message.message_id)
        with _lines_lost():
            self._broker.do_nack(self._queue, message.options["redis_message_id"])

    def requeue(self, messages: Iterable[MessageProxy]) -> None:
        given_back = list(messages)
        self._held.difference_update(message.message_id for message in given_back)
        # One without an id was forged: none of ours is given back with it.
        if ids := [known for one in given_back if (known := one.options.get("redis_message_id"))]:
            with _lines_lost():
                self._broker.do_requeue(self._queue, *ids)

    def close(self) -> None:
        """Tell what is done, and give back what was fetched and not begun: another worker need not wait for it until
        this one is taken for dead. What is in hand stays there. Where Redis is away, both are left at that."""
        unbegun, self._fetched = self._fetched, deque()
        with contextlib.suppress(ConnectionClosed):
            self._tell()
            self.requeue(_readable(unbegun))

    def __next__(self) -> MessageProxy | None:
        while self._fetched or self._fetch():
            # An id may be there without its message: whatever row it was for comes back by itself.
            if data := self._fetched.popleft():
                message = Message.decode(data)
                self._held.add(message.message_id)
                return MessageProxy(message)
        return None

    def _fetch(self) -> bool:
        """Look for more, unless there is enough to do; is there something?"""
        self._tell()
        if len(self._held) >= self._enough:
            time.sleep(FULL_HANDS_SECONDS)
            return False
        with _lines_lost():
            self._fetched.extend(self._broker.do_fetch(self._queue, self._hands - len(self._held)))
            if not self._fetched:
                doorbell.wait(self._broker.client, bell_of(self._queue), seconds=LONGEST_DOZE_SECONDS)
        return bool(self._fetched)

    def _tell(self) -> None:
        ids = []
        with contextlib.suppress(IndexError):
            while True:
                ids.append(self._through.popleft())
        if not ids:
            return
        with _lines_lost():
            try:
                self._broker.acknowledge(self._queue, ids)
            except redis.RedisError:
                self._through.extend(ids)
                raise


def _readable(fetched: Iterable[bytes | None]) -> Iterator[MessageProxy]:
    for data in fetched:
        with contextlib.suppress(DecodeError):
            if data:
                yield MessageProxy(Message.decode(data))


@contextlib.contextmanager
def _lines_lost() -> Iterator[None]:
    """A Redis that cannot be told or asked, gone, silent, full or read-only, as Dramatiq knows it: the consumer
    begins anew after a while, and a worker that stops leaves it at that. All else it takes for a fault of ours."""
    try:
        yield
    except redis.RedisError as error:
        raise ConnectionClosed(error) from None  # type: ignore[no-untyped-call]
