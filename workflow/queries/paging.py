"""Keyset pages: a page begins where the one before it ended, so that the last is as quick as the first. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Row

Key = TypeVar("Key")
"""Where a page begins or ends: what its rows are ordered by, and what tells two of them apart."""


@dataclass(frozen=True)
class Leaf(Generic[Key]):
    """One page; `older` and `newer` are keys for the next one that way, None at an end."""

    rows: Sequence[Row[Any]]
    older: Key | None
    newer: Key | None


def by_id(row: Row[Any]) -> int:
    return int(row.id)


def leaf(
    read: Callable[[str, int], Sequence[Row[Any]]],
    *,
    key: Callable[[Row[Any]], Key],
    before: Key | None,
    after: Key | None,
    size: int,
    oldest_first: bool = False,
) -> Leaf[Key]:
    """The page of `size` rows older than `before`, or newer than `after`, or the first.

    `read` is asked for so many rows in the order `DESC` or `ASC` of their `key`. Going back reads from the place
    towards the beginning, so that the way back is as exact as the way on.
    """
    is_back = (before if oldest_first else after) is not None
    # One more than the page holds tells whether there is another.
    rows = list(read("ASC" if oldest_first is not is_back else "DESC", size + 1))
    has_more, rows = len(rows) > size, rows[:size]
    if is_back:
        rows.reverse()
    if not rows:
        return Leaf([], None, None)
    is_first = before is None and after is None
    further = key(rows[-1]) if has_more or is_back else None
    nearer = None if is_first or (is_back and not has_more) else key(rows[0])
    return (
        Leaf(rows, older=nearer, newer=further) if oldest_first else Leaf(rows, older=further, newer=nearer)
    )
