"""Which pieces of a unit's month look like one piece: same title, or mostly the same words. A mark, no verdict."""

import re
from dataclasses import dataclass

from sqlalchemy import select

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
    query = (
        select(Submission.id, Submission.code, Revision.title, Revision.summary, Revision.body)
        .join(Revision, Revision.id == Submission.revision_id)
        .where(
            Submission.unit_id == unit_id,
            Submission.period_id == period_id,
            Submission.discarded_at.is_(None),
        )
        .order_by(Submission.id.desc())
        .limit(MONTH_LIMIT)
    )
    runs, name = _runs(words), fold(title)
    found = [
        Likeness(row.id, row.code, row.title, share)
        for row in db.session.execute(query)
        if (share := _share(name, runs, fold(row.title), _runs(f"{row.summary} {row.body}"))) >= LIKE
    ]
    return sorted(found, key=lambda one: -one.share)


def of(submission_id: int) -> list[Likeness]:
    """Other pieces of the same unit and month that are like this one."""
    piece = db.session.get_one(Submission, submission_id)
    text = piece.revision
    found = like(piece.unit_id, piece.period_id, text.title, f"{text.summary} {text.body}")
    return [one for one in found if one.submission_id != submission_id]


def _share(name: str, runs: frozenset[str], other_name: str, other_runs: frozenset[str]) -> float:
    if name and name == other_name:
        return 1.0
    shorter = min(len(runs), len(other_runs))
    return len(runs & other_runs) / shorter if shorter >= MIN_RUNS else 0.0


def _runs(text: str) -> frozenset[str]:
    words = re.findall(r"[a-z0-9]+", fold(texts.to_plain(text)))
    return frozenset(" ".join(words[at : at + 3]) for at in range(len(words) - 2))
