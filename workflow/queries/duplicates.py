"""Which pieces of a unit's month look like one piece: same title, or mostly the same words. A mark, no verdict."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, or_, select, tuple_

from models.base import db
from models.submission import Revision, Submission
from workflow import texts
from workflow.intake.wording import fold

LIKE = 0.5
"""Of the shorter text's runs of three words. Of the 30 sample pieces the one true pair shares 0.83, the next 0.08."""
MIN_RUNS = 10
"""Shorter texts share runs by chance."""
MONTH_LIMIT = 200


@dataclass(frozen=True)
class Likeness:
    submission_id: int
    code: str
    title: str
    share: float
    """0.5 to 1: how much of the shorter text stands in the other; 1 for the same title."""


def like(unit_id: int, period_id: int, title: str, words: str) -> list[Likeness]:
    """Pieces of the unit in that month like a text (plain or HTML), most alike first. Reads at most 200 pieces."""
    rows = _month(Submission.unit_id == unit_id, Submission.period_id == period_id)
    return _alike(rows, fold(title), _runs(words))


def of(submission_id: int) -> list[Likeness]:
    """Other pieces of the same unit and month that are like this one. One statement."""
    own = select(Submission.unit_id, Submission.period_id).where(Submission.id == submission_id)
    rows = _month(
        tuple_(Submission.unit_id, Submission.period_id) == own.scalar_subquery(), first=submission_id
    )
    if not rows or rows[0].id != submission_id:
        return []
    mine, others = rows[0], rows[1:]
    return _alike(others, fold(mine.title), _runs(f"{mine.summary} {mine.body}"))


def _month(*conditions: ColumnElement[bool], first: int = 0) -> Sequence[Any]:
    """The newest pieces of one unit's month; that with the number `first` stands before them."""
    query = (
        select(Submission.id, Submission.code, Revision.title, Revision.summary, Revision.body)
        .join(Revision, Revision.id == Submission.revision_id)
        .where(*conditions, or_(Submission.discarded_at.is_(None), Submission.id == first))
        .order_by((Submission.id == first).desc(), Submission.id.desc())
        .limit(MONTH_LIMIT)
    )
    return db.session.execute(query).all()


def _alike(rows: Sequence[Any], name: str, runs: frozenset[str]) -> list[Likeness]:
    found = [
        Likeness(row.id, row.code, row.title, share)
        for row in rows
        if (share := _share(name, runs, fold(row.title), _runs(f"{row.summary} {row.body}"))) >= LIKE
    ]
    return sorted(found, key=lambda one: -one.share)


def _share(name: str, runs: frozenset[str], other_name: str, other_runs: frozenset[str]) -> float:
    if name and name == other_name:
        return 1.0
    shorter = min(len(runs), len(other_runs))
    return len(runs & other_runs) / shorter if shorter >= MIN_RUNS else 0.0


def _runs(text: str) -> frozenset[str]:
    words = re.findall(r"[a-z0-9]+", fold(texts.to_plain(text)))
    return frozenset(" ".join(words[at : at + 3]) for at in range(len(words) - 2))
