"""The letters that were written, as a list shows them: found by words, and what became of each. Reads only."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal_column, select, text, true

from models.base import db
from models.outbox import Letter, OutboxMessage
from models.vocabulary import LetterState, OutboxState
from workflow.engine.errors import NotFound
from workflow.queries.piece_words import MOST_WORDS

_WORD = re.compile(r"[^\W_]+")
_ASKED = "to_tsquery('public.vi_plain', :asked)"
_SELDOM, _NEWEST, _SOON = 500, 1_000, 30
"""Words that so many of the newest have are common."""

# NULL for common words; the index is asked only when the newest letters have not told.
_LEADING = text(f"""
WITH worded AS MATERIALIZED (SELECT id FROM letter WHERE found @@ {_ASKED})
SELECT CASE WHEN NOT EXISTS (
    SELECT FROM (SELECT found FROM letter ORDER BY id DESC LIMIT {_NEWEST}) AS newest
    WHERE found @@ {_ASKED} OFFSET {_SOON - 1})
  THEN ARRAY(SELECT id FROM worded LIMIT {_SELDOM + 1}) END
""")  # noqa: S608  (constants of this file)


def holding(typed: str) -> ColumnElement[bool]:
    """Each word of `typed` begins a word of subject, receiver, address or code, accents and case aside.

    As with pieces, a seldom answer leads to its letters; a common one is read in the list's own order and soon full.
    What has neither letter nor figure asks for nothing.
    """
    words = _WORD.findall(typed)[:MOST_WORDS]
    if not words:
        return true()
    asked = " & ".join(f"{word}:*" for word in words)
    numbers = db.session.scalar(_LEADING, {"asked": asked})
    if numbers is None or len(numbers) > _SELDOM:
        return Letter.found.bool_op("@@")(func.to_tsquery(literal_column("'public.vi_plain'"), asked))
    return Letter.id.in_(numbers)


_POSTED = OutboxMessage.payload["letter"].as_integer()
_ASIDE = OutboxMessage.state == OutboxState.DEAD
_UNDER_WAY = OutboxMessage.state.in_((OutboxState.NEW, OutboxState.QUEUED, OutboxState.RUNNING))


_GOES_AS = func.coalesce(Letter.digest_id, Letter.id)
"""The letter whose posting takes this one along: its digest, which alone has work of its own, or itself."""


def _posted_by(rows: ColumnElement[bool]) -> ColumnElement[bool]:
    """Is there such work to post this letter? Dead rows and unfinished ones have a small index each."""
    return _GOES_AS.in_(select(_POSTED).where(OutboxMessage.topic == "post", rows))


# A letter still waits though nobody will post it, when its work was put aside after a restore, or dropped.
_OUTCOME: ColumnElement[Any] = case(
    (Letter.state != LetterState.WAITING, Letter.state),
    (_posted_by(_UNDER_WAY), "waiting"),
    (_posted_by(_ASIDE), "put_aside"),
    else_="dropped",
)


def stands(standing: str) -> ColumnElement[bool]:
    """The condition of a list of letters that stand so."""
    if standing in set(LetterState) - {LetterState.WAITING}:
        return Letter.state == standing
    return and_(Letter.state == LetterState.WAITING, _OUTCOME.in_((standing,)))


def standings(letter_ids: Iterable[int]) -> Mapping[int, str]:
    """What became of each: its state, or `put_aside` or `dropped` where the work that would post it was."""
    asked = select(Letter.id, _OUTCOME).where(Letter.id.in_(list(letter_ids)))
    return {number: str(standing) for number, standing in db.session.execute(asked)}


def put_aside(letter_id: int) -> int:
    """The row of the work that would post it and is put aside. Raises NotFound, as for one inside a digest."""
    rows = select(OutboxMessage.id).where(OutboxMessage.topic == "post", _ASIDE, letter_id == _POSTED)
    found = db.session.scalar(rows.order_by(OutboxMessage.id.desc()).limit(1))
    if found is None:
        raise NotFound
    return found
