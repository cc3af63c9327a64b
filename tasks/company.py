"""Who is at work in this process: rows in company, as many as there are threads, and a suspect alone.

A row whose worker died under it, or that ran out of time, may be to blame, or only have been near. Alone it tells:
if it happens again it was this row. Alone as far as waiting goes: a neighbour who takes longer than a quarter of a
lease is still at work beside it, and where the worker dies then, he becomes a suspect too, with his try given back.
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
        # Left where a time limit struck late, on the way out.
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
