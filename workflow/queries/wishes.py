"""Who wants which letters how soon, and what is held for a daily digest. Reads only."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Row, select, text

from models.base import db
from models.outbox import Letter, LetterWish
from models.vocabulary import LetterState, Pace
from workflow.rules.wishes import SUBJECTS, subject_of


def chosen(account_id: int) -> Mapping[str, Pace]:
    """The pace of every subject, by what the person chose or by what holds without a choice."""
    rows = db.session.execute(
        select(LetterWish.subject, LetterWish.pace).where(LetterWish.account_id == account_id)
    )
    told = {row.subject: row.pace for row in rows}
    return {name: told.get(name, subject.paces[0]) for name, subject in SUBJECTS.items()}


def paces(asked: Sequence[tuple[int | None, str]]) -> Mapping[tuple[int | None, str], Pace]:
    """How soon each letter (account, kind) is to go; duties and strangers at once. One statement."""
    accounts = {account_id for account_id, kind in asked if account_id is not None and subject_of(kind)}
    if not accounts:
        return {}
    rows = db.session.execute(
        select(LetterWish.account_id, LetterWish.subject, LetterWish.pace).where(
            LetterWish.account_id.in_(accounts)
        )
    )
    told = {(row.account_id, row.subject): row.pace for row in rows}
    return {(who, kind): told.get((who, subject_of(kind) or ""), Pace.NOW) for who, kind in asked}


_WAITING = text("""
SELECT l.account_id, max(l.id) AS newest FROM letter l JOIN account a ON a.id = l.account_id AND a.active
WHERE l.state = 'held' AND l.digest_id IS NULL GROUP BY 1 ORDER BY 1
""")


def held_accounts() -> Sequence[Row[tuple[int, int]]]:
    """Who has letters held, and the newest of them; whose account is shut gets none until it is opened again."""
    return db.session.execute(_WAITING).all()


def held(account_id: int, *, until: int) -> Sequence[Letter]:
    """The letters of a person that no digest has taken yet, up to one of them, oldest first."""
    query = select(Letter).where(
        Letter.account_id == account_id,
        Letter.state == LetterState.HELD,
        Letter.digest_id.is_(None),
        Letter.id <= until,
    )
    return db.session.scalars(query.order_by(Letter.id).limit(MOST)).all()


MOST = 100
"""Letters one digest takes; the rest goes with the next."""
