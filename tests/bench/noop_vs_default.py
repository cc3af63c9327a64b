"""Actors that do nothing: our broker and workers against Dramatiq's defaults, two processes of eight threads each."""

import time
from collections.abc import Callable, Iterable
from statistics import median

from tests.bench import postroom
from tests.bench.figures import Figure, Stage

ROUNDS, MESSAGES = 3, 20_000


def measure(stage: Stage) -> Iterable[Figure]:
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(_ours(stage))
        theirs.append(_theirs(stage))
    yield Figure(
        "noop_vs_default",
        f"{median(ours) / median(theirs):.2f}",
        ">= 1.80",
        f"messages to actors that do nothing, two worker processes of eight threads, against Dramatiq's defaults"
        f" ({median(ours):.0f}/s to {median(theirs):.0f}/s)",
    )


def _ours(stage: Stage) -> float:
    import dramatiq

    from tasks import broker

    ours = broker.setup(postroom.opened(stage))
    ours.flush_all()
    message = dramatiq.Message(queue_name="default", actor_name="noop", args=(), kwargs={}, options={})
    for _ in range(MESSAGES):
        ours.enqueue(message)
    with postroom.running(*postroom.staff(workers=2)[1:], data=stage.data):
        return _rate(lambda: ours.client.hlen("dramatiq:default.msgs"))


def _theirs(stage: Stage) -> float:
    from tests.bench import plain

    plain.client.flushdb()
    for _ in range(MESSAGES):
        plain.noop.send()
    with postroom.running(postroom.DRAMATIQ, data=stage.data):
        return _rate(lambda: plain.client.hlen("dramatiq:default.msgs"))


def _rate(left: Callable[[], int]) -> float:
    """Messages a second, from the first that is gone to the last."""
    postroom.wait_until(lambda: left() < MESSAGES)
    begun, at_first = time.perf_counter(), left()
    postroom.wait_until(lambda: left() == 0)
    return at_first / (time.perf_counter() - begun)
