"""One click and all that follows from it: the cause its events share, and the address it came from.

A request begins a click, a change() outside any request is one of its own. Events ask for it when they are written.
"""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class Click:
    cause: str = field(default_factory=lambda: str(uuid.uuid4()))
    address: str = ""
    """Sealed by `workflow/privacy.py`; empty when nobody's browser asked."""
    command: str = ""
    """The id its form carried; empty when a repeat could not be told from a second click."""
    asked: str = ""
    """What the form asked for, as `engine/repeats.py` digests it."""


_under_way: ContextVar[Click | None] = ContextVar("click", default=None)


def begin(address: str = "") -> None:
    """Whatever this thread does from now on is one click; the next `begin` or `end` ends it."""
    _under_way.set(Click(address=address))


def end() -> None:
    _under_way.set(None)


@contextmanager
def one() -> Iterator[None]:
    """What is done inside is one click; joins the one that is under way."""
    if _under_way.get() is not None:
        yield
        return
    token = _under_way.set(Click())
    try:
        yield
    finally:
        _under_way.reset(token)


@contextmanager
def commanded(command: str, asked: str) -> Iterator[None]:
    """The click under way, as one that is known again by its command."""
    click = _under_way.get() or Click()
    token = _under_way.set(replace(click, command=command, asked=asked))
    try:
        yield
    finally:
        _under_way.reset(token)


def command() -> tuple[str, str] | None:
    """The command of the click under way and what it asked for."""
    click = _under_way.get()
    return (click.command, click.asked) if click and click.command else None


@contextmanager
def resumed(cause: str | None) -> Iterator[None]:
    """What is done inside belongs to a click of earlier, or to none that is known: then it is its own."""
    token = _under_way.set(Click(cause=cause) if cause else Click())
    try:
        yield
    finally:
        _under_way.reset(token)


def cause() -> str | None:
    """The id that all events of the click under way share; None outside any."""
    click = _under_way.get()
    return click.cause if click else None


def came_from() -> Mapping[str, str]:
    """What an event tells of where the click came from; nothing when no address is known."""
    click = _under_way.get()
    return {"address": click.address} if click and click.address else {}
