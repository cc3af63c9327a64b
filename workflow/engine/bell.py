"""Whether something was put into the outbox: whoever works it off may be woken once it is committed."""

from contextvars import ContextVar

_pulled: ContextVar[bool] = ContextVar("bell", default=False)


def pull() -> None:
    """A row for the workers was written, in a transaction that may still be open."""
    _pulled.set(True)


def was_pulled() -> bool:
    """Was it, since this was asked last?"""
    pulled = _pulled.get()
    _pulled.set(False)
    return pulled
