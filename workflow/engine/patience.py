"""What the database refuses only for the moment is tried again: deadlocks, lost races of snapshots, long locks.

Nothing was written when it says so, hence a repeat does no harm. A connection that broke may have written or not:
only what can be recognised by its command id may be tried again then.
"""

import random
import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from sqlalchemy.exc import DBAPIError

from models.base import db
from workflow.engine.errors import Busy, Stale
from workflow.engine.unit_of_work import is_open

TRIES = 5
PATIENCE_SECONDS = 5.0
"""No new try after this long: somebody is waiting for a page."""
FIRST_PAUSE_SECONDS = 0.01

PASSING = frozenset({"40001", "40P01", "55P03"})
"""serialization_failure, deadlock_detected, lock_not_available: rolled back, worth another try."""
BROKEN = frozenset({"57P01", "57P02", "57P03"})
"""The server went away under us, besides every connection that simply broke."""

Given = ParamSpec("Given")
Result = TypeVar("Result")


def patiently(act: Callable[[], Result], *, is_repeatable: bool = False) -> Result:
    """Call `act` until the database lets it through; raises Busy (409) when it does not in time.

    `is_repeatable`: `act` recognises what an earlier try has written, so a broken connection is tried again too.
    Inside an open change() nothing can be tried again; the outermost verb does it.
    """
    if is_open():
        return act()
    begun = time.monotonic()
    for number in range(1, TRIES + 1):
        try:
            return act()
        except DBAPIError as error:
            if not (_passes(error) or (is_repeatable and _is_broken(error))):
                raise
            db.session.rollback()
            if number == TRIES or time.monotonic() - begun > PATIENCE_SECONDS:
                raise Busy from error
            # Jitter, else the two that met in a deadlock meet again.
            time.sleep(random.random() * FIRST_PAUSE_SECONDS * 2**number)  # noqa: S311  (no secret)
    raise AssertionError("unreachable")


def insistently(act: Callable[[], Result]) -> Result:
    """For what holds whatever the piece has become meanwhile: a lost race is run again on what is there now."""
    for _ in range(TRIES - 1):
        try:
            return act()
        except Stale:
            if is_open():
                raise
    return act()


def patient(verb: Callable[Given, Result]) -> Callable[Given, Result]:
    """A verb that is tried again as a whole when the database could not let it through."""

    @wraps(verb)
    def tried(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        return patiently(lambda: verb(*args, **kwargs))

    return tried


def _passes(error: DBAPIError) -> bool:
    return getattr(error.orig, "sqlstate", None) in PASSING


def _is_broken(error: DBAPIError) -> bool:
    state = getattr(error.orig, "sqlstate", None)
    return error.connection_invalidated or state in BROKEN or (state or "").startswith("08")
