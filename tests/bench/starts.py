"""How long work waits before it begins: ours from the commit of its row, Dramatiq's from the call of enqueue."""

import time
from collections.abc import Callable

from sqlalchemy import text

from tests.bench import postroom
from tests.bench.figures import Stage


def measured(
    stage: Stage, *, rounds: int, each: int, pause_seconds: float
) -> tuple[list[float], list[float]]:
    """The 99th percentile of each round in milliseconds, ours and Dramatiq's, measured in turn."""
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(_p99(*_ours(stage, each, pause_seconds)))
        theirs.append(_p99(*_theirs(stage, each, pause_seconds)))
    return ours, theirs


def _p99(given: dict[int, float], began: dict[int, float]) -> float:
    return postroom.percentile([1000 * (began[n] - given[n]) for n in given], 99)


def _ours(stage: Stage, each: int, pause_seconds: float) -> tuple[dict[int, float], dict[int, float]]:
    from models.base import db
    from workflow import outbox
    from workflow.engine.unit_of_work import bookkeeping

    app, given = postroom.opened(stage), {}
    with app.app_context():
        first = 1 + db.session.execute(text("SELECT coalesce(max(n), 0) FROM probe")).scalar_one()

    def give(n: int) -> None:
        # A context each, as a request is one: the bell rings at its end.
        with app.app_context():
            with bookkeeping():
                outbox.put("probe", f"probe:{n}", {"n": n})
            given[n] = time.time()

    def began() -> dict[int, float]:
        with app.app_context():
            rows = db.session.execute(text("SELECT n, at FROM probe WHERE n >= :first"), {"first": first})
            return {row.n: row.at for row in rows}

    with postroom.running(*postroom.staff(), data=stage.data):
        _give(range(first, first + each), give, lambda: len(began()), pause_seconds)
        given.pop(first)
        return given, began()


def _theirs(stage: Stage, each: int, pause_seconds: float) -> tuple[dict[int, float], dict[int, float]]:
    from tests.bench import plain

    given = {}
    plain.client.flushdb()

    def give(n: int) -> None:
        given[n] = time.time()
        plain.start.send(n)

    def began() -> dict[int, float]:
        pairs = (said.split() for said in plain.client.lrange(plain.STARTS, 0, -1))
        return {int(n): float(at) for n, at in pairs}

    with postroom.running(postroom.DRAMATIQ, data=stage.data):
        _give(range(each), give, lambda: len(began()), pause_seconds)
        given.pop(0)
        return given, began()


def _give(
    numbers: range, give: Callable[[int], None], begun: Callable[[], int], pause_seconds: float
) -> None:
    """The first one waits for everybody to come to work, and is not counted."""
    first, *others = numbers
    give(first)
    postroom.wait_until(begun, every=0.1)
    time.sleep(2)
    for n in others:
        give(n)
        time.sleep(pause_seconds)
    postroom.wait_until(lambda: begun() == len(numbers), every=0.1)
