"""Who is at work in this process: rows in company, as many as there are threads, and a suspect alone.

A row whose worker died under it, or that ran out of time, may be to blame, or only have been near. Alone it tells:
if it happens again it was this row. Alone as far as waiting goes: a neighbour who takes longer than a quarter of a
lease is still at work beside it, and where the worker dies then, he becomes a suspect too, with his try given back.
Another suspect never is: his try would count, whoever it was.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from workflow.settings import settings

_changed = threading.Condition()
_at_work: dict[int, float | None] = {}
"""Thread -> since when it is, or waits, to be alone; None in company. Nobody joins before one who waits."""


@contextmanager
def joined(*, alone: bool = False) -> Iterator[bool]:
    """At work, once the others let one. Nobody waits longer than a quarter of a lease: a neighbour may be endless.

    False for a suspect for whom another did not make room: then it must be left for later.
    """
    me = threading.get_ident()
    with _changed:
        # Left where a time limit struck late, on the way out.
        _at_work.pop(me, None)
        _wait(lambda: not _suspects())
        may = not (alone and _suspects())
        if may:
            _at_work[me] = time.monotonic() if alone else None
        if may and alone:
            _wait(lambda: len(_at_work) == 1)
    try:
        yield may
    finally:
        with _changed:
            _at_work.pop(me, None)
            _changed.notify_all()


def _suspects() -> list[int]:
    """Those who are alone, or wait to be. Who takes longer than a lease holds nothing any more."""
    oldest = time.monotonic() - settings().lease_seconds
    return [one for one, since in _at_work.items() if since is not None and since > oldest]


def _wait(may: Callable[[], bool]) -> None:
    _changed.wait_for(may, timeout=settings().lease_seconds / 4)
