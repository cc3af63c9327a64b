"""The clock's own rhythm: how long it rests between two looks."""

import threading
from types import SimpleNamespace

import pytest

from tasks import clockwork

pytestmark = pytest.mark.database


@pytest.fixture
def rests(app, broker, monkeypatch):
    """The rests of a clock that finds so many rows at each look, on a time that only its rests move."""

    def of(*found: int) -> list[float]:
        stop, left, rested = threading.Event(), list(found), []

        def rest(_client, _bell, *, seconds):
            rested.append(seconds)
            if not left:
                stop.set()

        for name, stands in {
            "time": SimpleNamespace(monotonic=lambda: sum(rested)),
            "relay_once": lambda _broker: left.pop(0),
            "hand_on": lambda _broker: left.pop(0),
            "Clock": lambda: SimpleNamespace(tick=list),
            "SHORT_REST_SECONDS": 0.25,
        }.items():
            monkeypatch.setattr(clockwork, name, stands)
        monkeypatch.setattr(clockwork.doorbell, "wait", rest)
        for part, verb in ((clockwork.metrics, "serve"), (clockwork.logbook, "keep")):
            monkeypatch.setattr(part, verb, lambda *_: None)
        clockwork.run(app, broker, stop)
        return rested

    return of


def test_a_few_rows_are_all_there_are(rests):
    assert rests(50, 0) == [1.0, 1.0]


def test_behind_many_rows_it_looks_again_until_nothing_came_for_a_second(rests):
    assert rests(1000, 0, 40, 0, 0, 0, 0, 0) == [0.25] * 6 + [1.0, 1.0]


def test_one_row_now_and_then_does_not_keep_it_looking(rests):
    assert rests(1000, 1, 1, 1, 1, 1) == [0.25] * 4 + [1.0, 1.0]
