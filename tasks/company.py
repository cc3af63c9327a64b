"""Who is at work in this process: rows in company, as many as there are threads, and a suspect alone.

A row whose worker died under it may have killed it, or only been near. Alone it tells: if the worker dies again it
was this row, and no neighbour pays with a try of his own.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from workflow.settings import settings

_changed = threading.Condition()
_at_work: dict[int, bool] = {}
"""Thread -> is it to be alone? Those who wait to be alone stand here already: nobody joins before them."""


@contextmanager
def joined(*, alone: bool = False) -> Iterator[None]:
    """At work, once the others let one. Nobody waits longer than a quarter of a lease: a neighbour may be endless."""
    me = threading.get_ident()
    with _changed:
        # Left from a message that ran out of time on the threshold.
        _at_work.pop(me, None)
        if alone:
            _wait(lambda: not any(_at_work.values()))
            _at_work[me] = True
            _wait(lambda: len(_at_work) == 1)
        else:
            _wait(lambda: not any(_at_work.values()))
            _at_work[me] = False
    try:
        yield
    finally:
        with _changed:
            _at_work.pop(me, None)
            _changed.notify_all()


def _wait(may: Callable[[], bool]) -> None:
    _changed.wait_for(may, timeout=settings().lease_seconds / 4)
